/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heal_look.c - compare our tables with the notes: missing elements, and elements without a note. */
#include "hotplug/notes/generation.h"
#include "hotplug/run/heal.h"

#include "hotplug/kernel/nft.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/filter/apply.h"
#include "hotplug/parts/filter/strays.h"

/* Once an element of a table is missing, no more of it are looked up. */
static void look_for(struct look *look, const struct xnm_elements *elements)
{
	static struct xnm_elements wanted;
	static bool present[XNM_MAX_ELEMENTS];
	int rc;

	wanted.n = 0;
	for (unsigned int i = 0; i < elements->n; i++) {
		enum xnm_table table = xnm_element_table(&elements->list[i]);

		look->noted[table] = true;
		if (!look->known[table] || look->lost[table] ||
		    apply_leads_nowhere(look->ctx->policy, &elements->list[i]))
			continue;
		if (look->whole[table])
			wanted.list[wanted.n++] = elements->list[i];
		else
			look->lost[table] = true;
	}
	rc = wanted.n ? xnm_nft_find_elements(look->ctx->nft, wanted.list, wanted.n, present) : 0;
	if (rc && !look->rc)
		look->rc = rc;
	for (unsigned int i = 0; rc == 0 && i < wanted.n; i++)
		look->lost[xnm_element_table(&wanted.list[i])] |= !present[i];
}

/*
 * A vif whose event is running may have a note and no elements, yet or any more. They count as
 * missing: an online finds them in place, and an offline checks whether a table was rebuilt.
 */
static int look_at_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct look *look = arg;

	if (xnm_vif_note_read(&look->ctx->dir, domid, devid, &state) == 0) {
		look_for(look, &state.filter.elements[0]);
		look_for(look, &state.filter.elements[1]);
	}
	return 0;
}

static int look_at_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	struct look *look = arg;

	if (xnm_network_note_read(&look->ctx->dir, network, &note) == 0)
		look_for(look, &note.elements);
	return 0;
}

/* Reads the tables: do they exist, are they ours, do they have all rules. A missing table matters
 * only if a note has elements of it. */
static int look_at_tables(struct look *look)
{
	struct xnm_ctx *ctx = look->ctx;

	for (int i = 0; i < XNM_N_TABLES; i++) {
		bool intact, whole;
		int rc;

		rc = xnm_ruleset_check(ctx->nft, (enum xnm_table)i, ctx->policy, 0, false,
				       &look->exists[i], &whole, &look->ours[i]);
		/* rules of another policy or of an older xnm are replaced by each event */
		if (rc == 0)
			rc = xnm_ruleset_is_intact(ctx->nft, (enum xnm_table)i, &look->exists[i],
						   &intact);
		if (rc)
			return rc;
		look->known[i] &= look->ours[i];
		look->whole[i] =
			whole && !xnm_nft_is_other(&ctx->dir, (enum xnm_table)i,
						   xnm_ruleset_digest(ctx->nft, (enum xnm_table)i));
	}
	return 0;
}

/* Elements that no note names, as after an old dump was loaded. */
static int look_for_strays(struct look *look)
{
	static struct apply_strays strays;
	int rc = apply_strays_find(look->ctx, &strays, NULL, 0);

	look->in_use = strays.in_use;
	for (unsigned int i = 0; rc == 0 && i < strays.n; i++)
		look->stray[xnm_element_table(&strays.list[i])] = true;
	return rc;
}

int heal_look(struct look *look)
{
	int rc = look_at_tables(look);

	if (rc == 0)
		rc = xnm_vif_note_each(&look->ctx->dir, look_at_vif, look);
	if (rc == 0)
		rc = xnm_network_note_each(&look->ctx->dir, look_at_network, look);
	if (rc == 0 && (look->exists[0] || look->exists[1]))
		rc = look_for_strays(look);
	return rc ? rc : look->rc;
}
