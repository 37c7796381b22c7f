/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.c - put the chains of a device together: its own, and those of branches below an htb. */
#include "hotplug/parts/shape/tree.h"
#include "hotplug/parts/shape/chain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Majors of the root's own chain are below HTB_MAJOR; a branch has its own from FIRST_MAJOR on. */
#define HTB_MAJOR      0x100u
#define FIRST_MAJOR    0x200u
#define REST_SLOT      0
#define REST_PACKETS   1000u
#define SELECT_BIT_S   100000000000u /* of a class that limits nothing */
#define SELECT_BURST   1048576u
#define SELECT_QUANTUM 60000u
#define FIRST_IPV4     1 /* preferences of filters */
#define FIRST_IPV6     1001

/* A class of the root, and the chain below it. */
static void add_class(struct xnm_shape_tree *tree, unsigned int slot,
		      const struct xnm_shaping *shaping, uint32_t mtu_bytes)
{
	struct xnm_tc_class *class = &tree->classes[tree->n_classes++];
	struct shape_chain chain = {
		.tree = tree,
		.shaping = shaping,
		.parent = XNM_TC_CLASS(HTB_MAJOR, slot + 1),
		.major = FIRST_MAJOR + slot * SHAPE_CHAIN_MAJORS,
		.mtu_bytes = mtu_bytes,
	};

	memset(class, 0, sizeof(*class));
	class->classid = chain.parent;
	class->parent = XNM_TC_HANDLE(HTB_MAJOR);
	class->rate_bit_s = class->ceil_bit_s = SELECT_BIT_S;
	class->burst_bytes = class->cburst_bytes = SELECT_BURST;
	class->quantum_bytes = SELECT_QUANTUM;
	shape_chain(&chain);
	/* the kernel's own queue is as long as the device's, which is 32 packets for a vif */
	if (chain.has == 0)
		shape_add(&chain, XNM_QDISC_PFIFO, SHAPE_PLACE_PFIFO)->limit_packets = REST_PACKETS;
}

/* The longest prefix comes first; one of each length has a place of its own. */
static int add_filters(struct xnm_shape_tree *tree, const struct shape_branch *branch)
{
	for (unsigned int i = 0; i < branch->n_prefixes; i++) {
		struct xnm_tc_filter *filter = &tree->filters[tree->n_filters];

		if (tree->n_filters == XNM_SHAPE_MAX_FILTERS)
			return -E2BIG;
		tree->n_filters++;
		memset(filter, 0, sizeof(*filter));
		filter->parent = XNM_TC_HANDLE(HTB_MAJOR);
		filter->match = branch->by_source ? XNM_MATCH_SOURCE : XNM_MATCH_DESTINATION;
		filter->prefix = branch->prefixes[i];
		filter->action = XNM_TC_CLASSIFY;
		filter->classid = XNM_TC_CLASS(HTB_MAJOR, branch->slot + 1);
	}
	return 0;
}

/* IPv4 first; of one family the longest prefix. */
static int by_length(const void *a, const void *b)
{
	const struct xnm_tc_filter *one = a, *other = b;

	if (one->prefix.family != other->prefix.family)
		return one->prefix.family == AF_INET ? -1 : 1;
	if (one->prefix.prefix_len != other->prefix.prefix_len)
		return one->prefix.prefix_len > other->prefix.prefix_len ? -1 : 1;
	return memcmp(&one->prefix, &other->prefix, sizeof(one->prefix));
}

static int add_branches(struct xnm_shape_tree *tree, const struct shape_branch *branches,
			unsigned int n, uint32_t mtu_bytes)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < n; i++) {
		add_class(tree, branches[i].slot, &branches[i].shaping, mtu_bytes);
		rc = add_filters(tree, &branches[i]);
	}
	qsort(tree->filters, tree->n_filters, sizeof(tree->filters[0]), by_length);
	/* the filters of one preference are of one family (net/sched/cls_api.c, tc_new_tfilter()) */
	for (unsigned int i = 0; i < tree->n_filters; i++)
		tree->filters[i].preference =
			(uint16_t)(i + (tree->filters[i].prefix.family == AF_INET ? FIRST_IPV4
										  : FIRST_IPV6));
	return rc;
}

static void round_all(struct xnm_shape_tree *tree)
{
	for (unsigned int i = 0; i < tree->n; i++)
		xnm_qdisc_round(&tree->qdiscs[i]);
	for (unsigned int i = 0; i < tree->n_classes; i++)
		xnm_tc_class_round(&tree->classes[i]);
	for (unsigned int i = 0; i < tree->n_filters; i++)
		xnm_tc_filter_round(&tree->filters[i]);
}

int shape_tree(struct xnm_shape_tree *tree, const struct xnm_shaping *shaping, uint32_t mtu_bytes,
	       const struct shape_branch *branches, unsigned int n)
{
	struct shape_chain root = {
		.tree = tree, .shaping = shaping, .parent = XNM_TC_ROOT, .mtu_bytes = mtu_bytes
	};
	struct xnm_qdisc *htb;
	int rc = 0;

	if (n > XNM_SHAPE_MAX_LINKS)
		return -E2BIG;
	tree->n = tree->n_classes = tree->n_filters = 0;
	if (n == 0) {
		shape_chain(&root);
	} else {
		htb = shape_add(&root, XNM_QDISC_HTB, SHAPE_PLACE_LINE);
		htb->handle = XNM_TC_HANDLE(HTB_MAJOR);
		htb->default_class = REST_SLOT + 1;
		add_class(tree, REST_SLOT, shaping, mtu_bytes);
		rc = add_branches(tree, branches, n, mtu_bytes);
	}
	round_all(tree);
	return rc;
}
