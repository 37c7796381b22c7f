/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cards_plan.c - decide how interfaces of the host come into a bridge, with their addresses, and out. */
#include "hotplug/core/plan.h"
#include "hotplug/parts/bridge/plan.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/carry.h"

/*
 * Theory of operation
 *
 * The bridge takes the place of the interface: it has its MAC, it gets the
 * addresses while the interface has them too, and one request makes the
 * interface a port and turns over all that leads by it (kernel/carry.c). Whoever
 * is killed before or behind that leaves a host that works by one of the two,
 * and the next run goes on with what the interface still has. A failure takes
 * all of it back: apply.c, undo_network().
 */

static bool is_attached(const struct xnm_facts *facts, const struct xnm_link *link)
{
	return link->master && link->master == facts->bridge.link.ifindex;
}

/* The interface whose addresses are to move. */
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

static bool is_among(const struct xnm_cidr *list, unsigned int n, const struct xnm_cidr *cidr)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_equal(&list[i], cidr))
			return true;
	}
	return false;
}

bool xnm_is_brought(const struct xnm_facts *facts, const struct xnm_cidr *cidr)
{
	return facts->bridge.carry &&
	       is_among(facts->bridge.carry->cidrs, facts->bridge.carry->n_addresses, cidr);
}

/* Which addresses the interface does not get when it leaves: those that it did not bring. */
static void note_own(struct xnm_bridge_note *note, const struct xnm_network *network,
		     const struct xnm_facts *facts)
{
	const struct xnm_bridge_note *old = &facts->bridge.note;
	bool known = facts->bridge.is_ours && strcmp(old->carries, note->carries) == 0;

	for (unsigned int i = 0; i < network->n_addresses; i++) {
		const struct xnm_cidr *cidr = &network->addresses[i];
		bool was_there = is_among(facts->bridge.addresses, facts->bridge.n_addresses, cidr);

		/* of one that is there already, the kernel says whose it is, or the old note */
		if (is_marked(facts, cidr) ||
		    (known && was_there ? is_among(old->own, old->n_own, cidr)
					: !xnm_is_brought(facts, cidr)))
			note->own[note->n_own++] = *cidr;
	}
}

/*
 * Each by the name that it has, and beside that by which the policy means it: a
 * card does not leave because it has lost an alternative name.
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

/* Whether all that the policy means by an alternative name is noted so. */
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
		if (!is_among(b->own, b->n_own, &a->own[i]))
			return false;
	}
	return a->n_own == b->n_own;
}

/* One that is away is the same until it is back, and then it is another device. */
static bool is_same_card(const struct xnm_card_id *old, const struct xnm_card_id *new)
{
	return new->ifindex == 0 ||
	       (old->ifindex == new->ifindex &&xnm_mac_equal(&old->mac, &new->mac));
}

/* One that is not noted would not be taken out when the policy has it no more. */
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

/* Whether the network that is noted has no such bridge any more: networks may swap theirs. */
static bool is_renamed(const struct xnm_policy *policy, const struct xnm_network *network,
		       const struct xnm_bridge_note *old)
{
	const struct xnm_network *noted = policy ? xnm_policy_network(policy, old->network) : NULL;

	return old->network[0] && strcmp(old->network, network->name) != 0 &&
	       (!noted || strcmp(noted->bridge, network->bridge) != 0);
}

/* What the next run has to know of a bridge that is there already. */
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
	    same_own(old, new) && all_are_noted(old, new) && has_altnames(old, new) &&
	    (old->keep || network->start == XNM_START_GUEST))
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

/* Its peers know the interface's MAC, and go on to send to it. */
static void plan_mac(struct xnm_plan *plan, const struct xnm_network *network,
		     const struct xnm_facts *facts, const struct xnm_link *link)
{
	struct xnm_op *op;

	if (facts->bridge.link.ifindex == 0 || xnm_mac_equal(&facts->bridge.link.mac, &link->mac))
		return;
	plan->bridge.old_mac = facts->bridge.link.mac;
	op = xnm_plan_add(plan, XNM_PHASE_CARDS, &xnm_op_device_mac, network->bridge,
			  facts->bridge.link.ifindex, "it takes the place of %.15s", link->name);
	op->u.mac = link->mac;
}

static void set_up(struct xnm_plan *plan, const struct xnm_network *network,
		   const struct xnm_link *link)
{
	if (!link->up)
		xnm_plan_add(plan, XNM_PHASE_CARDS, &xnm_op_device_up, link->name, link->ifindex,
			     "interfaces= of network %.48s", network->name);
}

/* One that has nothing. */
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
			 facts->bridge.link.ifindex, false, "it takes part on the same wire");
	(void)plan_carry(plan, &xnm_op_carry_addresses, facts->bridge.carry, network->bridge,
			 facts->bridge.link.ifindex, false,
			 "a port of a bridge is not asked for them");
	op = plan_carry(plan, &xnm_op_carry_switch, facts->bridge.carry, network->bridge,
			facts->bridge.link.ifindex, false, "the ways lead by the bridge now");
	op->u.carry.port = attached ? 0 : link->ifindex;
	if (!attached)
		set_up(plan, network, link);
	(void)plan_carry(plan, &xnm_op_carry_end, facts->bridge.carry, network->bridge,
			 facts->bridge.link.ifindex, false, "the bridge has them");
}

/* One that the policy has no more: out, with all that it brought. */
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
			 link->ifindex, true, "it had them before");
	op = plan_carry(plan, &xnm_op_carry_switch, facts->bridge.carry_back, link->name,
			link->ifindex, true, "the policy does not name it");
	op->u.carry.port = is_attached(facts, link) ? link->ifindex : 0;
	(void)plan_carry(plan, &xnm_op_carry_end, facts->bridge.carry_back, link->name,
			 link->ifindex, true, "the interface has them again");
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
