/* SPDX-License-Identifier: GPL-2.0-or-later */
/* copy_apply.c - have the kernel copy what enters a line, by a mirror to a device that drops it. */
#include "hotplug/core/apply.h"
#include "hotplug/parts/shape/stages.h"

#include <errno.h>
#include <stdio.h>

#include "hotplug/kernel/rtnl.h"

static void copy_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "copy what %s %s, by a mirror to %s", op->dev,
		       op->u.shape.filter.parent == XNM_TC_EGRESS ? "sends" : "receives",
		       op->u.shape.ifb);
}

/* A device that drops all: an ifb would also send on what was redirected to it. */
static int make_sink(struct xnm_rtnl *rtnl, const char *name, int *ifindex)
{
	static const struct xnm_qdisc blackhole = {
		.kind = XNM_QDISC_BLACKHOLE,
		.handle = XNM_TC_HANDLE(1),
		.parent = XNM_TC_ROOT,
	};
	struct xnm_link sink;
	int made = xnm_ifb_create(rtnl, name, shape_ifb_group()), rc = made;

	if (made == 0 || made == -EEXIST)
		rc = xnm_link_get(rtnl, name, &sink);
	if (rc)
		return rc;
	if (made == -EEXIST && !shape_ifb_is_ours(&sink))
		return -EEXIST;
	*ifindex = sink.ifindex;
	return xnm_qdisc_set(rtnl, sink.ifindex, &blackhole);
}

static int copy_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	static const struct xnm_qdisc clsact = { .kind = XNM_QDISC_CLSACT };
	struct xnm_tc_filter filter = op->u.shape.filter;
	int ifindex = 0, rc;

	(void)plan;
	rc = make_sink(ctx->rtnl, op->u.shape.ifb, &filter.to_ifindex);
	if (rc == 0)
		rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = xnm_qdisc_set(ctx->rtnl, ifindex, &clsact);
	return rc ? rc : xnm_tc_filter_set(ctx->rtnl, ifindex, &filter);
}

const struct xnm_op_type xnm_op_shape_copy = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = copy_text,
	.run = copy_run,
};
