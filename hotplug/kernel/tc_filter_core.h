/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_filter_core.h - filters as the kernel has them: for tc_filter*.c only. */
#ifndef XNM_TC_FILTER_CORE_H
#define XNM_TC_FILTER_CORE_H

#include "hotplug/kernel/tc_core.h"

enum tc_classifier {
	TC_CLASSIFIER_OTHER, /* one that xnm never uses */
	TC_CLASSIFIER_U32,
	TC_CLASSIFIER_FW,
};

/* One filter of a preference; a classifier may have several there, each with its handle. */
struct tc_entry {
	struct xnm_tc_filter filter;
	enum tc_classifier classifier;
	uint32_t handle;
	uint16_t protocol; /* ETH_P_* */
	bool is_known; /* false: filter has only parent and preference */
};

enum tc_classifier tc_filter_classifier(const struct xnm_tc_filter *filter);

/* Whether it leads packets to another device. */
bool tc_filter_leads(const struct xnm_tc_filter *filter);

/* The ETH_P_* that the kernel compares before it asks the filter. */
uint16_t tc_filter_protocol(const struct xnm_tc_filter *filter);

/*
 * Lists the entries of a parent, of one preference or (0) of all. Returns 0, -E2BIG when there
 * are more than max, or -errno.
 */
int tc_entry_list(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint16_t preference,
		  struct tc_entry *out, unsigned int max, unsigned int *n);

/* A request that makes the filter, to be freed by the caller, or NULL: out of memory. */
struct nl_msg *tc_filter_msg(int ifindex, const struct xnm_tc_filter *filter, int flags);

#endif
