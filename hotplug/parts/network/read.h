/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.h - the note on a network, its members and sysctls. */
#ifndef XNM_NETWORK_READ_H
#define XNM_NETWORK_READ_H

#include "hotplug/core/facts.h"

struct xnm_want;

/* Reads the note on the wanted network, whether self is a member, and whether its sysctls hold.
 * Returns 0, or -errno with err filled. */
int xnm_facts_network_note(struct xnm_facts *facts, const struct xnm_run_dir *dir,
			   const struct xnm_owner *self, const struct xnm_want *want,
			   struct xnm_err *err);

#endif
