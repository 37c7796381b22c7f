/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide whether a change may have forbidden open connections, and which to check. */
#include "hotplug/base/cidr.h"
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/conntrack/allowed.h"
#include "hotplug/parts/conntrack/stages.h"

#include <string.h>
#include <sys/socket.h>

/*
 * The rules accept packets of established connections first. So whenever new connections become
 * forbidden, the open ones must be checked. Only changes count: the first vif of a network has no
 * connections, and costs nothing.
 */

/* Sets whose elements forbid something. */
static bool closes(uint8_t set)
{
	switch (set) {
	case XNM_SET_BRIDGE_GUARD:
	case XNM_SET_INET_GUARD:
	case XNM_SET_INSIDE:
	case XNM_SET_CLOSED:
	case XNM_SET_ISOLATED4:
	case XNM_SET_ISOLATED6:
	case XNM_SET_ACL_FROM:
	case XNM_SET_ACL_TO:
	case XNM_SET_ACL_FROM4:
	case XNM_SET_ACL_TO4:
	case XNM_SET_ACL_FROM6:
	case XNM_SET_ACL_TO6:
		return true;
	default:
		return false;
	}
}

/* Sets with the addresses that a vif may use. */
static bool is_identity(uint8_t set)
{
	uint8_t offset = XNM_SET_INET_DROPS - XNM_SET_BRIDGE_DROPS;

	if (set >= XNM_SET_INET_DROPS)
		set = (uint8_t)(set - offset);
	return set == XNM_SET_BRIDGE_ADDRESSES4 || set == XNM_SET_BRIDGE_ADDRESSES6 ||
	       set == XNM_SET_BRIDGE_OWN_PREFIXES4 || set == XNM_SET_BRIDGE_OWN_PREFIXES6 ||
	       set == XNM_SET_BRIDGE_PREFIXES4 || set == XNM_SET_BRIDGE_PREFIXES6 ||
	       set == XNM_SET_BRIDGE_ANY4 || set == XNM_SET_BRIDGE_ANY6;
}

/* Sets whose elements allow something. */
static bool opens(const struct xnm_element *element)
{
	switch (element->set) {
	case XNM_SET_PATHS:
	case XNM_SET_DETOURS:
	case XNM_SET_EXITS:
	case XNM_SET_ENTRIES:
	case XNM_SET_ROUTED:
	case XNM_SET_SERVICES:
	case XNM_SET_PINGABLE:
		return true;
	default:
		return is_identity(element->set) || xnm_is_forward(element);
	}
}

/* What is stricter in new than in old, of which the lost elements do not count. */
struct tightening {
	bool any, forwards, identity;
};

static bool is_guarded(const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (elements->list[i].set == XNM_SET_BRIDGE_GUARD ||
		    elements->list[i].set == XNM_SET_INET_GUARD)
			return true;
	}
	return false;
}

static struct tightening compare(const struct xnm_elements *new, const struct xnm_elements *old,
				 const bool *lost)
{
	struct tightening found = { false, false, false };
	bool guarded = is_guarded(new);

	for (unsigned int i = 0; i < new->n; i++) {
		const struct xnm_element *element = &new->list[i];
		bool there = false;

		if (!closes(element->set))
			continue;
		for (unsigned int k = 0; k < old->n && !there; k++)
			there = !lost[k] && xnm_element_equal(&old->list[k], element);
		found.any |= !there;
		found.identity |= !there && (element->set == XNM_SET_BRIDGE_GUARD ||
					     element->set == XNM_SET_INET_GUARD);
	}
	for (unsigned int i = 0; i < old->n; i++) {
		const struct xnm_element *element = &old->list[i];

		/* an unlocked vif may have any address */
		if (!opens(element) || xnm_elements_have(new, element) ||
		    (is_identity(element->set) && !guarded))
			continue;
		if (xnm_is_forward(element))
			found.forwards = true;
		else
			found.any = true;
		found.identity |= is_identity(element->set);
	}
	return found;
}

static void add_range(struct xnm_purge *purge, uint8_t family, const uint8_t *first,
		      const uint8_t *last)
{
	size_t len = family == AF_INET ? 4 : 16;
	struct xnm_purge_range *range;

	if (purge->n == XNM_MAX_PURGED) {
		purge->all = true;
		return;
	}
	range = &purge->list[purge->n++];
	memset(range, 0, sizeof(*range));
	range->family = family;
	memcpy(range->first, first, len);
	memcpy(range->last, last, len);
}

static void add_addresses(struct xnm_purge *purge, const struct xnm_vif_note *state)
{
	for (unsigned int i = 0; i < state->address.n; i++) {
		const struct xnm_cidr *address = &state->address.list[i];
		struct xnm_element key = { .set = address->family == AF_INET ? XNM_SET_SUBNETS4
									     : XNM_SET_SUBNETS6 };

		xnm_key_address(&key, 0, address, xnm_cidr_is_prefix(address));
		add_range(purge, address->family, key.key, key.end);
	}
}

/* Addresses that the vif may no longer use. */
static void add_lost_addresses(struct xnm_purge *purge, const struct xnm_elements *new,
			       const struct xnm_elements *old)
{
	for (unsigned int i = 0; i < old->n; i++) {
		const struct xnm_element *element = &old->list[i];
		uint8_t type = xnm_sets[element->set].key[1];

		if (is_identity(element->set) && (type == XNM_NFT_IPV4 || type == XNM_NFT_IPV6) &&
		    !xnm_elements_have(new, element))
			add_range(purge, type == XNM_NFT_IPV4 ? AF_INET : AF_INET6,
				  element->key + IFNAMSIZ, element->end + IFNAMSIZ);
	}
}

static void look_at_device(struct xnm_purge *purge, const char *dev)
{
	for (unsigned int i = 0; i < purge->n_devs; i++) {
		if (strcmp(purge->devs[i], dev) == 0)
			return;
	}
	if (dev[0] && purge->n_devs < XNM_MAX_PURGED_DEVS)
		(void)snprintf(purge->devs[purge->n_devs++], IFNAMSIZ, "%s", dev);
}

static bool has_moved(const struct xnm_vif_note *old, const struct xnm_vif_note *new)
{
	return strcmp(old->network.name, new->network.name) != 0 ||
	       strcmp(old->bridge.name, new->bridge.name) != 0 ||
	       strcmp(old->address.scope, new->address.scope) != 0 ||
	       old->routed.is_routed != new->routed.is_routed;
}

/* Returns whether a port forward is removed. */
static bool look_at_vif(struct xnm_plan *plan, const struct xnm_event *event,
			const struct xnm_facts *facts)
{
	const struct xnm_vif_note *old = &facts->note, *new = &plan->note;
	bool tap = xnm_event_is_tap(event), moved = has_moved(old, new);
	struct tightening found = compare(&new->filter.elements[tap], &old->filter.elements[tap],
					  facts->filter.vif_lost);
	struct xnm_purge *purge = &plan->conntrack.purge;

	if ((tap ? old->device.tap : old->device.ifname)[0] == '\0')
		return false;
	if (moved || found.any) {
		add_addresses(purge, old);
		add_addresses(purge, new);
		add_lost_addresses(purge, &new->filter.elements[tap], &old->filter.elements[tap]);
	}
	/* also connections of addresses on the bridge that no note names and no vif may use now */
	if (moved || found.identity || (found.any && new->address.n == 0)) {
		look_at_device(purge,
			       old->routed.is_routed ? old->device.ifname : old->bridge.name);
		look_at_device(purge,
			       new->routed.is_routed ? new->device.ifname : new->bridge.name);
		purge->nobodys |= moved || found.identity;
	}
	return found.forwards;
}

static bool look_at_network(struct xnm_plan *plan, const struct xnm_want *want,
			    const struct xnm_facts *facts)
{
	struct tightening found =
		compare(&plan->network.note.elements, &facts->network.note.elements,
			facts->filter.network_lost);

	/* if the network has no note yet, only a vif that existed before can have open
	 * connections */
	if (!facts->network.has_note && !(facts->has_note && facts->note.domain_name[0]))
		return false;
	if (found.any && !want->network->bridge[0])
		plan->conntrack.purge.all = true;
	else if (found.any)
		look_at_device(&plan->conntrack.purge, want->network->bridge);
	return found.forwards;
}

/* Deletes conntrack entries of addresses that the vif releases. */
static void plan_forget(struct xnm_plan *plan)
{
	if (plan->conntrack.n_forget)
		xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_connections_forget, "", 0,
			     "another guest must not inherit them");
}

/* Whether port forwards appear, or change their target. */
static bool has_new_forwards(const struct xnm_plan *plan)
{
	for (unsigned int i = 0; i < plan->filter.n_add; i++) {
		if (xnm_is_forward(&plan->filter.add[i]))
			return true;
	}
	return false;
}

static int conntrack_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_facts *facts = view->facts;
	struct xnm_purge *purge = &plan->conntrack.purge;
	bool forwards = false;

	(void)err;
	plan_forget(plan);
	/* without the tables nothing was filtered */
	for (int i = 0; i < XNM_N_TABLES; i++)
		purge->all |= plan->filter.build[i] &&
			      (facts->filter.table[i].exists || facts->filter.now.was_made);
	if (has_new_forwards(plan))
		xnm_plan_add(plan, XNM_PHASE_PURGE, &xnm_op_connections_stale, "", 0,
			     "the kernel forwards only what begins after a port forward has come");
	forwards |= look_at_vif(plan, view->event, facts);
	if (view->want->attach && view->want->network)
		forwards |= look_at_network(plan, view->want, facts);
	if (purge->all || purge->n || purge->n_devs || forwards)
		xnm_plan_add(plan, XNM_PHASE_PURGE, &xnm_op_connections_purge, "", 0, "%s",
			     purge->all ? "the ruleset has changed"
					: "less is allowed than before");
	return 0;
}

static void conntrack_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	(void)view;
	plan_forget(plan);
}

const struct xnm_part xnm_conntrack_part = {
	.name = "conntrack",
	.online = conntrack_online,
	.offline = conntrack_offline,
	.released = conntrack_released,
	.rebuild = conntrack_rebuild,
};
