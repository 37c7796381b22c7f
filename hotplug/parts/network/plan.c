/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan a network's note, its sysctls and the vif's membership. */
#include <string.h>

#include "hotplug/core/elements/elements.h"
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/filter/filter.h"
#include "hotplug/parts/network/network.h"
#include "hotplug/parts/network/stages.h"

static bool same_settings(const struct xnm_network_note *a, const struct xnm_network_note *b)
{
	for (unsigned int i = 0; i < a->n_settings; i++) {
		if (strcmp(a->settings[i], b->settings[i]) != 0)
			return false;
	}
	return true;
}

static bool note_differs(const struct xnm_plan *plan, const struct xnm_facts *facts)
{
	const struct xnm_network_note *old = &facts->network.note, *new = &plan->network.note;

	return !facts->network.has_note || strcmp(old->bridge, new->bridge) != 0 ||
	       old->n_settings != new->n_settings || !same_settings(old, new) ||
	       !xnm_elements_equal(&old->elements, &new->elements);
}

static bool needs_settings(const struct xnm_plan *plan, const struct xnm_facts *facts)
{
	return plan->network.n_sysctls && !facts->network.sysctls_hold;
}

/* Plans the network's note and the vif's membership. */
static void plan_membership(struct xnm_plan *plan, const struct xnm_want *want,
			    const struct xnm_facts *facts)
{
	const struct xnm_network *network = want->network;
	struct xnm_network_note *note = &plan->network.note;
	unsigned int n = plan->n;

	memcpy(plan->network.name, network->name, sizeof(plan->network.name));
	plan->network.n_sysctls =
		xnm_filter_settings(plan->network.sysctls, network, want->bridge.name,
				    xnm_makes_bridge(facts), want->policy);
	memcpy(note->bridge, want->bridge.name, sizeof(note->bridge));
	note->n_settings = plan->network.n_sysctls;
	for (unsigned int i = 0; i < plan->network.n_sysctls; i++)
		memcpy(note->settings[i], plan->network.sysctls[i].path, sizeof(note->settings[i]));
	if (note_differs(plan, facts) || !facts->network.note.is_sent)
		memcpy(plan->network.sent, network->name, sizeof(plan->network.sent));
	/* the note before the sysctls, so that a killed run leaves a note */
	if (note_differs(plan, facts))
		xnm_plan_add(plan, XNM_PHASE_NETWORK, &xnm_op_network_note_write, "", 0,
			     "for later removal");
	plan->changes_network |= plan->n > n || needs_settings(plan, facts);
	if (!facts->network.is_member)
		xnm_plan_add(plan, XNM_PHASE_NETWORK,
			     want->held ? &xnm_op_network_hold : &xnm_op_network_join, "", 0, "%s",
			     want->held ? "start=boot"
					: "the network stays until its last vif leaves");
}

/* Plans to leave the vif's previous network. */
static void plan_leave(struct xnm_plan *plan, const struct xnm_vif_note *old,
		       const struct xnm_vif_note *new)
{
	memcpy(plan->network.old_bridge, old->bridge.name, sizeof(plan->network.old_bridge));
	if (old->network.name[0] == '\0' || strcmp(new->network.name, old->network.name) == 0)
		return;
	memcpy(plan->network.old_name, old->network.name, sizeof(plan->network.old_name));
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_network_leave, "", 0,
		     "the vif is no longer in it");
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_network_release, "", 0,
		     "this may have been its last vif");
}

static int network_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_vif_note *old = &view->facts->note;
	const struct xnm_want *want = view->want;
	int rc = 0;

	if (want->attach && want->network) {
		memcpy(plan->note.network.name, want->network->name,
		       sizeof(plan->note.network.name));
		rc = xnm_filter_network(&plan->network.note.elements, want->network, want->policy,
					err);
		if (rc)
			return rc;
		plan_membership(plan, want, view->facts);
		if (needs_settings(plan, view->facts))
			xnm_plan_add(plan, XNM_PHASE_SYSCTL, &xnm_op_network_settings, "", 0,
				     "network %.48s needs it", want->network->name);
	}
	plan_leave(plan, old, &plan->note);
	return 0;
}

static void network_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	if (!xnm_plan_stays(plan))
		plan_leave(plan, &view->facts->note, xnm_no_vif_note());
}

const struct xnm_part xnm_network_part = {
	.name = "network",
	.read = network_read,
	.online = network_online,
	.offline = network_offline,
	.released = network_released,
	.gc = { [XNM_GC_MEMBERS] = network_gc_members, [XNM_GC_NETWORKS] = network_gc },
};
