/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign.h - which devices our rules in chains of others let through. */
#ifndef XNM_FOREIGN_NOTE_H
#define XNM_FOREIGN_NOTE_H

#include <stdbool.h>

#include "hotplug/base/value.h"
#include "hotplug/kernel/nft_sets.h"
#include "policy/policy.h"

struct xnm_run_dir;

/*
 * A device that our rules in chains of others let through: a bridge, or a vif on no
 * bridge. It is noted like a network, under a name that no network has.
 */
struct xnm_foreign_note {
	bool routed; /* no bridge */
	char chain[XNM_N_IP][XNM_CHAIN_LEN]; /* of table filter; "": no rules in that family */
};

/* ":br0" */
void xnm_foreign_network(char out[XNM_NAME_LEN], const char *dev);
/* The device of such a name; NULL: the name is another one. */
const char *xnm_foreign_dev(const char *network);
int xnm_foreign_note_write(const struct xnm_run_dir *dir, const char *dev,
			   const struct xnm_foreign_note *note);
/* Returns 0, -ENOENT when there are no such rules, or -errno. */
int xnm_foreign_note_read(const struct xnm_run_dir *dir, const char *dev,
			  struct xnm_foreign_note *note);

#endif
