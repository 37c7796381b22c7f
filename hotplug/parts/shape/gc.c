/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - delete ifb devices of vifs that no longer exist. */
#include "hotplug/parts/shape/stages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/core/gc.h"
#include "hotplug/core/witness.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/vif.h"

/* Whether an ifb is called as one of xnm's is. */
static bool is_called_so(const char *name, uint32_t *domid, uint32_t *devid)
{
	char vif[IFNAMSIZ + 4];
	size_t len = strlen(name);

	if (strncmp(name, "ifb", 3) != 0 || !strchr(name, '.'))
		return false;
	if (name[len - 1] == 't' || name[len - 1] == 'd')
		len--;
	(void)snprintf(vif, sizeof(vif), "vif%.*s", (int)(len - 3), name + 3);
	return xnm_vif_id_parse(vif, domid, devid) == 0;
}

static void collect(void *arg, const char *name)
{
	static struct xnm_vif_note note;
	struct xnm_ctx *ctx = ((struct xnm_gc *)arg)->ctx;
	struct xnm_link link;
	uint32_t domid, devid;

	if (!is_called_so(name, &domid, &devid) || xnm_vif_is_used(domid, devid) ||
	    xnm_vif_note_read(&ctx->dir, domid, devid, &note) != -ENOENT)
		return;
	if (xnm_link_get(ctx->rtnl, name, &link) == 0 && shape_ifb_is_ours(&link))
		(void)xnm_link_delete(ctx->rtnl, link.ifindex);
}

int shape_gc(struct xnm_gc *gc)
{
	return gc->ctx->rtnl ? xnm_ifb_each(gc->ctx->rtnl, collect, gc) : 0;
}
