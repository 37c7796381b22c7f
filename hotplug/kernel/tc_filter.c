/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_filter.c - make, replace and delete filters. */
#include "hotplug/kernel/tc_filter_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define MAX_ENTRIES  256 /* of one parent */
#define MAX_AT_PLACE 16 /* of one preference, at which xnm makes one */

int xnm_tc_filter_list(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent,
		       struct xnm_tc_filter *out, unsigned int max, unsigned int *n)
{
	struct tc_entry all[MAX_ENTRIES];
	unsigned int n_all;
	bool has_more = false;
	int rc;

	*n = 0;
	rc = tc_entry_list(rtnl, ifindex, parent, 0, all, MAX_ENTRIES, &n_all);
	for (unsigned int i = 0; i < n_all; i++) {
		if (!all[i].is_known)
			continue;
		if (*n < max)
			out[(*n)++] = all[i].filter;
		else
			has_more = true;
	}
	return rc == 0 && has_more ? rtnl_fail(rtnl, -E2BIG, "more filters than expected") : rc;
}

/* handle 0: all of the preference. */
static int delete_one(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint16_t preference,
		      uint16_t protocol, uint32_t handle)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_DELTFILTER, NLM_F_REQUEST | NLM_F_ACK, ifindex, parent, handle);
	struct tcmsg *info;

	if (!msg)
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	info = nlmsg_data(nlmsg_hdr(msg));
	info->tcm_info = (uint32_t)preference << 16 | htons(protocol);
	return rtnl_change(rtnl, msg, 0);
}

int xnm_tc_filter_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint16_t preference)
{
	int rc = delete_one(rtnl, ifindex, parent, preference, 0, 0);

	/* a device without such a parent has no filters there */
	return rc == -EINVAL ? rtnl_fail(rtnl, -ENOENT, "there is no such parent of filters") : rc;
}

static bool is_equal(const struct tc_entry *entry, const struct xnm_tc_filter *wanted)
{
	const struct xnm_tc_filter *is = &entry->filter;

	return entry->is_known && is->match == wanted->match && is->action == wanted->action &&
	       is->mark == wanted->mark && is->classid == wanted->classid &&
	       is->to_ifindex == wanted->to_ifindex &&
	       memcmp(&is->prefix, &wanted->prefix, sizeof(is->prefix)) == 0;
}

/* What this file cannot make, or the kernel takes for something else. */
static int check(struct xnm_rtnl *rtnl, const struct xnm_tc_filter *filter)
{
	if (!filter->preference)
		return rtnl_fail(rtnl, -EINVAL, "a filter without a preference");
	if (filter->match == XNM_MATCH_MARK && (filter->action != XNM_TC_CLASSIFY || !filter->mark))
		return rtnl_fail(rtnl, -EINVAL,
				 "a filter for marks classifies, by one that is not 0");
	if (tc_filter_leads(filter) && filter->to_ifindex <= 0)
		return rtnl_fail(rtnl, -EINVAL, "a filter that leads to no device");
	return 0;
}

static int create(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_filter *filter, int flags)
{
	_cleanup_nlmsg_ struct nl_msg *msg = tc_filter_msg(ifindex, filter, flags);
	char reason[sizeof(rtnl->reason)];
	int rc = msg ? rtnl_change(rtnl, msg, 0) : rtnl_fail(rtnl, -ENOMEM, "out of memory");

	if (rc != -ENOENT)
		return rc;
	memcpy(reason, rtnl->reason, sizeof(reason));
	return tc_fail(rtnl, rc, "this kernel has no %s%s: %.100s",
		       filter->match == XNM_MATCH_MARK ? "cls_fw (CONFIG_NET_CLS_FW)"
						       : "cls_u32 (CONFIG_NET_CLS_U32)",
		       tc_filter_leads(filter) ? " or act_mirred (CONFIG_NET_ACT_MIRRED)"
		       : filter->action == XNM_TC_SET_MARK
			       ? " or act_skbedit (CONFIG_NET_ACT_SKBEDIT)"
			       : "",
		       reason);
}

/* Deletes the entries of a preference but the one with the handle keep. */
static int delete_others(struct xnm_rtnl *rtnl, int ifindex, const struct tc_entry *entries,
			 unsigned int n, uint32_t keep)
{
	int rc = 0;

	for (unsigned int i = 0; i < n && (rc == 0 || rc == -ENOENT); i++) {
		const struct xnm_tc_filter *filter = &entries[i].filter;

		if (entries[i].handle != keep)
			rc = delete_one(rtnl, ifindex, filter->parent, filter->preference,
					entries[i].protocol, entries[i].handle);
	}
	return rc == -ENOENT ? 0 : rc;
}

/*
 * The kernel keeps one classifier with one protocol at a preference (net/sched/cls_api.c,
 * tcf_chain_tp_find()), in which there may be several filters. The new one is made beside the old
 * ones, which are then deleted; only one of another classifier or protocol has to go first. The
 * handle of one for marks is the mark: made once more, it changes in place.
 */
int xnm_tc_filter_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_filter *filter)
{
	struct tc_entry there[MAX_AT_PLACE];
	struct xnm_tc_filter wanted = *filter;
	/* 0: that of the new one, which is none of the old ones' */
	uint32_t keep = filter->match == XNM_MATCH_MARK ? filter->mark : 0;
	bool fits = true, is_there = false;
	unsigned int n;
	int rc;

	xnm_tc_filter_round(&wanted);
	rc = check(rtnl, &wanted);
	if (rc)
		return rc;
	rc = tc_entry_list(rtnl, ifindex, wanted.parent, wanted.preference, there, MAX_AT_PLACE,
			   &n);
	if (rc && rc != -E2BIG)
		return rc;
	for (unsigned int i = 0; i < n; i++) {
		fits &= there[i].protocol == tc_filter_protocol(&wanted) &&
			there[i].classifier == tc_filter_classifier(&wanted);
		if (is_equal(&there[i], &wanted)) {
			keep = there[i].handle;
			is_there = true;
		}
	}
	if (rc == -E2BIG || !fits) {
		rc = xnm_tc_filter_delete(rtnl, ifindex, wanted.parent, wanted.preference);
		return rc && rc != -ENOENT ? rc : create(rtnl, ifindex, &wanted, NLM_F_EXCL);
	}
	if (!is_there) {
		rc = create(rtnl, ifindex, &wanted, 0);
		if (rc)
			return rc;
	}
	return delete_others(rtnl, ifindex, there, n, keep);
}
