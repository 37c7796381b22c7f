/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netems.c - find the netems of a policy, and say what they need that a kernel has not. */
#include "policy/sections/netems.h"

#include "policy/schema.h"
#include "policy/sections/links.h"

#define ENDS 2u

/* What a line consists of; each is a key. The first that is set stands for the whole line. */
enum field {
	DELAY,
	LOSS,
	DUPLICATE,
	CORRUPT,
	REORDER,
	GEMODEL,
	SLOT,
	SEED,
	N_FIELDS,
};

#define FIELDS(section, way)                                        \
	{                                                           \
		[DELAY] = XNM_KEY_##section##_##way##DELAY,         \
		[LOSS] = XNM_KEY_##section##_##way##LOSS,           \
		[DUPLICATE] = XNM_KEY_##section##_##way##DUPLICATE, \
		[CORRUPT] = XNM_KEY_##section##_##way##CORRUPT,     \
		[REORDER] = XNM_KEY_##section##_##way##REORDER,     \
		[GEMODEL] = XNM_KEY_##section##_##way##GEMODEL,     \
		[SLOT] = XNM_KEY_##section##_##way##SLOT,           \
		[SEED] = XNM_KEY_##section##_##way##SEED,           \
	}

static const enum xnm_key_id of_vifs[XNM_N_DIRECTIONS][N_FIELDS] = {
	[XNM_INBOUND] = FIELDS(VIF, ),
	[XNM_OUTBOUND] = FIELDS(VIF, OUTBOUND_),
};

static const enum xnm_key_id of_ways[XNM_N_WAYS][N_FIELDS] = {
	[XNM_A_TO_B] = FIELDS(LINK, A_TO_B_),
	[XNM_B_TO_A] = FIELDS(LINK, B_TO_A_),
};

static const enum xnm_key_id of_links[N_FIELDS] = FIELDS(LINK, );

bool xnm_netem_of_link(struct xnm_netem *out, const struct xnm_link_policy *link, unsigned int mine,
		       enum xnm_direction direction)
{
	enum xnm_way way = xnm_link_way(mine, direction);

	*out = (struct xnm_netem){
		.link = link,
		.end = &link->ends[mine],
		.way = way,
		.line = &link->ways[way].line,
		.direction = direction,
	};
	return xnm_link_tc_is_at(link, mine, direction) && !xnm_line_is_plain(out->line);
}

bool xnm_netem_of_vif(struct xnm_netem *out, const struct xnm_vif_policy *vif,
		      enum xnm_direction direction)
{
	*out = (struct xnm_netem){
		.vif = vif,
		.line = &vif->tc.lines[direction],
		.direction = direction,
	};
	return !xnm_line_is_plain(out->line);
}

unsigned int xnm_netem_count(const struct xnm_policy *policy)
{
	return (policy->n_links * ENDS + policy->n_vifs) * XNM_N_DIRECTIONS;
}

bool xnm_netem_get(struct xnm_netem *out, const struct xnm_policy *policy, unsigned int i)
{
	enum xnm_direction direction = (enum xnm_direction)(i % XNM_N_DIRECTIONS);
	unsigned int of_all_links = policy->n_links * ENDS;

	i /= XNM_N_DIRECTIONS;
	return i < of_all_links
		       ? xnm_netem_of_link(out, &policy->links[i / ENDS], i % ENDS, direction)
		       : xnm_netem_of_vif(out, &policy->vifs[i - of_all_links], direction);
}

static bool has(const struct xnm_line *line, enum field field)
{
	const bool all[N_FIELDS] = {
		[DELAY] = line->delay_us,	   [LOSS] = line->loss_ppm,
		[DUPLICATE] = line->duplicate_ppm, [CORRUPT] = line->corrupt_ppm,
		[REORDER] = line->reorder_ppm,	   [GEMODEL] = line->gemodel.turn_bad_ppm,
		[SLOT] = line->slot.min_us,	   [SEED] = line->seed,
	};

	return all[field];
}

/* The key that says so. */
static enum xnm_key_id key_of(const struct xnm_netem *netem, enum field field)
{
	if (!netem->link)
		return of_vifs[netem->direction][field];
	if (xnm_key_is_set(netem->link, of_ways[netem->way][field]))
		return of_ways[netem->way][field];
	if (field == DELAY && netem->link->rtt_us)
		return XNM_KEY_LINK_RTT;
	return of_links[field];
}

static struct xnm_origin origin_of(const struct xnm_netem *netem, enum xnm_key_id key)
{
	return netem->link ? xnm_key_origin(&netem->link->written,
					    (unsigned int)key - XNM_FIRST_KEY_OF_LINK,
					    netem->link->origin)
			   : xnm_key_origin(&netem->vif->written,
					    (unsigned int)key - XNM_FIRST_KEY_OF_VIF,
					    netem->vif->origin);
}

/* The fields for which the kernel lacks something, as bits. */
static unsigned int lacking(const struct xnm_line *line, const struct xnm_netem_can *can)
{
	if (!can->netem) {
		for (unsigned int i = 0; i < N_FIELDS; i++) {
			if (has(line, i))
				return 1u << i;
		}
		return 0;
	}
	return (unsigned int)(has(line, GEMODEL) && !can->gemodel) << GEMODEL |
	       (unsigned int)(has(line, SLOT) && !can->slot) << SLOT |
	       (unsigned int)(has(line, SEED) && !can->seed) << SEED;
}

static void fill(const struct xnm_netem *netem, enum field field, bool any,
		 struct xnm_netem_lack *out)
{
	static const char *const no_netem =
		"this kernel has no netem (CONFIG_NET_SCH_NETEM, module sch_netem), which some "
		"distributions have in a package of its own, as linux-modules-extra or "
		"kernel-modules-extra";
	static const char *const no[N_FIELDS] = {
		[GEMODEL] = "this kernel's netem knows no loss models",
		[SLOT] = "this kernel's netem has no slots, as Linux 4.16 and later do",
		[SEED] = "this kernel's netem takes no seed, as Linux 6.6 and later do",
	};
	enum xnm_key_id key = key_of(netem, field);
	const char *name = xnm_keys[key].name;

	out->origin = origin_of(netem, key);
	if (any)
		(void)snprintf(out->text, sizeof(out->text), "%s=: %s", name, no_netem);
	else
		(void)snprintf(out->text, sizeof(out->text), "%s=: %s: remove %s=", name, no[field],
			       name);
}

bool xnm_netem_lacks(const struct xnm_netem *netem, const struct xnm_netem_can *can, unsigned int n,
		     struct xnm_netem_lack *out)
{
	unsigned int fields = lacking(netem->line, can);

	for (unsigned int i = 0; i < N_FIELDS; i++) {
		if (!(fields & 1u << i) || n--)
			continue;
		fill(netem, i, !can->netem, out);
		return true;
	}
	return false;
}

void xnm_netem_mix(const struct xnm_policy *policy, const struct xnm_netem *netem,
		   const struct xnm_netem *other, bool refused, struct xnm_netem_lack *out)
{
	enum xnm_key_id key = key_of(netem, DUPLICATE);
	const char *name = xnm_keys[key].name;
	char where[160];

	out->origin = origin_of(netem, key);
	(void)snprintf(out->text, sizeof(out->text),
		       "%s= beside what [%s %s], %s, says: %s a vif with both (netem: cannot mix "
		       "duplicating netems with other netems in tree)%s; remove %s=, or what it "
		       "says of delays, losses and the like",
		       name, other->link ? "link" : "vif",
		       other->link ? other->link->name : other->vif->match,
		       xnm_policy_origin(policy,
					 other->link ? other->link->origin : other->vif->origin,
					 where, sizeof(where)),
		       refused ? "this kernel refuses" : "kernels from Linux 6.16 on refuse",
		       refused ? "" : ", and updates of older ones, too", name);
}
