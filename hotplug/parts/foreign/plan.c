/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan our accept rules in other programs' chains that drop by default. */
#include "hotplug/core/part.h"
#include "hotplug/parts/foreign/plan.h"
#include "hotplug/parts/foreign/stages.h"

#include <string.h>

#include "policy/sections/traffic.h"

const char *xnm_through_device(const struct xnm_want *want, const struct xnm_facts *facts)
{
	return want->backend == XNM_BACKEND_ROUTE ? xnm_final_name(want, facts) : want->bridge.name;
}

/*
 * Where this host forwards for a network, packets from and to it are accepted: table inet xnm
 * decides which of them are allowed. Where br_netfilter passes bridged frames to iptables, only
 * packets between two ports of the bridge are accepted: with more, hosts on the bridge could bypass
 * Docker's rules for its containers.
 */
unsigned int xnm_through_rules(const struct xnm_want *want, const struct xnm_facts *facts,
			       unsigned int ip)
{
	if (!want->attach)
		return 0;
	if (want->network &&
	    xnm_network_is_forwarded(want->network, want->policy, xnm_ip_families[ip]))
		return XNM_THROUGH_FROM | XNM_THROUGH_TO;
	return want->backend != XNM_BACKEND_ROUTE && facts->foreign.ip[ip].hears_bridges
		       ? XNM_THROUGH_WITHIN
		       : 0;
}

static unsigned int wanted_rules(const struct xnm_want *want, const struct xnm_facts *facts,
				 unsigned int ip)
{
	return facts->foreign.ip[ip].chain[0] ? xnm_through_rules(want, facts, ip) : 0;
}

static void let_through(struct xnm_plan *plan, const struct xnm_want *want,
			const struct xnm_facts *facts, const char *dev, unsigned int ip)
{
	unsigned int rules = wanted_rules(want, facts, ip);
	const char *chain = rules ? facts->foreign.ip[ip].chain : "";
	const char *noted = facts->foreign.ip[ip].noted;
	struct xnm_op *op;

	if (rules == facts->foreign.ip[ip].rules && strcmp(chain, noted) == 0)
		return;
	op = xnm_plan_add(plan, XNM_PHASE_FIREWALL, &xnm_op_foreign_rules, dev, 0, "%s",
			  rules ? "that chain drops what it has no rule for"
				: "that chain no longer drops its packets");
	op->u.foreign.routed = want->backend == XNM_BACKEND_ROUTE;
	op->u.foreign.ip = (uint8_t)ip;
	op->u.foreign.rules = (uint8_t)rules;
	(void)snprintf(op->u.foreign.chain, sizeof(op->u.foreign.chain), "%s",
		       rules ? chain : noted);
	plan->changes_network = true;
}

static void fill_note(struct xnm_vif_note *state, const struct xnm_event *event,
		      const struct xnm_want *want, const struct xnm_facts *facts)
{
	const char *dev = xnm_through_device(want, facts);
	bool tap = xnm_event_is_tap(event), needed = false;
	const char *old = facts->note.foreign.devs[tap];

	memcpy(state->foreign.devs[!tap], facts->note.foreign.devs[!tap], IFNAMSIZ);
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++)
		needed |= wanted_rules(want, facts, ip) != 0;
	if (facts->foreign.known ? needed : strcmp(old, dev) == 0)
		(void)snprintf(state->foreign.devs[tap], IFNAMSIZ, "%s", dev);
}

static void plan_join(struct xnm_plan *plan, const struct xnm_event *event,
		      const struct xnm_want *want, const struct xnm_facts *facts)
{
	const char *dev = plan->note.foreign.devs[xnm_event_is_tap(event)];
	struct xnm_op *op;

	if (!facts->foreign.known || dev[0] == '\0')
		return;
	if (!facts->foreign.is_member) {
		op = xnm_plan_add(plan, XNM_PHASE_FIREWALL, &xnm_op_foreign_join, dev, 0,
				  "the rules stay until its last vif leaves");
		op->u.foreign.routed = want->backend == XNM_BACKEND_ROUTE;
	}
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++)
		let_through(plan, want, facts, dev, ip);
}

static bool goes_through(const struct xnm_vif_note *state, const char *dev)
{
	return strcmp(state->foreign.devs[0], dev) == 0 || strcmp(state->foreign.devs[1], dev) == 0;
}

static void plan_leave(struct xnm_plan *plan, const struct xnm_vif_note *old,
		       const struct xnm_vif_note *new)
{
	for (int i = 0; i < 2; i++) {
		const char *dev = old->foreign.devs[i];

		/* vif and tap may be on one bridge */
		if (dev[0] == '\0' || goes_through(new, dev) ||
		    (i == 1 && strcmp(old->foreign.devs[0], dev) == 0))
			continue;
		xnm_plan_add(plan, XNM_PHASE_LEAVE_FIREWALL, &xnm_op_foreign_leave, dev, 0,
			     "this may have been its last vif")
			->u.foreign.routed = old->routed.is_routed;
		plan->changes_network |= strcmp(dev, new->bridge.name) == 0;
	}
}

static int foreign_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	(void)err;
	fill_note(&plan->note, view->event, view->want, view->facts);
	plan_join(plan, view->event, view->want, view->facts);
	if (view->facts->has_note)
		plan_leave(plan, &view->facts->note, &plan->note);
	return 0;
}

static void foreign_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	for (int i = 0; i < 2; i++) {
		if (!(i ? plan->note.device.tap : plan->note.device.ifname)[0])
			plan->note.foreign.devs[i][0] = '\0';
	}
	plan_leave(plan, &view->facts->note, &plan->note);
}

const struct xnm_part xnm_foreign_part = {
	.name = "foreign",
	.read = foreign_read,
	.online = foreign_online,
	.offline = foreign_offline,
	.release = foreign_release,
	.gc = { [XNM_GC_NETWORKS] = foreign_gc },
};
