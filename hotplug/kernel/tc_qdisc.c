/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_qdisc.c - make, change, replace and delete qdiscs. */
#include "hotplug/kernel/tc_core.h"

#include <errno.h>
#include <string.h>

#define MAX_QDISCS 160 /* of one device: those beyond are not looked at */

#define CHANGE	0
#define CREATE	(NLM_F_CREATE | NLM_F_EXCL)
#define REPLACE (NLM_F_CREATE | NLM_F_REPLACE)

static int put_options(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	struct nlattr *options;

	options = nla_nest_start(msg, TCA_OPTIONS);
	if (!options || tc_kinds[qdisc->kind].put(msg, qdisc))
		return -1;
	nla_nest_end(msg, options);
	return 0;
}

static int send_qdisc(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_qdisc *qdisc, int flags)
{
	_cleanup_nlmsg_ struct nl_msg *msg = tc_msg(RTM_NEWQDISC, NLM_F_REQUEST | NLM_F_ACK | flags,
						    ifindex, qdisc->parent, qdisc->handle);

	if (!msg || nla_put_string(msg, TCA_KIND, tc_kinds[qdisc->kind].name))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_change(rtnl, msg, tc_kinds[qdisc->kind].put ? put_options(msg, qdisc) : 0);
}

/* The qdiscs of the device. */
struct found {
	struct xnm_qdisc all[MAX_QDISCS];
	unsigned int n;
};

static const struct xnm_qdisc *find(const struct found *found, uint32_t handle)
{
	for (unsigned int i = 0; i < found->n; i++) {
		if (found->all[i].handle == handle)
			return &found->all[i];
	}
	return NULL;
}

static int look(struct xnm_rtnl *rtnl, int ifindex, struct found *found)
{
	int rc = xnm_qdisc_list(rtnl, ifindex, found->all, MAX_QDISCS, &found->n);

	return rc == -E2BIG ? 0 : rc;
}

static bool has_class(struct xnm_rtnl *rtnl, int ifindex, uint32_t classid)
{
	struct xnm_tc_class classes[MAX_QDISCS];
	unsigned int n = 0;
	int rc = xnm_tc_class_list(rtnl, ifindex, classes, MAX_QDISCS, &n);

	for (unsigned int i = 0; i < n; i++) {
		if (classes[i].classid == classid)
			return true;
	}
	return rc != 0;
}

/* Whether what the qdisc is to be below is there. Returns 1, 0 or -errno. */
static int has_parent(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent)
{
	const struct xnm_qdisc *above;
	struct found found;
	int rc;

	if (parent == XNM_TC_ROOT || parent == XNM_TC_CLSACT)
		return 1;
	rc = look(rtnl, ifindex, &found);
	if (rc)
		return rc;
	above = find(&found, TC_H_MAJ(parent));
	/* those of other kinds have one class, of any number */
	return above && (above->kind != XNM_QDISC_HTB || has_class(rtnl, ifindex, parent));
}

/*
 * The kernel says -ENOENT for a qdisc that it does not know, and for a parent that is not there:
 * only the second is the caller's mistake.
 */
static int explain_missing(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_qdisc *qdisc)
{
	const struct tc_kind *kind = &tc_kinds[qdisc->kind];
	int rc = has_parent(rtnl, ifindex, qdisc->parent);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return tc_fail(rtnl, -ESRCH, "there is no %x:%x for the %s %x: to be below",
			       qdisc->parent >> 16, TC_H_MIN(qdisc->parent), kind->name,
			       qdisc->handle >> 16);
	return tc_fail(rtnl, -ENOENT, "this kernel has no %s (CONFIG_%s, module sch_%s)",
		       kind->name, kind->config,
		       qdisc->kind == XNM_QDISC_CLSACT ? "ingress" : kind->name);
}

/*
 * Something else has the place or the handle. A qdisc of another handle is replaced at once. One
 * with this handle goes first: the kernel would move it here as it is if it is elsewhere, and
 * refuses to make another kind of it. It also refuses to change a htb, even to what it is.
 */
static int replace(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_qdisc *qdisc, int refused)
{
	const struct xnm_qdisc *there;
	struct found found;
	char reason[sizeof(rtnl->reason)];
	int rc;

	memcpy(reason, rtnl->reason, sizeof(reason));
	rc = look(rtnl, ifindex, &found);
	if (rc)
		return rc;
	there = find(&found, qdisc->handle);
	if (there && there->kind == qdisc->kind && there->parent == qdisc->parent) {
		if (qdisc->kind == XNM_QDISC_CLSACT)
			return 0;
		if (qdisc->kind != XNM_QDISC_HTB)
			return rtnl_fail(rtnl, refused, reason);
		if (there->default_class == qdisc->default_class)
			return 0;
	}
	if (there) {
		rc = xnm_qdisc_delete(rtnl, ifindex, there->parent, there->handle);
		if (rc && rc != -ENOENT)
			return rc;
	}
	return send_qdisc(rtnl, ifindex, qdisc, REPLACE);
}

/* What the kernel accepts or refuses without a word. */
static int check(struct xnm_rtnl *rtnl, const struct xnm_qdisc *qdisc)
{
	const char *name;

	if (qdisc->kind == XNM_QDISC_OTHER || qdisc->kind >= XNM_N_QDISC_KINDS)
		return rtnl_fail(rtnl, -EINVAL, "a qdisc of no known kind");
	name = tc_kinds[qdisc->kind].name;
	if (!qdisc->handle || qdisc->handle & 0xFFFF)
		return tc_fail(rtnl, -EINVAL, "%s: a handle is like 1:, not %x:%x", name,
			       qdisc->handle >> 16, qdisc->handle & 0xFFFF);
	if ((qdisc->kind == XNM_QDISC_NETEM || qdisc->kind == XNM_QDISC_PFIFO) &&
	    !qdisc->limit_packets)
		return tc_fail(rtnl, -EINVAL, "%s with a limit of 0 packets drops all", name);
	if (qdisc->kind == XNM_QDISC_TBF && (!qdisc->limit_bytes || !qdisc->burst_bytes))
		return tc_fail(rtnl, -EINVAL, "tbf with a %s of 0 bytes drops all",
			       qdisc->burst_bytes ? "limit" : "burst");
	return 0;
}

/* A kernel whose netem takes no seed does not say so. */
static int check_seed(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_qdisc *wanted)
{
	const struct xnm_qdisc *is;
	struct found found;
	int rc = look(rtnl, ifindex, &found);

	if (rc)
		return rc;
	is = find(&found, wanted->handle);
	return is && is->seed == wanted->seed
		       ? 0
		       : rtnl_fail(rtnl, -EOPNOTSUPP,
				   "this kernel's netem takes no seed: Linux 6.6 and later do");
}

int xnm_qdisc_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_qdisc *qdisc)
{
	struct xnm_qdisc wanted = *qdisc;
	int rc;

	xnm_qdisc_round(&wanted);
	rc = check(rtnl, &wanted);
	if (rc)
		return rc;
	rc = send_qdisc(rtnl, ifindex, &wanted, CHANGE);
	if (rc == -ENOENT)
		rc = send_qdisc(rtnl, ifindex, &wanted, CREATE);
	else if (rc == -EEXIST || rc == -EINVAL)
		rc = replace(rtnl, ifindex, &wanted, rc);
	if (rc == -ENOENT)
		return explain_missing(rtnl, ifindex, &wanted);
	return rc == 0 && wanted.kind == XNM_QDISC_NETEM && wanted.seed
		       ? check_seed(rtnl, ifindex, &wanted)
		       : rc;
}

int xnm_qdisc_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint32_t handle)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_DELQDISC, NLM_F_REQUEST | NLM_F_ACK, ifindex, parent, handle);
	struct found found;
	int rc;

	if (!msg)
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_change(rtnl, msg, 0);
	/* what the kernel says of another handle at that parent, or of a default qdisc there */
	if (rc != -EINVAL || !handle)
		return rc;
	rc = look(rtnl, ifindex, &found);
	if (rc)
		return rc;
	for (unsigned int i = 0; i < found.n; i++) {
		if (found.all[i].handle == handle && found.all[i].parent == parent)
			return rtnl_fail(rtnl, -EINVAL, "the kernel does not delete it");
	}
	return tc_fail(rtnl, -ENOENT, "there is no qdisc %x: to delete", handle >> 16);
}
