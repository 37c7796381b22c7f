/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - end the classes that only vifs keep whose offline never ran. */
#include "hotplug/parts/classes/members.h"
#include "hotplug/parts/classes/root.h"
#include "hotplug/parts/classes/stages.h"

#include <string.h>
#include <unistd.h>

#include "hotplug/core/witness.h"

static int collect(void *arg, const char *device, const struct xnm_owner *vif)
{
	struct xnm_gc *gc = arg;
	char file[XNM_VIF_FILE_LEN];
	int rc;

	xnm_vif_file(vif->domid, vif->devid, file);
	if (faccessat(gc->ctx->dir.vif_fd, file, F_OK, 0) == 0 ||
	    xnm_vif_is_used(vif->domid, vif->devid))
		return 0;
	rc = classes_leave(gc->ctx, device, vif);
	if (rc)
		xnm_log_warning("cannot end the classes of %s, which vif%u.%u has left: %s", device,
				vif->domid, vif->devid, strerror(-rc));
	return 0;
}

int classes_gc(struct xnm_gc *gc)
{
	return xnm_class_member_each(&gc->ctx->dir, collect, gc);
}
