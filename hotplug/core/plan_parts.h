/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_parts.h - the parts of a plan, for the files that make one. */
#ifndef XNM_PLAN_PARTS_H
#define XNM_PLAN_PARTS_H

#include "hotplug/core/plan.h"

/*
 * Adds an operation on the device dev; why is what people read behind it.
 * Returns the operation, so that the caller can fill u. It is done behind all
 * of earlier phases, and within its phase in the order in which it was added.
 */
struct xnm_op *xnm_plan_add(struct xnm_plan *plan, enum xnm_phase phase,
			    const struct xnm_op_type *type, const char *dev, int ifindex,
			    const char *why, ...) XNM_PRINTF(6, 7);

/* Puts all that was added in the order of the phases. -E2BIG with err filled when not all had
 * room. what: the vif or network. */
int xnm_plan_end(struct xnm_plan *plan, const char *what, struct xnm_err *err);
/* The same with the phases of an offline, which does what has room. */
void xnm_plan_end_offline(struct xnm_plan *plan);

/* The device's name: fills the names of plan->state. -EEXIST when another device has it. */
int xnm_plan_name(struct xnm_plan *plan, const struct xnm_event *event, const struct xnm_want *want,
		  const struct xnm_facts *facts, struct xnm_err *err);

/* Whether the host needs IPv6 on the device: it is routed, and the guest has IPv6 addresses. */
bool xnm_wants_ipv6(const struct xnm_want *want);

/* Everything a device must have before it is attached. Returns the MTU it will have, in bytes. */
uint32_t xnm_plan_device(struct xnm_plan *plan, const struct xnm_want *want,
			 const struct xnm_facts *facts, const char *name);

/* The shared part of an online: what has to be there before the first vif of a network. */
int xnm_plan_network(struct xnm_plan *plan, const struct xnm_want *want,
		     const struct xnm_facts *facts, struct xnm_err *err);

/* parts/bridge/cards_plan.c: the interfaces of the host that belong into the bridge, and those no more. */
int xnm_plan_interfaces(struct xnm_plan *plan, const struct xnm_want *want,
			const struct xnm_facts *facts, struct xnm_err *err);
/* Whether interface i of the network can go in; nothing may be touched before all of them can. */
int xnm_check_interface(const struct xnm_network *network, const struct xnm_facts *facts,
			unsigned int i, struct xnm_err *err);
/* What is noted of a bridge of the network. */
void xnm_plan_bridge_note(struct xnm_bridge_note *note, const struct xnm_want *want,
			  const struct xnm_facts *facts);
/* Whether the interface whose addresses move has the address. */
bool xnm_is_brought(const struct xnm_facts *facts, const struct xnm_cidr *cidr);
/* The MAC of the first interface that is there: a bridge has it, whoever else is in it. */
bool xnm_plan_bridge_mac(const struct xnm_facts *facts, struct xnm_mac *mac);

/* Whether the wanted bridge is one, and one that can keep the wanted VLANs apart. */
int xnm_plan_check_bridge(const struct xnm_want *want, const struct xnm_facts *facts,
			  struct xnm_err *err);

/* Zero, but for the long lists, whose lengths are zero. */
void xnm_plan_clear(struct xnm_plan *plan);

/*
 * The notes on what the network and the vif put into nftables: fills
 * plan->state.elements and plan->network_note. name is the device's final name.
 */
int xnm_plan_elements(struct xnm_plan *plan, const struct xnm_event *event,
		      const struct xnm_want *want, const struct xnm_facts *facts, const char *name,
		      struct xnm_err *err);

/* The network's note, the settings it needs, and that the vif is one of it. */
void xnm_plan_membership(struct xnm_plan *plan, const struct xnm_want *want,
			 const struct xnm_facts *facts);

/* The settings themselves, behind the rules that close what they open beside. */
void xnm_plan_settings(struct xnm_plan *plan, const struct xnm_want *want,
		       const struct xnm_facts *facts);

/* That the vif's addresses are its own, and the transaction that holds it to them. */
void xnm_plan_filter(struct xnm_plan *plan, const struct xnm_event *event,
		     const struct xnm_want *want, const struct xnm_facts *facts, const char *name);

/* parts/conntrack/plan.c: that connections end which may not begin any more. */
void xnm_plan_purge(struct xnm_plan *plan, const struct xnm_event *event,
		    const struct xnm_want *want, const struct xnm_facts *facts);

/* At an offline: takes back what the device has in nftables. */
void xnm_plan_unfilter(struct xnm_plan *plan, const struct xnm_event *event,
		       const struct xnm_facts *facts, const char *name);

/* What is noted of the vif's MAC address. */
void xnm_plan_mac(struct xnm_plan *plan, const struct xnm_facts *facts);

/*
 * What the vif leaves: addresses that it has not any more, and the network if
 * it is another one. new is NULL when it leaves altogether.
 */
void xnm_plan_leave(struct xnm_plan *plan, const struct xnm_facts *facts,
		    const struct xnm_vif_note *new);

/* What the guest is told: mtu is what the vif will have. */
void xnm_plan_tell(struct xnm_plan *plan, const struct xnm_event *event,
		   const struct xnm_want *want, const struct xnm_facts *facts, const char *name,
		   uint32_t mtu);
/* Before the notes of it go. */
void xnm_plan_untell(struct xnm_plan *plan, const struct xnm_event *event,
		     const struct xnm_want *want, const struct xnm_facts *facts, const char *name);

/* parts/fastpath/plan.c: why the vif is not to be published; before the notes are filled. */
void xnm_fastpath_reason_fill(struct xnm_plan *plan, const struct xnm_event *event,
			      const struct xnm_want *want, const struct xnm_facts *facts);
/* Before the notes of it go, and when all is ready; and at an offline. */
void xnm_plan_fastpath_end(struct xnm_plan *plan, const struct xnm_event *event,
			   const struct xnm_facts *facts, const char *name);
void xnm_plan_fastpath(struct xnm_plan *plan, const struct xnm_event *event,
		       const struct xnm_facts *facts, const char *name);
void xnm_plan_fastpath_offline(struct xnm_plan *plan, const struct xnm_facts *facts,
			       const char *name);

/* The device's name when the plan is done: one that another device has is waited for. */
const char *xnm_final_name(const struct xnm_want *want, const struct xnm_facts *facts);

/* The device that others' chains see the guest's packets come from and go to. */
const char *xnm_through_device(const struct xnm_want *want, const struct xnm_facts *facts);

/* Which rules (enum xnm_through) let the guest's packets of a family (an index into
 * xnm_ip_names) through a chain that drops what it does not know; 0: none come to it. */
unsigned int xnm_through_rules(const struct xnm_want *want, const struct xnm_facts *facts,
			       unsigned int ip);

/* What is noted of it with the vif. */
void xnm_through_state(struct xnm_vif_note *state, const struct xnm_event *event,
		       const struct xnm_want *want, const struct xnm_facts *facts);

/* That others' chains let the guest's packets through; and at the end, that they need not. */
void xnm_plan_through(struct xnm_plan *plan, const struct xnm_event *event,
		      const struct xnm_want *want, const struct xnm_facts *facts);
void xnm_plan_leave_through(struct xnm_plan *plan, const struct xnm_vif_note *old,
			    const struct xnm_vif_note *new);

/* parts/dnsmasq/plan.c: that the pool's addresses are the vif's, and dnsmasq's reservation for them. */
void xnm_plan_pool(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts);
void xnm_plan_dhcp(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts);
/* What the vif leaves of both; new is NULL when it leaves altogether. */
void xnm_plan_leave_addresses(struct xnm_plan *plan, const struct xnm_facts *facts,
			      const struct xnm_vif_note *new);

/* The smaller one wins (ip route): parts/routed/plan.c says why. */
#define XNM_METRIC_TAP 1
#define XNM_METRIC_VIF 2

/* A vif without a bridge: before it comes up, and what needs it to be up. */
void xnm_plan_routed(struct xnm_plan *plan, const struct xnm_want *want,
		     const struct xnm_facts *facts, const char *name);
void xnm_plan_routes(struct xnm_plan *plan, const struct xnm_event *event,
		     const struct xnm_want *want, const struct xnm_facts *facts, const char *name,
		     bool was_up);

/* A vif on the bridge of a routed network: what its bridge's addresses do not lead to. */
void xnm_plan_bridge_routes(struct xnm_plan *plan, const struct xnm_want *want,
			    const struct xnm_facts *facts);

/* The uplinks that the vif is: what is noted of them with it. */
void xnm_plan_shares(struct xnm_vif_note *state, const struct xnm_event *event,
		     const struct xnm_want *want, const struct xnm_facts *facts);

/* parts/owned/plan.c: what is noted of the bridge, that the vif is held to it, and that it is not any
 * more; new is NULL when it leaves altogether. */
int xnm_plan_owned(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts, struct xnm_err *err);
void xnm_plan_leave_owned(struct xnm_plan *plan, const struct xnm_facts *facts,
			  const struct xnm_vif_note *new);

/* The host's default routes through the uplinks of the event; and what the vif is no more. */
void xnm_plan_ways(struct xnm_plan *plan, const struct xnm_facts *facts);

/* What is to be done about one uplink; for all of them together, as metrics may go round. */
struct xnm_way_decision {
	unsigned int n_new;
	struct xnm_default new[XNM_MAX_GATEWAYS]; /* that it should have */
	bool is_skipped; /* its device is away, or it can only be settled with its lease */
	bool ends_lease; /* that it has, and its client */
	bool blocked[XNM_MAX_GATEWAYS]; /* that metric is another's: the old one stays */
	struct xnm_default rival[XNM_MAX_GATEWAYS]; /* whose, if it is known */
	struct xnm_uplink_note both; /* noted while it changes: the old and the new */
	struct xnm_uplink_note wanted; /* and in the end */
};

/* parts/uplink/decide.c: whether the kernel has it by the uplink's device, and what has its metric, or NULL. */
bool xnm_way_has(const struct xnm_way_facts *way, const struct xnm_default *route);
const struct xnm_default *xnm_slot_find(const struct xnm_slots *slots,
					const struct xnm_default *route);

/* Whether the policy has the client, or what it was leased, no more: another device, router or prefix. */
bool xnm_way_lease_ends(const struct xnm_way_facts *way);

/* Decides about n uplinks, in decisions as long as ways. */
void xnm_decide_ways(struct xnm_way_decision *decisions, const struct xnm_way_facts *ways,
		     unsigned int n, const struct xnm_slots *slots);

/*
 * Also how xnm_uplinks_evaluate() goes on: first what is new for all of them, in
 * the place of what is ours and has that metric, and then the old ones end. So
 * there is always a way out.
 */
void xnm_plan_way_begin(struct xnm_plan *plan, const struct xnm_way_facts *way,
			const struct xnm_way_decision *decision, const struct xnm_slots *slots);
void xnm_plan_way_end(struct xnm_plan *plan, const struct xnm_way_facts *way,
		      const struct xnm_way_decision *decisions, unsigned int n, unsigned int i);

/* At an offline: all uplinks that the vif was. */
void xnm_plan_unshare(struct xnm_plan *plan, const struct xnm_vif_note *old);

#endif
