/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - the shared part of a plan: the bridge, its addresses and its uplinks. */
#include "hotplug/core/part.h"
#include "hotplug/parts/bridge/plan.h"
#include "hotplug/parts/bridge/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/notes/applied.h"
#include "policy/sections/subnets.h"

/*
 * Whether the bridge should keep VLANs apart. A bridge of our own becomes
 * VLAN-aware with its first vif that has VLANs; ports without any go on in
 * the default VLAN. Somebody else's bridge is changed on demand only.
 */
static bool wants_filtering(const struct xnm_want *want, const struct xnm_facts *facts)
{
	const struct xnm_network *network = want->network;

	if (network->vlan_filtering != XNM_UNSET)
		return network->vlan_filtering == XNM_YES;
	if (facts->bridge.link.vlan_filtering)
		return true;
	return (facts->bridge.link.ifindex == 0 || facts->bridge.is_ours) &&
	       (network->has_vlan || want->bridge.has_vlan);
}

/* As the policy says; without a word somebody else's bridge stays as it is, and ours has none. */
static bool wants_stp(const struct xnm_want *want, const struct xnm_facts *facts)
{
	if (want->network->stp == XNM_UNSET)
		return facts->bridge.link.ifindex && !facts->bridge.is_ours &&
		       facts->bridge.link.stp;
	return want->network->stp == XNM_YES;
}

static void set_bridge_op(struct xnm_op *op, const struct xnm_want *want,
			  const struct xnm_facts *facts)
{
	op->u.bridge.stp = wants_stp(want, facts);
	op->u.bridge.vlan_filtering = wants_filtering(want, facts);
	op->u.bridge.set_vlan_filtering =
		op->u.bridge.vlan_filtering != facts->bridge.link.vlan_filtering;
}

/*
 * A bridge has the smallest MTU of its ports, until somebody sets it. That of a network is set, so
 * that it is the same for the first guest and the last; the note says that it was.
 */
static void plan_mtu(struct xnm_plan *plan, const struct xnm_want *want,
		     const struct xnm_facts *facts)
{
	const struct xnm_link *bridge = &facts->bridge.link;
	uint32_t mtu_bytes = xnm_plan_bridge_mtu(want, facts);
	struct xnm_op *op;

	if (bridge->mtu_bytes == mtu_bytes &&
	    (!facts->bridge.is_ours || facts->bridge.note.mtu_bytes == mtu_bytes))
		return;
	op = xnm_plan_add(plan, XNM_PHASE_BRIDGE, &xnm_op_bridge_mtu, want->network->bridge,
			  bridge->ifindex, "%s",
			  want->network->mtu_bytes ? "the [network] section says so"
						   : "its interfaces have it");
	op->u.mtu.from = bridge->mtu_bytes;
	op->u.mtu.to = mtu_bytes;
}

/* Creates the network's bridge, or sets what differs from the policy. */
static void plan_bridge(struct xnm_plan *plan, const struct xnm_want *want,
			const struct xnm_facts *facts)
{
	const struct xnm_network *network = want->network;
	const struct xnm_link *bridge = &facts->bridge.link;
	struct xnm_op *op;

	if (bridge->ifindex == 0) {
		xnm_plan_bridge_note(&plan->bridge.note, want, facts);
		/* the note first: a bridge without one would never be deleted again */
		(void)xnm_plan_add(plan, XNM_PHASE_BRIDGE, &xnm_op_bridge_note, network->bridge, 0,
				   "network %.48s creates its bridge", network->name);
		op = xnm_plan_add(plan, XNM_PHASE_BRIDGE, &xnm_op_bridge_create, network->bridge, 0,
				  "network %.48s needs it", network->name);
		set_bridge_op(op, want, facts);
		op->u.bridge.mtu_bytes = xnm_plan_bridge_mtu(want, facts);
		op->u.bridge.has_mac = xnm_plan_bridge_mac(facts, &op->u.bridge.mac);
		return;
	}
	if (bridge->stp != wants_stp(want, facts) ||
	    bridge->vlan_filtering != wants_filtering(want, facts)) {
		op = xnm_plan_add(plan, XNM_PHASE_BRIDGE, &xnm_op_bridge_set, network->bridge,
				  bridge->ifindex, "network %.48s says so", network->name);
		set_bridge_op(op, want, facts);
		op->u.bridge.sets_delay = facts->bridge.is_ours && bridge->stp != op->u.bridge.stp;
	}
	plan_mtu(plan, want, facts);
}

/*
 * What a network does not say is the kernel's default on a bridge of ours, so that a key that is
 * removed is taken back; on somebody else's it stays.
 */
static bool wants_multicast(enum xnm_tristate said, const struct xnm_facts *facts, bool now,
			    bool by_default)
{
	if (said != XNM_UNSET)
		return said == XNM_YES;
	return facts->bridge.is_ours ? by_default : now;
}

static void plan_multicast(struct xnm_plan *plan, const struct xnm_want *want,
			   const struct xnm_facts *facts)
{
	const struct xnm_network *network = want->network;
	const struct xnm_link *bridge = &facts->bridge.link;
	bool is_new = bridge->ifindex == 0;
	bool is_said =
		network->multicast_snooping != XNM_UNSET || network->multicast_querier != XNM_UNSET;
	struct xnm_multicast_op wanted = {
		.had_snooping = is_new || bridge->mcast_snooping,
		.had_querier = !is_new && bridge->mcast_querier,
	};
	struct xnm_op *op;

	wanted.snooping =
		wants_multicast(network->multicast_snooping, facts, wanted.had_snooping, true);
	wanted.querier =
		wants_multicast(network->multicast_querier, facts, wanted.had_querier, false);
	if ((!is_new && !bridge->mcast_known) ||
	    (wanted.snooping == wanted.had_snooping && wanted.querier == wanted.had_querier))
		return;
	op = xnm_plan_add(plan, XNM_PHASE_BRIDGE, &xnm_op_bridge_multicast, network->bridge,
			  bridge->ifindex, "%s %.48s %s",
			  is_said ? "network" : "as the kernel makes a bridge: network",
			  network->name, is_said ? "says so" : "says nothing else");
	op->u.multicast = wanted;
}

/* After the interfaces; but where one brings routes, before them: a route needs the bridge to be
 * up. */
static void set_bridge_up(struct xnm_plan *plan, const struct xnm_want *want,
			  const struct xnm_facts *facts)
{
	enum xnm_phase phase = facts->bridge.carry ? XNM_PHASE_BRIDGE : XNM_PHASE_BRIDGE_UP;

	if (facts->bridge.link.up)
		return;
	xnm_plan_add(plan, phase, &xnm_op_device_up, want->network->bridge,
		     facts->bridge.link.ifindex, "the bridge of network %.48s",
		     want->network->name);
}

/* After the new addresses, as the kernel deletes the routes of a bridge without any; but those that
 * conflict with a new one come first. */
static void drop_addresses(struct xnm_plan *plan, const struct xnm_network *network,
			   const struct xnm_facts *facts, bool first)
{
	for (unsigned int i = 0; i < facts->bridge.n_stale; i++) {
		struct xnm_op *op;

		if (xnm_network_has_host(network, &facts->bridge.stale[i]) != first)
			continue;
		op = xnm_plan_add(plan, XNM_PHASE_BRIDGE, &xnm_op_address_del, network->bridge,
				  facts->bridge.link.ifindex,
				  "the policy no longer has it for this bridge");
		op->u.addr = facts->bridge.stale[i];
	}
}

/* Plans what the network's first vif needs. */
static int plan_network(struct xnm_plan *plan, const struct xnm_want *want,
			const struct xnm_facts *facts, struct xnm_err *err)
{
	const struct xnm_network *network = want->network;
	unsigned int n = plan->n;
	struct xnm_op *op;
	int rc;

	plan_bridge(plan, want, facts);
	plan_multicast(plan, want, facts);
	drop_addresses(plan, network, facts, true);
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		/* an address that an interface brings is not ours */
		if (xnm_cidr_is_among(facts->bridge.addresses, facts->bridge.n_addresses,
				      &network->addresses[i]) ||
		    xnm_is_brought(facts, &network->addresses[i]))
			continue;
		op = xnm_plan_add(plan, XNM_PHASE_BRIDGE, &xnm_op_address_add, network->bridge,
				  facts->bridge.link.ifindex, "address= of network %.48s",
				  network->name);
		op->u.addr = network->addresses[i];
	}
	drop_addresses(plan, network, facts, false);
	set_bridge_up(plan, want, facts);
	rc = xnm_plan_interfaces(plan, want, facts, err);
	if (rc)
		return rc;
	plan->changes_network |= plan->n > n;
	return 0;
}

static int fail_missing(const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_network *network = view->want->network;
	const char *bridge = view->want->bridge.name;
	char where[160];

	if (!view->has_vif && network)
		return xnm_fail(err, -ENODEV,
				"bridge %s of network %s does not exist, and create=no (%s) keeps "
				"xnm from creating it",
				bridge, network->name,
				xnm_policy_origin(view->want->policy,
						  XNM_KEY_ORIGIN(network, NETWORK, CREATE), where,
						  sizeof(where)));
	return xnm_fail(err, -ENODEV,
			"bridge %s does not exist (there are: %s): name another one in bridge= of "
			"the guest's vif line, or let xnm create it with a [network %s] "
			"in %s",
			bridge, view->facts->bridge.names[0] ? view->facts->bridge.names : "none",
			bridge, xnm_policy_file());
}

/* Whether the wanted bridge is a bridge, and has vlan_filtering if VLANs are wanted. */
static int check(const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;
	char text[XNM_BRIDGE_TEXT_LEN];
	bool filtering =
		want->network ? wants_filtering(want, facts) : facts->bridge.link.vlan_filtering;

	(void)xnm_want_bridge_text(want, text);
	if (facts->bridge.link.ifindex == 0 && (!want->network || want->network->create == XNM_NO))
		return fail_missing(view, err);
	if (facts->bridge.link.ifindex && strcmp(facts->bridge.link.kind, "bridge") != 0)
		return xnm_fail(err, -EINVAL,
				"%s is not a bridge, but a network device of kind '%s'", text,
				facts->bridge.link.kind);
	if (want->bridge.has_vlan && !filtering)
		return xnm_fail(err, -EINVAL,
				"bridge %s is not VLAN-aware, so the VLANs of this vif cannot be "
				"kept apart: set vlan-filtering=yes in its [network], or run 'ip "
				"link set %s type bridge vlan_filtering 1'",
				text, want->bridge.name);
	return 0;
}

static void fill_note(struct xnm_vif_note *note, const struct xnm_want *want)
{
	if (!want->attach)
		return;
	memcpy(note->bridge.name, want->bridge.name, sizeof(note->bridge.name));
	note->bridge.port_flags = want->bridge.port.mask;
	if (want->bridge.has_vlan)
		(void)xnm_vlans_format(&want->bridge.vlan, note->bridge.vlan,
				       sizeof(note->bridge.vlan));
}

static int bridge_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;
	int rc = 0;

	plan->bridge.ifindex = facts->bridge.link.ifindex;
	fill_note(&plan->note, want);
	if (want->attach && want->backend != XNM_BACKEND_ROUTE) {
		rc = check(view, err);
		if (rc == 0 && want->network)
			rc = plan_network(plan, want, facts, err);
	}
	if (rc == 0 && xnm_view_is_port(view))
		bridge_plan_port(plan, view);
	if (facts->bridge.was_made && strcmp(facts->note.bridge.name, plan->note.bridge.name) != 0)
		xnm_plan_add(plan, XNM_PHASE_LEAVE_BRIDGE, &xnm_op_bridge_release,
			     facts->note.bridge.name, 0, "xnm made it, and the vif has left it");
	return rc;
}

static void bridge_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_facts *facts = view->facts;

	if (facts->bridge.was_made && facts->note.bridge.name[0])
		xnm_plan_add(plan, XNM_PHASE_LEAVE_BRIDGE, &xnm_op_bridge_release,
			     facts->note.bridge.name, 0,
			     "xnm made it, and this may have been its last vif");
}

const struct xnm_part xnm_bridge_part = {
	.name = "bridge",
	.want = bridge_want,
	.read = bridge_read,
	.recall = bridge_recall,
	.online = bridge_online,
	.offline = bridge_offline,
	.gc = { [XNM_GC_BRIDGES] = bridge_gc },
};
