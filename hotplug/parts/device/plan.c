/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide what a device must be before it is attached: its name, address and MTU. */
#include "hotplug/core/plan_parts.h"
#include "hotplug/parts/filter/elements.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* What a vif's end in the backend is called on the wire; the guest has the real address.
 * All ones but the group bit: a bridge takes the lowest address of its ports for its own. */
const struct xnm_mac xnm_port_mac = { { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff } };

const char *xnm_final_name(const struct xnm_want *want, const struct xnm_facts *facts)
{
	bool is_free = facts->holder.ifindex == 0 || facts->holder.ifindex == facts->device.ifindex;

	return is_free ? want->ifname : facts->device.name;
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
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_altname, want->ifname,
			  facts->device.ifindex, "so that it is found under netback's name too");
	(void)snprintf(op->u.name, sizeof(op->u.name), "%s", kernel_name);
}

/* Nobody gives up an alternative name by going offline, and no device is called by its own one. */
static bool has_as_altname(const struct xnm_link *link, const char *name)
{
	return link->ifindex && link->name[0] && strcmp(link->name, name) != 0;
}

/*
 * The name that a guest asked for. While a guest migrates within one host, or
 * reboots fast, its old vif still has the name: then the new one goes online
 * under netback's name, and gets its own when the old one goes offline.
 */
int xnm_plan_name(struct xnm_plan *plan, const struct xnm_event *event, const struct xnm_want *want,
		  const struct xnm_facts *facts, struct xnm_err *err)
{
	const struct xnm_link *device = &facts->device;
	const char *kernel_name = xnm_event_device(event);
	const char *noted =
		xnm_event_is_tap(event) ? facts->state.tap_vifname : facts->state.vifname;
	struct xnm_vif_note *state = &plan->state;
	struct xnm_op *op;

	memcpy(state->ifname, device->name, sizeof(state->ifname));
	if (strcmp(device->name, want->ifname) == 0) {
		plan_altname(plan, want, facts, kernel_name);
		return 0;
	}
	if (has_as_altname(&facts->holder, want->ifname))
		return xnm_fail(err, -EEXIST,
				"vifname='%s' is taken by another network device: %s (altname of "
				"%s): choose another name in the guest's vif line",
				want->ifname, want->ifname, facts->holder.name);
	if (facts->holder.ifindex && facts->holder.ifindex != device->ifindex) {
		if (xnm_vif_id_parse(facts->holder.altname, &plan->rival.vif.domid,
				     &plan->rival.vif.devid) == 0)
			(void)snprintf(plan->rival.what, sizeof(plan->rival.what), "%s",
				       want->ifname);
		if (!facts->holder_is_same_guest)
			return xnm_fail(err, -EEXIST,
					"vifname='%s' is taken by another network device%s%s: "
					"choose another name in the guest's vif line",
					want->ifname, facts->holder.altname[0] ? ", " : "",
					facts->holder.altname);
		memcpy(state->vifname, want->ifname, sizeof(state->vifname));
		if (strcmp(noted, want->ifname) != 0) {
			op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_name_wait,
					  device->name, device->ifindex,
					  "the same guest's old vif still has that name");
			memcpy(op->u.name, want->ifname, sizeof(op->u.name));
		}
		return 0;
	}
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_rename, device->name,
			  device->ifindex, "vifname= of the guest");
	memcpy(op->u.name, want->ifname, sizeof(op->u.name));
	memcpy(state->ifname, want->ifname, sizeof(state->ifname));
	plan_altname(plan, want, facts, kernel_name);
	return 0;
}

/* By which the rules know where the vif is. One that nothing holds it to any more is taken back. */
static void plan_group(struct xnm_plan *plan, const struct xnm_want *want,
		       const struct xnm_facts *facts, const char *name)
{
	const struct xnm_link *device = &facts->device;
	uint32_t group = xnm_want_group(want);
	struct xnm_op *op;

	if (device->group == group || (group == 0 && device->group != facts->state.group))
		return;
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_group, name, device->ifindex, "%s",
			  group ? "it tells the rules where the vif is" : "no rule looks at it");
	op->u.group = group;
}

/* Only a vif that is routed has addresses of this host, and a guest's of the family to reach. */
bool xnm_wants_ipv6(const struct xnm_want *want)
{
	if (!want->routed)
		return false;
	for (unsigned int i = 0; i < want->n_addresses; i++) {
		if (want->addresses[i].family == AF_INET6)
			return true;
	}
	return false;
}

/* Everything a device must have before it is attached. Returns the MTU it will have. */
uint32_t xnm_plan_device(struct xnm_plan *plan, const struct xnm_want *want,
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
	if (!xnm_mac_equal(&device->mac, &xnm_port_mac)) {
		op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_mac, name, device->ifindex,
				  "the bridge must not take its address from a guest's port");
		op->u.mac = xnm_port_mac;
	}
	if (device->mtu_bytes != mtu) {
		op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_mtu, name, device->ifindex,
				  "%s", want->mtu_why);
		op->u.mtu.from = device->mtu_bytes;
		op->u.mtu.to = mtu;
	}
	plan_group(plan, want, facts, name);
	if (!device->has_ipv6 && xnm_wants_ipv6(want))
		xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_ipv6_on, name, device->ifindex,
			     "the guest has IPv6 addresses");
	if (device->has_ipv6 && !xnm_wants_ipv6(want))
		xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_ipv6_off, name, device->ifindex,
			     "a bridge port is no IPv6 host");
	if (facts->device_has_ipv4 && !want->routed)
		xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_address_flush, name, device->ifindex,
			     "a bridge port has no address of its own");
	return mtu;
}
