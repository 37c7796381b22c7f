/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.c - the list of parts, and the plans that they make together. */
#include "hotplug/run/parts.h"

#include <string.h>

#include "hotplug/notes/vif.h"

#define POINTER(row) &(row),
const struct xnm_part *const xnm_parts[] = { XNM_PARTS(POINTER) NULL };

/* Plans a network with start=boot. */
static const struct xnm_part *const network_parts[] = {
	&xnm_bridge_part,
	&xnm_network_part,
	&xnm_filter_part,
	&xnm_conntrack_part,
};

int xnm_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
	     const struct xnm_policy *policy, bool full_bridge_exists, struct xnm_err *err)
{
	int rc = xnm_want_begin(want, event, guest, policy, full_bridge_exists, err);

	for (size_t i = 0; rc == 0 && xnm_parts[i]; i++)
		rc = xnm_parts[i]->want ? xnm_parts[i]->want(want, event, guest, err) : 0;
	return rc;
}

int xnm_parts_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && xnm_parts[i]; i++)
		rc = xnm_parts[i]->read ? xnm_parts[i]->read(facts, want, ctx) : 0;
	return rc;
}

int xnm_parts_recall(struct xnm_facts *facts, struct xnm_ctx *ctx)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && xnm_parts[i]; i++)
		rc = xnm_parts[i]->recall ? xnm_parts[i]->recall(facts, ctx) : 0;
	return rc;
}

int xnm_plan_online(struct xnm_plan *plan, const struct xnm_event *event,
		    const struct xnm_want *want, const struct xnm_facts *facts, struct xnm_err *err)
{
	const struct xnm_view view = {
		.event = event,
		.want = want,
		.facts = facts,
		.name = xnm_final_name(want, facts),
		.tap = xnm_event_is_tap(event),
		.has_vif = true,
	};
	int rc = 0;

	xnm_plan_clear(plan);
	plan->domid = event->domid;
	plan->devid = event->devid;
	for (size_t i = 0; rc == 0 && xnm_parts[i]; i++)
		rc = xnm_parts[i]->online ? xnm_parts[i]->online(plan, &view, err) : 0;
	if (rc)
		return rc;
	if (!facts->has_note || !xnm_vif_note_equal(&plan->note, &facts->note) ||
	    (plan->address.claims_mac && facts->address.mac_is_free))
		xnm_plan_add(plan, XNM_PHASE_NOTE, &xnm_op_vif_note_write, view.name, 0,
			     "offline and status need it");
	return xnm_plan_end(plan, event->vif, err);
}

/* The vif's note after its tap, or the vif itself, was removed; each part clears its own
 * members. */
static void keep_note(struct xnm_plan *plan, const struct xnm_facts *facts, bool tap)
{
	xnm_vif_note_copy(&plan->note, &facts->note);
	if (!tap)
		plan->note.device.ifname[0] = plan->note.device.vifname[0] = '\0';
	if (tap || !facts->device.tap_exists)
		plan->note.device.tap[0] = plan->note.device.tap_vifname[0] = '\0';
}

static void plan_note(struct xnm_plan *plan, const struct xnm_view *view)
{
	if (!view->facts->has_note)
		return;
	if (xnm_plan_stays(plan))
		xnm_plan_add(plan, XNM_PHASE_NOTE, &xnm_op_vif_note_write, view->name, 0,
			     view->tap ? "its vif is still there" : "its tap is still there");
	else
		xnm_plan_add(plan, XNM_PHASE_NOTE, &xnm_op_vif_note_remove, view->name, 0,
			     "nothing is left of it");
}

void xnm_plan_offline(struct xnm_plan *plan, const struct xnm_event *event,
		      const struct xnm_facts *facts)
{
	const struct xnm_view view = {
		.event = event,
		.facts = facts,
		.name = xnm_event_device(event),
		.tap = xnm_event_is_tap(event),
		.has_vif = true,
	};

	xnm_plan_clear(plan);
	plan->domid = event->domid;
	plan->devid = event->devid;
	if (facts->has_note)
		keep_note(plan, facts, view.tap);
	for (size_t i = 0; xnm_parts[i]; i++) {
		if (xnm_parts[i]->offline)
			xnm_parts[i]->offline(plan, &view);
	}
	plan_note(plan, &view);
	xnm_plan_end_offline(plan);
}

int xnm_plan_start(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts, bool whole, struct xnm_err *err)
{
	static const struct xnm_event nobodys = { .verb = XNM_VERB_ONLINE };
	const struct xnm_view view = {
		.event = &nobodys,
		.want = want,
		.facts = facts,
		.name = want->bridge.name,
	};
	size_t n = whole ? XNM_N_ELEMENTS(network_parts) : 1;
	int rc = 0;

	xnm_plan_clear(plan);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = network_parts[i]->online(plan, &view, err);
	return rc ? rc : xnm_plan_end(plan, want->network->name, err);
}

void xnm_plan_stop(struct xnm_plan *plan, const char *network, const char *bridge, bool release)
{
	xnm_plan_clear(plan);
	(void)snprintf(plan->network.old_name, sizeof(plan->network.old_name), "%s", network);
	(void)snprintf(plan->network.old_bridge, sizeof(plan->network.old_bridge), "%s", bridge);
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_network_unhold, bridge, 0,
		     "start=boot is no longer in the policy");
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_network_release, "", 0,
		     "it may have no vifs");
	if (release && bridge[0])
		xnm_plan_add(plan, XNM_PHASE_LEAVE_BRIDGE, &xnm_op_bridge_release, bridge, 0,
			     "xnm made it, and it may have no vifs");
}
