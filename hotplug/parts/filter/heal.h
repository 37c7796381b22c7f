/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heal.h - what was found of our tables, by who is to mend them. */
#ifndef XNM_HEAL_PARTS_H
#define XNM_HEAL_PARTS_H

#include "hotplug/core/apply_parts.h"
#include "hotplug/parts/filter/ruleset.h"

struct look {
	struct xnm_ctx *ctx;
	bool known[XNM_N_TABLES]; /* whether it can be made */
	bool exists[XNM_N_TABLES];
	bool ours[XNM_N_TABLES];
	bool noted[XNM_N_TABLES]; /* somebody has elements in it */
	bool whole[XNM_N_TABLES]; /* the table itself, whatever is in its sets */
	bool lost[XNM_N_TABLES]; /* something that is noted */
	bool stray[XNM_N_TABLES]; /* there is something that nobody has noted */
	bool in_use; /* which may be a vif's that runs */
	int rc;
};

/* Fills the rest. Returns 0 or -errno. */
int heal_look(struct look *look);

#endif
