/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_offline.c - decide what an offline or remove has to do, from our own notes. */
#include "hotplug/core/plan_parts.h"

#include <string.h>

void xnm_plan_offline(struct xnm_plan *plan, const struct xnm_event *event,
		      const struct xnm_facts *facts)
{
	const struct xnm_link *device = &facts->device;
	const char *kernel_name = xnm_event_device(event);
	bool tap = xnm_event_is_tap(event);
	struct xnm_op *op;
	bool stays;

	xnm_plan_clear(plan);
	plan->domid = event->domid;
	plan->devid = event->devid;
	/* first, so that the host has another way out at once */
	if (!tap)
		xnm_plan_unshare(plan, &facts->state);
	if (device->ifindex && device->up)
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_device_down, device->name,
			     device->ifindex, "the guest goes");
	if (device->ifindex && device->master)
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_port_detach, device->name,
			     device->ifindex, "the guest goes");
	if (device->ifindex && facts->state.routed && facts->device_has_ipv4)
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_address_flush, device->name,
			     device->ifindex, "the guest goes");
	xnm_plan_unfilter(plan, event, facts, kernel_name);
	if (device->ifindex && strcmp(device->name, kernel_name) != 0) {
		op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_rename, device->name,
				  device->ifindex, "its name must be free for the next guest");
		(void)snprintf(op->u.name, sizeof(op->u.name), "%s", kernel_name);
	}
	if (!facts->has_state) {
		xnm_plan_leave_owned(plan, facts, NULL);
		xnm_plan_end_offline(plan);
		return;
	}
	if (!tap)
		xnm_plan_fastpath_offline(plan, facts, kernel_name);
	if (!tap && facts->state.told)
		xnm_plan_add(plan, XNM_PHASE_WITHDRAW, &xnm_op_guestinfo_remove, kernel_name, 0,
			     "the guest goes");
	xnm_vif_note_copy(&plan->state, &facts->state);
	if (!tap) {
		plan->state.ifname[0] = plan->state.vifname[0] = '\0';
		plan->state.n_uplinks = 0;
		plan->state.told = false;
		plan->state.segment[0] = '\0';
	}
	if (tap || !facts->tap_exists)
		plan->state.tap[0] = plan->state.tap_vifname[0] = '\0';
	for (int i = 0; i < 2; i++) {
		if ((i ? plan->state.tap : plan->state.ifname)[0])
			continue;
		plan->state.elements[i].n = 0;
		plan->state.through[i][0] = '\0';
	}
	stays = plan->state.ifname[0] || plan->state.tap[0];
	if (!stays) {
		xnm_plan_leave_addresses(plan, facts, NULL);
		xnm_plan_leave(plan, facts, NULL);
		xnm_plan_leave_owned(plan, facts, NULL);
	}
	xnm_plan_leave_through(plan, &facts->state, &plan->state);
	if (facts->made_bridge && facts->state.bridge[0])
		xnm_plan_add(plan, XNM_PHASE_LEAVE_BRIDGE, &xnm_op_bridge_release,
			     facts->state.bridge, 0,
			     "xnm made it, and it may have been for this vif");
	xnm_plan_mac(plan, facts);
	if (stays)
		xnm_plan_add(plan, XNM_PHASE_NOTE, &xnm_op_vif_note_write, kernel_name, 0,
			     tap ? "its vif is still there" : "its tap is still there");
	else
		xnm_plan_add(plan, XNM_PHASE_NOTE, &xnm_op_vif_note_remove, kernel_name, 0,
			     "nothing is left of it");
	xnm_plan_end_offline(plan);
}
