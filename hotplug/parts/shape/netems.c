/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netems.c - refuse a vif with a line that the kernel cannot emulate. */
#include "hotplug/parts/shape/netems.h"
#include "hotplug/parts/shape/shape.h"

#include <errno.h>

#include "policy/sections/links.h"
#include "policy/sections/netems.h"

/* Those of one direction of the vif. */
struct netems {
	struct xnm_netem list[XNM_SHAPE_MAX_LINKS + 1];
	unsigned int n;
};

static void add_links(struct netems *all, const struct xnm_want *want,
		      const struct xnm_guest *guest, enum xnm_direction direction)
{
	struct xnm_link_vif vif = xnm_want_link_vif(want, guest);

	for (unsigned int i = 0; i < want->policy->n_links; i++) {
		const struct xnm_link_policy *link = &want->policy->links[i];
		/* of a network's link with itself, one end is enough */
		unsigned int ends = xnm_link_end_equal(&link->ends[0], &link->ends[1]) ? 1 : 2;

		for (unsigned int mine = 0; mine < ends && all->n <= XNM_SHAPE_MAX_LINKS; mine++)
			all->n += xnm_link_end_has(&link->ends[mine], &vif) &&
				  xnm_netem_of_link(&all->list[all->n], link, mine, direction);
	}
}

static int refuse(const struct xnm_policy *policy, const struct xnm_netem_lack *lack,
		  struct xnm_err *err)
{
	char where[160];

	return xnm_fail(err, -EOPNOTSUPP, "%s: %s",
			xnm_policy_origin(policy, lack->origin, where, sizeof(where)), lack->text);
}

static int check_all(const struct netems *all, const struct xnm_policy *policy,
		     const struct xnm_netem_can *can, struct xnm_err *err)
{
	struct xnm_netem_lack lack;

	for (unsigned int i = 0; i < all->n; i++) {
		const struct xnm_netem *netem = &all->list[i];

		if (xnm_netem_lacks(netem, can, 0, &lack))
			return refuse(policy, &lack, err);
		if (can->mixed_duplicates || all->n < 2 || !netem->line->duplicate_ppm)
			continue;
		xnm_netem_mix(policy, netem, &all->list[i == 0], true, &lack);
		return refuse(policy, &lack, err);
	}
	return 0;
}

int shape_check_netems(const struct xnm_want *want, const struct xnm_facts *facts,
		       struct xnm_err *err)
{
	int rc = 0;

	if (!facts->shape.can || !want->attach)
		return 0;
	for (unsigned int i = 0; rc == 0 && i < XNM_N_DIRECTIONS; i++) {
		enum xnm_direction direction = (enum xnm_direction)i;
		struct netems all = { .n = 0 };

		all.n += want->section && xnm_netem_of_vif(&all.list[0], want->section, direction);
		add_links(&all, want, &facts->guest, direction);
		rc = check_all(&all, want->policy, facts->shape.can, err);
	}
	return rc;
}
