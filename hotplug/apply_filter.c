/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_filter.c - bring nftables to what is noted: elements that come and go, or whole tables anew. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/ruleset.h"

int apply_open_nft(struct xnm_ctx *ctx)
{
	return ctx->nft ? 0 : xnm_nft_open(&ctx->nft);
}

static struct xnm_elements ended; /* connections, while a table is made anew */

struct rebuild {
	struct xnm_ctx *ctx;
	const bool *build;
};

/* An access list that the policy has no more: who was held to it is not any more, and the notes
 * that still name it change with that vif's own reapply. */
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

static void put_noted(const struct rebuild *rebuild, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		const struct xnm_element *element = &elements->list[i];

		if (rebuild->build[xnm_element_table(element)] &&
		    !apply_leads_nowhere(rebuild->ctx->policy, element))
			xnm_nft_add_element(rebuild->ctx->nft, element);
	}
}

/* What a vif may send that cannot be read of: nothing, until its own reapply. */
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
	xnm_log_warning("%s: its notes cannot be read, so it may send nothing: xnm-vif reapply "
			"%u.%u",
			event.vif, domid, devid);
}

static int put_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_state state;
	const struct rebuild *rebuild = arg;
	int rc = xnm_state_read(&rebuild->ctx->dir, domid, devid, &state);

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

	if (xnm_state_network_read(&rebuild->ctx->dir, network, &note) == 0)
		put_noted(rebuild, &note.elements);
	return 0;
}

/* Before a batch is begun: it is the kernel alone that knows these. */
static void keep_ended(struct xnm_ctx *ctx, const struct xnm_filter_change *filter)
{
	ended.n = 0;
	/* without them the table is still better than none */
	if (filter->build[XNM_TABLE_INET] && filter->exists[XNM_TABLE_INET] &&
	    apply_ended_read(ctx, &ended))
		ended.n = 0;
}

/* A table that is made anew gets what all vifs and networks have noted, ours among them. */
static void build_tables(struct xnm_ctx *ctx, const struct xnm_filter_change *filter)
{
	struct rebuild rebuild = { ctx, filter->build };

	for (int i = 0; i < XNM_N_TABLES; i++) {
		if (filter->build[i])
			xnm_ruleset_put(ctx->nft, (enum xnm_table)i, ctx->policy,
					filter->exists[i]);
	}
	(void)xnm_state_each(&ctx->dir, put_vif, &rebuild);
	(void)xnm_state_network_each(&ctx->dir, put_network, &rebuild);
	for (unsigned int i = 0; i < ended.n; i++)
		xnm_nft_add_element(ctx->nft, &ended.list[i]);
}

static bool builds(const struct xnm_filter_change *filter)
{
	return filter->build[XNM_TABLE_BRIDGE] || filter->build[XNM_TABLE_INET];
}

/* What a vif's drops were counted by goes with it. */
static void forget_drops(struct xnm_nft *nft, const struct xnm_element *element)
{
	bool bridge = element->set == XNM_SET_BRIDGE_GUARD;
	enum xnm_set_id set = bridge ? XNM_SET_BRIDGE_DROPS : XNM_SET_INET_DROPS;

	for (unsigned int i = 0; i < xnm_n_drop_reasons; i++) {
		const struct xnm_drop_reason *reason = &xnm_drop_reasons[i];
		struct xnm_element drops = { .set = (uint8_t)set };

		if (!(reason->where & (bridge ? XNM_DROPS_BRIDGE : XNM_DROPS_INET)))
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
	       element->set == XNM_SET_INSIDE || element->set == XNM_SET_LOCALNET;
}

static void del_elements(struct xnm_nft *nft, const struct xnm_element *list, unsigned int n,
			 enum xnm_table table)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_element_table(&list[i]) != table)
			continue;
		if (has_drops(&list[i]))
			forget_drops(nft, &list[i]);
		xnm_nft_del_element(nft, &list[i]);
	}
}

int apply_commit(struct xnm_ctx *ctx)
{
	int rc = xnm_nft_commit(ctx->nft);

	/* one that changes nothing must not be counted for another's */
	if (rc == 0 && xnm_nft_has_changed(ctx->nft))
		xnm_facts_filter_count(&ctx->dir);
	return rc;
}

int apply_delete_elements(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int n)
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

static int commit(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_filter_change *filter = &plan->filter;

	keep_ended(ctx, filter);
	/* two that both make the tables: the second one has to look again */
	xnm_nft_begin(ctx->nft, builds(filter) ? filter->now.generation : 0);
	if (builds(filter))
		build_tables(ctx, filter);
	for (int table = 0; table < XNM_N_TABLES; table++) {
		/* a table that is made anew has nothing but what is noted */
		if (!filter->build[table])
			del_elements(ctx->nft, filter->del, filter->n_del, (enum xnm_table)table);
	}
	for (unsigned int i = 0; i < filter->n_add; i++)
		xnm_nft_add_element(ctx->nft, &filter->add[i]);
	return apply_commit(ctx);
}

int apply_tables(struct xnm_ctx *ctx, const bool build[XNM_N_TABLES],
		 const bool exists[XNM_N_TABLES], const struct xnm_seen *now)
{
	static struct xnm_filter_change anew;
	int rc;

	memcpy(anew.build, build, sizeof(anew.build));
	memcpy(anew.exists, exists, sizeof(anew.exists));
	keep_ended(ctx, &anew);
	xnm_nft_begin(ctx->nft, now->generation);
	build_tables(ctx, &anew);
	rc = apply_commit(ctx);
	if (rc == 0)
		xnm_facts_filter_made(&ctx->dir, ctx->nft, now);
	return rc;
}

/* What is to go is not there: somebody has changed our tables, or they were made anew without it.
 * Then they are made anew, from the notes. */
static int commit_anew(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	struct xnm_seen now;
	int rc = xnm_facts_filter_now(&ctx->dir, ctx->nft, &now);

	return rc ? rc : apply_tables(ctx, plan->filter.exists, plan->filter.exists, &now);
}

int apply_filter(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	int rc;

	rc = apply_open_nft(ctx);
	if (rc == 0 && plan->filter.n_add == 0 && !builds(&plan->filter))
		return apply_delete_elements(ctx, plan->filter.del, plan->filter.n_del);
	if (rc == 0)
		rc = commit(ctx, plan);
	if (rc == -ENOENT && plan->filter.n_del && !builds(&plan->filter))
		return commit_anew(ctx, plan);
	if (rc == 0 && builds(&plan->filter))
		xnm_facts_filter_made(&ctx->dir, ctx->nft, &plan->filter.now);
	return rc;
}
