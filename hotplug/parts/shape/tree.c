/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.c - put the chains of a device together: its own, and those of branches below an htb. */
#include "hotplug/parts/shape/tree.h"
#include "hotplug/parts/shape/chain.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

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

/* A filter of one preference is of one family (net/sched/cls_api.c, tc_new_tfilter()). */
static uint16_t preference(const struct xnm_shape_tree *tree, uint8_t family)
{
	uint16_t place = family == AF_INET ? FIRST_IPV4 : FIRST_IPV6;

	for (unsigned int i = 0; i < tree->n_filters; i++)
		place += tree->filters[i].prefix.family == family;
	return place;
}

static bool has_filter(const struct xnm_shape_tree *tree, const struct xnm_cidr *prefix)
{
	for (unsigned int i = 0; i < tree->n_filters; i++) {
		if (xnm_cidr_equal(&tree->filters[i].prefix, prefix))
			return true;
	}
	return false;
}

/* Of two filters for the same prefix only the first would ever match. */
static int add_filters(struct xnm_shape_tree *tree, const struct shape_branch *branch)
{
	for (unsigned int i = 0; i < branch->n_prefixes; i++) {
		struct xnm_tc_filter *filter = &tree->filters[tree->n_filters];
		const struct xnm_cidr *prefix = &branch->prefixes[i];

		if (has_filter(tree, prefix))
			continue;
		if (tree->n_filters == XNM_SHAPE_MAX_FILTERS)
			return -E2BIG;
		memset(filter, 0, sizeof(*filter));
		filter->preference = preference(tree, prefix->family);
		filter->parent = XNM_TC_HANDLE(HTB_MAJOR);
		filter->match = branch->by_source ? XNM_MATCH_SOURCE : XNM_MATCH_DESTINATION;
		filter->prefix = *prefix;
		filter->action = XNM_TC_CLASSIFY;
		filter->classid = XNM_TC_CLASS(HTB_MAJOR, branch->slot + 1);
		tree->n_filters++;
	}
	return 0;
}

static int add_branches(struct xnm_shape_tree *tree, const struct shape_branch *branches,
			unsigned int n, uint32_t mtu_bytes)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < n; i++) {
		add_class(tree, branches[i].slot, &branches[i].shaping, mtu_bytes);
		rc = add_filters(tree, &branches[i]);
	}
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

bool shape_is_rest(uint32_t handle)
{
	unsigned int major = handle >> 16;

	return (major && major < HTB_MAJOR) ||
	       (major >= FIRST_MAJOR && major < FIRST_MAJOR + SHAPE_CHAIN_MAJORS);
}

bool shape_has_line(const struct xnm_shape_tree *tree)
{
	for (unsigned int i = 0; i < tree->n; i++) {
		if (tree->qdiscs[i].kind == XNM_QDISC_NETEM)
			return true;
	}
	return false;
}

bool shape_is_cutter(uint32_t handle)
{
	return (handle >> 16 & 0xF) == SHAPE_PLACE_FRAMES;
}
