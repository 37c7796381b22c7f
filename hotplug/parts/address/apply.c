/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on which vif has which address, given or from a pool. */
#include <errno.h>
#include <unistd.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "hotplug/core/rival.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/address/pool.h"

static void claim_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "claim the addresses of %s", op->dev);
}

static int claim_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	struct xnm_owner owner;
	int rc = 0;

	(void)op;
	for (unsigned int i = 0; rc == 0 && i < plan->note.address.n; i++) {
		const struct xnm_cidr *address = &plan->note.address.list[i];

		rc = xnm_address_note_claim(&ctx->dir, plan->address.scope, address, &self,
					    &plan->address.leave, &owner);
		/* the note's vif may no longer exist; or another run has just claimed the
		 * address */
		if (rc == -EEXIST && apply_has_gone(ctx, &owner)) {
			const struct xnm_owners gone = { 1, { owner } };

			rc = xnm_address_note_claim(&ctx->dir, plan->address.scope, address, &self,
						    &gone, &owner);
		}
	}
	return rc == -EEXIST ? apply_was_slower(ctx, &owner, "address") : rc;
}

const struct xnm_op_type xnm_op_address_claim = {
	.text = claim_text,
	.run = claim_run,
};

static void release_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	char address[XNM_CIDR_TEXT_LEN];

	(void)plan;
	xnm_format_cidr(&op->u.addr, address);
	(void)snprintf(out, out_size, "free address %s%s", address, op->dev);
}

static int release_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	xnm_address_note_release(&ctx->dir, plan->address.old_scope, &op->u.addr, &self);
	return 0;
}

const struct xnm_op_type xnm_op_address_release = {
	.may_fail = true,
	.text = release_text,
	.run = release_run,
};

static void assign_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	char address[XNM_CIDR_TEXT_LEN], mac[XNM_MAC_TEXT_LEN];
	int len = snprintf(out, out_size, "assign");

	(void)op;
	for (unsigned int i = 0; i < plan->address.n_assign && len > 0 && (size_t)len < out_size;
	     i++) {
		xnm_cidr_format_host(&plan->address.assign[i], address);
		len += snprintf(out + len, out_size - (size_t)len, " %s", address);
	}
	xnm_format_mac(&plan->note.address.mac, mac);
	if (len > 0 && (size_t)len < out_size)
		(void)snprintf(out + len, out_size - (size_t)len, " from pool %s to %s",
			       plan->address.pool, mac);
}

/* The pool's lock was taken when the addresses were chosen, and is dropped when they are noted. */
static int assign(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_pool_guest guest = { plan->note.address.mac, plan->note.uuid,
					      plan->note.domain_name };
	_cleanup_close_ int fd = xnm_pool_open(plan->address.pool, true);
	bool changed = false;
	int rc = fd < 0 ? fd : 0;

	(void)op;
	for (unsigned int i = 0; rc >= 0 && i < plan->address.n_assign; i++) {
		rc = xnm_pool_assign(fd, &plan->address.assign[i], &guest);
		changed |= rc > 0;
	}
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_POOL);
	/* the guest may give its address to others: it must be the same after a power loss */
	if (rc >= 0 && changed && fsync(fd))
		rc = -errno;
	return rc < 0 ? rc : 0;
}

const struct xnm_op_type xnm_op_pool_assign = {
	.text = assign_text,
	.run = assign,
};

static void pool_leave_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			    size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "record when addresses of pool %s were last used",
		       plan->address.old_pool);
}

static int leave_pool(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	_cleanup_close_ int fd = xnm_pool_open(plan->address.old_pool, false);

	(void)ctx;
	(void)op;
	for (unsigned int i = 0; fd >= 0 && i < plan->address.n_left; i++)
		xnm_pool_touch(fd, &plan->address.left[i], &plan->address.old_mac);
	return 0;
}

const struct xnm_op_type xnm_op_pool_leave = {
	.may_fail = true,
	.text = pool_leave_text,
	.run = leave_pool,
};
