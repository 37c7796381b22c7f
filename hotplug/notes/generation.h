/* SPDX-License-Identifier: GPL-2.0-or-later */
/* generation.h - in which generations of nftables our tables were seen whole, and which ones are ours. */
#ifndef XNM_GENERATION_H
#define XNM_GENERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/kernel/nft_sets.h"

struct xnm_nft;
struct xnm_run_dir;

/* The state of nftables at a generation. */
struct xnm_seen {
	uint32_t generation;
	bool is_unchanged; /* nothing but our own changes since our tables were seen complete */
	bool was_made; /* by the notes, our tables existed */
};

/*
 * Whether anybody but us was there since all was seen whole. Whoever sends a
 * transaction of ours counts the generation that it makes. seen says that all is
 * whole at that moment; made, that tables were made in a generation, what all
 * rules of each say, as a number, and with all that everything is whole in it.
 */
int xnm_nft_now(const struct xnm_run_dir *dir, struct xnm_nft *nft, struct xnm_seen *now);
void xnm_nft_count(const struct xnm_run_dir *dir, uint32_t generation);
void xnm_nft_seen(const struct xnm_run_dir *dir, const struct xnm_seen *now);
void xnm_nft_made(const struct xnm_run_dir *dir, uint32_t generation,
		  const uint64_t rules[XNM_N_TABLES], bool all);
/* The generation in which a table was last built; 0: none was. */
uint32_t xnm_nft_rebuilt(const struct xnm_run_dir *dir);
/* Whether a table, whose rules say that, has another rule than when it was made. */
bool xnm_nft_is_other(const struct xnm_run_dir *dir, enum xnm_table table, uint64_t rules);

#endif
