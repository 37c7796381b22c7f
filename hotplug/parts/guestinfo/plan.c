/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide which keys of what a guest is told must change. */
#include "hotplug/core/plan_parts.h"

#include <string.h>

void xnm_plan_untell(struct xnm_plan *plan, const struct xnm_event *event,
		     const struct xnm_want *want, const struct xnm_facts *facts, const char *name)
{
	if (!xnm_event_is_tap(event) && facts->state.told && !xnm_wants_told(want))
		xnm_plan_add(plan, XNM_PHASE_WITHDRAW, &xnm_op_guestinfo_remove, name, 0,
			     "there is nothing to tell any more");
}

void xnm_plan_tell(struct xnm_plan *plan, const struct xnm_event *event,
		   const struct xnm_want *want, const struct xnm_facts *facts, const char *name,
		   uint32_t mtu)
{
	struct xnm_tell *tell = &plan->tell;

	if (xnm_event_is_tap(event) || facts->tells_nobody || !xnm_wants_told(want))
		return;
	xnm_told_fill(&tell->told, want, &facts->guest.mac, mtu);
	tell->anew = !facts->has_told;
	tell->keys = 0;
	for (unsigned int i = 0; i < XNM_N_TOLD; i++) {
		const char *now = facts->has_told ? facts->told.value[i] : "";

		if (strcmp(now, tell->told.value[i]) != 0)
			tell->keys |= 1u << i;
	}
	if (tell->keys)
		xnm_plan_add(plan, XNM_PHASE_PUBLISH, &xnm_op_guestinfo_write, name, 0,
			     "xnm-guest sets its end up by it");
}
