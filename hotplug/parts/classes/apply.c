/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on the classes of uplinks. */
#include "hotplug/core/apply.h"
#include "hotplug/parts/classes/members.h"
#include "hotplug/parts/classes/root.h"
#include "hotplug/parts/classes/tree.h"

#include <errno.h>

#include "hotplug/kernel/rtnl.h"
#include "policy/tc.h"

static void join_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "keep the classes of %s", op->dev);
}

static int join_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	return xnm_class_member_add(&ctx->dir, op->dev, &self);
}

const struct xnm_op_type xnm_op_classes_join = {
	.text = join_text,
	.run = join_run,
};

static void root_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	char rate[XNM_RATE_TEXT_LEN];

	(void)plan;
	(void)snprintf(out, out_size, "share %s of uplink %s among classes on %s",
		       xnm_rate_text(op->u.classes.branch.class.rate_bit_s, rate),
		       op->u.classes.name, op->dev);
}

/* Looks once more, as somebody may have made one since the plan. */
static int root_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	char rival[XNM_QDISC_TEXT_LEN];
	struct xnm_qdisc htb;
	bool has_root;
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = classes_look_at_root(ctx->rtnl, ifindex, &has_root, rival);
	if (rc == 0 && rival[0])
		return -EEXIST;
	classes_htb(&htb);
	if (rc == 0)
		rc = xnm_qdisc_set(ctx->rtnl, ifindex, &htb);
	return rc ? rc : xnm_tc_class_set(ctx->rtnl, ifindex, &op->u.classes.branch.class);
}

static const char *root_hint(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			     const struct xnm_op *op, int rc)
{
	(void)ctx;
	(void)plan;
	(void)op;
	return rc == -EEXIST ? "somebody has just made a qdisc there: delete it, or remove rate= "
			       "of the uplink"
			     : NULL;
}

const struct xnm_op_type xnm_op_classes_root = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = root_text,
	.run = root_run,
	.hint = root_hint,
};

static void set_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	const struct xnm_tc_class *class = &op->u.classes.branch.class;
	char rate[XNM_RATE_TEXT_LEN], ceil[XNM_RATE_TEXT_LEN];

	(void)plan;
	(void)snprintf(out, out_size, "set class %s of %s (%x:%x): %s to %s, priority %u",
		       op->u.classes.name, op->dev, class->classid >> 16, class->classid & 0xFFFF,
		       xnm_rate_text(class->rate_bit_s, rate),
		       xnm_rate_text(class->ceil_bit_s, ceil), class->priority);
}

static int set_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_class_branch *branch = &op->u.classes.branch;
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = xnm_tc_class_set(ctx->rtnl, ifindex, &branch->class);
	if (rc)
		return rc;
	rc = xnm_qdisc_set(ctx->rtnl, ifindex, &branch->queue);
	if (rc == -ENOENT && branch->stand_in.kind)
		rc = xnm_qdisc_set(ctx->rtnl, ifindex, &branch->stand_in);
	return rc;
}

const struct xnm_op_type xnm_op_classes_set = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = set_text,
	.run = set_run,
};

static void delete_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	const struct xnm_tc_class *class = &op->u.classes.branch.class;

	(void)plan;
	(void)snprintf(out, out_size, "delete class %x:%x of %s", class->classid >> 16,
		       class->classid & 0xFFFF, op->dev);
}

static int delete_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_tc_class_delete(ctx->rtnl, op->ifindex, op->u.classes.branch.class.classid);

	(void)plan;
	return rc == -ENOENT ? 0 : rc;
}

const struct xnm_op_type xnm_op_classes_delete = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = delete_text,
	.run = delete_run,
};

static void priority_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			  size_t out_size)
{
	const struct xnm_vlan_priority *priority = &op->u.classes.priority;

	(void)plan;
	if (op->u.classes.name[0])
		(void)snprintf(out, out_size, "set pcp of class %s on %s to %u", op->u.classes.name,
			       op->dev, priority->to);
	else
		(void)snprintf(out, out_size, "let %s write pcp=%u (packets of priority %x:%x)",
			       op->dev, priority->to, priority->from >> 16,
			       priority->from & 0xFFFF);
}

static int priority_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	return rc ? rc : xnm_vlan_egress_set(ctx->rtnl, ifindex, &op->u.classes.priority);
}

const struct xnm_op_type xnm_op_classes_priority = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = priority_text,
	.run = priority_run,
};

static void leave_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete the classes of %s unless other vifs keep them",
		       op->dev);
}

static int leave_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	return classes_leave(ctx, op->dev, &self);
}

const struct xnm_op_type xnm_op_classes_leave = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = leave_text,
	.run = leave_run,
};
