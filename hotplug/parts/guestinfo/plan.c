/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan which of the guest's keys in xenstore must change. */
#include "hotplug/core/part.h"
#include "hotplug/parts/guestinfo/stages.h"

#include <string.h>

static void plan_remove(struct xnm_plan *plan, const char *name, const char *why)
{
	plan->guestinfo.removed = true;
	xnm_plan_add(plan, XNM_PHASE_WITHDRAW, &xnm_op_guestinfo_remove, name, 0, "%s", why);
}

static void plan_write(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_facts *facts = view->facts;
	struct xnm_guestinfo_plan *tell = &plan->guestinfo;

	xnm_told_fill(&tell->told, view->want, &facts->guest.mac, plan->note.device.mtu_bytes);
	tell->anew = !facts->guestinfo.is_there;
	tell->keys = 0;
	for (unsigned int i = 0; i < XNM_N_TOLD; i++) {
		const char *now = facts->guestinfo.is_there ? facts->guestinfo.told.value[i] : "";

		if (strcmp(now, tell->told.value[i]) != 0)
			tell->keys |= 1u << i;
	}
	if (tell->keys)
		xnm_plan_add(plan, XNM_PHASE_PUBLISH, &xnm_op_guestinfo_write, view->name, 0,
			     "xnm-guest configures the guest's interface from it");
}

static int guestinfo_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_facts *facts = view->facts;
	bool wanted = xnm_wants_told(view->want);

	(void)err;
	plan->note.guestinfo.told = view->tap ? facts->note.guestinfo.told : wanted;
	if (view->tap)
		return 0;
	if (facts->note.guestinfo.told && !wanted)
		plan_remove(plan, view->name, "there is nothing left to tell the guest");
	if (wanted && !facts->guestinfo.is_denied)
		plan_write(plan, view);
	return 0;
}

static void guestinfo_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	if (view->tap)
		return;
	plan->note.guestinfo.told = false;
	if (view->facts->note.guestinfo.told)
		plan_remove(plan, view->name, "the vif goes offline");
}

const struct xnm_part xnm_guestinfo_part = {
	.name = "guestinfo",
	.read = guestinfo_read,
	.online = guestinfo_online,
	.offline = guestinfo_offline,
};
