/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read which classes the devices of a vif's uplinks have. */
#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/classes/members.h"
#include "hotplug/parts/classes/root.h"
#include "hotplug/parts/classes/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/nft_rule.h"
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

/* What an administrator has set is for priorities that are not ours. */
static int read_priorities(struct xnm_classes_seen *seen, struct xnm_rtnl *rtnl)
{
	int rc = xnm_vlan_egress_list(rtnl, seen->ifindex, seen->priorities, XNM_MAX_PRIORITIES,
				      &seen->n_priorities);
	unsigned int n = 0;

	seen->is_vlan = rc != -EOPNOTSUPP;
	for (unsigned int i = 0; i < seen->n_priorities; i++) {
		if (classes_is_ours(seen->priorities[i].from))
			seen->priorities[n++] = seen->priorities[i];
	}
	seen->n_priorities = n;
	return rc == -EOPNOTSUPP ? 0 : enough(rc);
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
	if (seen->ifindex && strcmp(link.kind, "vlan") == 0)
		rc = read_priorities(seen, ctx->rtnl);
	if (rc == 0 && seen->ifindex && seen->shares)
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

	facts->classes.sets_tags = xnm_nft_sets_tags();
	for (unsigned int i = 0; rc == 0 && i < want->classes.n; i++) {
		struct xnm_classes_seen *seen = &facts->classes.seen[facts->classes.n++];

		memset(seen, 0, sizeof(*seen));
		seen->uplink = want->classes.uplinks[i];
		seen->shares = want->classes.shares[i];
		seen->is_member = xnm_class_is_member(&ctx->dir, seen->uplink->device, &self);
		rc = read_device(seen, ctx);
	}
	return rc;
}
