/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mtu_plan.c - decide the MTU of a guest, and that of its device as a port of a bridge. */
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/device/stages.h"
#include "policy/override.h"

#include <string.h>

static bool stays_on_bridge(const struct xnm_want *want, const struct xnm_facts *facts)
{
	return want->attach && strcmp(facts->note.bridge.name, want->bridge.name) == 0;
}

/* Whether xnm says which MTU the bridge has, so that the kernel does not follow its ports. */
static bool is_mtu_set(const struct xnm_want *want, const struct xnm_facts *facts)
{
	return want->network && want->backend != XNM_BACKEND_ROUTE && xnm_makes_bridge(facts);
}

/* A bridge of others has the smallest MTU of its ports: what it was before `xnm set` must be
 * remembered. */
uint32_t device_bridge_mtu(const struct xnm_want *want, const struct xnm_facts *facts)
{
	if (is_mtu_set(want, facts))
		return 0;
	if (!want->section || !want->section->mtu_bytes || !want->attach ||
	    (want->network && want->network->mtu_bytes) ||
	    !xnm_policy_is_overridden(want->policy, want->section, XNM_KEY_VIF_MTU))
		return 0;
	if (!stays_on_bridge(want, facts))
		return facts->bridge.link.ifindex ? facts->bridge.link.mtu_bytes : XNM_DEFAULT_MTU;
	return facts->note.device.mtu_is_bridges ? facts->note.device.mtu_bytes
						 : facts->note.device.bridge_mtu_bytes;
}

/* The guest's MTU, in bytes. */
uint32_t device_guest_mtu(const struct xnm_want *want, const struct xnm_facts *facts)
{
	if (want->device.mtu_bytes)
		return want->device.mtu_bytes;
	if (want->attach && is_mtu_set(want, facts))
		return xnm_plan_bridge_mtu(want, facts);
	/* such a bridge has the smallest MTU of its ports, which anybody may have attached: one that
	 * came later must not become this vif's */
	if (stays_on_bridge(want, facts) && facts->note.device.mtu_is_bridges &&
	    facts->note.device.mtu_bytes)
		return facts->note.device.mtu_bytes;
	if (stays_on_bridge(want, facts) && facts->note.device.bridge_mtu_bytes)
		return facts->note.device.bridge_mtu_bytes;
	if (want->attach)
		return facts->bridge.link.ifindex ? facts->bridge.link.mtu_bytes : XNM_DEFAULT_MTU;
	return facts->device.link.mtu_bytes;
}

/*
 * The guest's may be smaller than the bridge's; but a bridge that others made must not follow its
 * port down, as it would for everybody on it.
 */
uint32_t device_port_mtu(const struct xnm_view *view, const struct xnm_vif_note *note)
{
	uint32_t mtu_bytes = note->device.mtu_bytes;
	uint32_t bridge_bytes = xnm_plan_bridge_mtu(view->want, view->facts);

	if (!xnm_view_is_port(view) || is_mtu_set(view->want, view->facts))
		return mtu_bytes;
	if (mtu_bytes < bridge_bytes)
		mtu_bytes = bridge_bytes;
	return mtu_bytes < note->device.bridge_mtu_bytes ? note->device.bridge_mtu_bytes
							 : mtu_bytes;
}

const char *device_mtu_why(const struct xnm_want *want, char out[XNM_SAYS_LEN])
{
	if (want->device.mtu_why)
		return want->device.mtu_why;
	out[0] = '\0';
	xnm_want_says(want, XNM_KEY_VIF_MTU, XNM_KEY_NETWORK_MTU, out);
	return out;
}
