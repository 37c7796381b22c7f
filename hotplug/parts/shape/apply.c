/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on qdiscs, ifb devices and the filters that lead to them. */
#include "hotplug/core/apply.h"
#include "hotplug/parts/shape/stages.h"
#include "hotplug/parts/shape/text.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/kernel/rtnl.h"

static void set_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	char qdisc[256];

	(void)plan;
	shape_qdisc_text(&op->u.shape.qdisc, qdisc, sizeof(qdisc));
	(void)snprintf(out, out_size, "shape %s: %s", op->dev, qdisc);
}

static int set_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = xnm_qdisc_set(ctx->rtnl, ifindex, &op->u.shape.qdisc);
	if (rc == -ENOENT && op->u.shape.stand_in.kind)
		rc = xnm_qdisc_set(ctx->rtnl, ifindex, &op->u.shape.stand_in);
	return rc;
}

/* In the words of check_netem_in_tree() (net/sched/sch_netem.c), which some kernels have. */
#define DUPLICATES "cannot mix duplicating netems"

static const char *set_hint(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			    const struct xnm_op *op, int rc)
{
	(void)plan;
	if (rc == -EINVAL && strstr(xnm_rtnl_reason(ctx->rtnl), DUPLICATES))
		return "this kernel " DUPLICATES " with other netems: remove duplicate=, or all "
		       "other delays, losses and the like of the vif in this direction, those of "
		       "its links as well";
	if (rc == -EOPNOTSUPP && op->u.shape.qdisc.seed)
		return "this kernel's netem takes no seed, as Linux 6.6 and later do: remove "
		       "seed=";
	return NULL;
}

const struct xnm_op_type xnm_op_shape_set = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = set_text,
	.run = set_run,
	.hint = set_hint,
};

static void end_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete the qdiscs of %s", op->dev);
}

static int end_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_qdisc_delete(ctx->rtnl, op->ifindex, XNM_TC_ROOT, 0);

	(void)plan;
	return rc == -ENOENT ? 0 : rc;
}

const struct xnm_op_type xnm_op_shape_end = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = end_text,
	.run = end_run,
};

static void ifb_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "create ifb device %s", op->dev);
}

static int ifb_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return xnm_ifb_create(ctx->rtnl, op->dev, shape_ifb_group());
}

const struct xnm_op_type xnm_op_shape_ifb = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = ifb_text,
	.run = ifb_run,
};

static void ifb_delete_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			    size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete ifb device %s", op->dev);
}

static int ifb_delete_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_link_delete(ctx->rtnl, op->ifindex);

	(void)plan;
	return rc == -ENODEV ? 0 : rc;
}

const struct xnm_op_type xnm_op_shape_ifb_delete = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = ifb_delete_text,
	.run = ifb_delete_run,
};

static void hook_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "let %s have filters (clsact)", op->dev);
}

static int hook_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	static const struct xnm_qdisc clsact = { .kind = XNM_QDISC_CLSACT };
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	return rc ? rc : xnm_qdisc_set(ctx->rtnl, ifindex, &clsact);
}

const struct xnm_op_type xnm_op_shape_hook = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = hook_text,
	.run = hook_run,
};

static void unhook_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete the clsact of %s", op->dev);
}

static int unhook_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_qdisc_delete(ctx->rtnl, op->ifindex, XNM_TC_CLSACT, 0);

	(void)plan;
	return rc == -ENOENT ? 0 : rc;
}

const struct xnm_op_type xnm_op_shape_unhook = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = unhook_text,
	.run = unhook_run,
};

static void filter_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	const struct xnm_tc_filter *filter = &op->u.shape.filter;
	char prefix[XNM_CIDR_TEXT_LEN];

	(void)plan;
	if (op->u.shape.ifb[0]) {
		(void)snprintf(out, out_size, "lead what %s receives to %s", op->dev,
			       op->u.shape.ifb);
		return;
	}
	xnm_format_cidr(&filter->prefix, prefix);
	(void)snprintf(out, out_size, "lead packets %s %s on %s to class %x:%x",
		       filter->match == XNM_MATCH_SOURCE ? "from" : "to", prefix, op->dev,
		       filter->classid >> 16, filter->classid & 0xFFFF);
}

static int filter_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_tc_filter filter = op->u.shape.filter;
	struct xnm_link ifb;
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0 && op->u.shape.ifb[0]) {
		rc = xnm_link_get(ctx->rtnl, op->u.shape.ifb, &ifb);
		filter.to_ifindex = ifb.ifindex;
	}
	return rc ? rc : xnm_tc_filter_set(ctx->rtnl, ifindex, &filter);
}

const struct xnm_op_type xnm_op_shape_filter = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = filter_text,
	.run = filter_run,
};

static void filter_delete_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete filter %u of %s", op->u.shape.filter.preference,
		       op->dev);
}

static int filter_delete_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			     const struct xnm_op *op)
{
	int rc = xnm_tc_filter_delete(ctx->rtnl, op->ifindex, op->u.shape.filter.parent,
				      op->u.shape.filter.preference);

	(void)plan;
	return rc == -ENOENT ? 0 : rc;
}

const struct xnm_op_type xnm_op_shape_filter_delete = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = filter_delete_text,
	.run = filter_delete_run,
};

static void class_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "set class %x:%x of %s", op->u.shape.class.classid >> 16,
		       op->u.shape.class.classid & 0xFFFF, op->dev);
}

static int class_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	return rc ? rc : xnm_tc_class_set(ctx->rtnl, ifindex, &op->u.shape.class);
}

const struct xnm_op_type xnm_op_shape_class = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = class_text,
	.run = class_run,
};

static void class_delete_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			      size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete class %x:%x of %s", op->u.shape.class.classid >> 16,
		       op->u.shape.class.classid & 0xFFFF, op->dev);
}

static int class_delete_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			    const struct xnm_op *op)
{
	int rc = xnm_tc_class_delete(ctx->rtnl, op->ifindex, op->u.shape.class.classid);

	(void)plan;
	return rc == -ENOENT ? 0 : rc;
}

const struct xnm_op_type xnm_op_shape_class_delete = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = class_delete_text,
	.run = class_delete_run,
};
