/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.c - what xnm noted of each vif: one INI file, replaced as a whole. */
#include "hotplug/notes/vif.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/event.h"
#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"

/* two devices' elements are most of it */
#define STATE_TEXT_MAX (4096 + 2 * XNM_MAX_ELEMENTS * XNM_ELEMENT_TEXT_LEN)

static bool read_element(struct xnm_elements *elements, const char *value)
{
	struct xnm_element element;

	if (xnm_element_parse(value, &element) || elements->n == XNM_MAX_ELEMENTS)
		return false;
	elements->list[elements->n++] = element;
	return true;
}

/* What says whose the vif is. Keys of a newer xnm are no mistake. */
static bool read_who_key(struct xnm_state *state, const char *key, const char *value)
{
	if (strcmp(key, "domain") == 0)
		xnm_copy(state->domain_name, sizeof(state->domain_name), value);
	else if (strcmp(key, "uuid") == 0)
		xnm_copy(state->uuid, sizeof(state->uuid), value);
	else if (strcmp(key, "mac-scope") == 0)
		xnm_copy(state->mac_scope, sizeof(state->mac_scope), value);
	else if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &state->mac) == 0;
	else if (strcmp(key, "stub-of") == 0)
		return xnm_parse_u32(value, 0, XNM_DOMID_MAX, &state->target) == 0;
	return true;
}

/* Of the address in the line before. */
static bool read_told_len(struct xnm_state *state, const char *value)
{
	uint32_t len;

	if (state->n_addresses == 0 || xnm_parse_u32(value, 0, 128, &len))
		return false;
	state->addresses[state->n_addresses - 1].told_len = (uint8_t)len;
	return true;
}

/* One line of a vif's file. Returns false for a value that is not ours. */
static bool read_vif_key(void *arg, const char *key, const char *value)
{
	struct xnm_state *state = arg;
	uint32_t flags = 0;

	if (strcmp(key, "ifname") == 0)
		xnm_copy(state->ifname, sizeof(state->ifname), value);
	else if (strcmp(key, "tap") == 0)
		xnm_copy(state->tap, sizeof(state->tap), value);
	else if (strcmp(key, "vifname") == 0)
		xnm_copy(state->vifname, sizeof(state->vifname), value);
	else if (strcmp(key, "tap-vifname") == 0)
		xnm_copy(state->tap_vifname, sizeof(state->tap_vifname), value);
	else if (strcmp(key, "network") == 0)
		xnm_copy(state->network, sizeof(state->network), value);
	else if (strcmp(key, "bridge") == 0)
		xnm_copy(state->bridge, sizeof(state->bridge), value);
	else if (strcmp(key, "vlan") == 0)
		xnm_copy(state->vlan, sizeof(state->vlan), value);
	else if (strcmp(key, "mtu") == 0)
		return xnm_parse_u32(value, 0, XNM_MTU_MAX, &state->mtu_bytes) == 0;
	else if (strcmp(key, "mtu-from") == 0)
		state->mtu_is_bridges = strcmp(value, "bridge") == 0;
	else if (strcmp(key, "port-flags") == 0 && xnm_parse_u32(value, 0, UINT16_MAX, &flags) == 0)
		state->port_flags = (uint16_t)flags;
	else if (strcmp(key, "address") == 0)
		return state->n_addresses < XNM_MAX_ADDRESSES &&
		       xnm_parse_cidr(value, &state->addresses[state->n_addresses++]) == 0;
	else if (strcmp(key, "address-length") == 0)
		return read_told_len(state, value);
	else if (strcmp(key, "routed") == 0)
		return xnm_parse_bool(value, &state->routed) == 0;
	else if (strcmp(key, "via-bridge") == 0)
		return xnm_parse_bool(value, &state->via_bridge) == 0;
	else if (strcmp(key, "locked") == 0)
		return xnm_parse_bool(value, &state->locked) == 0;
	else if (strcmp(key, "group") == 0)
		return xnm_parse_u32(value, 0, UINT32_MAX, &state->group) == 0;
	else if (strcmp(key, "told") == 0)
		return xnm_parse_bool(value, &state->told) == 0;
	else if (strcmp(key, "predecessor") == 0)
		state->has_predecessor = xnm_vif_id_parse(value, &state->predecessor.domid,
							  &state->predecessor.devid) == 0;
	else if (strcmp(key, "scope") == 0)
		xnm_copy(state->scope, sizeof(state->scope), value);
	else if (strcmp(key, "proxy") == 0 && state->n_proxies < XNM_N_ELEMENTS(state->proxies))
		xnm_copy(state->proxies[state->n_proxies++], IFNAMSIZ, value);
	else if (strcmp(key, "pool") == 0)
		xnm_copy(state->pool, sizeof(state->pool), value);
	else if (strcmp(key, "dhcp") == 0)
		xnm_copy(state->dhcp_dir, sizeof(state->dhcp_dir), value);
	else if (strcmp(key, "uplink") == 0 && state->n_uplinks < XNM_N_ELEMENTS(state->uplinks))
		xnm_copy(state->uplinks[state->n_uplinks++], XNM_NAME_LEN, value);
	else if (strcmp(key, "segment") == 0)
		xnm_copy(state->segment, sizeof(state->segment), value);
	else if (strcmp(key, "through") == 0)
		xnm_copy(state->through[0], IFNAMSIZ, value);
	else if (strcmp(key, "tap-through") == 0)
		xnm_copy(state->through[1], IFNAMSIZ, value);
	else if (strcmp(key, "element") == 0)
		return read_element(&state->elements[0], value);
	else if (strcmp(key, "tap-element") == 0)
		return read_element(&state->elements[1], value);
	else
		return read_who_key(state, key, value);
	return true;
}

/* The names are used as device names: damaged ones must not reach the kernel. */
static bool names_ok(const struct xnm_state *state)
{
	const char *names[] = { state->ifname,	    state->tap,	   state->vifname,
				state->tap_vifname, state->bridge, state->through[0],
				state->through[1] };

	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		if (names[i][0] != '\0' && !xnm_ifname_ok(names[i]))
			return false;
	}
	for (unsigned int i = 0; i < state->n_proxies; i++) {
		if (!xnm_ifname_ok(state->proxies[i]))
			return false;
	}
	/* these are names of files */
	for (unsigned int i = 0; i < state->n_uplinks; i++) {
		if (state->uplinks[i][0] == '.' || strchr(state->uplinks[i], '/'))
			return false;
	}
	/* a folder's name below another folder */
	return !strchr(state->pool, '/') && state->pool[0] != '.' &&
	       !strchr(state->mac_scope, '/') && state->mac_scope[0] != '.';
}

void xnm_state_old_mac_scope(struct xnm_state *state)
{
	struct xnm_vlans vlans;
	const char *reason;
	bool has_vlan;

	if (state->mac_scope[0] || !state->bridge[0] || state->routed)
		return;
	has_vlan = state->vlan[0] && xnm_vlans_parse(state->vlan, &vlans, &reason) == 0;
	/* so many VLANs that they did not fit are no single one */
	if (state->vlan[0] && (!has_vlan || xnm_vlans_tagged(&vlans)))
		xnm_scope_trunk(state->mac_scope, state->bridge);
	else if (state->scope[0])
		memcpy(state->mac_scope, state->scope, sizeof(state->mac_scope));
	else
		/* what a bridge calls its own VLAN, unless somebody has changed that */
		xnm_scope(state->mac_scope, state->bridge, has_vlan && vlans.pvid != 1, &vlans);
}

void xnm_state_clear(struct xnm_state *state)
{
	/* the lists are long, and their lengths say how much of them counts */
	memset(state, 0, offsetof(struct xnm_state, elements));
	state->elements[0].n = state->elements[1].n = 0;
	state->elements[0].full = state->elements[1].full = false;
}

void xnm_state_copy(struct xnm_state *to, const struct xnm_state *from)
{
	memcpy(to, from, offsetof(struct xnm_state, elements));
	for (int i = 0; i < 2; i++)
		xnm_elements_copy(&to->elements[i], &from->elements[i]);
}

int xnm_state_read(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		   struct xnm_state *state)
{
	static char text[STATE_TEXT_MAX];
	char file[24];
	int rc;

	xnm_state_clear(state);
	state->domid = domid;
	state->devid = devid;
	xnm_vif_file(domid, devid, file);
	rc = xnm_file_read(dir->vif_fd, file, text, sizeof(text));
	if (rc)
		return rc;
	if (!xnm_file_lines(text, "[vif]", read_vif_key, state) || !names_ok(state))
		return -EINVAL;
	xnm_state_old_mac_scope(state);
	return 0;
}

void xnm_state_settle(struct xnm_state *state)
{
	for (unsigned int i = 0; i < state->n_addresses; i++) {
		if (xnm_cidr_has_host_bits(&state->addresses[i]))
			xnm_cidr_settle(&state->addresses[i]);
	}
}

static void write_elements(FILE *out, const char *key, const struct xnm_elements *elements)
{
	char text[XNM_ELEMENT_TEXT_LEN];

	for (unsigned int i = 0; i < elements->n; i++) {
		xnm_element_format(&elements->list[i], text);
		fprintf(out, "%s=%s\n", key, text);
	}
}

int xnm_state_write(const struct xnm_run_dir *dir, const struct xnm_state *state)
{
	static char text[STATE_TEXT_MAX];
	char file[24], value[XNM_CIDR_TEXT_LEN];
	FILE *out = fmemopen(text, sizeof(text), "w");
	long len;

	if (!out)
		return -errno;
	fputs("[vif]\n", out);
	if (state->domain_name[0])
		fprintf(out, "domain=%s\n", state->domain_name);
	if (state->ifname[0])
		fprintf(out, "ifname=%s\n", state->ifname);
	if (state->tap[0])
		fprintf(out, "tap=%s\n", state->tap);
	if (state->vifname[0])
		fprintf(out, "vifname=%s\n", state->vifname);
	if (state->tap_vifname[0])
		fprintf(out, "tap-vifname=%s\n", state->tap_vifname);
	xnm_format_mac(&state->mac, value);
	fprintf(out, "mac=%s\n", value);
	if (state->mac_scope[0])
		fprintf(out, "mac-scope=%s\n", state->mac_scope);
	if (state->uuid[0])
		fprintf(out, "uuid=%s\n", state->uuid);
	if (state->target)
		fprintf(out, "stub-of=%u\n", state->target);
	if (state->network[0])
		fprintf(out, "network=%s\n", state->network);
	if (state->bridge[0])
		fprintf(out, "bridge=%s\n", state->bridge);
	if (state->mtu_bytes)
		fprintf(out, "mtu=%u\n", state->mtu_bytes);
	if (state->mtu_is_bridges)
		fputs("mtu-from=bridge\n", out);
	if (state->port_flags)
		fprintf(out, "port-flags=%u\n", state->port_flags);
	if (state->vlan[0])
		fprintf(out, "vlan=%s\n", state->vlan);
	for (unsigned int i = 0; i < state->n_addresses; i++) {
		xnm_format_cidr(&state->addresses[i], value);
		fprintf(out, "address=%s\n", value);
		if (state->addresses[i].told_len)
			fprintf(out, "address-length=%u\n", state->addresses[i].told_len);
	}
	if (state->routed)
		fputs("routed=yes\n", out);
	if (state->via_bridge)
		fputs("via-bridge=yes\n", out);
	if (state->locked)
		fputs("locked=yes\n", out);
	if (state->group)
		fprintf(out, "group=%u\n", state->group);
	if (state->told)
		fputs("told=yes\n", out);
	if (state->has_predecessor)
		fprintf(out, "predecessor=%u.%u\n", state->predecessor.domid,
			state->predecessor.devid);
	if (state->scope[0])
		fprintf(out, "scope=%s\n", state->scope);
	for (unsigned int i = 0; i < state->n_proxies; i++)
		fprintf(out, "proxy=%s\n", state->proxies[i]);
	if (state->pool[0])
		fprintf(out, "pool=%s\n", state->pool);
	if (state->dhcp_dir[0])
		fprintf(out, "dhcp=%s\n", state->dhcp_dir);
	for (unsigned int i = 0; i < state->n_uplinks; i++)
		fprintf(out, "uplink=%s\n", state->uplinks[i]);
	if (state->segment[0])
		fprintf(out, "segment=%s\n", state->segment);
	if (state->through[0][0])
		fprintf(out, "through=%s\n", state->through[0]);
	if (state->through[1][0])
		fprintf(out, "tap-through=%s\n", state->through[1]);
	write_elements(out, "element", &state->elements[0]);
	write_elements(out, "tap-element", &state->elements[1]);
	len = ftell(out);
	if (fclose(out) || len <= 0)
		return -ENOSPC;
	xnm_vif_file(state->domid, state->devid, file);
	return xnm_file_replace(dir->vif_fd, file, text, (size_t)len);
}

int xnm_state_remove(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid)
{
	char file[24];

	xnm_vif_file(domid, devid, file);
	return xnm_file_remove(dir->vif_fd, file);
}

bool xnm_state_equal(const struct xnm_state *a, const struct xnm_state *b)
{
	if (a->n_addresses != b->n_addresses)
		return false;
	for (unsigned int i = 0; i < a->n_addresses; i++) {
		if (!xnm_cidr_equal(&a->addresses[i], &b->addresses[i]) ||
		    a->addresses[i].told_len != b->addresses[i].told_len)
			return false;
	}
	return a->domid == b->domid && a->devid == b->devid && a->mtu_bytes == b->mtu_bytes &&
	       a->mtu_is_bridges == b->mtu_is_bridges && a->port_flags == b->port_flags &&
	       strcmp(a->tap_vifname, b->tap_vifname) == 0 && xnm_mac_equal(&a->mac, &b->mac) &&
	       strcmp(a->mac_scope, b->mac_scope) == 0 && strcmp(a->uuid, b->uuid) == 0 &&
	       a->target == b->target && strcmp(a->domain_name, b->domain_name) == 0 &&
	       strcmp(a->ifname, b->ifname) == 0 && strcmp(a->tap, b->tap) == 0 &&
	       strcmp(a->vifname, b->vifname) == 0 && strcmp(a->network, b->network) == 0 &&
	       strcmp(a->bridge, b->bridge) == 0 && strcmp(a->vlan, b->vlan) == 0 &&
	       a->routed == b->routed && a->via_bridge == b->via_bridge && a->locked == b->locked &&
	       a->group == b->group && a->told == b->told &&
	       a->has_predecessor == b->has_predecessor &&
	       a->predecessor.domid == b->predecessor.domid &&
	       a->predecessor.devid == b->predecessor.devid && strcmp(a->scope, b->scope) == 0 &&
	       a->n_proxies == b->n_proxies &&
	       memcmp(a->proxies, b->proxies, a->n_proxies * sizeof(a->proxies[0])) == 0 &&
	       strcmp(a->pool, b->pool) == 0 && strcmp(a->dhcp_dir, b->dhcp_dir) == 0 &&
	       a->n_uplinks == b->n_uplinks &&
	       memcmp(a->uplinks, b->uplinks, a->n_uplinks * sizeof(a->uplinks[0])) == 0 &&
	       strcmp(a->segment, b->segment) == 0 && strcmp(a->through[0], b->through[0]) == 0 &&
	       strcmp(a->through[1], b->through[1]) == 0 &&
	       xnm_elements_equal(&a->elements[0], &b->elements[0]) &&
	       xnm_elements_equal(&a->elements[1], &b->elements[1]);
}

struct each_vif {
	int (*fn)(void *arg, uint32_t domid, uint32_t devid);
	void *arg;
};

static int each_vif(void *arg, const char *name)
{
	const struct each_vif *each = arg;
	uint32_t domid, devid;

	return xnm_vif_id_parse(name, &domid, &devid) ? 0 : each->fn(each->arg, domid, devid);
}

int xnm_state_each(const struct xnm_run_dir *dir,
		   int (*fn)(void *arg, uint32_t domid, uint32_t devid), void *arg)
{
	struct each_vif each = { .fn = fn, .arg = arg };

	return xnm_file_each(dir->vif_fd, each_vif, &each);
}
