/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - change nftables to what is noted: add and delete elements, or rebuild whole tables. */
#include "hotplug/core/delete.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/notes/generation.h"
#include "hotplug/parts/filter/apply.h"
#include "hotplug/parts/filter/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/nft.h"
#include "hotplug/core/release.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/filter/rival.h"
#include "hotplug/parts/filter/ruleset.h"
#include "hotplug/parts/filter/strays.h"

/* Kept while a table is rebuilt: ended connections, and elements without notes. */
static struct xnm_elements ended;
static struct apply_strays strays;

struct rebuild {
	struct xnm_ctx *ctx;
	const bool *build;
	uint64_t dscps[XNM_N_TABLES]; /* that noted elements give to packets */
};

/* Whether the policy no longer has this acl. Vifs that are noted with it are no longer bound by it;
 * their notes change when they are reapplied. */
bool apply_leads_nowhere(const struct xnm_policy *policy, const struct xnm_element *element)
{
	char chain[XNM_ACL_CHAIN_LEN];

	if (element->set < XNM_SET_ACL_FROM)
		return false;
	for (unsigned int i = 0; i < 2 * policy->n_acls; i++) {
		xnm_acl_chain(policy->acls[i / 2].name, i % 2, chain);
		if (strcmp(chain, (const char *)element->data) == 0)
			return false;
	}
	return true;
}

static void put_list(const struct rebuild *rebuild, const struct xnm_element *list, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		const struct xnm_element *element = &list[i];

		if (rebuild->build[xnm_element_table(element)] &&
		    !apply_leads_nowhere(rebuild->ctx->policy, element))
			xnm_nft_add_element(rebuild->ctx->nft, element);
	}
}

static void put_noted(const struct rebuild *rebuild, const struct xnm_elements *elements)
{
	put_list(rebuild, elements->list, elements->n);
}

/* A vif whose note is unreadable may send nothing until its reapply. */
static void put_unknown(const struct rebuild *rebuild, uint32_t domid, uint32_t devid)
{
	static struct xnm_elements guards;
	struct xnm_event event;

	xnm_event_init(&event, XNM_VERB_ONLINE, domid, devid);
	guards.n = 0;
	for (int i = 0; i < 4; i++)
		xnm_key_ifname(xnm_elements_add(&guards,
						i < 2 ? XNM_SET_BRIDGE_GUARD : XNM_SET_INET_GUARD),
			       0, i % 2 ? event.tap : event.vif);
	put_noted(rebuild, &guards);
	xnm_log_warning("%s: its note cannot be read, so all that it sends is dropped: run "
			"'xnm-vif reapply %u.%u'",
			event.vif, domid, devid);
}

static int put_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	const struct rebuild *rebuild = arg;
	int rc = xnm_vif_note_read(&rebuild->ctx->dir, domid, devid, &state);

	if (rc == 0) {
		put_noted(rebuild, &state.filter.elements[0]);
		put_noted(rebuild, &state.filter.elements[1]);
	} else if (rc != -ENOENT) {
		put_unknown(rebuild, domid, devid);
	}
	return 0;
}

static int put_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	const struct rebuild *rebuild = arg;

	if (xnm_network_note_read(&rebuild->ctx->dir, network, &note) == 0)
		put_noted(rebuild, &note.elements);
	return 0;
}

/* Reads, before the batch begins, what only the kernel knows. If that fails, the table is built
 * without. */
static void keep_others(struct xnm_ctx *ctx, const struct xnm_filter_change *filter)
{
	ended.n = 0;
	if (filter->build[XNM_TABLE_INET] && filter->exists[XNM_TABLE_INET] &&
	    xnm_parts_rebuild(ctx, &ended))
		ended.n = 0;
	strays.n = 0;
	if (((filter->build[0] && filter->exists[0]) || (filter->build[1] && filter->exists[1])) &&
	    (apply_strays_find(ctx, &strays, filter->del, filter->n_del) || !strays.in_use))
		strays.n = 0;
}

static int find_dscps(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct rebuild *rebuild = arg;

	if (xnm_vif_note_read(&rebuild->ctx->dir, domid, devid, &state))
		return 0;
	for (int i = 0; i < XNM_N_TABLES; i++)
		rebuild->dscps[i] |=
			xnm_elements_dscps(&state.filter.elements[0], (enum xnm_table)i) |
			xnm_elements_dscps(&state.filter.elements[1], (enum xnm_table)i);
	return 0;
}

/* A rebuilt table gets the elements of all vifs' and networks' notes, including this event's. */
static void build_tables(struct xnm_ctx *ctx, const struct xnm_filter_change *filter)
{
	struct rebuild rebuild = { .ctx = ctx, .build = filter->build };

	(void)xnm_vif_note_each(&ctx->dir, find_dscps, &rebuild);
	for (int i = 0; i < XNM_N_TABLES; i++) {
		if (filter->build[i])
			xnm_ruleset_put(ctx->nft, (enum xnm_table)i, ctx->policy, rebuild.dscps[i],
					filter->exists[i]);
	}
	(void)xnm_vif_note_each(&ctx->dir, put_vif, &rebuild);
	(void)xnm_network_note_each(&ctx->dir, put_network, &rebuild);
	for (unsigned int i = 0; i < ended.n; i++)
		xnm_nft_add_element(ctx->nft, &ended.list[i]);
	put_list(&rebuild, strays.list, strays.n);
}

static bool builds(const struct xnm_filter_change *filter)
{
	return filter->build[XNM_TABLE_BRIDGE] || filter->build[XNM_TABLE_INET];
}

static int commit(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_filter_change *filter = &plan->filter;

	keep_others(ctx, filter);
	delete_find_anothers(ctx, filter->del, filter->n_del_vif, filter->n_del, NULL);
	/* if two runs build the tables at the same time, the second one must read them again */
	xnm_nft_begin(ctx->nft, builds(filter) ? filter->now.generation : 0);
	if (builds(filter))
		build_tables(ctx, filter);
	for (int table = 0; table < XNM_N_TABLES; table++) {
		/* a rebuilt table has only noted elements */
		if (!filter->build[table])
			delete_put(ctx->nft, filter->del, filter->n_del, (enum xnm_table)table);
	}
	for (unsigned int i = 0; i < filter->n_add; i++)
		xnm_nft_add_element(ctx->nft, &filter->add[i]);
	return apply_commit(ctx);
}

static void note_built(struct xnm_ctx *ctx, bool all)
{
	uint64_t rules[XNM_N_TABLES];

	for (int i = 0; i < XNM_N_TABLES; i++)
		rules[i] = xnm_ruleset_digest(ctx->nft, (enum xnm_table)i);
	xnm_nft_made(&ctx->dir, xnm_nft_new_generation(ctx->nft), rules, all);
	ctx->has_built = true;
}

int apply_tables(struct xnm_ctx *ctx, const struct apply_tables *tables)
{
	static struct xnm_filter_change anew;
	int rc;

	memcpy(anew.build, tables->build, sizeof(anew.build));
	memcpy(anew.exists, tables->exists, sizeof(anew.exists));
	keep_others(ctx, &anew);
	xnm_nft_begin(ctx->nft, tables->now.generation);
	for (int i = 0; i < XNM_N_TABLES; i++) {
		if (tables->end[i])
			xnm_ruleset_end(ctx->nft, (enum xnm_table)i);
	}
	build_tables(ctx, &anew);
	rc = apply_commit(ctx);
	if (rc == 0)
		note_built(ctx, tables->all);
	return rc;
}

/*
 * Something that the batch refers to does not exist. If nftables has changed since the plan, a
 * whole table may be missing: then the event is planned again. Otherwise the elements to be deleted
 * are gone already, as after a rebuild without them, and the tables are rebuilt from the notes.
 */
static int commit_again(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	struct apply_tables tables = { .all = false };
	int rc = xnm_nft_now(&ctx->dir, ctx->nft, &tables.now);

	if (rc == 0 && tables.now.generation != plan->filter.now.generation)
		return -ESTALE;
	if (rc == 0 && plan->filter.n_del == 0)
		return -ENOENT;
	memcpy(tables.build, plan->filter.exists, sizeof(tables.build));
	memcpy(tables.exists, plan->filter.exists, sizeof(tables.exists));
	return rc ? rc : apply_tables(ctx, &tables);
}

static int change_tables(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const bool *build = plan->filter.build;
	int rc;

	rc = apply_open_nft(ctx);
	if (rc == 0 && plan->filter.n_add == 0 && !builds(&plan->filter)) {
		delete_find_anothers(ctx, plan->filter.del, plan->filter.n_del_vif,
				     plan->filter.n_del, NULL);
		return delete_send(ctx, plan->filter.del, plan->filter.n_del);
	}
	if (rc == 0)
		rc = commit(ctx, plan);
	if (rc == -ENOENT && !builds(&plan->filter))
		return commit_again(ctx, plan);
	/* a table that was not built here was not checked for other vifs' elements */
	if (rc == 0 && builds(&plan->filter))
		note_built(ctx, plan->filter.now.is_unchanged || (build[0] && build[1]));
	return rc;
}

/* ", dscp=ef, pcp=5" of a vif whose packets get these. */
static void marks_text(const struct xnm_plan *plan, char *out, size_t out_size)
{
	char text[XNM_DSCP_TEXT_LEN];
	uint32_t dscp, pcp;

	for (int i = 0; i < 2; i++) {
		const struct xnm_elements *elements = &plan->note.filter.elements[i];

		int len = 0;

		if (xnm_elements_dscp(elements, &dscp))
			len = snprintf(out, out_size, ", dscp=%s", xnm_dscp_text(dscp, text));
		if (xnm_elements_pcp(elements, &pcp) && (size_t)len < out_size)
			len += snprintf(out + len, out_size - (size_t)len, ", pcp=%u", pcp);
		if (len)
			return;
	}
}

static void filter_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	const struct xnm_filter_change *filter = &plan->filter;
	bool bridge = filter->build[XNM_TABLE_BRIDGE], inet = filter->build[XNM_TABLE_INET];
	int len;

	if (bridge || inet)
		len = snprintf(out, out_size, "filter %s: create table%s %s%s%s", op->dev,
			       bridge && inet ? "s" : "", bridge ? "bridge xnm" : "",
			       bridge && inet ? " and " : "", inet ? "inet xnm" : "");
	else if (filter->n_add && filter->n_del)
		len = snprintf(out, out_size, "filter %s: add %u elements, delete %u", op->dev,
			       filter->n_add, filter->n_del);
	else
		len = snprintf(out, out_size, "filter %s: %s %u element%s", op->dev,
			       filter->n_add ? "add" : "delete", filter->n_add + filter->n_del,
			       filter->n_add + filter->n_del == 1 ? "" : "s");
	if (len > 0 && (size_t)len < out_size)
		marks_text(plan, out + len, out_size - (size_t)len);
}

static int filter_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return change_tables(ctx, plan);
}

/* Only the element of a port forward does not begin with the vif's own name. */
static const char *filter_hint(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			       const struct xnm_op *op, int rc)
{
	(void)op;
	return rc == -EEXIST && apply_adds_forward(plan) ? apply_forward_rival(ctx, plan) : NULL;
}

const struct xnm_op_type xnm_op_filter_change = {
	.talks_to = XNM_TALKS_TO_NFT,
	.text = filter_text,
	.run = filter_run,
	.hint = filter_hint,
};

int filter_release(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *note)
{
	int rc = note->elements.n ? apply_open_nft(ctx) : 0;

	return rc || note->elements.n == 0 ? rc
					   : apply_delete_networks(ctx, &note->elements, network);
}

int filter_released(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *note)
{
	(void)note;
	if (ctx->nft && xnm_has_lost_all_networks(&ctx->dir, network))
		apply_forget_outside(ctx);
	return 0;
}
