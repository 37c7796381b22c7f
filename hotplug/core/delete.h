/* SPDX-License-Identifier: GPL-2.0-or-later */
/* delete.h - delete elements that are noted, but for those that another network has noted, too. */
#ifndef XNM_DELETE_H
#define XNM_DELETE_H

#include "hotplug/core/apply.h"

/*
 * For whoever deletes within a transaction of his own: finds which elements of the list another
 * network than but has noted (those before first are a vif's, which no network notes); puts the
 * deletion of all others of a table into the batch; or sends it, a transaction per table.
 */
void delete_find_anothers(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int first,
			  unsigned int n, const char *but);
void delete_put(struct xnm_nft *nft, const struct xnm_element *list, unsigned int n,
		enum xnm_table table);
int delete_send(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int n);

/* Only deletes elements. If one table is missing or not ours, those of the other one still go. */
int apply_delete_elements(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int n);

/* The same for a network's elements; those that another network has noted, too, stay. */
int apply_delete_networks(struct xnm_ctx *ctx, const struct xnm_elements *elements,
			  const char *network);

/* Deletes the drop counters of "outside", which all networks share. */
void apply_forget_outside(struct xnm_ctx *ctx);

#endif
