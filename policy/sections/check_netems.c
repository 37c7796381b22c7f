/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_netems.c - find netems that a kernel lacks, or refuses beside each other at one vif. */
#include "policy/sections/check.h"

#include "policy/sections/links.h"
#include "policy/sections/netems.h"

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
static bool meet(const struct xnm_policy *policy, const struct xnm_netem *a,
		 const struct xnm_netem *b)
{
	if (a->direction != b->direction || a->link == b->link)
		return false;
	if (a->link && b->link)
		return xnm_link_ends_overlap(policy, a->end, b->end);
	return a->link ? is_at(policy, b->vif, a->end) : is_at(policy, a->vif, b->end);
}

/* A warning if it depends on a kernel that need not be the one that runs now. */
static void report_mix(const struct xnm_policy *policy, struct xnm_reporter *rep,
		       const struct xnm_netem *netem, const struct xnm_netem *other, bool refused)
{
	struct xnm_netem_lack lack;

	xnm_netem_mix(policy, netem, other, refused, &lack);
	if (refused)
		xnm_mistake_at(rep, lack.origin, "%s", lack.text);
	else
		xnm_warning_at(rep, lack.origin, "%s", lack.text);
}

/* Of the first one that it cannot be beside. Returns whether there is one. */
static bool check_mix(const struct xnm_policy *policy, struct xnm_reporter *rep,
		      const struct xnm_netem *netem, bool refused)
{
	struct xnm_netem other;

	for (unsigned int i = 0; i < xnm_netem_count(policy); i++) {
		if (xnm_netem_get(&other, policy, i) && meet(policy, netem, &other)) {
			report_mix(policy, rep, netem, &other, refused);
			return true;
		}
	}
	return false;
}

static const void *section_of(const struct xnm_netem *netem)
{
	return netem->link ? (const void *)netem->link : netem->vif;
}

static void check_mixes(const struct xnm_policy *policy, struct xnm_reporter *rep, bool refused)
{
	const void *told = NULL;

	for (unsigned int i = 0; i < xnm_netem_count(policy); i++) {
		struct xnm_netem netem;

		if (xnm_netem_get(&netem, policy, i) && netem.line->duplicate_ppm &&
		    section_of(&netem) != told && check_mix(policy, rep, &netem, refused))
			told = section_of(&netem);
	}
}

#define MAX_LACKS 16 /* of one section */

/* The mistakes of one section. */
struct told {
	const void *section;
	unsigned int n;
	struct xnm_netem_lack list[MAX_LACKS];
};

/* What one section says of both ways is one mistake. */
static bool is_told(const struct told *told, const struct xnm_netem_lack *lack)
{
	for (unsigned int i = 0; i < told->n; i++) {
		const struct xnm_netem_lack *other = &told->list[i];

		if (other->origin.line == lack->origin.line &&
		    other->origin.file == lack->origin.file && strcmp(other->text, lack->text) == 0)
			return true;
	}
	return false;
}

static void check_lacks(struct xnm_reporter *rep, const struct xnm_netem_can *can,
			const struct xnm_netem *netem, struct told *told)
{
	struct xnm_netem_lack lack;

	for (unsigned int n = 0; xnm_netem_lacks(netem, can, n, &lack); n++) {
		if (is_told(told, &lack) || told->n == MAX_LACKS)
			continue;
		told->list[told->n++] = lack;
		xnm_mistake_at(rep, lack.origin, "%s", lack.text);
	}
}

static void check_all_lacks(const struct xnm_policy *policy, struct xnm_reporter *rep,
			    const struct xnm_netem_can *can)
{
	struct told told = { .section = NULL };
	struct xnm_netem netem;

	for (unsigned int i = 0; i < xnm_netem_count(policy); i++) {
		if (!xnm_netem_get(&netem, policy, i))
			continue;
		if (told.section != section_of(&netem))
			told.n = 0;
		told.section = section_of(&netem);
		check_lacks(rep, can, &netem, &told);
	}
}

void xnm_check_netems(const struct xnm_policy *policy, struct xnm_reporter *rep,
		      const struct xnm_netem_can *can)
{
	if (can)
		check_all_lacks(policy, rep, can);
	if (!can || can->netem)
		check_mixes(policy, rep, can && !can->mixed_duplicates);
}

bool xnm_policy_has_netems(const struct xnm_policy *policy)
{
	struct xnm_netem netem;

	for (unsigned int i = 0; i < xnm_netem_count(policy); i++) {
		if (xnm_netem_get(&netem, policy, i))
			return true;
	}
	return false;
}
