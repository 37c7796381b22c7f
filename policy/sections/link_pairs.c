/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link_pairs.c - find [link] sections that are for the same packets, where neither is narrower. */
#include <string.h>

#include "policy/sections/links.h"
#include "policy/sections/meet.h"
#include "policy/sections/resolve.h"

static bool is_pair(const struct xnm_link_policy *link, const struct xnm_link_end *a,
		    const struct xnm_link_end *b)
{
	return (xnm_link_end_equal(&link->ends[0], a) && xnm_link_end_equal(&link->ends[1], b)) ||
	       (xnm_link_end_equal(&link->ends[0], b) && xnm_link_end_equal(&link->ends[1], a));
}

static bool has_link(const struct xnm_policy *policy, const struct xnm_link_end *a,
		     const struct xnm_link_end *b)
{
	for (unsigned int i = 0; i < policy->n_links; i++) {
		if (is_pair(&policy->links[i], a, b))
			return true;
	}
	return false;
}

/* Of two ends that overlap, what both have is the narrower one. */
static const struct xnm_link_end *common(const struct xnm_link_end *a, const struct xnm_link_end *b)
{
	if (a->kind != b->kind)
		return a->kind > b->kind ? a : b;
	return a->kind == XNM_END_PREFIX && a->prefix.prefix_len < b->prefix.prefix_len ? b : a;
}

static bool may_meet(const struct xnm_policy *policy, const struct xnm_link_end *a,
		     const struct xnm_link_end *b)
{
	const struct xnm_network *one = NULL, *other = NULL;

	if (a->network[0] && b->network[0]) {
		one = xnm_policy_network(policy, a->network);
		other = xnm_policy_network(policy, b->network);
	}
	return !one || !other || xnm_networks_may_meet(policy, one, other);
}

static bool same_shaping(const struct xnm_shaping *a, const struct xnm_shaping *b)
{
	return a->rate_bit_s == b->rate_bit_s && a->burst_bytes == b->burst_bytes &&
	       a->queue_us == b->queue_us && a->queue == b->queue &&
	       memcmp(&a->line, &b->line, sizeof(a->line)) == 0;
}

/*
 * Refuses links that say different things of the same packets, if the first end of
 * one is the end number turn of the other.
 */
static void check_turn(const struct xnm_resolver *r, const struct xnm_link_policy *first,
		       const struct xnm_link_policy *second, unsigned int turn)
{
	char a_text[XNM_LINK_END_TEXT_LEN], b_text[XNM_LINK_END_TEXT_LEN], where[160];
	const struct xnm_policy *policy = r->policy;
	const struct xnm_link_end *a, *b;

	if (same_shaping(&first->ways[0], &second->ways[turn]) &&
	    same_shaping(&first->ways[1], &second->ways[!turn]))
		return;
	if (!xnm_link_ends_overlap(policy, &first->ends[0], &second->ends[turn]) ||
	    !xnm_link_ends_overlap(policy, &first->ends[1], &second->ends[!turn]))
		return;
	a = common(&first->ends[0], &second->ends[turn]);
	b = common(&first->ends[1], &second->ends[!turn]);
	if (!may_meet(policy, a, b) || has_link(policy, a, b))
		return;
	xnm_mistake_at(r->rep, second->origin,
		       "[link %s]: contradicts [link %s], %s, and neither is narrower; say by "
		       "[link %s %s] what holds there",
		       second->name, first->name,
		       xnm_policy_origin(policy, first->origin, where, sizeof(where)),
		       xnm_link_end_text(a, a_text), xnm_link_end_text(b, b_text));
}

static void check_pair(const struct xnm_resolver *r, const struct xnm_link_policy *first,
		       const struct xnm_link_policy *second)
{
	char where[160];

	if (is_pair(first, &second->ends[0], &second->ends[1])) {
		xnm_mistake_at(r->rep, second->origin,
			       "[link %s]: is [link %s], %s, again; write the keys of both there",
			       second->name, first->name,
			       xnm_policy_origin(r->policy, first->origin, where, sizeof(where)));
	} else if (xnm_link_compare(first, second) == 0) {
		check_turn(r, first, second, 0);
		check_turn(r, first, second, 1);
	}
}

void xnm_resolve_link_pairs(const struct xnm_resolver *r)
{
	const struct xnm_policy *policy = r->policy;

	for (unsigned int i = 0; i < policy->n_links; i++) {
		for (unsigned int k = 0; k < i; k++)
			check_pair(r, &policy->links[k], &policy->links[i]);
	}
}
