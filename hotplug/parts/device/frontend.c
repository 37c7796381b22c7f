/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frontend.c - run the operations toward the toolstack and netfront: the MTU, and that the vif is ready. */
#include "hotplug/core/apply.h"

#include <errno.h>

#include "hotplug/xen/store.h"

static void mtu_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "write MTU %u to the guest's frontend", op->u.mtu.to);
}

static int write_frontend_mtu(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			      const struct xnm_op *op)
{
	char text[12];
	int rc;

	(void)plan;
	(void)snprintf(text, sizeof(text), "%u", op->u.mtu.to);
	rc = xnm_store_write(ctx->store, ctx->frontend, "mtu", text);
	/* toolstacks before 4.15 do not create the node, and a backend may not create it */
	return rc == -EACCES || rc == -ENOENT ? 0 : rc;
}

const struct xnm_op_type xnm_op_frontend_mtu = {
	.text = mtu_text,
	.run = write_frontend_mtu,
};

static void error_remove_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			      size_t out_size)
{
	(void)plan;
	(void)op;
	(void)snprintf(out, out_size, "remove hotplug-error");
}

static int error_remove_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			    const struct xnm_op *op)
{
	(void)plan;
	(void)op;
	return xnm_store_remove(ctx->store, ctx->event->backend, "hotplug-error");
}

const struct xnm_op_type xnm_op_frontend_error_remove = {
	.text = error_remove_text,
	.run = error_remove_run,
};

static void connected_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)plan;
	(void)op;
	(void)snprintf(out, out_size, "write hotplug-status=connected");
}

static int connected_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	(void)op;
	return xnm_store_write(ctx->store, ctx->event->backend, "hotplug-status", "connected");
}

const struct xnm_op_type xnm_op_frontend_connected = {
	.text = connected_text,
	.run = connected_run,
};
