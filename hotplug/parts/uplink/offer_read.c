/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offer_read.c - read the addresses and routes of this host and its guests that a lease must not overlap. */
#include "hotplug/parts/uplink/offer.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/facts.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/uplink/uplink.h"

struct reader {
	struct xnm_offer_facts *facts;
	struct xnm_rtnl *rtnl;
	const struct xnm_uplink_note *note;
	int ifindex; /* of the uplink's device */
};

#define MAX_FOUND 256 /* addresses, routes and the like that may overlap one lease */

/* Device names are read after the dump: one socket has one request at a time. */
struct found {
	const struct reader *reader;
	unsigned int n;
	bool has_more;
	struct xnm_has list[MAX_FOUND];
};

static struct xnm_held held_of(const struct reader *reader, const struct xnm_has *has)
{
	static const enum xnm_held_kind kinds[] = {
		[XNM_HAS_ADDRESS] = XNM_HELD_ADDRESS,	  [XNM_HAS_ROUTE] = XNM_HELD_ROUTE,
		[XNM_HAS_CLOSED] = XNM_HELD_CLOSED,	  [XNM_HAS_ROUTER] = XNM_HELD_ROUTER,
		[XNM_HAS_NEIGHBOUR] = XNM_HELD_NEIGHBOUR,
	};

	return (struct xnm_held){
		.kind = kinds[has->kind],
		.here = has->ifindex == reader->ifindex,
		.cidr = has->cidr,
	};
}

/* The uplink's own lease, routes over its own link, and old neighbours there. */
static bool is_own(const struct reader *reader, const struct xnm_has *has)
{
	if (has->ifindex != reader->ifindex)
		return false;
	return has->kind == XNM_HAS_ROUTE || has->is_old ||
	       (has->kind == XNM_HAS_ADDRESS && xnm_cidr_equal(&has->cidr, &reader->note->leased));
}

static void find(void *arg, const struct xnm_has *has)
{
	struct found *found = arg;
	const struct reader *reader = found->reader;
	struct xnm_held held = held_of(reader, has);

	/* on a bridge with guest=, any other address of the bridge was given by this host */
	if (has->kind == XNM_HAS_ADDRESS && reader->facts->uplink->guest[0])
		held.here = false;
	if (is_own(reader, has) || !xnm_offer_meets(reader->facts->offer, &held))
		return;
	if (found->n < MAX_FOUND)
		found->list[found->n++] = *has;
	else
		found->has_more = true;
}

/* A macvlan or ipvlan on the uplink's device is on the same link; a VLAN device is not. */
static bool is_same_link(const struct xnm_link *link, int ifindex)
{
	static const char *const kinds[] = { "macvlan", "ipvlan", "macvtap", "ipvtap" };

	for (size_t i = 0; link->lower == ifindex && i < XNM_N_ELEMENTS(kinds); i++) {
		if (strcmp(link->kind, kinds[i]) == 0)
			return true;
	}
	return false;
}

/* A stale neighbour counts if this host would still send to it there. */
static bool has_moved(const struct reader *reader, const struct xnm_has *has)
{
	struct xnm_packet_way way;

	return has->is_old && (xnm_route_get(reader->rtnl, &has->cidr, NULL, 0, &way) ||
			       way.ifindex != has->ifindex || way.has_gateway);
}

static void add_found(const struct reader *reader, const struct xnm_has *has)
{
	struct xnm_held held = held_of(reader, has);
	struct xnm_link link = { .ifindex = 0 };

	if (has_moved(reader, has))
		return;
	(void)snprintf(held.where, sizeof(held.where), "a device that no longer exists");
	if (has->ifindex && xnm_link_get_by_index(reader->rtnl, has->ifindex, &link) == 0)
		memcpy(held.where, link.name, sizeof(link.name));
	if (reader->facts->uplink->guest[0])
		held.here &= has->kind != XNM_HAS_ADDRESS;
	else if (link.ifindex && is_same_link(&link, reader->ifindex)) {
		if (has->kind == XNM_HAS_ROUTE)
			return;
		held.here = true;
		/* but exactly this address is in use */
		if (has->kind == XNM_HAS_ADDRESS) {
			held.kind = XNM_HELD_NEIGHBOUR;
			held.cidr.prefix_len = 32;
		}
	}
	xnm_offer_add(reader->facts, &held);
}

static void add_claim(void *arg, const char *scope, const struct xnm_cidr *address,
		      const struct xnm_owner *owner)
{
	const struct reader *reader = arg;
	const struct xnm_uplink_note *note = reader->note;
	struct xnm_held held = {
		.kind = XNM_HELD_CLAIM,
		.here = strcmp(scope, reader->facts->uplink->device) == 0,
		.is_servers = note->has_owner && note->owner.domid == owner->domid &&
			      note->owner.devid == owner->devid,
		.cidr = *address,
	};

	if (address->family != AF_INET)
		return;
	if (!xnm_cidr_is_prefix(address))
		held.cidr.prefix_len = 32;
	(void)snprintf(held.where, sizeof(held.where), "vif%u.%u", owner->domid, owner->devid);
	xnm_offer_add(reader->facts, &held);
}

int xnm_offer_read(struct xnm_offer_facts *facts, struct xnm_rtnl *rtnl,
		   const struct xnm_run_dir *dir, const struct xnm_policy *policy,
		   const struct xnm_uplink_note *note, struct xnm_err *err)
{
	struct reader reader = { .facts = facts, .rtnl = rtnl, .note = note };
	struct found found = { .reader = &reader };
	struct xnm_link link;
	int rc = xnm_link_get(rtnl, facts->uplink->device, &link);

	if (rc)
		return xnm_facts_link_error(rtnl, rc, facts->uplink->device, err);
	reader.ifindex = link.ifindex;
	rc = xnm_host_has(rtnl, find, &found);
	if (rc)
		return xnm_fail(err, rc, "cannot list what this host has: %s",
				xnm_rtnl_reason(rtnl));
	if (found.has_more)
		return xnm_fail(err, -EADDRINUSE,
				"the server offers a subnet in which this host has more addresses "
				"and routes than can be checked");
	for (unsigned int i = 0; i < found.n; i++)
		add_found(&reader, &found.list[i]);
	rc = xnm_address_note_each(dir, add_claim, &reader);
	if (rc)
		return xnm_fail(err, rc, "cannot list the addresses of guests: %s", strerror(-rc));
	xnm_offer_add_policy(facts, policy);
	return 0;
}
