/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alias_plan.c - decide the alias of a device, by which ip link and monitoring show whose it is. */
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/device/stages.h"

#include <string.h>

/* Terminals and SNMP agents show it as it is. */
static void replace_controls(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
	}
}

/* "web1/0 lan"; "" where the toolstack tells no name, as in a driver domain. */
static void fill_alias(char out[XNM_ALIAS_LEN], const struct xnm_view *view)
{
	const struct xnm_want *want = view->want;
	const char *guest = view->facts->guest.domain_name;
	const char *place = want->network ? want->network->name : want->bridge.name;

	out[0] = '\0';
	if (!guest[0] || want->policy->global.alias == XNM_NO)
		return;
	(void)snprintf(out, XNM_ALIAS_LEN, "%s/%u%s%s", guest, view->event->devid,
		       place[0] ? " " : "", place);
	replace_controls(out);
}

void device_alias_online(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_link *device = &view->facts->device.link;
	const char *noted = view->facts->note.device.alias[view->tap];
	char *alias = plan->note.device.alias[view->tap];
	struct xnm_op *op;

	memcpy(plan->note.device.alias[!view->tap], view->facts->note.device.alias[!view->tap],
	       XNM_ALIAS_LEN);
	fill_alias(alias, view);
	if (strcmp(device->alias, alias) == 0)
		return;
	/* somebody else has set it, and may look for it */
	if (device->alias[0] && strcmp(device->alias, noted) != 0) {
		alias[0] = '\0';
		return;
	}
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_alias, view->name, device->ifindex,
			  alias[0] ? "ip link and monitoring show whose it is"
				   : "it is to have none any more");
	op->u.of_tap = view->tap;
}

void device_alias_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_link *device = &view->facts->device.link;
	const char *noted = view->facts->note.device.alias[view->tap];
	struct xnm_op *op;

	plan->note.device.alias[view->tap][0] = '\0';
	if (!noted[0] || strcmp(device->alias, noted) != 0)
		return;
	op = xnm_plan_add(plan, XNM_PHASE_DEVICE, &xnm_op_device_alias, device->name,
			  device->ifindex, "the guest has left it");
	op->u.of_tap = view->tap;
}
