/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reapply_all.h - the vifs that still fail while all are reapplied. */
#ifndef XNM_REAPPLY_PARTS_H
#define XNM_REAPPLY_PARTS_H

#include "hotplug/core/facts.h"
#include "hotplug/run/reapply.h"

/* A vif whose reapply failed, and why. */
struct left_over {
	struct xnm_owner vif;
	int rc;
	struct xnm_rival rival;
	bool has_yielded; /* it was taken down, so that others can get what it had */
	bool has_tap;
	char why[384];
};

struct all {
	unsigned int n, room;
	struct left_over *list;
	bool no_room;
	xnm_reapply_told told; /* may be NULL */
	void *arg;
};

/* Tries failed vifs again: another vif may have released what they need. */
void reapply_again(struct all *all);

/* reapply_rings.c: guests that swap addresses or names wait for each other, so one of them is taken
 * down first. */
void reapply_rings(struct all *all);

#endif
