/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - remove notes on vifs that wait for a name and no longer exist. */
#include "hotplug/parts/device/stages.h"

#include <errno.h>

#include "hotplug/core/witness.h"
#include "hotplug/notes/vif.h"
#include "hotplug/notes/vifname.h"

/* Removes the note that a vif waits for a name, if that vif no longer exists. */
static int collect_vifname(void *arg, const char *name)
{
	struct xnm_gc *gc = arg;
	struct xnm_vif_note state;
	uint32_t domid, devid;

	if (xnm_vifname_note_read(&gc->ctx->dir, name, &domid, &devid) == 0 &&
	    xnm_vif_note_read(&gc->ctx->dir, domid, devid, &state) == -ENOENT &&
	    !xnm_vif_is_used(domid, devid))
		(void)xnm_vifname_note_remove(&gc->ctx->dir, name, domid, devid);
	return 0;
}

int device_gc(struct xnm_gc *gc)
{
	return xnm_vifname_note_each(&gc->ctx->dir, collect_vifname, gc);
}
