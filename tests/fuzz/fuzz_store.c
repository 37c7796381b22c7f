/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_store.c - a xenstore whose keys hold arbitrary bytes, from the guest's facts to the plan. */

/*
 * The first byte of the input chooses the event and the bridge. What is behind
 * it is for fake_store.h. Keys are those of the backend folder, and:
 *
 *   fe-mtu            the frontend's mtu
 *   name, vm, target  the domain's
 *   target-vm         that of the domain which target names
 */
#include <stdint.h>

#include "hotplug/core/facts.h"
#include "hotplug/core/plan.h"
#include "hotplug/core/want.h"
#include "hotplug/run/parts.h"
#include "hotplug/xen/store.h"
#include "tests/fuzz/fake_store.h"

#define BACKEND "backend/vif/1/0"
#define DOMAIN	"/local/domain/1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of a domain by its number, and of nothing else that the key could make of it. */
static bool is_vm_of_a_domain(const char *path)
{
	const size_t prefix = strlen("/local/domain/");
	size_t digits;

	if (strncmp(path, "/local/domain/", prefix) != 0)
		return false;
	digits = strspn(path + prefix, "0123456789");
	return digits >= 1 && digits <= 5 && strcmp(path + prefix + digits, "/vm") == 0;
}

static const char *key_of(const char *path)
{
	if (strncmp(path, BACKEND "/", sizeof(BACKEND)) == 0)
		return path + sizeof(BACKEND);
	if (strcmp(path, DOMAIN "/device/vif/0/mtu") == 0)
		return "fe-mtu";
	if (strcmp(path, DOMAIN "/name") == 0 || strcmp(path, DOMAIN "/vm") == 0 ||
	    strcmp(path, DOMAIN "/target") == 0)
		return path + sizeof(DOMAIN);
	if (is_vm_of_a_domain(path))
		return "target-vm";
	/* nothing else is to be read, whatever the keys say */
	abort();
}

static bool is_folder(const char *path)
{
	return strcmp(path, BACKEND) == 0;
}

static void check_guest(const struct xnm_guest *guest)
{
	static const struct xnm_mac zero;

	require(!(guest->mac.b[0] & 1) && !xnm_mac_equal(&guest->mac, &zero));
	check_text(guest->bridge, sizeof(guest->bridge));
	check_text(guest->vifname, sizeof(guest->vifname));
	check_text(guest->frontend, sizeof(guest->frontend));
	check_text(guest->domain_name, sizeof(guest->domain_name));
	check_text(guest->uuid, sizeof(guest->uuid));
	check_text(guest->target_uuid, sizeof(guest->target_uuid));
	require(guest->target <= XNM_DOMID_MAX);
	require(guest->vifname[0] == '\0' || xnm_ifname_ok(guest->vifname));
	require(strcmp(guest->frontend, DOMAIN "/device/vif/0") == 0);
	require(guest->mtu_bytes == 0 || guest->mtu_bytes >= XNM_MTU_MIN);
	require(guest->mtu_bytes <= XNM_MTU_MAX && guest->frontend_mtu_bytes <= XNM_MTU_MAX);
	require(guest->n_addresses <= XNM_MAX_ADDRESSES);
	require(!xnm_vlan_test(guest->vlan.member, 0) && !xnm_vlan_test(guest->vlan.member, 4095));
}

static void check_plan(const struct xnm_plan *plan)
{
	char text[256];

	require(plan->n > 0 && !plan->full);
	for (unsigned int i = 0; i < plan->n; i++) {
		const struct xnm_op *op = &plan->op[i];

		check_text(xnm_op_text(plan, op, text, sizeof(text)), sizeof(text));
		check_text(op->why, sizeof(op->why));
		require(op->dev[0] == '\0' || xnm_ifname_ok(op->dev));
		if (op->type == &xnm_op_device_rename || op->type == &xnm_op_port_attach)
			require(xnm_ifname_ok(op->u.name));
	}
}

/* A plan for a new device, on a bridge that is there. */
static void plan_for(const struct xnm_event *event, const struct xnm_guest *guest, uint8_t choice)
{
	static struct xnm_policy no_policy;
	static struct xnm_facts facts;
	static struct xnm_plan plan;
	static struct xnm_want want;
	struct xnm_err err = { "" };
	/* what no device can be called does not exist */
	bool full = (choice & 4) && xnm_ifname_ok(guest->bridge);

	if (xnm_want(&want, event, guest, &no_policy, full, &err) == 0) {
		require(xnm_ifname_ok(want.device.name) && xnm_ifname_ok(want.bridge.name));
		memset(&facts, 0, sizeof(facts));
		facts.guest = *guest;
		facts.device.link.ifindex = 10;
		facts.device.link.mtu_bytes = 1500;
		memcpy(facts.device.link.name, xnm_event_device(event),
		       sizeof(facts.device.link.name));
		facts.bridge.link.ifindex = choice & 8 ? 0 : 20;
		facts.bridge.link.vlan_filtering = choice & 16;
		facts.bridge.link.mtu_bytes = 1500;
		facts.bridge.link.default_pvid = 1;
		memcpy(facts.bridge.link.kind, "bridge", 7);
		if (xnm_plan_online(&plan, event, &want, &facts, &err) == 0) {
			check_plan(&plan);
			return;
		}
	}
	require(err.text[0] != '\0');
	check_text(err.text, sizeof(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct xnm_guest guest;
	struct xnm_err err = { "" };
	struct xnm_store *store;
	struct xnm_event event;
	int rc;

	if (size < 1)
		return 0;
	read_keys((const char *)data + 1, size - 1);
	xnm_event_init(&event, data[0] & 1 ? XNM_VERB_ADD : XNM_VERB_ONLINE, 1, 0);
	if (xnm_store_open(&store, 0))
		return 0;
	memset(&guest, 0xa5, sizeof(guest));
	rc = xnm_facts_guest(&guest, store, &event, &err);
	xnm_store_close(store);
	if (rc == 0) {
		require(err.text[0] == '\0');
		check_guest(&guest);
		plan_for(&event, &guest, data[0]);
	} else {
		require(rc < 0 && err.text[0] != '\0');
		check_text(err.text, sizeof(err.text));
	}
	return 0;
}
