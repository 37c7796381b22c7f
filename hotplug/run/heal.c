/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heal.c - restore all of our tables from the notes, after other programs have changed them. */
#include "hotplug/notes/generation.h"
#include "hotplug/run/heal.h"
#include "hotplug/run/parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <linux/netfilter.h>

#include "hotplug/base/util.h"
#include "hotplug/core/nft.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/conntrack/apply.h"
#include "hotplug/parts/filter/apply.h"
#include "hotplug/parts/foreign/gc.h"
#include "hotplug/run/run.h"

/*
 * An event changes the elements of its own vif and network only. But other programs flush nftables,
 * delete another guest's elements, or load a dump with elements of guests that no longer exist, and
 * only events can notice. So each event first checks whether another program has changed nftables
 * since our tables were seen complete, which costs one request to the kernel and one small file;
 * only if so, all noted elements and all existing ones are compared. A table that differs is
 * rebuilt from the notes, in one transaction. One that is older than all notes, as after a boot, is
 * always rebuilt, or deleted if no note has elements of it.
 */

#define MAX_TRIES 20
#define MAX_BUILT 3

/* Decides which tables to rebuild or delete. Returns whether there are any. */
static bool decide(const struct look *look, struct apply_tables *tables)
{
	bool any = false;

	for (int i = 0; i < XNM_N_TABLES; i++) {
		bool old = look->exists[i] && look->ours[i] && !tables->now.was_made;
		bool stray = look->stray[i] && look->ours[i] && !look->in_use;

		tables->exists[i] = look->exists[i];
		tables->end[i] = old && !look->noted[i] && !look->in_use;
		tables->build[i] =
			!tables->end[i] && look->known[i] && (old || stray || look->lost[i]);
		any |= tables->build[i] || tables->end[i];
	}
	return any;
}

/* The names of the tables in which something was found. */
static const char *names(const bool found[XNM_N_TABLES])
{
	if (found[XNM_TABLE_BRIDGE] && found[XNM_TABLE_INET])
		return "table bridge xnm and table inet xnm";
	return found[XNM_TABLE_BRIDGE] ? "table bridge xnm" : "table inet xnm";
}

static int put_back(struct look *look, const struct apply_tables *tables, bool *has_removed)
{
	static const struct xnm_purge everybodys = { .all = true };
	struct xnm_ctx *ctx = look->ctx;
	bool removed[XNM_N_TABLES];
	int rc = apply_tables(ctx, tables);

	if (rc)
		return rc;
	for (int i = 0; i < XNM_N_TABLES; i++)
		removed[i] = (tables->build[i] || tables->end[i]) && !look->in_use &&
			     (look->stray[i] || !look->lost[i]);
	if (look->lost[0] || look->lost[1])
		xnm_log_info("another program removed rules of %s from nftables: all are restored",
			     names(look->lost));
	*has_removed |= removed[0] || removed[1];
	if (removed[0] || removed[1])
		xnm_log_info("another program put rules of guests that no longer exist into %s: "
			     "they are removed",
			     names(removed));
	/* connections that began meanwhile were not filtered */
	if ((tables->build[0] || tables->build[1]) && look->known[XNM_TABLE_INET] && ctx->rtnl &&
	    apply_purge(ctx, &everybodys, NULL, 0))
		xnm_log_warning("cannot end the connections that began while rules were missing");
	return 0;
}

/* Loads the policy. If it cannot be read, only the bridge table can be built. */
static void need_policy(struct look *look, struct xnm_err *err)
{
	static struct xnm_policy policy;

	look->known[XNM_TABLE_BRIDGE] = look->known[XNM_TABLE_INET] = true;
	if (look->ctx->policy)
		return;
	look->known[XNM_TABLE_INET] = xnm_run_load_policy(&policy, err) == 0;
	look->ctx->policy = &policy;
}

/* Returns 0 or -errno; -ESTALE if nftables was changed meanwhile. */
static int look_and_mend(struct xnm_ctx *ctx, const struct xnm_seen *now, bool *has_removed,
			 struct xnm_err *err)
{
	struct look look = { .ctx = ctx };
	struct apply_tables tables = { .now = *now };
	int rc;

	need_policy(&look, err);
	rc = heal_look(&look);
	if (rc)
		return rc;
	tables.all = look.known[XNM_TABLE_INET] && !look.in_use;
	if (decide(&look, &tables))
		return put_back(&look, &tables, has_removed);
	if (tables.all)
		xnm_nft_seen(&ctx->dir, now);
	return 0;
}

static bool has_tables(struct xnm_ctx *ctx)
{
	static const uint8_t families[] = { NFPROTO_BRIDGE, NFPROTO_INET };
	struct xnm_nft_table found = { .exists = false };

	for (unsigned int i = 0; i < XNM_N_ELEMENTS(families) && !found.exists; i++) {
		if (xnm_nft_read_table(ctx->nft, families[i], XNM_NFT_TABLE, false, &found))
			return true;
	}
	return found.exists;
}

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
	return xnm_vif_note_each(dir, is_vif, NULL) || xnm_network_note_each(dir, is_noted, NULL);
}

/* Another run may have committed a transaction, and not yet recorded its generation: wait a
 * little. */
static int ask(struct xnm_ctx *ctx, struct xnm_seen *now)
{
	int rc = xnm_nft_now(&ctx->dir, ctx->nft, now);

	for (int i = 0; rc == 0 && i < 3 && !now->is_unchanged; i++) {
		(void)poll(NULL, 0, 1);
		rc = xnm_nft_now(&ctx->dir, ctx->nft, now);
	}
	return rc;
}

/*
 * An offline deletes first its elements, then its note. If another run rebuilds a table in between,
 * the table has elements without a note: so a run that has built a table checks again, and an
 * offline checks whether a table was built.
 */
static int heal(struct xnm_ctx *ctx, bool anyway, bool *has_removed, struct xnm_err *err)
{
	unsigned int n_built = 0;
	int rc = -ESTALE;

	for (int i = 0; (rc == -ESTALE || rc == -EEXIST) && i < MAX_TRIES; i++) {
		struct xnm_seen now;

		/* of two vifs with conflicting elements, one is just being refused and undone */
		if (rc == -EEXIST)
			(void)poll(NULL, 0, 10);
		rc = ask(ctx, &now);
		if (rc || (!anyway && now.is_unchanged))
			break;
		ctx->has_built = false;
		/* no notes and no tables: nothing can be missing */
		if (!has_notes(&ctx->dir) && !has_tables(ctx))
			xnm_nft_seen(&ctx->dir, &now);
		else
			rc = look_and_mend(ctx, &now, has_removed, err);
		if (rc == 0 && ctx->has_built && ++n_built < MAX_BUILT) {
			anyway = true;
			rc = -ESTALE;
		}
	}
	return rc;
}

int xnm_heal(struct xnm_ctx *ctx, bool anyway)
{
	const struct xnm_policy *policy = ctx->policy;
	struct xnm_err err = { "" };
	struct xnm_seen now;
	bool has_removed = false;
	int rc;

	/* without nftables nothing can be missing */
	if (ctx->dir.run_fd < 0 || apply_open_nft(ctx) ||
	    (xnm_nft_now(&ctx->dir, ctx->nft, &now) == 0 && now.is_unchanged && !anyway))
		return 0;
	/* of many runs that start together only one checks; nothing else is waited for under this
	 * lock */
	(void)xnm_lock(&ctx->dir.locks, XNM_LOCK_HEAL, NULL, XNM_LOCK_TIMEOUT_MS);
	rc = heal(ctx, anyway, &has_removed, &err);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_HEAL);
	/* rules in other programs' chains may come from the same dump */
	if (has_removed && ctx->rtnl)
		apply_end_strays(ctx);
	if (rc)
		xnm_log_warning("cannot check whether xnm's rules are complete: %s",
				xnm_nft_reason(ctx->nft)[0] ? xnm_nft_reason(ctx->nft)
							    : strerror(-rc));
	else if (err.text[0] && !ctx->err.text[0])
		xnm_log_warning("%s", err.text);
	ctx->policy = policy;
	ctx->has_built = false;
	return rc;
}

/* Without notes nothing is created, unless there are tables to delete. */
static bool has_anything(struct xnm_ctx *ctx)
{
	return access(xnm_run_dir_path(), F_OK) == 0 ||
	       (apply_open_nft(ctx) == 0 && has_tables(ctx));
}

int xnm_run_heal(bool anyway)
{
	struct xnm_ctx ctx = { .parts = xnm_parts, .dir = XNM_RUN_DIR_CLOSED };
	int rc = 0;

	if (has_anything(&ctx)) {
		rc = xnm_rtnl_open(&ctx.rtnl);
		if (rc == 0)
			rc = xnm_run_dir_open(&ctx.dir, xnm_run_dir_path(), false);
		if (rc)
			xnm_log_warning("cannot check whether xnm's rules are complete: %s",
					strerror(-rc));
		else
			rc = xnm_heal(&ctx, anyway);
	}
	xnm_rtnl_close(ctx.rtnl);
	xnm_nft_close(ctx.nft);
	xnm_run_dir_close(&ctx.dir);
	return rc;
}
