/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - change nftables to what is noted: add and delete elements, or rebuild whole tables. */
#include "hotplug/core/apply_parts.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/notes/generation.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/filter/ruleset.h"

/* Kept while a table is rebuilt: ended connections, and elements without notes. */
static struct xnm_elements ended;
static struct apply_strays strays;

struct rebuild {
	struct xnm_ctx *ctx;
	const bool *build;
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
		put_noted(rebuild, &state.elements[0]);
		put_noted(rebuild, &state.elements[1]);
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
	    apply_ended_read(ctx, &ended))
		ended.n = 0;
	strays.n = 0;
	if (((filter->build[0] && filter->exists[0]) || (filter->build[1] && filter->exists[1])) &&
	    (apply_strays_find(ctx, &strays, filter->del, filter->n_del) || !strays.in_use))
		strays.n = 0;
}

/* A rebuilt table gets the elements of all vifs' and networks' notes, including this event's. */
static void build_tables(struct xnm_ctx *ctx, const struct xnm_filter_change *filter)
{
	struct rebuild rebuild = { ctx, filter->build };

	for (int i = 0; i < XNM_N_TABLES; i++) {
		if (filter->build[i])
			xnm_ruleset_put(ctx->nft, (enum xnm_table)i, ctx->policy,
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

/* Deletes the drop counters of a vif with its elements. */
static void forget_drops(struct xnm_nft *nft, const struct xnm_element *element)
{
	bool bridge = xnm_element_table(element) == XNM_TABLE_BRIDGE;
	unsigned int where = element->set == XNM_SET_BRIDGE_ISOLATED ? XNM_DROPS_BRIDGE_TO
			     : bridge				     ? XNM_DROPS_BRIDGE
								     : XNM_DROPS_INET;
	enum xnm_set_id set = bridge ? XNM_SET_BRIDGE_DROPS : XNM_SET_INET_DROPS;

	for (unsigned int i = 0; i < xnm_n_drop_reasons; i++) {
		const struct xnm_drop_reason *reason = &xnm_drop_reasons[i];
		struct xnm_element drops = { .set = (uint8_t)set };

		if (!(reason->where & where))
			continue;
		memcpy(drops.key, element->key, IFNAMSIZ);
		memcpy(drops.key + IFNAMSIZ, reason->name, strlen(reason->name));
		memcpy(drops.end, drops.key, sizeof(drops.end));
		xnm_nft_del_element(nft, &drops);
	}
}

static bool has_drops(const struct xnm_element *element)
{
	return element->set == XNM_SET_BRIDGE_GUARD || element->set == XNM_SET_INET_GUARD ||
	       element->set == XNM_SET_BRIDGE_ISOLATED || element->set == XNM_SET_INSIDE ||
	       element->set == XNM_SET_LOCALNET || element->set == XNM_SET_BRIDGE_UNHEARD ||
	       element->set == XNM_SET_INET_UNHEARD;
}

/* For each element to be deleted: whether another network has noted it, too. */
static bool is_anothers[XNM_MAX_CHANGES];

struct look {
	struct xnm_ctx *ctx;
	const struct xnm_element *list;
	unsigned int first, n;
	const char *but; /* the network that is being removed; NULL: none */
};

static int look_at_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	const struct look *look = arg;

	if (xnm_network_is_device(network) || (look->but && strcmp(network, look->but) == 0) ||
	    xnm_network_note_read(&look->ctx->dir, network, &note))
		return 0;
	for (unsigned int i = look->first; i < look->n; i++)
		is_anothers[i] =
			is_anothers[i] || xnm_elements_have(&note.elements, &look->list[i]);
	return 0;
}

/* Fills is_anothers. The elements before first are a vif's, which no network notes. */
static void find_anothers(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int first,
			  unsigned int n, const char *but)
{
	struct look look = { ctx, list, first, n < XNM_MAX_CHANGES ? n : XNM_MAX_CHANGES, but };

	memset(is_anothers, 0, sizeof(is_anothers));
	if (first < look.n)
		(void)xnm_network_note_each(&ctx->dir, look_at_network, &look);
}

static void del_elements(struct xnm_nft *nft, const struct xnm_element *list, unsigned int n,
			 enum xnm_table table)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_element_table(&list[i]) != table || (i < XNM_MAX_CHANGES && is_anothers[i]))
			continue;
		if (has_drops(&list[i]))
			forget_drops(nft, &list[i]);
		xnm_nft_del_element(nft, &list[i]);
	}
}

/* Deletes all elements except those in is_anothers. */
static int delete_elements(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int n)
{
	int first = 0;

	for (int table = 0; table < XNM_N_TABLES; table++) {
		bool any = false;
		int rc;

		for (unsigned int i = 0; i < n && !any; i++)
			any = xnm_element_table(&list[i]) == (enum xnm_table)table;
		if (!any)
			continue;
		xnm_nft_begin(ctx->nft, 0);
		del_elements(ctx->nft, list, n, (enum xnm_table)table);
		rc = apply_commit(ctx);
		if (rc && rc != -ENOENT)
			first = first ? first : rc;
	}
	return first;
}

int apply_delete_elements(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int n)
{
	find_anothers(ctx, list, n, n, NULL);
	return delete_elements(ctx, list, n);
}

int apply_delete_networks(struct xnm_ctx *ctx, const struct xnm_elements *elements,
			  const char *network)
{
	find_anothers(ctx, elements->list, 0, elements->n, network);
	return delete_elements(ctx, elements->list, elements->n);
}

static int commit(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_filter_change *filter = &plan->filter;

	keep_others(ctx, filter);
	find_anothers(ctx, filter->del, filter->n_del_vif, filter->n_del, NULL);
	/* if two runs build the tables at the same time, the second one must read them again */
	xnm_nft_begin(ctx->nft, builds(filter) ? filter->now.generation : 0);
	if (builds(filter))
		build_tables(ctx, filter);
	for (int table = 0; table < XNM_N_TABLES; table++) {
		/* a rebuilt table has only noted elements */
		if (!filter->build[table])
			del_elements(ctx->nft, filter->del, filter->n_del, (enum xnm_table)table);
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

int apply_filter(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const bool *build = plan->filter.build;
	int rc;

	rc = apply_open_nft(ctx);
	if (rc == 0 && plan->filter.n_add == 0 && !builds(&plan->filter)) {
		find_anothers(ctx, plan->filter.del, plan->filter.n_del_vif, plan->filter.n_del,
			      NULL);
		return delete_elements(ctx, plan->filter.del, plan->filter.n_del);
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

static void filter_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	const struct xnm_filter_change *filter = &plan->filter;
	bool bridge = filter->build[XNM_TABLE_BRIDGE], inet = filter->build[XNM_TABLE_INET];

	if (bridge || inet)
		(void)snprintf(out, out_size, "filter %s: create table%s %s%s%s", op->dev,
			       bridge && inet ? "s" : "", bridge ? "bridge xnm" : "",
			       bridge && inet ? " and " : "", inet ? "inet xnm" : "");
	else if (filter->n_add && filter->n_del)
		(void)snprintf(out, out_size, "filter %s: add %u elements, delete %u", op->dev,
			       filter->n_add, filter->n_del);
	else
		(void)snprintf(out, out_size, "filter %s: %s %u element%s", op->dev,
			       filter->n_add ? "add" : "delete", filter->n_add + filter->n_del,
			       filter->n_add + filter->n_del == 1 ? "" : "s");
}

static int filter_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return apply_filter(ctx, plan);
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

/* Deletes the drop counters of "outside", which all networks share. */
void apply_forget_outside(struct xnm_ctx *ctx)
{
	xnm_nft_begin(ctx->nft, 0);
	for (unsigned int i = 0; i < xnm_n_drop_reasons; i++) {
		struct xnm_element drops = { .set = XNM_SET_INET_DROPS };

		if (!(xnm_drop_reasons[i].where & XNM_DROPS_OUTSIDE))
			continue;
		xnm_key_ifname(&drops, 0, "outside");
		xnm_key_ifname(&drops, 1, xnm_drop_reasons[i].name);
		xnm_nft_del_element(ctx->nft, &drops);
	}
	(void)apply_commit(ctx);
}
