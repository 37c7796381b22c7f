/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unknown.c - whether a device belongs to vifs whose notes were lost. */
#include <errno.h>
#include <string.h>

#include "hotplug/core/witness.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/vif.h"

#define MAX_VIFS 1024 /* the ports of a bridge: BR_MAX_PORTS in net/bridge */

bool xnm_has_unknown(struct xnm_ctx *ctx, const char *dev)
{
	static struct xnm_vif_note state;
	struct xnm_owner vifs[MAX_VIFS];
	unsigned int n = 0;
	struct xnm_link link;
	int rc = xnm_link_get(ctx->rtnl, dev, &link);

	if (rc)
		return rc != -ENODEV;
	if (strcmp(link.kind, "bridge") != 0)
		return xnm_device_is_used(dev);
	rc = xnm_bridge_list_vifs(ctx->rtnl, link.ifindex, vifs, MAX_VIFS, &n);
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_vif_note_read(&ctx->dir, vifs[i].domid, vifs[i].devid, &state) == -ENOENT)
			return true;
	}
	return rc != 0;
}
