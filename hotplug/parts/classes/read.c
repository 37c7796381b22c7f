/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read which classes the devices of a vif's uplinks have. */
#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/classes/members.h"
#include "hotplug/parts/classes/root.h"
#include "hotplug/parts/classes/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"

/* What is beyond an array is not ours: we make less. */
static int enough(int rc)
{
	return rc == -E2BIG ? 0 : rc;
}

static int read_tree(struct xnm_classes_seen *seen, struct xnm_rtnl *rtnl)
{
	int rc = enough(xnm_tc_class_list(rtnl, seen->ifindex, seen->classes, XNM_MAX_CLASS_SEEN,
					  &seen->n_classes));

	return rc ? rc
		  : enough(xnm_qdisc_list(rtnl, seen->ifindex, seen->queues, XNM_MAX_CLASS_SEEN,
					  &seen->n_queues));
}

/* An uplink whose device does not exist now, as an unplugged card, keeps no guest from starting. */
static int read_device(struct xnm_classes_seen *seen, struct xnm_ctx *ctx)
{
	const char *device = seen->uplink->device;
	struct xnm_link link = { 0 };
	int rc = xnm_facts_link(ctx->rtnl, device, &link, &ctx->err);

	if (rc)
		return rc;
	seen->ifindex = link.ifindex;
	seen->mtu_bytes = link.mtu_bytes;
	if (seen->ifindex)
		rc = classes_look_at_root(ctx->rtnl, seen->ifindex, &seen->has_root, seen->rival);
	if (rc == 0 && seen->has_root)
		rc = read_tree(seen, ctx->rtnl);
	return rc ? xnm_fail(&ctx->err, rc, "cannot read the qdiscs of %s: %s", device,
			     xnm_rtnl_reason(ctx->rtnl))
		  : 0;
}

int classes_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	const struct xnm_owner self = { ctx->event->domid, ctx->event->devid };
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < want->classes.n; i++) {
		struct xnm_classes_seen *seen = &facts->classes.seen[facts->classes.n++];

		memset(seen, 0, sizeof(*seen));
		seen->uplink = want->classes.uplinks[i];
		seen->is_member = xnm_class_is_member(&ctx->dir, seen->uplink->device, &self);
		rc = read_device(seen, ctx);
	}
	return rc;
}
