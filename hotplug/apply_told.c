/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_told.c - tell the guest about its own vif, in one transaction of xenstore. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <string.h>

#include "hotplug/xen/store.h"

/* The toolstack writes to the same domain's folder when it starts. */
#define MAX_TRIES 20

static int change_keys(struct xnm_store *store, const char *path, const struct xnm_plan *plan)
{
	const struct xnm_tell *tell = &plan->tell;
	int rc = 0;

	/* what a run that was killed has left, or an earlier guest of that number */
	if (tell->anew)
		rc = xnm_store_remove_all(store, path);
	/* keys made below it have its permissions */
	if (rc == 0 && tell->anew)
		rc = xnm_store_make_for(store, path, plan->domid);
	for (unsigned int i = 0; i < XNM_N_TOLD && rc == 0; i++) {
		if (!(tell->keys & (1u << i)))
			continue;
		if (tell->told.value[i][0])
			rc = xnm_store_write(store, path, xnm_told_names[i], tell->told.value[i]);
		else
			rc = xnm_store_remove(store, path, xnm_told_names[i]);
	}
	return rc;
}

static int tell(struct xnm_store *store, const char *path, const struct xnm_plan *plan)
{
	int rc = -EAGAIN;

	for (int i = 0; rc == -EAGAIN && i < MAX_TRIES; i++) {
		rc = xnm_store_begin(store);
		if (rc)
			break;
		rc = change_keys(store, path, plan);
		if (rc)
			(void)xnm_store_end(store, false);
		else
			rc = xnm_store_end(store, true);
	}
	return rc;
}

int apply_told_op(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	char path[XNM_TOLD_PATH_LEN];
	int rc;

	/* an offline without xenstored: what it kept has gone with it */
	if (!ctx->store)
		return 0;
	xnm_told_path(plan->domid, plan->devid, path);
	if (op->kind == XNM_OP_TELL)
		rc = tell(ctx->store, path, plan);
	else
		rc = xnm_store_remove_all(ctx->store, path);
	/* only domain 0 may: guests of a driver domain go by their own configuration */
	return rc == -EACCES ? 0 : rc;
}
