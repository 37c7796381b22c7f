/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heal.c - put back what somebody else has taken out of our tables, for all vifs and networks at once. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/lock.h"
#include "hotplug/ruleset.h"
#include "hotplug/run.h"

/*
 * An event looks after its own vif and network. But others flush nftables for
 * all, or delete what is another guest's, and nobody but an event is there to
 * see it. So each of them asks first whether anybody else has changed
 * anything since all was seen whole, which is one question to the kernel and
 * one look at a file; only then everything that is noted is looked for. What
 * lacks something is made anew from the notes, in one transaction.
 */

#define MAX_TRIES 5

struct look {
	struct xnm_ctx *ctx;
	const struct xnm_event *own; /* whose lock is held; or NULL */
	bool known[XNM_N_TABLES]; /* whether it can be looked at, and made */
	bool exists[XNM_N_TABLES], lost[XNM_N_TABLES];
	bool whole[XNM_N_TABLES]; /* the table itself, whatever is in its sets */
	bool others_busy; /* some vif is being worked on by another event */
	int rc;
};

/* Those that others are just working on have notes before they have elements. */
static bool is_busy(struct look *look, uint32_t domid, uint32_t devid)
{
	uint64_t lock = xnm_lock_vif(domid, devid);

	/* to ask for a lock that we hold would give it back */
	if (look->own && look->own->domid == domid && look->own->devid == devid)
		return false;
	if (look->ctx->dir.lock_fd < 0)
		return false;
	if (xnm_lock_take(look->ctx->dir.lock_fd, lock, true, 0)) {
		look->others_busy = true;
		return true;
	}
	xnm_lock_drop(look->ctx->dir.lock_fd, lock);
	return false;
}

/* Returns whether some are missing of a table that is not known to lack something. */
static bool lacks(struct look *look, const struct xnm_elements *elements, bool lost[XNM_N_TABLES])
{
	static struct xnm_elements wanted;
	static bool present[XNM_MAX_ELEMENTS];
	bool any = false;
	int rc;

	wanted.n = 0;
	for (unsigned int i = 0; i < elements->n; i++) {
		enum xnm_table table = xnm_element_table(&elements->list[i]);

		if (!look->known[table] || look->lost[table] ||
		    apply_leads_nowhere(look->ctx->policy, &elements->list[i]))
			continue;
		if (look->whole[table])
			wanted.list[wanted.n++] = elements->list[i];
		else
			any = lost[table] = true;
	}
	rc = wanted.n ? xnm_nft_find_elements(look->ctx->nft, wanted.list, wanted.n, present) : 0;
	if (rc && !look->rc)
		look->rc = rc;
	for (unsigned int i = 0; rc == 0 && i < wanted.n; i++) {
		lost[xnm_element_table(&wanted.list[i])] |= !present[i];
		any |= !present[i];
	}
	return any;
}

static int look_at_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_state state;
	struct look *look = arg;
	bool lost[XNM_N_TABLES] = { false };

	if (xnm_state_read(&look->ctx->dir, domid, devid, &state))
		return 0;
	(void)lacks(look, &state.elements[0], lost);
	(void)lacks(look, &state.elements[1], lost);
	if ((!lost[0] && !lost[1]) || is_busy(look, domid, devid))
		return 0;
	for (int i = 0; i < XNM_N_TABLES; i++)
		look->lost[i] |= lost[i];
	return 0;
}

static int look_at_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	struct look *look = arg;
	bool lost[XNM_N_TABLES] = { false };

	/* an event that is on its way has noted its network before it sends what that puts in */
	if (look->others_busy || xnm_state_network_read(&look->ctx->dir, network, &note) ||
	    !lacks(look, &note.elements, lost))
		return 0;
	for (int i = 0; i < XNM_N_TABLES; i++)
		look->lost[i] |= lost[i];
	return 0;
}

/* The tables themselves: there, ours, and with all of their rules. One that is not is missed only by
 * those who have noted elements of it. */
static int look_at_tables(struct look *look)
{
	struct xnm_ctx *ctx = look->ctx;

	for (int i = 0; i < XNM_N_TABLES; i++) {
		bool intact, whole, ours = true;
		int rc;

		if (!look->known[i])
			continue;
		rc = xnm_ruleset_check(ctx->nft, (enum xnm_table)i, ctx->policy, false,
				       &look->exists[i], &whole, &ours);
		/* the rules of another policy, or of an older xnm, are for each event to change */
		if (rc == 0)
			rc = xnm_ruleset_is_intact(ctx->nft, (enum xnm_table)i, &look->exists[i],
						   &intact);
		if (rc)
			return rc;
		look->known[i] = ours;
		look->whole[i] =
			whole && !xnm_facts_filter_is_other(&ctx->dir, ctx->nft, (enum xnm_table)i);
	}
	return 0;
}

static int look_at_all(struct look *look)
{
	int rc = look_at_tables(look);

	if (rc == 0)
		rc = xnm_state_each(&look->ctx->dir, look_at_vif, look);
	if (rc == 0)
		rc = xnm_state_network_each(&look->ctx->dir, look_at_network, look);
	return rc ? rc : look->rc;
}

/* Any note that asks for elements: without one, nobody is open. */
static int is_noted(void *arg, const char *network)
{
	(void)arg;
	(void)network;
	return 1;
}

static int is_vif(void *arg, uint32_t domid, uint32_t devid)
{
	(void)arg;
	(void)domid;
	(void)devid;
	return 1;
}

static bool has_notes(const struct xnm_run_dir *dir)
{
	return xnm_state_each(dir, is_vif, NULL) || xnm_state_network_each(dir, is_noted, NULL);
}

static int put_back(struct look *look, const struct xnm_seen *now)
{
	static const struct xnm_purge everybodys = { .all = true };
	struct xnm_ctx *ctx = look->ctx;
	int rc = apply_tables(ctx, look->lost, look->exists, now);

	if (rc)
		return rc;
	xnm_log_info("somebody else has taken rules of %s%s%s out of nftables: all are put back",
		     look->lost[XNM_TABLE_BRIDGE] ? "table bridge xnm" : "",
		     look->lost[0] && look->lost[1] ? " and " : "",
		     look->lost[XNM_TABLE_INET] ? "table inet xnm" : "");
	/* what began meanwhile was not asked */
	if (look->known[XNM_TABLE_INET] && ctx->rtnl && apply_purge(ctx, &everybodys, NULL, 0))
		xnm_log_warning("cannot end the connections that began meanwhile");
	return 0;
}

/* What the rules are to be. Without a policy that can be read, the bridge table alone is known. */
static void need_policy(struct look *look, struct xnm_err *err)
{
	static struct xnm_policy policy;

	look->known[XNM_TABLE_BRIDGE] = look->known[XNM_TABLE_INET] = true;
	if (look->ctx->policy)
		return;
	look->known[XNM_TABLE_INET] = xnm_run_load_policy(&policy, err) == 0;
	look->ctx->policy = &policy;
}

int xnm_heal(struct xnm_ctx *ctx, const struct xnm_event *own, bool anyway)
{
	const struct xnm_policy *policy = ctx->policy;
	struct xnm_err err = { "" };
	int rc = -ESTALE;

	/* whoever has no nftables, and whoever never made a table, has nothing to lose */
	if (ctx->dir.run_fd < 0 || !xnm_facts_filter_was_made(&ctx->dir) || !has_notes(&ctx->dir) ||
	    apply_open_nft(ctx))
		return 0;
	for (int i = 0; rc == -ESTALE && i < MAX_TRIES; i++) {
		struct look look = { .ctx = ctx, .own = own };
		struct xnm_seen now;

		rc = xnm_facts_filter_now(&ctx->dir, ctx->nft, &now);
		if (rc || (!anyway && now.is_unchanged))
			break;
		need_policy(&look, &err);
		rc = look_at_all(&look);
		if (rc == 0 && (look.lost[0] || look.lost[1]))
			rc = put_back(&look, &now);
		else if (rc == 0 && look.known[XNM_TABLE_INET])
			xnm_facts_filter_seen(&ctx->dir, &now);
	}
	if (rc)
		xnm_log_warning("cannot see whether our rules are whole: %s",
				xnm_nft_reason(ctx->nft)[0] ? xnm_nft_reason(ctx->nft)
							    : strerror(-rc));
	else if (err.text[0])
		xnm_log_warning("%s", err.text);
	ctx->policy = policy;
	return rc;
}

int xnm_run_heal(void)
{
	struct xnm_ctx ctx = { .dir = XNM_RUN_DIR_CLOSED };
	int rc;

	/* who has no notes makes none */
	if (access(xnm_run_dir_path(), F_OK))
		return 0;
	rc = xnm_rtnl_open(&ctx.rtnl);
	if (rc == 0)
		rc = xnm_run_dir_open(&ctx.dir, xnm_run_dir_path(), false);
	if (rc)
		xnm_log_warning("cannot see whether our rules are whole: %s", strerror(-rc));
	else
		rc = xnm_heal(&ctx, NULL, true);
	xnm_rtnl_close(ctx.rtnl);
	xnm_nft_close(ctx.nft);
	xnm_run_dir_close(&ctx.dir);
	return rc;
}
