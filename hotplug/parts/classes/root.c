/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root.c - find out whose the root qdisc of a device is, and delete ours with its last vif. */
#include "hotplug/parts/classes/members.h"
#include "hotplug/parts/classes/root.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/marks.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"

int classes_look_at_root(struct xnm_rtnl *rtnl, int ifindex, bool *has_root,
			 char rival[XNM_QDISC_TEXT_LEN])
{
	struct xnm_qdisc root;
	int rc = xnm_qdisc_root(rtnl, ifindex, &root, rival);

	*has_root = rc == 0 && root.kind == XNM_QDISC_HTB &&
		    root.handle == XNM_TC_HANDLE(XNM_CLASSES_MAJOR);
	if (*has_root || rc)
		rival[0] = '\0';
	return rc == -ENOENT ? 0 : rc;
}

bool classes_is_ours(uint32_t priority)
{
	return (priority & 0xFFFF0000u) == XNM_TC_HANDLE(XNM_CLASSES_MAJOR) ||
	       (priority & 0xFFFF0000u) == XNM_MARKS_MAJOR;
}

static int end_priorities(struct xnm_rtnl *rtnl, int ifindex)
{
	struct xnm_vlan_priority list[XNM_MAX_PRIORITIES];
	unsigned int n;
	int rc = xnm_vlan_egress_list(rtnl, ifindex, list, XNM_MAX_PRIORITIES, &n);

	for (unsigned int i = 0; (rc == 0 || rc == -E2BIG) && i < n; i++) {
		list[i].to = 0;
		if (classes_is_ours(list[i].from))
			rc = xnm_vlan_egress_set(rtnl, ifindex, &list[i]);
	}
	return rc == -EOPNOTSUPP || rc == -E2BIG ? 0 : rc;
}

static int delete_root(struct xnm_ctx *ctx, const char *device)
{
	char rival[XNM_QDISC_TEXT_LEN];
	struct xnm_link link;
	bool has_root;
	int rc = xnm_link_get(ctx->rtnl, device, &link);

	if (rc == 0 && strcmp(link.kind, "vlan") == 0)
		rc = end_priorities(ctx->rtnl, link.ifindex);
	if (rc == 0)
		rc = classes_look_at_root(ctx->rtnl, link.ifindex, &has_root, rival);
	if (rc == 0 && has_root)
		rc = xnm_qdisc_delete(ctx->rtnl, link.ifindex, XNM_TC_ROOT,
				      XNM_TC_HANDLE(XNM_CLASSES_MAJOR));
	return rc == -ENOENT || rc == -ENODEV ? 0 : rc;
}

int classes_leave(struct xnm_ctx *ctx, const char *device, const struct xnm_owner *vif)
{
	int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_UPLINKS, NULL, XNM_SHARED_LOCK_TIMEOUT_MS);

	if (rc)
		return rc;
	if (!xnm_class_has_others(&ctx->dir, device, vif))
		rc = delete_root(ctx, device);
	if (rc == 0)
		rc = xnm_class_member_remove(&ctx->dir, device, vif);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_UPLINKS);
	return rc;
}
