/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - what the policy wants of a vif's traffic, and what its ifb is called. */
#include "hotplug/core/want.h"
#include "hotplug/parts/shape/stages.h"

#include <stdio.h>
#include <string.h>

#include "hotplug/base/scope.h"

void shape_ifb_name(const struct xnm_event *event, char out[IFNAMSIZ])
{
	(void)snprintf(out, IFNAMSIZ, XNM_SHAPE_IFB_NAME, event->domid, event->devid,
		       xnm_event_is_tap(event) ? "t" : "");
}

void shape_sink_name(const struct xnm_event *event, char out[IFNAMSIZ])
{
	(void)snprintf(out, IFNAMSIZ, XNM_SHAPE_SINK_NAME, event->domid, event->devid);
}

uint32_t shape_ifb_group(void)
{
	/* no scope of addresses, as no device has such a name */
	return xnm_scope_group("ifb/");
}

bool shape_ifb_is_ours(const struct xnm_link *link)
{
	return strcmp(link->kind, "ifb") == 0 && link->group == shape_ifb_group();
}

uint32_t shape_noted(const struct xnm_vif_note *note, bool tap)
{
	uint32_t bits = tap ? note->shape.made >> XNM_SHAPE_TAP : note->shape.made;

	return bits & (XNM_SHAPE_TREE | XNM_SHAPE_IFB | XNM_SHAPE_HOOK | XNM_SHAPE_COPY);
}

int shape_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
	       struct xnm_err *err)
{
	(void)event;
	(void)guest;
	(void)err;
	if (want->attach && want->section)
		xnm_policy_shaping(&want->section->tc, want->shape.to);
	return 0;
}
