/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heal.h - what was found in our tables, for restoring them. */
#ifndef XNM_HEAL_PARTS_H
#define XNM_HEAL_PARTS_H

#include "hotplug/core/apply.h"
#include "hotplug/parts/filter/ruleset.h"

struct look {
	struct xnm_ctx *ctx;
	bool known[XNM_N_TABLES]; /* it can be built */
	bool exists[XNM_N_TABLES];
	bool ours[XNM_N_TABLES];
	bool noted[XNM_N_TABLES]; /* a note has elements of it */
	bool whole[XNM_N_TABLES]; /* the table's rules, regardless of its elements */
	bool lost[XNM_N_TABLES]; /* a noted element is missing */
	bool stray[XNM_N_TABLES]; /* it has an element that no note names */
	bool in_use; /* which may belong to a running vif */
	int rc;
};

/* Fills the rest. Returns 0 or -errno. */
int heal_look(struct look *look);

#endif
