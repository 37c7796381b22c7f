/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide what a device must be before it is attached: its name, address and MTU. */
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/device/stages.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/*
 * A renamed device gets netback's name as altname. On a kernel without altnames, a note with the
 * new name says that this was done.
 */
static void plan_altname(struct xnm_plan *plan, const struct xnm_want *want,
			 const struct xnm_facts *facts, const char *kernel_name)
{
	const char *noted =
		strcmp(kernel_name, facts->device.link.name) == 0 ? "" : facts->note.device.ifname;
	struct xnm_op *op;

	if (strcmp(want->device.name, kernel_name) == 0 ||
	    strcmp(facts->device.link.altname, kernel_name) == 0 ||
	    strcmp(noted, want->device.name) == 0 ||
	    strcmp(facts->note.device.tap, want->device.name) == 0)
		return;
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_altname, want->device.name,
			  facts->device.link.ifindex, "it must also be found under netback's name");
	(void)snprintf(op->u.name, sizeof(op->u.name), "%s", kernel_name);
}

/* Whether the device has the name as altname: it is not released by an offline. */
static bool has_as_altname(const struct xnm_link *link, const char *name)
{
	return link->ifindex && link->name[0] && strcmp(link->name, name) != 0;
}

/*
 * Plans the name that the guest's vifname= asks for. While a guest migrates within the host, or
 * reboots fast, its old vif still has the name: then the new vif goes online under netback's name,
 * and gets its own when the old one goes offline.
 */
static int plan_name(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_event *event = view->event;
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;
	const struct xnm_link *device = &facts->device.link;
	const char *kernel_name = xnm_event_device(event);
	const char *noted = xnm_event_is_tap(event) ? facts->note.device.tap_vifname
						    : facts->note.device.vifname;
	struct xnm_vif_note *state = &plan->note;
	struct xnm_op *op;

	memcpy(state->device.ifname, device->name, sizeof(state->device.ifname));
	if (strcmp(device->name, want->device.name) == 0) {
		plan_altname(plan, want, facts, kernel_name);
		return 0;
	}
	if (has_as_altname(&facts->device.holder, want->device.name))
		return xnm_fail(err, -EEXIST,
				"vifname='%s' is taken by another network device: %s (altname of "
				"%s): choose another name in the guest's vif line",
				want->device.name, want->device.name, facts->device.holder.name);
	if (facts->device.holder.ifindex && facts->device.holder.ifindex != device->ifindex) {
		if (xnm_vif_id_parse(facts->device.holder.altname, &plan->rival.vif.domid,
				     &plan->rival.vif.devid) == 0)
			(void)snprintf(plan->rival.what, sizeof(plan->rival.what), "%s",
				       want->device.name);
		if (!facts->device.holder_is_same_guest)
			return xnm_fail(err, -EEXIST,
					"vifname='%s' is taken by another network device%s%s: "
					"choose another name in the guest's vif line",
					want->device.name,
					facts->device.holder.altname[0] ? ", " : "",
					facts->device.holder.altname);
		memcpy(state->device.vifname, want->device.name, sizeof(state->device.vifname));
		if (strcmp(noted, want->device.name) != 0) {
			op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_name_wait,
					  device->name, device->ifindex,
					  "the same guest's old vif still has that name");
			memcpy(op->u.name, want->device.name, sizeof(op->u.name));
		}
		return 0;
	}
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_rename, device->name,
			  device->ifindex, "vifname= of the guest");
	memcpy(op->u.name, want->device.name, sizeof(op->u.name));
	memcpy(state->device.ifname, want->device.name, sizeof(state->device.ifname));
	plan_altname(plan, want, facts, kernel_name);
	return 0;
}

/* Sets the device's group, by which nftables rules identify its bridge and VLAN; resets a group of
 * ours that is no longer needed. */
static void plan_group(struct xnm_plan *plan, const struct xnm_want *want,
		       const struct xnm_facts *facts, const char *name)
{
	const struct xnm_link *device = &facts->device.link;
	uint32_t group = xnm_want_group(want);
	struct xnm_op *op;

	if (device->group == group || (group == 0 && device->group != facts->note.device.group))
		return;
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_group, name, device->ifindex, "%s",
			  group ? "nftables rules identify its bridge and VLAN by this"
				: "no nftables rule needs it");
	op->u.group = group;
}

/* Everything a device must have before it is attached. */
static void plan_link(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_want *want = view->want;
	const struct xnm_link *device = &view->facts->device.link;
	uint32_t mtu_bytes = device_port_mtu(view, &plan->note);
	const char *name = view->name;
	struct xnm_op *op;

	if (!xnm_mac_equal(&device->mac, &xnm_port_mac)) {
		op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_mac, name, device->ifindex,
				  "the bridge must not inherit a guest port's MAC address");
		op->u.mac = xnm_port_mac;
	}
	if (device->mtu_bytes != mtu_bytes) {
		char why[XNM_SAYS_LEN];

		op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_mtu, name, device->ifindex,
				  "%s",
				  mtu_bytes == plan->note.device.mtu_bytes
					  ? device_mtu_why(want, why)
					  : "it is the bridge's MTU, which must not fall with it");
		op->u.mtu.from = device->mtu_bytes;
		op->u.mtu.to = mtu_bytes;
	}
	plan_group(plan, want, view->facts, name);
	if (!device->has_ipv6 && xnm_wants_ipv6(want))
		xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_ipv6_on, name, device->ifindex,
			     "the guest has IPv6 addresses");
	if (device->has_ipv6 && !xnm_wants_ipv6(want))
		xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_ipv6_off, name, device->ifindex,
			     "this host has no IPv6 address on it");
	if (view->facts->device.has_ipv4 && want->backend != XNM_BACKEND_ROUTE)
		xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_address_flush, name, device->ifindex,
			     "this host has no address on a bridge port");
}

/* Sets the device down and detaches it, unless it is where it belongs. */
static void plan_detach(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_link *device = &view->facts->device.link;
	bool stays = xnm_view_stays_attached(view), renames = xnm_view_renames(view);

	if (device->up && (renames || !stays))
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_device_down, device->name,
			     device->ifindex,
			     renames ? "a device must be down to be renamed"
				     : "no frame may pass before its configuration is complete");
	if (device->master && !stays)
		xnm_plan_add(
			plan, XNM_PHASE_DETACH, &xnm_op_port_detach, device->name, device->ifindex,
			xnm_view_resets_vlans(view) ? "joining the bridge again resets its VLANs"
						    : "it does not belong on that bridge");
}

/* Fills the guest's identity, and the name of the other device of the NIC, its tap or its vif. */
static void fill_note(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_guest *guest = &view->facts->guest;
	const struct xnm_vif_note *old = &view->facts->note;
	struct xnm_vif_note *note = &plan->note;

	note->domid = view->event->domid;
	note->devid = view->event->devid;
	memcpy(note->domain_name, guest->domain_name, sizeof(note->domain_name));
	note->target = guest->target;
	memcpy(note->uuid, note->target ? guest->target_uuid : guest->uuid, sizeof(note->uuid));
	if (view->tap) {
		memcpy(note->device.tap, note->device.ifname, sizeof(note->device.tap));
		memcpy(note->device.tap_vifname, note->device.vifname,
		       sizeof(note->device.tap_vifname));
		memcpy(note->device.ifname, old->device.ifname, sizeof(note->device.ifname));
		memcpy(note->device.vifname, old->device.vifname, sizeof(note->device.vifname));
	} else {
		memcpy(note->device.tap, old->device.tap, sizeof(note->device.tap));
		memcpy(note->device.tap_vifname, old->device.tap_vifname,
		       sizeof(note->device.tap_vifname));
	}
	note->device.mtu_bytes = device_guest_mtu(view->want, view->facts);
	note->device.bridge_mtu_bytes = device_bridge_mtu(view->want, view->facts);
	note->device.mtu_is_bridges = view->want->device.mtu_bytes == 0;
	note->device.group = xnm_want_group(view->want);
}

/* Plans the nodes for the toolstack and netfront. */
static void plan_frontend(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_guest *guest = &view->facts->guest;
	uint32_t mtu_bytes = plan->note.device.mtu_bytes;
	struct xnm_op *op;

	/* without the node a guest uses 1500 (xen/include/public/io/netif.h) */
	if (!view->tap &&
	    mtu_bytes != (guest->frontend_mtu_bytes ? guest->frontend_mtu_bytes : 1500)) {
		char why[XNM_SAYS_LEN];

		op = xnm_plan_add(plan, XNM_PHASE_PUBLISH, &xnm_op_frontend_mtu, view->name, 0,
				  "%s", device_mtu_why(view->want, why));
		op->u.mtu.from = guest->frontend_mtu_bytes;
		op->u.mtu.to = mtu_bytes;
	}
	if (guest->has_error)
		xnm_plan_add(plan, XNM_PHASE_CONNECTED, &xnm_op_frontend_error_remove, view->name,
			     0, "it is left from an earlier attempt");
	if (!view->tap && !guest->connected)
		xnm_plan_add(plan, XNM_PHASE_CONNECTED, &xnm_op_frontend_connected, view->name, 0,
			     "netback waits for it");
}

static int device_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	int rc = plan_name(plan, view, err);

	if (rc)
		return rc;
	fill_note(plan, view);
	plan_detach(plan, view);
	plan_link(plan, view);
	device_alias_online(plan, view);
	if (view->want->attach && !xnm_view_stays_up(view))
		xnm_plan_add(plan, XNM_PHASE_UP, &xnm_op_device_up, view->name,
			     view->facts->device.link.ifindex, "its configuration is complete");
	plan_frontend(plan, view);
	return 0;
}

static void device_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_link *device = &view->facts->device.link;
	struct xnm_op *op;

	if (device->ifindex == 0)
		return;
	if (device->up)
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_device_down, device->name,
			     device->ifindex, "the vif goes offline");
	if (device->master)
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_port_detach, device->name,
			     device->ifindex, "the vif goes offline");
	device_alias_offline(plan, view);
	if (strcmp(device->name, view->name) == 0)
		return;
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_rename, device->name,
			  device->ifindex, "its name must be free for the next guest");
	(void)snprintf(op->u.name, sizeof(op->u.name), "%s", view->name);
}

const struct xnm_part xnm_device_part = {
	.name = "device",
	.want = device_want,
	.read = device_read,
	.recall = device_recall,
	.online = device_online,
	.offline = device_offline,
	.gc = { [XNM_GC_NAMES] = device_gc },
};
