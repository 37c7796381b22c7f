/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reapply_all.h - the vifs that are left over while all are put back to the policy. */
#ifndef XNM_REAPPLY_PARTS_H
#define XNM_REAPPLY_PARTS_H

#include "hotplug/core/facts.h"

/* A vif that could not be put back, and why. */
struct left_over {
	struct xnm_owner vif;
	int rc;
	struct xnm_rival rival;
	bool has_yielded; /* it gave up what it had, for others that waited for it */
	bool has_tap;
	char why[384];
};

struct all {
	unsigned int n, room;
	struct left_over *list;
	bool no_room;
};

/* What one of them waits for may have been another's until that one's turn came. */
void reapply_again(struct all *all);

/* reapply_rings.c: guests that swap addresses or names wait for each other, so one of them begins. */
void reapply_rings(struct all *all);

#endif
