/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read which addresses this host has on a bridge, and what is noted of them. */
#include "hotplug/core/elements/elements.h"
#include "hotplug/core/facts.h"
#include "hotplug/parts/owned/stages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/log.h"
#include "hotplug/core/want.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/owned.h"
#include "hotplug/parts/filter/filter.h"

#define VLAN_LIST "/proc/net/vlan/config" /* exists only if the kernel has any VLAN device */

/* Addresses that do not fit are only logged. */
static int enough(int rc, const char *name)
{
	if (rc != -E2BIG)
		return rc;
	xnm_log_warning("%s has more than %u addresses: only the first ones are protected from use "
			"by guests",
			name, XNM_MAX_BRIDGE_ADDRESSES);
	return 0;
}

static int read_vlan(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const char *name,
		     unsigned int vid)
{
	struct xnm_cidr list[XNM_MAX_ADDRESSES];
	unsigned int n = 0;
	int rc = enough(xnm_addr_list(rtnl, (int)if_nametoindex(name), AF_UNSPEC, list,
				      XNM_MAX_ADDRESSES, &n),
			name);

	for (unsigned int i = 0; i < n; i++) {
		struct xnm_vlan_address *address =
			&facts->bridge.vlan_addresses[facts->bridge.n_vlan_addresses];

		if (facts->bridge.n_vlan_addresses == XNM_MAX_BRIDGE_ADDRESSES)
			return enough(-E2BIG, facts->bridge.link.name);
		facts->bridge.n_vlan_addresses++;
		address->vid = (uint16_t)vid;
		address->cidr = list[i];
	}
	return rc;
}

/* The VLAN devices on a bridge with vlan_filtering, by which this host is in these VLANs. */
static int read_vlans(struct xnm_facts *facts, struct xnm_rtnl *rtnl)
{
	_cleanup_fclose_ FILE *file = fopen(VLAN_LIST, "re");
	char line[128], name[IFNAMSIZ], number[8], lower[IFNAMSIZ];
	unsigned int n_more = 0;
	uint32_t vid;
	int rc = 0;

	while (rc == 0 && file && fgets(line, sizeof(line), file)) {
		struct xnm_bridge_vlan *vlan = &facts->bridge.vlans[facts->bridge.n_vlans];

		if (sscanf(line, "%15s | %7s | %15s", name, number, lower) != 3 ||
		    strcmp(lower, facts->bridge.link.name) != 0 ||
		    xnm_parse_u32(number, 1, XNM_VLAN_MAX, &vid))
			continue;
		rc = read_vlan(facts, rtnl, name, vid);
		if (facts->bridge.n_vlans == XNM_MAX_BRIDGE_VLANS) {
			n_more++;
			continue;
		}
		facts->bridge.n_vlans++;
		memcpy(vlan->name, name, sizeof(vlan->name));
		vlan->vid = (uint16_t)vid;
	}
	if (n_more)
		xnm_log_warning("%s has %u VLAN devices more than %d: only the first ones' "
				"addresses are protected from use by guests",
				facts->bridge.link.name, n_more, XNM_MAX_BRIDGE_VLANS);
	return rc;
}

static void keep(struct xnm_elements *kept, const struct xnm_element *element)
{
	if (kept->n < XNM_MAX_ELEMENTS)
		kept->list[kept->n++] = *element;
}

/* Finds the elements that another vif's address has put there, too. */
static void keep_claimed(struct xnm_elements *kept, const struct xnm_run_dir *dir,
			 const char *bridge, const struct xnm_elements *elements,
			 const struct xnm_owner *self)
{
	static bool claimed[XNM_MAX_ELEMENTS];

	xnm_address_notes_own(dir, bridge, elements, self, claimed);
	for (unsigned int i = 0; i < elements->n; i++) {
		if (claimed[i])
			keep(kept, &elements->list[i]);
	}
}

static int read_note(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		     const struct xnm_event *event, const struct xnm_want *want,
		     struct xnm_err *err)
{
	static struct xnm_elements wanted, old;
	char network[XNM_NAME_LEN];
	int rc;

	xnm_owned_network(network, want->bridge.name);
	facts->owned.has_note = xnm_network_note_read(dir, network, &facts->owned.note) == 0;
	facts->owned.is_member = xnm_network_is_member(dir, network, event->domid, event->devid);
	if (!facts->owned.has_note)
		return 0;
	rc = xnm_filter_bridge(&wanted, want, facts, NULL, err);
	old.n = 0;
	for (unsigned int i = 0; rc == 0 && i < facts->owned.note.elements.n; i++) {
		if (!xnm_elements_have(&wanted, &facts->owned.note.elements.list[i]))
			keep(&old, &facts->owned.note.elements.list[i]);
	}
	if (old.n)
		keep_claimed(&facts->owned.claimed, dir, want->bridge.name, &old, NULL);
	return rc;
}

static int read_all(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		    const struct xnm_event *event, const struct xnm_want *want, struct xnm_err *err)
{
	int rc = 0;

	if (!xnm_wants_owned(want))
		return 0;
	if (facts->bridge.link.ifindex && !facts->bridge.has_addresses)
		rc = enough(xnm_addr_list(rtnl, facts->bridge.link.ifindex, AF_UNSPEC,
					  facts->bridge.addresses, XNM_MAX_BRIDGE_ADDRESSES,
					  &facts->bridge.n_addresses),
			    want->bridge.name);
	if (rc == 0 && facts->bridge.link.vlan_filtering)
		rc = read_vlans(facts, rtnl);
	if (rc)
		return xnm_facts_link_error(rtnl, rc, want->bridge.name, err);
	return read_note(facts, dir, event, want, err);
}

/* Without VLANs only one vif can have noted an address. */
static bool knows_vlans(const char *bridge)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[64];

	(void)snprintf(path, sizeof(path), "/sys/class/net/%.15s/bridge/vlan_filtering", bridge);
	file = fopen(path, "re");
	return file && getc(file) == '1';
}

static void read_kept(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		      const struct xnm_event *event)
{
	const struct xnm_owner self = { event->domid, event->devid };
	const struct xnm_vif_note *state = &facts->note;
	static struct xnm_network_note note;
	char network[XNM_NAME_LEN];

	if (state->bridge.name[0] == '\0' || state->address.n == 0)
		return;
	xnm_owned_network(network, state->bridge.name);
	if (xnm_network_note_read(dir, network, &note) == 0) {
		for (unsigned int i = 0; i < note.elements.n; i++)
			keep(&facts->owned.kept, &note.elements.list[i]);
	}
	if (!knows_vlans(state->bridge.name))
		return;
	for (int i = 0; i < 2; i++)
		keep_claimed(&facts->owned.kept, dir, state->bridge.name,
			     &state->filter.elements[i], &self);
}

int owned_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	int rc = read_all(facts, ctx->rtnl, &ctx->dir, ctx->event, want, &ctx->err);

	if (rc == 0)
		read_kept(facts, &ctx->dir, ctx->event);
	return rc;
}

int owned_recall(struct xnm_facts *facts, struct xnm_ctx *ctx)
{
	read_kept(facts, &ctx->dir, ctx->event);
	if (!facts->has_note)
		xnm_owned_bridge(&ctx->dir, ctx->event->domid, ctx->event->devid,
				 facts->owned.bridge);
	return 0;
}
