/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide: event, wants and facts give the ordered operations; no I/O, no opinions elsewhere. */
#include "hotplug/core/plan_parts.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "policy/sections/subnets.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Theory of operation
 *
 * 1. Only differences become operations: a converged system gives none.
 * 2. Fail closed. The network comes first, then everything that the device
 *    must have before a frame can pass, then the bridge, and only then "up".
 *    netback handles no packet of a guest while its netdev is down
 *    (drivers/net/xen-netback/interface.c, xenvif_up), also not one of a
 *    guest that runs already (xl network-attach).
 * 3. The notes under /run/xnm are written before the device is attached and
 *    removed after it is detached: whoever is killed in between leaves a note
 *    by which the next run cleans up.
 * 4. "connected" is the last operation of an online.
 */

void xnm_plan_clear(struct xnm_plan *plan)
{
	/* whoever writes to a page for the first time waits for the kernel to find one */
	if (!plan->is_used) {
		plan->is_used = true;
		return;
	}
	plan->n = 0;
	plan->full = false;
	memset(&plan->vlan_add, 0, sizeof(plan->vlan_add));
	memset(&plan->vlan_del, 0, sizeof(plan->vlan_del));
	xnm_vif_note_clear(&plan->state);
	memset(&plan->bridge_note, 0,
	       offsetof(struct xnm_plan, settings) - offsetof(struct xnm_plan, bridge_note));
	plan->network_note.n_settings = plan->network_note.elements.n = 0;
	plan->network_note.elements.full = false;
	plan->owned_note.bridge[0] = '\0';
	plan->owned_note.n_settings = plan->owned_note.elements.n = 0;
	plan->owned_note.elements.full = false;
	plan->sent_network[0] = plan->sent_owned[0] = '\0';
	memset(&plan->filter, 0, offsetof(struct xnm_filter_change, add));
	plan->n_way_notes = 0;
	memset(&plan->fastpath, 0, offsetof(struct xnm_fastpath_plan, change));
	plan->fastpath.change.n = 0;
}

/* An online does what its phases say in the order in which phases.def has them. */
static const uint8_t online_order[] = {
#define XNM_PHASE(id, whose, what) XNM_PHASE_##id,
#include "hotplug/core/phases.def"
#undef XNM_PHASE
};

/* An offline takes back what an online did. */
static const uint8_t offline_order[] = {
	XNM_PHASE_UPLINK, /* the host has another default route at once */
	XNM_PHASE_DETACH,
	XNM_PHASE_FILTER,
	XNM_PHASE_DEVICE, /* the name is free only when nothing in nftables bears it */
	XNM_PHASE_UNLIST,
	XNM_PHASE_WITHDRAW,
	XNM_PHASE_LEAVE,
	XNM_PHASE_FREE,
	XNM_PHASE_LEAVE_NETWORK,
	XNM_PHASE_LEAVE_FIREWALL,
	XNM_PHASE_LEAVE_BRIDGE,
	XNM_PHASE_NOTE, /* last: whoever is killed before leaves it behind */
};

struct xnm_op *xnm_plan_add(struct xnm_plan *plan, enum xnm_phase phase,
			    const struct xnm_op_type *type, const char *dev, int ifindex,
			    const char *why, ...)
{
	struct xnm_op *op = &plan->op[plan->n];
	va_list args;

	if (plan->n < XNM_PLAN_MAX)
		plan->n++;
	else
		plan->full = true;
	memset(op, 0, sizeof(*op));
	op->type = type;
	op->phase = (uint8_t)phase;
	op->ifindex = ifindex;
	(void)snprintf(op->dev, sizeof(op->dev), "%s", dev);
	va_start(args, why);
	(void)vsnprintf(op->why, sizeof(op->why), why, args);
	va_end(args);
	return op;
}

/* Moves each operation in front of those that belong behind it. Parts are asked nearly in the order
 * of phases, so few move. */
static void sort(struct xnm_plan *plan, const uint8_t *order, size_t n_order)
{
	uint8_t rank[XNM_N_PHASES] = { 0 };

	for (size_t i = 0; i < n_order; i++)
		rank[order[i]] = (uint8_t)i;
	for (unsigned int i = 1; i < plan->n; i++) {
		unsigned int at = i;
		struct xnm_op moved;

		while (at > 0 && rank[plan->op[at - 1].phase] > rank[plan->op[i].phase])
			at--;
		if (at == i)
			continue;
		moved = plan->op[i];
		memmove(&plan->op[at + 1], &plan->op[at], (i - at) * sizeof(moved));
		plan->op[at] = moved;
	}
}

/* 16 new addresses with eight uplinks that answer for them, and 16 old ones, are more than fit. */
int xnm_plan_end(struct xnm_plan *plan, const char *what, struct xnm_err *err)
{
	sort(plan, online_order, XNM_N_ELEMENTS(online_order));
	if (!plan->full)
		return 0;
	return xnm_fail(err, -E2BIG,
			"%s needs more than %d operations at once: give it fewer addresses or its "
			"network fewer uplinks, or change them in several steps",
			what, XNM_PLAN_MAX);
}

void xnm_plan_end_offline(struct xnm_plan *plan)
{
	sort(plan, offline_order, XNM_N_ELEMENTS(offline_order));
}

static void plan_vlans(struct xnm_plan *plan, const struct xnm_want *want,
		       const struct xnm_facts *facts, const char *name, bool attached)
{
	struct xnm_vlans now = facts->vlans;
	unsigned int pvid = facts->bridge.ifindex ? facts->bridge.default_pvid : 1;

	if (!want->has_vlan)
		return;
	/* what br_add_if() gives to a new port: nbp_vlan_init() in net/bridge/br_vlan.c */
	if (!attached || !facts->has_vlans) {
		memset(&now, 0, sizeof(now));
		/* 0: the bridge's administrator wants none */
		if (pvid) {
			now.pvid = (uint16_t)pvid;
			xnm_vlan_set(now.member, pvid);
			xnm_vlan_set(now.untagged, pvid);
		}
	} else if (xnm_vlans_equal(&now, &want->vlan)) {
		return;
	}
	plan->vlan_add = want->vlan;
	for (size_t i = 0; i < sizeof(now.member); i++)
		plan->vlan_del.member[i] = now.member[i] & (uint8_t)~want->vlan.member[i];
	xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_port_vlans, name, facts->device.ifindex, "%s",
		     want->vlan_why);
}

/* What a port has before anybody sets a flag: BR_DEFAULT of new_nbp(), net/bridge/br_if.c */
static const uint16_t default_flags =
	XNM_PORT_LEARNING | XNM_PORT_FLOOD | XNM_PORT_MCAST_FLOOD | XNM_PORT_BCAST_FLOOD;

static void plan_flags(struct xnm_plan *plan, const struct xnm_want *want,
		       const struct xnm_facts *facts, const char *name, bool attached)
{
	const struct xnm_link *device = &facts->device;
	uint16_t mask = want->port.mask, value = want->port.value;
	struct xnm_op *op;

	if (attached) {
		uint16_t dropped = facts->state.port_flags & (uint16_t)~mask;

		mask |= dropped;
		value |= dropped & default_flags;
		mask &= (uint16_t)((device->port_flags ^ value) | ~device->port_known);
	}
	if (!mask)
		return;
	op = xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_port_flags, name, device->ifindex, "%s",
			  want->why[0] ? want->why : "the policy says so");
	op->u.port.mask = mask;
	op->u.port.value = value & mask;
}

static void plan_port(struct xnm_plan *plan, const struct xnm_want *want,
		      const struct xnm_facts *facts, const char *name, bool attached)
{
	struct xnm_op *op;

	if (!attached) {
		if (want->bridge_said[0])
			op = xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_port_attach, name,
					  facts->device.ifindex,
					  "the guest's bridge=%.48s is an altname of it",
					  want->bridge_said);
		else
			op = xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_port_attach, name,
					  facts->device.ifindex, "%s",
					  want->why[0] ? want->why
						       : "the guest's bridge= names it");
		memcpy(op->u.name, want->bridge, sizeof(op->u.name));
	}
	plan_flags(plan, want, facts, name, attached);
	plan_vlans(plan, want, facts, name, attached);
}

/* Whether uplinks answer for its addresses. */
static bool is_proxied(const struct xnm_want *want)
{
	return want->attach && want->network && want->network->forward == XNM_FORWARD_ROUTE;
}

/* Whether an address of the guest has a route of its own to the bridge. */
static bool has_bridge_routes(const struct xnm_want *want)
{
	for (unsigned int i = 0; i < want->n_addresses; i++) {
		if (!xnm_network_on_link(want->network, &want->addresses[i]))
			return true;
	}
	return false;
}

/* The notes that belong to what the plan makes; xnm_plan_name() has set the names. */
static void fill_state(struct xnm_plan *plan, const struct xnm_event *event,
		       const struct xnm_want *want, const struct xnm_facts *facts, uint32_t mtu)
{
	struct xnm_vif_note *state = &plan->state;

	state->domid = event->domid;
	state->routed = want->routed;
	state->locked = want->attach && want->locked;
	for (unsigned int i = 0; is_proxied(want) && i < facts->n_uplinks; i++)
		memcpy(state->proxies[state->n_proxies++], facts->uplinks[i].name, IFNAMSIZ);
	state->devid = event->devid;
	memcpy(state->domain_name, facts->guest.domain_name, sizeof(state->domain_name));
	if (xnm_event_is_tap(event)) {
		memcpy(state->tap, state->ifname, sizeof(state->tap));
		memcpy(state->tap_vifname, state->vifname, sizeof(state->tap_vifname));
		memcpy(state->ifname, facts->state.ifname, sizeof(state->ifname));
		memcpy(state->vifname, facts->state.vifname, sizeof(state->vifname));
	} else {
		memcpy(state->tap, facts->state.tap, sizeof(state->tap));
		memcpy(state->tap_vifname, facts->state.tap_vifname, sizeof(state->tap_vifname));
	}
	xnm_plan_shares(state, event, want, facts);
	state->mac = facts->guest.mac;
	xnm_want_mac_scope(want, state->mac_scope);
	state->target = facts->guest.target;
	memcpy(state->uuid, state->target ? facts->guest.target_uuid : facts->guest.uuid,
	       sizeof(state->uuid));
	state->mtu_bytes = mtu;
	state->mtu_is_bridges = want->mtu_bytes == 0;
	state->group = xnm_want_group(want);
	if (!want->routed && want->network && want->network->forward == XNM_FORWARD_ROUTE)
		state->via_bridge = has_bridge_routes(want);
	if (facts->address_is_same_guests && !facts->yields) {
		state->has_predecessor = true;
		state->predecessor = facts->predecessor;
	} else {
		state->has_predecessor = facts->state.has_predecessor;
		state->predecessor = facts->state.predecessor;
	}
	if (want->attach && want->n_addresses)
		memcpy(state->scope, want->scope, sizeof(state->scope));
	if (want->attach && want->network)
		memcpy(state->network, want->network->name, sizeof(state->network));
	if (want->attach)
		memcpy(state->bridge, want->bridge, sizeof(state->bridge));
	if (want->attach)
		state->port_flags = want->port.mask;
	if (want->attach && want->has_vlan)
		(void)xnm_vlans_format(&want->vlan, state->vlan, sizeof(state->vlan));
	memcpy(state->pool, plan->pool, sizeof(state->pool));
	if (plan->dhcp_line[0])
		memcpy(state->dhcp_dir, want->dhcp_dir, sizeof(state->dhcp_dir));
	state->told = xnm_event_is_tap(event) ? facts->state.told : xnm_wants_told(want);
	state->n_addresses = want->n_addresses;
	memcpy(state->addresses, want->addresses, sizeof(state->addresses));
	if (xnm_event_is_tap(event))
		memcpy(state->segment, facts->state.segment, sizeof(state->segment));
	else if (!plan->fastpath.reason[0])
		xnm_fastpath_segment(want, state->segment);
}

static void plan_publish(struct xnm_plan *plan, const struct xnm_event *event,
			 const struct xnm_want *want, const struct xnm_facts *facts,
			 const char *name, uint32_t mtu)
{
	const struct xnm_guest *guest = &facts->guest;
	struct xnm_op *op;

	/* a guest takes a missing node for 1500 (xen/include/public/io/netif.h) */
	if (!xnm_event_is_tap(event) &&
	    mtu != (guest->frontend_mtu_bytes ? guest->frontend_mtu_bytes : 1500)) {
		op = xnm_plan_add(plan, XNM_PHASE_PUBLISH, &xnm_op_frontend_mtu, name, 0,
				  "the guest should use it too");
		op->u.mtu.from = guest->frontend_mtu_bytes;
		op->u.mtu.to = mtu;
	}
	xnm_plan_tell(plan, event, want, facts, name, mtu);
	xnm_plan_fastpath(plan, event, facts, name);
	if (guest->has_error)
		xnm_plan_add(plan, XNM_PHASE_CONNECTED, &xnm_op_frontend_error_remove, name, 0,
			     "it is of an earlier try");
	if (!xnm_event_is_tap(event) && !guest->connected)
		xnm_plan_add(plan, XNM_PHASE_CONNECTED, &xnm_op_frontend_connected, name, 0,
			     "netback waits for it");
}

static int plan_shared(struct xnm_plan *plan, const struct xnm_event *event,
		       const struct xnm_want *want, const struct xnm_facts *facts, const char *name,
		       struct xnm_err *err)
{
	int rc = 0;

	if (want->attach && !want->routed)
		rc = xnm_plan_check_bridge(want, facts, err);
	if (rc == 0)
		rc = xnm_plan_elements(plan, event, want, facts, name, err);
	if (rc == 0 && want->attach && want->network && !want->routed)
		rc = xnm_plan_network(plan, want, facts, err);
	if (rc == 0 && want->attach && want->network)
		xnm_plan_membership(plan, want, facts);
	if (rc == 0)
		rc = xnm_plan_owned(plan, want, facts, err);
	return rc;
}

/* Down and off its bridge, unless it is where it belongs. Returns whether it stays there. */
static bool plan_detach(struct xnm_plan *plan, const struct xnm_want *want,
			const struct xnm_facts *facts, bool rename)
{
	const struct xnm_link *device = &facts->device;
	bool settled, reset_vlans;

	if (want->routed)
		settled = device->master == 0 && facts->has_state && facts->state.routed;
	else
		settled = want->attach && device->master && device->master == facts->bridge.ifindex;
	/* a port that is to lose its VLANs gets the bridge's defaults by joining again */
	reset_vlans = settled && facts->state.vlan[0] && !want->has_vlan && !want->routed;
	if (device->up && (rename || !settled || reset_vlans))
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_device_down, device->name,
			     device->ifindex,
			     rename ? "a device is renamed while it is down"
				    : "no frame may pass before it is set up");
	if (device->master && (!settled || reset_vlans)) {
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_port_detach, device->name,
			     device->ifindex,
			     reset_vlans ? "its VLANs are taken back" : "it belongs elsewhere");
		settled = false;
	}
	return settled;
}

/* To its bridge or its routes, and up. */
static void plan_attach(struct xnm_plan *plan, const struct xnm_event *event,
			const struct xnm_want *want, const struct xnm_facts *facts,
			const char *name, bool settled, bool rename)
{
	const struct xnm_link *device = &facts->device;
	bool stays_up = device->up && settled && !rename;

	if (want->routed)
		xnm_plan_routed(plan, want, facts, name);
	else
		plan_port(plan, want, facts, name, settled);
	if (!stays_up)
		xnm_plan_add(plan, XNM_PHASE_UP, &xnm_op_device_up, name, device->ifindex,
			     "it is ready");
	if (facts->yields)
		return;
	if (want->routed)
		xnm_plan_routes(plan, event, want, facts, name, stays_up);
	else
		xnm_plan_bridge_routes(plan, want, facts);
}

int xnm_plan_online(struct xnm_plan *plan, const struct xnm_event *event,
		    const struct xnm_want *want, const struct xnm_facts *facts, struct xnm_err *err)
{
	const struct xnm_link *device = &facts->device;
	bool rename, settled;
	const char *name;
	uint32_t mtu;
	int rc;

	xnm_plan_clear(plan);
	plan->domid = event->domid;
	plan->devid = event->devid;
	plan->bridge_ifindex = facts->bridge.ifindex;
	name = xnm_final_name(want, facts);
	rename = strcmp(device->name, name) != 0;
	xnm_plan_pool(plan, want, facts);
	rc = plan_shared(plan, event, want, facts, name, err);
	if (rc)
		return rc;
	settled = plan_detach(plan, want, facts, rename);
	rc = xnm_plan_name(plan, event, want, facts, err);
	if (rc)
		return rc;
	mtu = xnm_plan_device(plan, want, facts, name);
	if (want->dhcp_dir[0])
		xnm_dhcp_line(plan->dhcp_line, event, &facts->guest, want);
	xnm_fastpath_reason_fill(plan, event, want, facts);
	fill_state(plan, event, want, facts, mtu);
	xnm_through_state(&plan->state, event, want, facts);
	xnm_plan_fastpath_end(plan, event, facts, name);
	xnm_plan_untell(plan, event, want, facts, name);
	xnm_plan_mac(plan, facts);
	plan->leave = facts->leave;
	plan->claims_mac = plan->state.mac_scope[0] && !facts->yields;
	if (!facts->has_state || !xnm_vif_note_equal(&plan->state, &facts->state) ||
	    (plan->claims_mac && facts->mac_is_free))
		xnm_plan_add(plan, XNM_PHASE_NOTE, &xnm_op_vif_note_write, name, 0,
			     "offline and status need it");
	xnm_plan_filter(plan, event, want, facts, name);
	xnm_plan_settings(plan, want, facts);
	xnm_plan_through(plan, event, want, facts);
	xnm_plan_dhcp(plan, want, facts);
	if (want->attach)
		plan_attach(plan, event, want, facts, name, settled, rename);
	if (facts->has_state) {
		xnm_plan_leave_addresses(plan, facts, &plan->state);
		xnm_plan_leave(plan, facts, &plan->state);
		xnm_plan_leave_owned(plan, facts, &plan->state);
		xnm_plan_leave_through(plan, &facts->state, &plan->state);
	}
	xnm_plan_purge(plan, event, want, facts);
	if (facts->made_bridge && strcmp(facts->state.bridge, plan->state.bridge) != 0)
		xnm_plan_add(plan, XNM_PHASE_LEAVE_BRIDGE, &xnm_op_bridge_release,
			     facts->state.bridge, 0, "xnm made it, and the vif has moved away");
	xnm_plan_ways(plan, facts);
	plan_publish(plan, event, want, facts, name, mtu);
	return xnm_plan_end(plan, event->vif, err);
}
