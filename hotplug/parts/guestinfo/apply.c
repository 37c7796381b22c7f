/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - write the guest's keys of its own vif, in one xenstore transaction. */
#include "hotplug/core/apply.h"

#include <errno.h>
#include <string.h>

#include "hotplug/xen/store.h"

/* The toolstack writes to the same domain's folder when it starts. */
#define MAX_TRIES 20

static int change_keys(struct xnm_store *store, const char *path, const struct xnm_plan *plan)
{
	const struct xnm_guestinfo_plan *tell = &plan->guestinfo;
	int rc = 0;

	/* left by a killed run, or by an earlier guest with that domid */
	if (tell->anew)
		rc = xnm_store_remove_all(store, path);
	/* keys created in it inherit its permissions */
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

/* Writes or removes the vif's folder. */
static int in_folder(struct xnm_ctx *ctx, const struct xnm_plan *plan, bool remove)
{
	char path[XNM_TOLD_PATH_LEN];
	int rc;

	/* an offline without xenstored: its nodes are gone with it */
	if (!ctx->store)
		return 0;
	xnm_told_path(plan->domid, plan->devid, path);
	rc = remove ? xnm_store_remove_all(ctx->store, path) : tell(ctx->store, path, plan);
	/* only domain 0 may write it: guests of a driver domain use their own configuration */
	return rc == -EACCES ? 0 : rc;
}

static void tell_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	const struct xnm_guestinfo_plan *tell = &plan->guestinfo;
	int len;

	(void)op;
	len = snprintf(out, out_size, "write for the guest to xenstore:");
	for (unsigned int i = 0; i < XNM_N_TOLD && len > 0 && (size_t)len < out_size; i++) {
		if (tell->keys & (1u << i))
			len += snprintf(out + len, out_size - (size_t)len, " %s='%s'",
					xnm_told_names[i], tell->told.value[i]);
	}
}

static int tell_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return in_folder(ctx, plan, false);
}

const struct xnm_op_type xnm_op_guestinfo_write = {
	.text = tell_text,
	.run = tell_run,
};

static void untell_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "remove /local/domain/%u/xnm/vif/%u from xenstore",
		       plan->domid, plan->devid);
}

static int untell_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return in_folder(ctx, plan, true);
}

const struct xnm_op_type xnm_op_guestinfo_remove = {
	.may_fail = true,
	.text = untell_text,
	.run = untell_run,
};
