/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide: event, wants and facts give the ordered operations; no I/O, no opinions elsewhere. */
#include "hotplug/plan_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

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

/* What a vif's end in the backend is called on the wire; the guest has the real address.
 * All ones but the group bit: a bridge takes the lowest address of its ports for its own. */
static const struct xnm_mac port_mac = { { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff } };

struct xnm_op *xnm_plan_add(struct xnm_plan *plan, enum xnm_op_kind kind, const char *dev,
			    int ifindex, const char *why, ...)
{
	struct xnm_op *op = &plan->op[plan->n];
	va_list args;

	/* there is place for 16 addresses, 8 uplinks with two each and one of every other kind */
	if (plan->n + 1 < XNM_PLAN_MAX)
		plan->n++;
	memset(op, 0, sizeof(*op));
	op->kind = kind;
	op->ifindex = ifindex;
	(void)snprintf(op->dev, sizeof(op->dev), "%s", dev);
	va_start(args, why);
	(void)vsnprintf(op->why, sizeof(op->why), why, args);
	va_end(args);
	return op;
}

/*
 * A renamed device is found under netback's name too. Notes that have the new
 * name say that this was done: a kernel without alternative names shows none.
 */
static void plan_altname(struct xnm_plan *plan, const struct xnm_want *want,
			 const struct xnm_facts *facts, const char *kernel_name)
{
	const char *noted = strcmp(kernel_name, facts->device.name) == 0 ? "" : facts->state.ifname;
	struct xnm_op *op;

	if (strcmp(want->ifname, kernel_name) == 0 ||
	    strcmp(facts->device.altname, kernel_name) == 0 || strcmp(noted, want->ifname) == 0 ||
	    strcmp(facts->state.tap, want->ifname) == 0)
		return;
	op = xnm_plan_add(plan, XNM_OP_LINK_ALTNAME, want->ifname, facts->device.ifindex,
			  "so that it is found under netback's name too");
	(void)snprintf(op->u.name, sizeof(op->u.name), "%s", kernel_name);
}

/*
 * The name that a guest asked for. While a guest migrates within one host, or
 * reboots fast, its old vif still has the name: then the new one goes online
 * under netback's name, and gets its own when the old one goes offline.
 */
static int plan_name(struct xnm_plan *plan, const struct xnm_event *event,
		     const struct xnm_want *want, const struct xnm_facts *facts,
		     struct xnm_err *err)
{
	const struct xnm_link *device = &facts->device;
	const char *kernel_name = xnm_event_device(event);
	const char *noted =
		xnm_event_is_tap(event) ? facts->state.tap_vifname : facts->state.vifname;
	struct xnm_state *state = &plan->state;
	struct xnm_op *op;

	memcpy(state->ifname, device->name, sizeof(state->ifname));
	if (strcmp(device->name, want->ifname) == 0) {
		plan_altname(plan, want, facts, kernel_name);
		return 0;
	}
	if (facts->holder.ifindex && facts->holder.ifindex != device->ifindex) {
		if (!facts->holder_is_same_guest)
			return xnm_fail(err, -EEXIST,
					"vifname='%s' is taken by another network device%s%s: "
					"choose another name in the guest's vif line",
					want->ifname, facts->holder.altname[0] ? ", " : "",
					facts->holder.altname);
		memcpy(state->vifname, want->ifname, sizeof(state->vifname));
		if (strcmp(noted, want->ifname) != 0) {
			op = xnm_plan_add(plan, XNM_OP_NAME_WAIT, device->name, device->ifindex,
					  "the same guest's old vif still has that name");
			memcpy(op->u.name, want->ifname, sizeof(op->u.name));
		}
		return 0;
	}
	op = xnm_plan_add(plan, XNM_OP_LINK_RENAME, device->name, device->ifindex,
			  "vifname= of the guest");
	memcpy(op->u.name, want->ifname, sizeof(op->u.name));
	memcpy(state->ifname, want->ifname, sizeof(state->ifname));
	plan_altname(plan, want, facts, kernel_name);
	return 0;
}

/* Everything a device must have before it is attached. Returns the MTU it will have. */
static uint32_t plan_device(struct xnm_plan *plan, const struct xnm_want *want,
			    const struct xnm_facts *facts, const char *name)
{
	const struct xnm_link *device = &facts->device;
	uint32_t mtu = want->mtu_bytes;
	struct xnm_op *op;

	/* a bridge takes the smallest MTU of its ports: the next guest's must not become ours */
	if (!mtu && want->attach && facts->state.mtu_is_bridges &&
	    strcmp(facts->state.bridge, want->bridge) == 0)
		mtu = facts->state.mtu_bytes;
	if (!mtu && want->attach)
		mtu = facts->bridge.ifindex ? facts->bridge.mtu_bytes : 1500;
	if (!mtu)
		mtu = device->mtu_bytes;
	if (!xnm_mac_equal(&device->mac, &port_mac)) {
		op = xnm_plan_add(plan, XNM_OP_LINK_MAC, name, device->ifindex,
				  "the bridge must not take its address from a guest's port");
		op->u.mac = port_mac;
	}
	if (device->mtu_bytes != mtu) {
		op = xnm_plan_add(plan, XNM_OP_LINK_MTU, name, device->ifindex, "%s",
				  want->mtu_why);
		op->u.mtu.from = device->mtu_bytes;
		op->u.mtu.to = mtu;
	}
	if (device->has_ipv6)
		xnm_plan_add(plan, XNM_OP_IPV6_DISABLE, name, device->ifindex,
			     "a bridge port is no IPv6 host");
	if (facts->device_has_ipv4)
		xnm_plan_add(plan, XNM_OP_ADDR_FLUSH, name, device->ifindex,
			     "a bridge port has no address of its own");
	return mtu;
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
	xnm_plan_add(plan, XNM_OP_PORT_VLANS, name, facts->device.ifindex, "%s", want->vlan_why);
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
	op = xnm_plan_add(plan, XNM_OP_PORT_FLAGS, name, device->ifindex, "%s",
			  want->why[0] ? want->why : "the policy says so");
	op->u.port.mask = mask;
	op->u.port.value = value & mask;
}

static void plan_port(struct xnm_plan *plan, const struct xnm_want *want,
		      const struct xnm_facts *facts, const char *name, bool attached)
{
	struct xnm_op *op;

	if (!attached) {
		op = xnm_plan_add(plan, XNM_OP_LINK_MASTER, name, facts->device.ifindex, "%s",
				  want->why[0] ? want->why : "the guest's bridge= names it");
		memcpy(op->u.name, want->bridge, sizeof(op->u.name));
	}
	plan_flags(plan, want, facts, name, attached);
	plan_vlans(plan, want, facts, name, attached);
}

/* The notes that belong to what the plan makes; plan_name() has set the names. */
static void fill_state(struct xnm_plan *plan, const struct xnm_event *event,
		       const struct xnm_want *want, const struct xnm_facts *facts, uint32_t mtu)
{
	struct xnm_state *state = &plan->state;

	state->domid = event->domid;
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
	state->mac = facts->guest.mac;
	state->mtu_bytes = mtu;
	state->mtu_is_bridges = want->mtu_bytes == 0;
	if (want->attach && want->network)
		memcpy(state->network, want->network->name, sizeof(state->network));
	if (want->attach)
		memcpy(state->bridge, want->bridge, sizeof(state->bridge));
	if (want->attach)
		state->port_flags = want->port.mask;
	if (want->attach && want->has_vlan)
		(void)xnm_vlans_format(&want->vlan, state->vlan, sizeof(state->vlan));
	state->n_addresses = want->n_addresses;
	memcpy(state->addresses, want->addresses, sizeof(state->addresses));
}

static void plan_publish(struct xnm_plan *plan, const struct xnm_event *event,
			 const struct xnm_facts *facts, const char *name, uint32_t mtu)
{
	const struct xnm_guest *guest = &facts->guest;
	struct xnm_op *op;

	/* a guest takes a missing node for 1500 (xen/include/public/io/netif.h) */
	if (!xnm_event_is_tap(event) &&
	    mtu != (guest->frontend_mtu_bytes ? guest->frontend_mtu_bytes : 1500)) {
		op = xnm_plan_add(plan, XNM_OP_FRONTEND_MTU, name, 0,
				  "the guest should use it too");
		op->u.mtu.from = guest->frontend_mtu_bytes;
		op->u.mtu.to = mtu;
	}
	if (guest->has_error)
		xnm_plan_add(plan, XNM_OP_ERROR_REMOVE, name, 0, "it is of an earlier try");
	if (!xnm_event_is_tap(event) && !guest->connected)
		xnm_plan_add(plan, XNM_OP_CONNECTED, name, 0, "netback waits for it");
}

int xnm_plan_online(struct xnm_plan *plan, const struct xnm_event *event,
		    const struct xnm_want *want, const struct xnm_facts *facts, struct xnm_err *err)
{
	const struct xnm_link *device = &facts->device;
	bool rename, attached, reset_vlans;
	const char *name;
	uint32_t mtu;
	int rc = 0;

	memset(plan, 0, sizeof(*plan));
	plan->domid = event->domid;
	plan->devid = event->devid;
	plan->bridge_ifindex = facts->bridge.ifindex;
	if (want->attach)
		rc = xnm_plan_check_bridge(want, facts, err);
	if (rc == 0 && want->attach && want->network)
		rc = xnm_plan_network(plan, want, facts, err);
	if (rc)
		return rc;

	rename = strcmp(device->name, want->ifname) != 0 &&
		 (facts->holder.ifindex == 0 || facts->holder.ifindex == device->ifindex);
	attached = want->attach && device->master && device->master == facts->bridge.ifindex;
	/* a port that is to lose its VLANs gets the bridge's defaults by joining again */
	reset_vlans = attached && facts->state.vlan[0] && !want->has_vlan;
	if (device->up && (rename || !attached || reset_vlans))
		xnm_plan_add(plan, XNM_OP_LINK_DOWN, device->name, device->ifindex,
			     rename ? "a device is renamed while it is down"
				    : "no frame may pass before it is set up");
	if (device->master && (!attached || reset_vlans)) {
		xnm_plan_add(plan, XNM_OP_LINK_NOMASTER, device->name, device->ifindex,
			     reset_vlans ? "its VLANs are taken back" : "it belongs elsewhere");
		attached = false;
	}
	rc = plan_name(plan, event, want, facts, err);
	if (rc)
		return rc;
	name = rename ? want->ifname : device->name;
	mtu = plan_device(plan, want, facts, name);
	fill_state(plan, event, want, facts, mtu);
	if (!facts->has_state || !xnm_state_equal(&plan->state, &facts->state))
		xnm_plan_add(plan, XNM_OP_STATE_WRITE, name, 0, "offline and status need it");
	if (want->attach) {
		plan_port(plan, want, facts, name, attached);
		if (!device->up || rename || !attached)
			xnm_plan_add(plan, XNM_OP_LINK_UP, name, device->ifindex, "it is ready");
	}
	if (facts->made_bridge && strcmp(facts->state.bridge, plan->state.bridge) != 0)
		xnm_plan_add(plan, XNM_OP_BRIDGE_RELEASE, facts->state.bridge, 0,
			     "xnm made it, and the vif has moved away");
	plan_publish(plan, event, facts, name, mtu);
	return 0;
}
