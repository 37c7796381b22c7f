/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - publish or withdraw a vif on the fast path, in xenstore's nodes of all domains concerned. */
#include "hotplug/parts/fastpath/apply.h"
#include "hotplug/parts/fastpath/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "hotplug/notes/lock.h"
#include "hotplug/xen/store.h"

#define MAX_NAMESAKES 8

static struct xnm_fp_view the_view; /* large; only one is in use at a time */

/* ------------------------------------------------------------ one domain */

static int make_inc(char inc[XNM_FP_INC_LEN])
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return -EIO;
	(void)snprintf(inc, XNM_FP_INC_LEN, XNM_FP_INC_FORMAT, (unsigned long long)number);
	return 0;
}

static int look(struct apply_fp_work *work, const struct xnm_fp_intent *intent)
{
	int rc = make_inc(the_view.fresh_inc);

	return rc ? rc : xnm_fp_read(&the_view, work->ctx->store, &work->ctx->dir, intent);
}

/* ------------------------------------------------------------ one vif */

static int leave(struct apply_fp_work *work, const struct xnm_fp_intent *intent)
{
	int rc = look(work, intent);

	return rc ? rc : apply_fp_settle(work, &the_view);
}

/*
 * Of two vifs with the same MAC address only one may be listed: the other one is withdrawn first.
 * yield: the other one stays.
 */
static int join(struct apply_fp_work *work, const struct xnm_fp_intent *intent, bool yield)
{
	int rc = look(work, intent);

	for (int i = 0; i < MAX_NAMESAKES && rc == 0; i++) {
		const struct xnm_fp_vif *other = xnm_fp_namesake(&the_view, &intent->id, true);
		struct xnm_fp_intent theirs = { .has_vif = true };

		if (!other)
			return apply_fp_settle(work, &the_view);
		if (yield)
			return 0;
		theirs.id = other->id;
		if (other->id.domid == intent->id.domid) {
			xnm_fp_find(&the_view, &theirs.id)->published = false;
			continue;
		}
		rc = leave(work, &theirs);
		if (rc == 0)
			rc = look(work, intent);
	}
	return rc ? rc : -ELOOP;
}

/* After a failed migration the replaced vif is published again. */
static int leave_to_heir(struct apply_fp_work *work, const struct xnm_fp_intent *intent)
{
	struct xnm_fp_intent heir = { .has_vif = true, .publish = true };
	const struct xnm_fp_vif *other;
	int rc = leave(work, intent);

	if (rc)
		return rc;
	other = xnm_fp_namesake(&the_view, &intent->id, false);
	if (!other)
		return 0;
	heir.id = other->id;
	rc = join(work, &heir, true);
	/* that vif no longer exists either */
	return rc == -ENOENT ? 0 : rc;
}

static int change(struct apply_fp_work *work, const struct xnm_fp_intent *intent)
{
	if (!intent->has_vif)
		return leave(work, intent);
	return intent->publish ? join(work, intent, false) : leave_to_heir(work, intent);
}

/* ------------------------------------------------------------ all together */

/* Withdraws a guest that keeps changing its nodes, until its next online or reapply. */
static void expel(struct apply_fp_work *work, uint32_t domid)
{
	const struct xnm_fp_intent intent = { .id = { .domid = domid } };
	int rc = look(work, &intent);

	for (unsigned int i = 0; i < the_view.n_vifs; i++)
		the_view.vifs[i].published &= the_view.vifs[i].id.domid != domid;
	if (rc == 0)
		rc = apply_fp_settle(work, &the_view);
	if (rc)
		xnm_log_warning("cannot withdraw guest %u from the fast path: %s", domid,
				strerror(-rc));
	else
		xnm_log_warning(
			"guest %u is withdrawn from the fast path: it kept changing its nodes in "
			"xenstore; 'xnm-vif reapply' of its vif publishes it again",
			domid);
}

static void expel_culprits(struct apply_fp_work *work)
{
	static struct apply_fp_domains culprits;
	uint32_t domid = 0;

	culprits = work->culprits;
	while (apply_fp_next(&culprits, &domid))
		expel(work, domid++);
}

int apply_fastpath(struct xnm_ctx *ctx, const struct xnm_fp_intent *intent)
{
	static struct apply_fp_work work;
	int rc;

	/* an offline without xenstored: its nodes are gone with it */
	if (!ctx->store)
		return 0;
	work.ctx = ctx;
	memset(&work.culprits, 0, sizeof(work.culprits));
	rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_FASTPATH, NULL, XNM_SHARED_LOCK_TIMEOUT_MS);
	if (rc)
		return rc;
	rc = change(&work, intent);
	expel_culprits(&work);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_FASTPATH);
	/* only domain 0 may write them: guests of a driver domain have no fast path */
	return rc == -EACCES ? 0 : rc;
}

static void print_step(const struct xnm_fp_step *step, FILE *stream)
{
	char home[XNM_FP_HOME_LEN];

	xnm_fp_home(step->domid, home);
	if (step->node[0])
		(void)snprintf(home + strlen(home), sizeof(home) - strlen(home), "/");
	switch (step->action) {
	case XNM_FP_WRITE:
		fprintf(stream, "       %s%s = '%s'\n", home, step->node, step->value);
		break;
	case XNM_FP_REMOVE:
		fprintf(stream, "       %s%s removed\n", home, step->node);
		break;
	case XNM_FP_FOLDER:
		fprintf(stream, "       %s%s readable by domain %u\n", home, step->node,
			step->domid);
		break;
	case XNM_FP_CHANNEL:
		fprintf(stream, "       %s%s recreated, writable by domain %u, readable by %u\n",
			home, step->node, step->domid, step->reader);
		break;
	}
}

static void print_steps(const struct xnm_plan *plan, const struct xnm_op *op, FILE *stream)
{
	const struct xnm_fp_change *change = &plan->fastpath.change;

	/* the second of both steps covers both */
	if (op->type == &xnm_op_fastpath_withdraw && !plan->fastpath.reason[0])
		return;
	if (op->type != &xnm_op_fastpath_publish && op->type != &xnm_op_fastpath_withdraw)
		return;
	for (unsigned int i = 0; i < change->n; i++)
		print_step(&change->steps[i], stream);
}

static int settle(struct xnm_ctx *ctx, const struct xnm_plan *plan, bool publish)
{
	struct xnm_fp_intent intent = {
		.id = { plan->domid, plan->devid },
		.has_vif = true,
		.publish = publish,
	};
	int rc;

	memcpy(intent.network, plan->fastpath.network, sizeof(intent.network));
	memcpy(intent.old_network, plan->fastpath.old_network, sizeof(intent.old_network));
	rc = apply_fastpath(ctx, &intent);
	if (rc == 0 || !intent.publish)
		return rc;
	/* what was published before is out of date */
	intent.publish = false;
	(void)apply_fastpath(ctx, &intent);
	return rc;
}

static void publish_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "publish vif%u.%u on the fast path, segment %s", plan->domid,
		       plan->devid, plan->note.fastpath.segment);
}

static int publish_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return settle(ctx, plan, true);
}

const struct xnm_op_type xnm_op_fastpath_publish = {
	.may_fail = true,
	.text = publish_text,
	.details = print_steps,
	.run = publish_run,
};

static void withdraw_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			  size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "withdraw vif%u.%u from the fast path", plan->domid,
		       plan->devid);
}

static int withdraw_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return settle(ctx, plan, false);
}

const struct xnm_op_type xnm_op_fastpath_withdraw = {
	.text = withdraw_text,
	.details = print_steps,
	.run = withdraw_run,
};
