/* SPDX-License-Identifier: GPL-2.0-or-later */
/* look.c - update which interfaces of the host must not forward to each other, for callers that have nothing open. */
#include "hotplug/run/parts.h"
#include "hotplug/run/run.h"

#include <string.h>
#include <unistd.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/network/apart.h"

int xnm_run_look(const struct xnm_policy *policy)
{
	static struct xnm_policy own;
	struct xnm_ctx ctx = { .parts = xnm_parts, .dir = XNM_RUN_DIR_CLOSED, .policy = policy };
	struct xnm_err err = { "" };
	int rc;

	/* without a folder of notes, none is created */
	if (access(xnm_run_dir_path(), F_OK))
		return 0;
	if (!policy && xnm_run_load_policy(&own, &err) == 0)
		ctx.policy = &own;
	rc = xnm_rtnl_open(&ctx.rtnl);
	if (rc == 0)
		rc = xnm_run_dir_open(&ctx.dir, xnm_run_dir_path(), false);
	if (rc)
		xnm_log_warning("cannot find out which interfaces of this host must not forward to "
				"each other: %s",
				strerror(-rc));
	else
		apply_apart_look(&ctx, false);
	xnm_rtnl_close(ctx.rtnl);
	xnm_nft_close(ctx.nft);
	xnm_run_dir_close(&ctx.dir);
	return rc;
}
