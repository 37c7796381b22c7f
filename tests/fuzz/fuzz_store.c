/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_store.c - a xenstore whose keys hold arbitrary bytes, from the guest's facts to the plan. */

/*
 * The first byte of the input chooses the event and the bridge. Behind it
 * every line is "key=value"; a value may have any byte but a newline. Keys are
 * those of the backend folder, and:
 *
 *   fe-mtu    the frontend's mtu
 *   name, vm  the domain's
 *   !key      reading this key fails
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "hotplug/facts.h"
#include "hotplug/plan.h"
#include "hotplug/want.h"
#include "hotplug/xen/store.h"

#define BACKEND	 "backend/vif/1/0"
#define DOMAIN	 "/local/domain/1"
#define MAX_KEYS 64

struct key {
	const char *name;
	size_t name_len;
	const char *value;
	size_t len;
};

static struct key keys[MAX_KEYS];
static unsigned int n_keys;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct key *find(const char *name)
{
	for (unsigned int i = 0; i < n_keys; i++) {
		if (keys[i].name_len == strlen(name) &&
		    memcmp(keys[i].name, name, keys[i].name_len) == 0)
			return &keys[i];
	}
	return NULL;
}

/* ---- in the place of libxenstore */

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	return (struct xs_handle *)keys;
}

void xs_close(struct xs_handle *xsh)
{
	(void)xsh;
}

static const char *key_of(const char *path)
{
	if (strncmp(path, BACKEND "/", sizeof(BACKEND)) == 0)
		return path + sizeof(BACKEND);
	if (strcmp(path, DOMAIN "/device/vif/0/mtu") == 0)
		return "fe-mtu";
	if (strcmp(path, DOMAIN "/name") == 0 || strcmp(path, DOMAIN "/vm") == 0)
		return path + sizeof(DOMAIN);
	/* nothing else is to be read, whatever the keys say */
	abort();
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	const char *name = key_of(path);
	const struct key *key = find(name);
	char failing[128], *value;

	(void)h;
	(void)t;
	(void)snprintf(failing, sizeof(failing), "!%s", name);
	errno = find(failing) ? EIO : ENOENT;
	if (!key || find(failing))
		return NULL;
	value = malloc(key->len + 1);
	if (!value)
		return NULL;
	memcpy(value, key->value, key->len);
	value[key->len] = '\0';
	*len = (unsigned int)key->len;
	return value;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	size_t size = sizeof(char *); /* malloc(0) may be NULL */
	char **list, *p;

	(void)h;
	(void)t;
	if (strcmp(path, BACKEND) != 0)
		abort();
	errno = ENOENT;
	if (find("!"))
		return NULL;
	for (unsigned int i = 0; i < n_keys; i++)
		size += sizeof(char *) + keys[i].name_len + 1;
	list = malloc(size);
	if (!list)
		return NULL;
	p = (char *)(list + n_keys);
	for (unsigned int i = 0; i < n_keys; i++) {
		list[i] = p;
		memcpy(p, keys[i].name, keys[i].name_len);
		p[keys[i].name_len] = '\0';
		p += keys[i].name_len + 1;
	}
	*num = n_keys;
	return list;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
	      unsigned int len)
{
	(void)h;
	(void)t;
	(void)path;
	(void)data;
	(void)len;
	return true;
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	(void)h;
	(void)t;
	(void)path;
	return true;
}

/* ---- what must hold */

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	require(len < size && xnm_text_ok(text, len));
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

	require(plan->n > 0 && plan->n < XNM_PLAN_MAX);
	for (unsigned int i = 0; i < plan->n; i++) {
		const struct xnm_op *op = &plan->op[i];

		check_text(xnm_op_text(plan, op, text, sizeof(text)), sizeof(text));
		check_text(op->why, sizeof(op->why));
		require(op->dev[0] == '\0' || xnm_ifname_ok(op->dev));
		if (op->kind == XNM_OP_LINK_RENAME || op->kind == XNM_OP_LINK_MASTER)
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
		require(xnm_ifname_ok(want.ifname) && xnm_ifname_ok(want.bridge));
		memset(&facts, 0, sizeof(facts));
		facts.guest = *guest;
		facts.device.ifindex = 10;
		facts.device.mtu_bytes = 1500;
		memcpy(facts.device.name, xnm_event_device(event), sizeof(facts.device.name));
		facts.bridge.ifindex = choice & 8 ? 0 : 20;
		facts.bridge.vlan_filtering = choice & 16;
		facts.bridge.mtu_bytes = 1500;
		facts.bridge.default_pvid = 1;
		memcpy(facts.bridge.kind, "bridge", 7);
		if (xnm_plan_online(&plan, event, &want, &facts, &err) == 0) {
			check_plan(&plan);
			return;
		}
	}
	require(err.text[0] != '\0');
	check_text(err.text, sizeof(err.text));
}

/* Splits the input into keys. */
static void read_keys(const char *text, size_t size)
{
	const char *end = text + size;

	for (n_keys = 0; text < end && n_keys < MAX_KEYS;) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		const char *equals;

		if (!line_end)
			line_end = end;
		equals = memchr(text, '=', (size_t)(line_end - text));
		if (equals && !memchr(text, '\0', (size_t)(equals - text)))
			keys[n_keys++] = (struct key){
				.name = text,
				.name_len = (size_t)(equals - text),
				.value = equals + 1,
				.len = (size_t)(line_end - equals - 1),
			};
		text = line_end + 1;
	}
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
	rc = xnm_facts_guest(&guest, store, &event, data[0] & 2, &err);
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
