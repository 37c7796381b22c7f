/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_guest.c - what dom0 tells a guest, as arbitrary bytes: from xenstore to the plans of xnm-guest, and back. */

/*
 * The first byte of the input says what the device has before. What is behind
 * it is for fake_store.h, twice, with a line "--" in between: what dom0 tells
 * at first, and what it tells later. Keys are those of the vif's folder.
 *
 * What is accepted is carried out in a model of the device. Then there is
 * nothing to do any more; and when dom0 tells nothing at last, the device is
 * as it was before.
 */
#include <stdint.h>

#include "hotplug/base/cidr.h"
#include "hotplug/parts/guestinfo/guestinfo.h"
#include "hotplug/xen/store.h"
#include "kmod/xnm_uapi.h"
#include "tests/fuzz/fake_store.h"
#include "udev/guest_run.h"

#define FOLDER XNM_FP_HOME "/" XNM_FP_NODE_VIFS "/0"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct xnm_mac the_mac = { { 0x00, 0x16, 0x3e, 0, 0, 1 } };

static const char *key_of(const char *path)
{
	if (strncmp(path, FOLDER "/", sizeof(FOLDER)) != 0)
		abort();
	return path + sizeof(FOLDER);
}

static bool is_folder(const char *path)
{
	return strcmp(path, FOLDER) == 0;
}

static void check_hosts(const struct xnm_cidr *list, unsigned int n, unsigned int max)
{
	require(n <= max);
	for (unsigned int i = 0; i < n; i++) {
		require(list[i].family == AF_INET || list[i].family == AF_INET6);
		require(list[i].prefix_len <= (list[i].family == AF_INET ? 32 : 128));
		for (unsigned int k = 0; k < i; k++)
			require(!xnm_cidr_same_host(&list[i], &list[k]));
	}
}

static void check_told(const struct guest_told *told)
{
	check_text(told->net, sizeof(told->net));
	require(!strpbrk(told->net, "/ \""));
	check_hosts(told->addresses, told->n_addresses, XNM_MAX_ADDRESSES);
	check_hosts(told->gateways, told->n_gateways, 2);
	check_hosts(told->dns, told->n_dns, GUEST_MAX_DNS);
	require(told->n_gateways < 2 || told->gateways[0].family != told->gateways[1].family);
	require(told->n_gateways == 0 || told->n_addresses > 0);
	require(told->n_share_to <= XNM_MAX_SHARE_TO);
	for (unsigned int i = 0; i < told->n_share_to; i++)
		check_text(told->share_to[i], IFNAMSIZ);
	require(told->mtu_bytes == 0 ||
		(told->mtu_bytes >= XNM_MTU_MIN && told->mtu_bytes <= XNM_MTU_MAX));
	require(!told->present || xnm_mac_equal(&told->mac, &the_mac));
}

/* ---- the device */

static unsigned int find_address(const struct guest_vif *vif, const struct xnm_cidr *address)
{
	unsigned int i = 0;

	while (i < vif->n_addresses && !xnm_cidr_equal(&vif->addresses[i], address))
		i++;
	return i;
}

static void set_address(struct guest_vif *vif, const struct xnm_cidr *address, bool there)
{
	unsigned int i = find_address(vif, address);

	if (there && i == vif->n_addresses) {
		require(vif->n_addresses < GUEST_MAX_LISTED);
		vif->addresses[vif->n_addresses++] = *address;
	} else if (!there) {
		require(i < vif->n_addresses);
		vif->addresses[i] = vif->addresses[--vif->n_addresses];
	}
}

/* One route of each family: guest_apply.c replaces it. */
static void set_gateway(struct guest_vif *vif, const struct xnm_cidr *gateway, bool there)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < vif->n_gateways; i++) {
		if (there ? vif->gateways[i].family != gateway->family
			  : !xnm_cidr_same_host(&vif->gateways[i], gateway))
			vif->gateways[n++] = vif->gateways[i];
	}
	vif->n_gateways = n;
	if (there)
		vif->gateways[vif->n_gateways++] = *gateway;
}

static void carry_out(struct guest_vif *vif, const struct guest_plan *plan,
		      const struct guest_op *op)
{
	switch (op->kind) {
	case GUEST_NOTE:
		vif->note = plan->note[0];
		break;
	case GUEST_NOTE_DONE:
		vif->note = plan->note[1];
		break;
	case GUEST_NOTE_REMOVE:
		memset(&vif->note, 0, sizeof(vif->note));
		break;
	case GUEST_MTU:
		vif->mtu_bytes = op->value;
		break;
	case GUEST_UP:
	case GUEST_DOWN:
		vif->up = op->kind == GUEST_UP;
		break;
	case GUEST_ADDRESS_ADD:
	case GUEST_ADDRESS_DEL:
		set_address(vif, &op->addr, op->kind == GUEST_ADDRESS_ADD);
		break;
	case GUEST_GATEWAY_SET:
	case GUEST_GATEWAY_DEL:
		set_gateway(vif, &op->addr, op->kind == GUEST_GATEWAY_SET);
		break;
	default:
		abort();
	}
}

static void check_plan(const struct guest_plan *plan)
{
	/* 16 addresses, or the longest resolv.conf */
	char text[1024];

	require(!plan->full);
	for (unsigned int i = 0; i < plan->n; i++)
		check_text(guest_op_text(plan, &plan->op[i], text, sizeof(text)), sizeof(text));
}

static void run_vif(struct guest_vif *vif)
{
	static struct guest_plan plan;
	struct xnm_err err = { "" };

	require(guest_plan_vif(&plan, vif, &err) == 0);
	check_plan(&plan);
	for (unsigned int i = 0; i < plan.n; i++)
		carry_out(vif, &plan, &plan.op[i]);
	require(guest_plan_vif(&plan, vif, &err) == 0);
	require(plan.n == 0);
}

/* What all vifs have in common: of this one alone, on a guest that shared nothing before. */
static void run_host(const struct guest_note *note)
{
	static struct guest_host host;
	static struct guest_plan plan;
	struct xnm_err err = { "" };

	memset(&host, 0, sizeof(host));
	host.n_notes = 1;
	host.notes[0] = note;
	host.table_known = note->share[0];
	require(guest_plan_host(&plan, &host, &err) == 0);
	check_plan(&plan);
	require(strnlen(plan.resolv, sizeof(plan.resolv)) < sizeof(plan.resolv));
	require(!note->n_dns == !plan.resolv[0]);
	require(plan.share.n == note->share[0]);
}

static void begin(struct guest_vif *vif, uint8_t choice)
{
	memset(vif, 0, sizeof(*vif));
	vif->ifindex = 2;
	memcpy(vif->ifname, "eth0", 5);
	vif->up = choice & 1;
	vif->mtu_bytes = choice & 2 ? 9000 : 1500;
	if (choice & 4)
		require(xnm_parse_cidr("192.0.2.2/24", &vif->addresses[vif->n_addresses++]) == 0);
	if (choice & 8)
		require(xnm_parse_cidr("fd00::2/64", &vif->addresses[vif->n_addresses++]) == 0);
}

static void require_same(const struct guest_vif *a, const struct guest_vif *b)
{
	require(a->up == b->up && a->mtu_bytes == b->mtu_bytes);
	require(a->n_addresses == b->n_addresses && a->n_gateways == b->n_gateways);
	for (unsigned int i = 0; i < b->n_addresses; i++)
		require(find_address(a, &b->addresses[i]) < a->n_addresses);
	require(a->note.ifname[0] == '\0');
}

/* Returns whether it was accepted. */
static bool tell(struct guest_vif *vif, const char *text, size_t size)
{
	struct guest_run run = { .domain = "" };
	static struct guest_told told;
	int rc;

	read_keys(text, size);
	if (xnm_store_open(&run.store, 0))
		return false;
	memset(&told, 0xa5, sizeof(told));
	rc = guest_read_told(&run, 0, &told);
	xnm_store_close(run.store);
	if (rc == 0 && told.present)
		rc = guest_told_check(&told, &the_mac, "eth0", &run.err);
	if (rc) {
		require(rc < 0 && run.err.text[0] != '\0');
		check_text(run.err.text, sizeof(run.err.text));
		return false;
	}
	require(run.err.text[0] == '\0');
	check_told(&told);
	vif->told = told;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct guest_vif vif, before;
	const char *text = (const char *)data + 1, *rest;
	size_t len;

	if (size < 1)
		return 0;
	rest = memmem(text, size - 1, "\n--\n", 4);
	len = rest ? (size_t)(rest - text) : size - 1;
	begin(&before, data[0]);
	vif = before;
	if (tell(&vif, text, len)) {
		run_vif(&vif);
		run_host(&vif.note);
	}
	if (rest && tell(&vif, rest + 4, size - 1 - len - 4)) {
		run_vif(&vif);
		run_host(&vif.note);
	}
	memset(&vif.told, 0, sizeof(vif.told));
	run_vif(&vif);
	require_same(&vif, &before);
	return 0;
}
