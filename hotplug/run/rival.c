/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival.c - look whether the vif because of which another one is refused still exists. */
#include <errno.h>
#include <string.h>

#include "hotplug/core/witness.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/run/online.h"
#include "hotplug/xen/store.h"

/*
 * A vif that the guest has lost without an offline is not found by an online, as its domain lives
 * on: its claims would hold for as long as the guest runs.
 */

void run_vifs_dir(const struct online *run, char out[XNM_PATH_MAX])
{
	char *end;

	(void)snprintf(out, XNM_PATH_MAX, "%s", run->event->backend);
	for (int i = 0; i < 2; i++) {
		end = strrchr(out, '/');
		if (end)
			*end = '\0';
	}
}

static bool has_device(const struct online *run, const struct xnm_owner *vif)
{
	struct xnm_event event;
	struct xnm_link link;

	xnm_event_init(&event, XNM_VERB_OFFLINE, vif->domid, vif->devid);
	return xnm_kernel_has_vif(vif->domid, vif->devid) ||
	       xnm_link_get(run->ctx.rtnl, event.vif, &link) != -ENODEV;
}

static void add_remedy(struct xnm_err *err, const struct xnm_owner *vif, bool has_keys)
{
	size_t len = strlen(err->text);

	if (has_keys)
		(void)snprintf(err->text + len, sizeof(err->text) - len,
			       ". vif%u.%u has no device any more: 'xl network-detach %u %u' takes "
			       "it from its guest",
			       vif->domid, vif->devid, vif->domid, vif->devid);
	else
		(void)snprintf(
			err->text + len, sizeof(err->text) - len,
			". vif%u.%u no longer exists: 'xnm-vif gc' removes what is left of it",
			vif->domid, vif->devid);
}

bool run_settle_rival(struct online *run, struct xnm_plan *plan)
{
	const struct xnm_owner *vif = &plan->rival.vif;
	struct xnm_ctx *ctx = &run->ctx;
	char dir[XNM_PATH_MAX], key[XNM_PATH_MAX + 32], text[8];

	if (run->is_planned || plan->rival.what[0] == '\0' || has_device(run, vif))
		return false;
	run_vifs_dir(run, dir);
	if (ctx->mode != XNM_RUN_PLAN && xnm_gc_vif(ctx, dir, vif)) {
		ctx->err.text[0] = '\0';
		return true;
	}
	(void)snprintf(key, sizeof(key), "%s/%u/%u", dir, vif->domid, vif->devid);
	add_remedy(&ctx->err, vif,
		   xnm_store_read(ctx->store, key, "frontend-id", text, sizeof(text)) != -ENOENT);
	return false;
}
