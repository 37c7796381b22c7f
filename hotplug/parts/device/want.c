/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - decide what the device of a vif is called in the end, and its MTU. */
#include <errno.h>
#include <stdio.h>

#include "hotplug/parts/device/stages.h"

static int want_name(struct xnm_want *want, const struct xnm_event *event,
		     const struct xnm_guest *guest, struct xnm_err *err)
{
	const char *suffix = xnm_event_is_tap(event) ? "-emu" : "";
	const char *name = xnm_event_device(event);
	int len;

	if (guest->vifname[0] == '\0')
		len = snprintf(want->device.name, sizeof(want->device.name), "%s", name);
	else
		len = snprintf(want->device.name, sizeof(want->device.name), "%s%s", guest->vifname,
			       suffix);
	if (len < 0 || (size_t)len >= sizeof(want->device.name))
		return xnm_fail(err, -ENAMETOOLONG,
				"vifname='%s' and its suffix '%s' are too long for a network "
				"device: shorten it",
				guest->vifname, suffix);
	return 0;
}

static void want_mtu(struct xnm_want *want, const struct xnm_guest *guest)
{
	if (want->section && want->section->mtu_bytes) {
		want->device.mtu_bytes = want->section->mtu_bytes;
		want->device.mtu_why = NULL;
	} else if (guest->mtu_bytes) {
		want->device.mtu_bytes = guest->mtu_bytes;
		want->device.mtu_why = "the guest's mtu= says so";
	} else if (want->network && want->network->mtu_bytes) {
		want->device.mtu_bytes = want->network->mtu_bytes;
		want->device.mtu_why = NULL;
	} else {
		want->device.mtu_why = "it is the bridge's MTU";
	}
}

int device_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
		struct xnm_err *err)
{
	want_mtu(want, guest);
	return want_name(want, event, guest, err);
}
