/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cards_plan.c - decide how interfaces of the host come into a bridge, with their addresses, and out. */
#include "hotplug/base/cidr.h"
#include "hotplug/core/plan.h"
#include "hotplug/parts/bridge/plan.h"

#include <errno.h>
#include <string.h>

/*
 * Theory of operation
 *
 * The bridge takes the place of the interface: it gets the interface's MAC address, and its
 * addresses while the interface has them too; then one netlink request attaches the interface and
 * moves all its routes to the bridge (kernel/carry.c). A run that is killed before or after that
 * request leaves a host that works through one of the two, and the next run moves what the
 * interface still has. A failure undoes all of it: core/apply.c.
 */

static bool is_attached(const struct xnm_facts *facts, const struct xnm_link *link)
{
	return link->master && link->master == facts->bridge.link.ifindex;
}

/* Whether this is the interface whose addresses move. */
static bool is_carried(const struct xnm_facts *facts, const struct xnm_link *link)
{
	return facts->bridge.carry && facts->bridge.carry->ifindex == link->ifindex;
}

static bool is_marked(const struct xnm_facts *facts, const struct xnm_cidr *cidr)
{
	for (unsigned int i = 0; i < facts->bridge.n_addresses; i++) {
		if (xnm_cidr_equal(&facts->bridge.addresses[i], cidr))
			return facts->bridge.address_is_ours[i];
	}
	return false;
}

bool xnm_is_brought(const struct xnm_facts *facts, const struct xnm_cidr *cidr)
{
	return facts->bridge.carry && xnm_cidr_is_among(facts->bridge.carry->cidrs,
							facts->bridge.carry->n_addresses, cidr);
}

/* Fills note->own: addresses that the interface does not get when it is detached, as it did not
 * have them before. */
static void note_own(struct xnm_bridge_note *note, const struct xnm_network *network,
		     const struct xnm_facts *facts)
{
	const struct xnm_bridge_note *old = &facts->bridge.note;
	bool known = facts->bridge.is_ours && strcmp(old->carries, note->carries) == 0;

	for (unsigned int i = 0; i < network->n_addresses; i++) {
		const struct xnm_cidr *cidr = &network->addresses[i];
		bool was_there =
			xnm_cidr_is_among(facts->bridge.addresses, facts->bridge.n_addresses, cidr);

		/* for an address that the bridge already has, the kernel or the old note says who
		 * added it */
		if (is_marked(facts, cidr) ||
		    (known && was_there ? xnm_cidr_is_among(old->own, old->n_own, cidr)
					: !xnm_is_brought(facts, cidr)))
			note->own[note->n_own++] = *cidr;
	}
}

/*
 * Notes each interface by its name, and by the altname that the policy uses for it: an interface
 * must not be detached because it has lost an altname.
 */
static void note_names(struct xnm_bridge_note *note, const struct xnm_want *want,
		       const struct xnm_facts *facts)
{
	const struct xnm_policy *policy = want->policy;

	note->n_interfaces = want->network->n_interfaces;
	memcpy(note->interfaces, want->network->interfaces, sizeof(note->interfaces));
	for (unsigned int i = 0; i < note->n_interfaces; i++) {
		for (unsigned int k = 0; policy && k < policy->n_altnames; k++) {
			const struct xnm_altname *altname = &policy->altnames[k];

			if (strcmp(altname->device, note->interfaces[i]) == 0)
				memcpy(note->altnames[i], altname->name, IFNAMSIZ);
		}
		if (i >= facts->bridge.n_cards || facts->bridge.cards[i].ifindex == 0)
			continue;
		note->cards[i].ifindex = facts->bridge.cards[i].ifindex;
		note->cards[i].mac = facts->bridge.cards[i].own_mac;
		if (strcmp(facts->bridge.cards[i].name, note->interfaces[i]) == 0)
			continue;
		memcpy(note->altnames[i], note->interfaces[i], IFNAMSIZ);
		memcpy(note->interfaces[i], facts->bridge.cards[i].name, IFNAMSIZ);
	}
}

void xnm_plan_bridge_note(struct xnm_bridge_note *note, const struct xnm_want *want,
			  const struct xnm_facts *facts)
{
	const struct xnm_network *network = want->network;
	const char *carries = facts->bridge.is_ours ? facts->bridge.note.carries : "";

	memset(note, 0, sizeof(*note));
	memcpy(note->network, network->name, sizeof(note->network));
	note->keep = network->keep == XNM_YES;
	note->mtu_bytes = xnm_plan_bridge_mtu(want, facts);
	note_names(note, want, facts);
	for (unsigned int i = 0; i < facts->bridge.n_dropped; i++) {
		if (strcmp(facts->bridge.dropped[i].name, carries) == 0)
			carries = "";
	}
	if (facts->bridge.carry)
		carries = facts->bridge.carry->ifname;
	(void)snprintf(note->carries, sizeof(note->carries), "%s", carries);
	if (note->carries[0])
		note_own(note, network, facts);
}

/* Whether the old note has all altnames that the policy uses. */
static bool has_altnames(const struct xnm_bridge_note *old, const struct xnm_bridge_note *new)
{
	for (unsigned int i = 0; i < new->n_interfaces; i++) {
		bool noted = new->altnames[i][0] == '\0';

		for (unsigned int k = 0; k < old->n_interfaces; k++)
			noted |= strcmp(old->interfaces[k], new->interfaces[i]) == 0 &&
				 strcmp(old->altnames[k], new->altnames[i]) == 0;
		if (!noted)
			return false;
	}
	return true;
}

static bool same_own(const struct xnm_bridge_note *a, const struct xnm_bridge_note *b)
{
	for (unsigned int i = 0; i < a->n_own; i++) {
		if (!xnm_cidr_is_among(b->own, b->n_own, &a->own[i]))
			return false;
	}
	return a->n_own == b->n_own;
}

/* An interface that does not exist is the same until it comes back, as another device. */
static bool is_same_card(const struct xnm_card_id *old, const struct xnm_card_id *new)
{
	return new->ifindex == 0 ||
	       (old->ifindex == new->ifindex &&xnm_mac_equal(&old->mac, &new->mac));
}

/* An interface that is not noted would not be detached when it is dropped from the policy. */
static bool all_are_noted(const struct xnm_bridge_note *old, const struct xnm_bridge_note *new)
{
	for (unsigned int i = 0; i < new->n_interfaces; i++) {
		unsigned int k = 0;

		while (k < old->n_interfaces && strcmp(old->interfaces[k], new->interfaces[i]) != 0)
			k++;
		if (k == old->n_interfaces || !is_same_card(&old->cards[k], &new->cards[i]))
			return false;
	}
	return true;
}

/* Whether the noted network no longer has this bridge: networks may swap bridges. */
static bool is_renamed(const struct xnm_policy *policy, const struct xnm_network *network,
		       const struct xnm_bridge_note *old)
{
	const struct xnm_network *noted = policy ? xnm_policy_network(policy, old->network) : NULL;

	return old->network[0] && strcmp(old->network, network->name) != 0 &&
	       (!noted || strcmp(noted->bridge, network->bridge) != 0);
}

/* Plans the update of the note on an existing bridge. */
static void plan_note(struct xnm_plan *plan, const struct xnm_want *want,
		      const struct xnm_facts *facts)
{
	const struct xnm_network *network = want->network;
	const struct xnm_bridge_note *old = &facts->bridge.note, *new = &plan->bridge.note;

	if (facts->bridge.link.ifindex == 0 || !facts->bridge.is_ours)
		return;
	xnm_plan_bridge_note(&plan->bridge.note, want, facts);
	if (facts->bridge.n_dropped == 0 && !facts->bridge.note_is_old &&
	    !is_renamed(want->policy, network, old) && strcmp(old->carries, new->carries) == 0 &&
	    old->mtu_bytes == new->mtu_bytes && same_own(old, new) && all_are_noted(old, new) &&
	    has_altnames(old, new) && old->keep == new->keep)
		return;
	plan->bridge.old_note = *old;
	xnm_plan_add(plan, XNM_PHASE_CARDS, &xnm_op_bridge_renote, network->bridge,
		     facts->bridge.link.ifindex, "network %.48s has changed", network->name);
}

static struct xnm_op *plan_carry(struct xnm_plan *plan, const struct xnm_op_type *type,
				 struct xnm_carry *carry, const char *to, int ifindex, bool back,
				 const char *why)
{
	struct xnm_op *op =
		xnm_plan_add(plan, XNM_PHASE_CARDS, type, carry->ifname, carry->ifindex, "%s", why);

	(void)snprintf(op->u.carry.name, sizeof(op->u.carry.name), "%s", to);
	op->u.carry.ifindex = ifindex;
	op->u.carry.carry = carry;
	op->u.carry.back = back;
	return op;
}

/* The neighbours know the interface's MAC address, so the bridge gets it. */
static void plan_mac(struct xnm_plan *plan, const struct xnm_network *network,
		     const struct xnm_facts *facts, const struct xnm_link *link)
{
	struct xnm_op *op;

	if (facts->bridge.link.ifindex == 0 || xnm_mac_equal(&facts->bridge.link.mac, &link->mac))
		return;
	plan->bridge.old_mac = facts->bridge.link.mac;
	op = xnm_plan_add(plan, XNM_PHASE_CARDS, &xnm_op_device_mac, network->bridge,
			  facts->bridge.link.ifindex, "the bridge takes the place of %.15s",
			  link->name);
	op->u.mac = link->mac;
}

static void set_up(struct xnm_plan *plan, const struct xnm_network *network,
		   const struct xnm_link *link)
{
	if (!link->up)
		xnm_plan_add(plan, XNM_PHASE_CARDS, &xnm_op_device_up, link->name, link->ifindex,
			     "interfaces= of network %.48s", network->name);
}

/* An interface without addresses and routes. */
static void plan_attach(struct xnm_plan *plan, const struct xnm_network *network,
			const struct xnm_link *link)
{
	struct xnm_op *op =
		xnm_plan_add(plan, XNM_PHASE_CARDS, &xnm_op_port_attach, link->name, link->ifindex,
			     "interfaces= of network %.48s", network->name);

	memcpy(op->u.name, network->bridge, sizeof(op->u.name));
	set_up(plan, network, link);
}

static void plan_replace(struct xnm_plan *plan, const struct xnm_network *network,
			 const struct xnm_facts *facts, const struct xnm_link *link)
{
	bool attached = is_attached(facts, link);
	struct xnm_op *op;

	plan_mac(plan, network, facts, link);
	(void)plan_carry(plan, &xnm_op_carry_settings, facts->bridge.carry, network->bridge,
			 facts->bridge.link.ifindex, false,
			 "the bridge takes the place of the interface");
	(void)plan_carry(plan, &xnm_op_carry_addresses, facts->bridge.carry, network->bridge,
			 facts->bridge.link.ifindex, false,
			 "a bridge port's own addresses are unreachable");
	op = plan_carry(plan, &xnm_op_carry_switch, facts->bridge.carry, network->bridge,
			facts->bridge.link.ifindex, false, "routes must lead through the bridge");
	op->u.carry.port = attached ? 0 : link->ifindex;
	if (!attached)
		set_up(plan, network, link);
	(void)plan_carry(plan, &xnm_op_carry_end, facts->bridge.carry, network->bridge,
			 facts->bridge.link.ifindex, false, "the bridge has them now");
}

/* An interface that was dropped from the policy is detached, with the addresses that it had
 * before. */
static void plan_detach(struct xnm_plan *plan, const struct xnm_network *network,
			const struct xnm_facts *facts, const struct xnm_link *link)
{
	struct xnm_op *op;

	if (strcmp(facts->bridge.note.carries, link->name) != 0 || !facts->bridge.carry_back) {
		if (is_attached(facts, link))
			xnm_plan_add(plan, XNM_PHASE_CARDS, &xnm_op_port_detach, link->name,
				     link->ifindex, "network %.48s has no interfaces=%.15s",
				     network->name, link->name);
		return;
	}
	(void)plan_carry(plan, &xnm_op_carry_addresses, facts->bridge.carry_back, link->name,
			 link->ifindex, true, "it had them before it joined the bridge");
	op = plan_carry(plan, &xnm_op_carry_switch, facts->bridge.carry_back, link->name,
			link->ifindex, true, "no interfaces= names it any more");
	op->u.carry.port = is_attached(facts, link) ? link->ifindex : 0;
	(void)plan_carry(plan, &xnm_op_carry_end, facts->bridge.carry_back, link->name,
			 link->ifindex, true, "the interface has them now");
}

int xnm_plan_interfaces(struct xnm_plan *plan, const struct xnm_want *want,
			const struct xnm_facts *facts, struct xnm_err *err)
{
	const struct xnm_network *network = want->network;
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < facts->bridge.n_cards; i++) {
		if (facts->bridge.cards[i].ifindex)
			rc = xnm_check_interface(network, facts, i, err);
	}
	if (rc)
		return rc;
	for (unsigned int i = 0; i < facts->bridge.n_dropped; i++)
		plan_detach(plan, network, facts, &facts->bridge.dropped[i]);
	plan_note(plan, want, facts);
	for (unsigned int i = 0; i < facts->bridge.n_cards; i++) {
		const struct xnm_link *link = &facts->bridge.cards[i];

		if (link->ifindex && is_carried(facts, link))
			plan_replace(plan, network, facts, link);
		else if (link->ifindex && !is_attached(facts, link))
			plan_attach(plan, network, link);
	}
	return 0;
}
