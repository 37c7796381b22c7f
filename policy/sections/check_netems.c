/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_netems.c - find vifs with several netems in one direction, of which one duplicates. */
#include "policy/sections/check.h"

#include "policy/schema.h"
#include "policy/sections/links.h"

/* A netem that a section makes at vifs, in one direction of theirs. */
struct netem {
	const struct xnm_link_policy *link; /* NULL: vif does */
	const struct xnm_vif_policy *vif;
	const struct xnm_link_end *end; /* of the link: at which vifs */
	const struct xnm_line *line;
	enum xnm_direction direction;
	enum xnm_key_id duplicate; /* the key that says so */
};

#define ENDS 2u

static unsigned int count(const struct xnm_policy *policy)
{
	return (policy->n_links * ENDS + policy->n_vifs) * XNM_N_DIRECTIONS;
}

static bool of_link(struct netem *out, const struct xnm_link_policy *link, unsigned int mine)
{
	static const enum xnm_key_id one[XNM_N_WAYS] = {
		[XNM_A_TO_B] = XNM_KEY_LINK_A_TO_B_DUPLICATE,
		[XNM_B_TO_A] = XNM_KEY_LINK_B_TO_A_DUPLICATE,
	};
	enum xnm_way way = xnm_link_way(mine, out->direction);

	out->link = link;
	out->end = &link->ends[mine];
	out->line = &link->ways[way].line;
	out->duplicate = xnm_key_is_set(link, one[way]) ? one[way] : XNM_KEY_LINK_DUPLICATE;
	return xnm_link_tc_is_at(link, mine, out->direction) && !xnm_line_is_plain(out->line);
}

static bool of_vif(struct netem *out, const struct xnm_vif_policy *vif)
{
	out->vif = vif;
	out->line = &vif->tc.lines[out->direction];
	out->duplicate = out->direction == XNM_INBOUND ? XNM_KEY_VIF_DUPLICATE
						       : XNM_KEY_VIF_OUTBOUND_DUPLICATE;
	return !xnm_line_is_plain(out->line);
}

/* Those of one section follow each other. Returns false if it makes none. */
static bool get(struct netem *out, const struct xnm_policy *policy, unsigned int i)
{
	unsigned int of_links = policy->n_links * ENDS;

	*out = (struct netem){ .direction = (enum xnm_direction)(i % XNM_N_DIRECTIONS) };
	i /= XNM_N_DIRECTIONS;
	return i < of_links ? of_link(out, &policy->links[i / ENDS], i % ENDS)
			    : of_vif(out, &policy->vifs[i - of_links]);
}

/* Whether a vif of the section may be at the end. */
static bool is_at(const struct xnm_policy *policy, const struct xnm_vif_policy *vif,
		  const struct xnm_link_end *end)
{
	const struct xnm_link_vif all = {
		.domain = "", .network = vif->network, .n = vif->own.n, .addresses = vif->own.list
	};

	return end->kind == XNM_END_VIF ? xnm_link_end_section(policy, end) == vif
					: xnm_link_end_has(end, &all);
}

/* Whether one vif has both. */
static bool meet(const struct xnm_policy *policy, const struct netem *a, const struct netem *b)
{
	if (a->direction != b->direction || a->link == b->link)
		return false;
	if (a->link && b->link)
		return xnm_link_ends_overlap(policy, a->end, b->end);
	return a->link ? is_at(policy, b->vif, a->end) : is_at(policy, a->vif, b->end);
}

static void warn(const struct xnm_policy *policy, struct xnm_reporter *rep,
		 const struct netem *netem, const struct netem *other)
{
	const char *name = xnm_keys[netem->duplicate].name;
	struct xnm_origin origin =
		netem->link ? xnm_key_origin(&netem->link->written,
					     (unsigned int)netem->duplicate - XNM_FIRST_KEY_OF_LINK,
					     netem->link->origin)
			    : xnm_key_origin(&netem->vif->written,
					     (unsigned int)netem->duplicate - XNM_FIRST_KEY_OF_VIF,
					     netem->vif->origin);
	char where[160];

	xnm_warning_at(rep, origin,
		       "%s= beside what [%s %s], %s, says: kernels from Linux 6.16 on refuse a vif "
		       "with both (netem: cannot mix duplicating netems with other netems in "
		       "tree), and updates of older ones, too; remove %s=, or what it says of "
		       "delays, losses and the like",
		       name, other->link ? "link" : "vif",
		       other->link ? other->link->name : other->vif->match,
		       xnm_policy_origin(policy,
					 other->link ? other->link->origin : other->vif->origin,
					 where, sizeof(where)),
		       name);
}

/* Warns of the first one that it cannot be beside. Returns whether there is one. */
static bool check(const struct xnm_policy *policy, struct xnm_reporter *rep,
		  const struct netem *netem)
{
	struct netem other;

	for (unsigned int i = 0; i < count(policy); i++) {
		if (get(&other, policy, i) && meet(policy, netem, &other)) {
			warn(policy, rep, netem, &other);
			return true;
		}
	}
	return false;
}

/* A warning, as it depends on the kernel, which need not be the one that runs now. */
void xnm_check_netems(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	const void *warned = NULL;

	for (unsigned int i = 0; i < count(policy); i++) {
		struct netem netem;
		const void *section;

		if (!get(&netem, policy, i) || !netem.line->duplicate_ppm)
			continue;
		section = netem.link ? (const void *)netem.link : netem.vif;
		if (section != warned && check(policy, rep, &netem))
			warned = section;
	}
}
