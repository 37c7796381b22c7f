/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.h - whether our nftables tables have what is noted. */
#ifndef XNM_FILTER_READ_H
#define XNM_FILTER_READ_H

#include "hotplug/core/facts.h"

struct xnm_nft;
struct xnm_want;

/*
 * Reads the notes on the wanted network and checks our nftables tables: each element only if
 * another program has changed nftables since the last check. facts->note must be read before.
 * Returns 0 or -errno with err filled, also for a table with our name that is not ours.
 */
int xnm_facts_filter(struct xnm_facts *facts, struct xnm_nft *nft, const struct xnm_run_dir *dir,
		     const struct xnm_event *event, const struct xnm_want *want,
		     struct xnm_err *err);

#endif
