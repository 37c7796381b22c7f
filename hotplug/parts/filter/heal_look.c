/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heal_look.c - look for all that is noted in our tables, and for what nobody has noted. */
#include "hotplug/notes/generation.h"
#include "hotplug/parts/filter/heal.h"

#include "hotplug/kernel/nft.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"

/* Of a table that is known to lack something nothing more is looked for. */
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
 * One that another event is just working on may have notes and no elements yet,
 * or none any more. It is taken for lost all the same: what is put back too
 * early the online finds there, and the offline looks for itself.
 */
static int look_at_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct look *look = arg;

	if (xnm_vif_note_read(&look->ctx->dir, domid, devid, &state) == 0) {
		look_for(look, &state.elements[0]);
		look_for(look, &state.elements[1]);
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

/* The tables themselves: there, ours, and with all of their rules. One that is not is missed only by
 * those who have noted elements of it. */
static int look_at_tables(struct look *look)
{
	struct xnm_ctx *ctx = look->ctx;

	for (int i = 0; i < XNM_N_TABLES; i++) {
		bool intact, whole;
		int rc;

		rc = xnm_ruleset_check(ctx->nft, (enum xnm_table)i, ctx->policy, false,
				       &look->exists[i], &whole, &look->ours[i]);
		/* the rules of another policy, or of an older xnm, are for each event to change */
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

/* What nobody has noted, as after a dump of before was loaded. */
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
