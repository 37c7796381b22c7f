/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_fastpath.c - publish a vif for the fast path, or take it back, in one transaction for all domains. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "hotplug/lock.h"
#include "hotplug/xen/store.h"

/* Guests write to their own nodes meanwhile. */
#define MAX_TRIES     20
#define MAX_NAMESAKES 8

/* Long, and one at a time. */
static struct xnm_fp_view the_view;
static struct xnm_fp_change the_change;

struct transaction {
	struct xnm_ctx *ctx;
	uint8_t changed[XNM_DOMID_MAX / 8 + 1]; /* whose trees */
};

/* ------------------------------------------------------------ one domain */

static int make_inc(char inc[XNM_FP_INC_LEN])
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return -EIO;
	(void)snprintf(inc, XNM_FP_INC_LEN, "%016" PRIx64, number);
	return 0;
}

static int look(struct transaction *t, const struct xnm_fp_intent *intent)
{
	int rc = make_inc(the_view.fresh_inc);

	return rc ? rc : xnm_fp_read(&the_view, t->ctx->store, &t->ctx->dir, intent);
}

/* A tree that has gone must not come back. */
static int check_domain(struct xnm_store *store, uint32_t domid)
{
	char name[12], text[8];
	int rc;

	(void)snprintf(name, sizeof(name), "%u", domid);
	rc = xnm_store_read(store, "/local/domain", name, text, sizeof(text));
	return rc == -EINVAL || rc == -E2BIG ? 0 : rc;
}

static void count_name(void *arg, const char *name)
{
	unsigned int *n = arg;

	(void)name;
	(*n)++;
}

/* The folder of a vif may also have what its guest is told. */
static int remove_node(struct xnm_store *store, const char *path)
{
	char folder[XNM_FP_HOME_LEN + XNM_FP_NODE_LEN];
	unsigned int n = 0;
	char *slash;
	int rc = xnm_store_remove_all(store, path);

	(void)snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (rc || !slash || strcmp(slash, "/fastpath") != 0)
		return rc;
	*slash = '\0';
	rc = xnm_store_list(store, folder, count_name, &n);
	return rc == 0 && n == 0 ? xnm_store_remove_all(store, folder) : 0;
}

static int take_step(struct xnm_store *store, const struct xnm_fp_step *step)
{
	char home[XNM_FP_HOME_LEN], path[XNM_FP_HOME_LEN + XNM_FP_NODE_LEN];
	int rc;

	xnm_fp_home(step->domid, home);
	(void)snprintf(path, sizeof(path), "%s%s%s", home, step->node[0] ? "/" : "", step->node);
	switch (step->action) {
	case XNM_FP_WRITE:
		return xnm_store_write(store, home, step->node, step->value);
	case XNM_FP_REMOVE:
		return remove_node(store, path);
	case XNM_FP_FOLDER:
		rc = check_domain(store, step->domid);
		return rc ? rc : xnm_store_make_for(store, path, step->domid);
	case XNM_FP_CHANNEL:
		return xnm_store_make_between(store, path, step->domid, step->reader);
	}
	return -ENOSYS;
}

/* What the view shows becomes what it should be. */
static int settle(struct transaction *t)
{
	int rc = 0;

	xnm_fp_decide(&the_change, &the_view);
	if (the_change.full)
		return -E2BIG;
	for (unsigned int i = 0; i < the_change.n && rc == 0; i++) {
		const struct xnm_fp_step *step = &the_change.steps[i];

		t->changed[step->domid / 8] |= (uint8_t)(1u << (step->domid % 8));
		rc = take_step(t->ctx->store, step);
	}
	return rc;
}

/* ------------------------------------------------------------ one vif */

static int leave(struct transaction *t, const struct xnm_fp_intent *intent)
{
	int rc = look(t, intent);

	return rc ? rc : settle(t);
}

/*
 * Nobody is told of two vifs with one MAC address: the other one goes first.
 * yield: it is the other one that stays.
 */
static int join(struct transaction *t, const struct xnm_fp_intent *intent, bool yield)
{
	int rc = look(t, intent);

	for (int i = 0; i < MAX_NAMESAKES && rc == 0; i++) {
		const struct xnm_fp_vif *other = xnm_fp_namesake(&the_view, &intent->id, true);
		struct xnm_fp_intent theirs = { .has_vif = true };

		if (!other)
			return settle(t);
		if (yield)
			return 0;
		theirs.id = other->id;
		if (other->id.domid == intent->id.domid) {
			xnm_fp_find(&the_view, &theirs.id)->published = false;
			continue;
		}
		rc = leave(t, &theirs);
		if (rc == 0)
			rc = look(t, intent);
	}
	return rc ? rc : -ELOOP;
}

/* A migration that failed: the vif that was replaced is published again. */
static int leave_to_heir(struct transaction *t, const struct xnm_fp_intent *intent)
{
	struct xnm_fp_intent heir = { .has_vif = true, .publish = true };
	const struct xnm_fp_vif *other;
	int rc = leave(t, intent);

	if (rc)
		return rc;
	other = xnm_fp_namesake(&the_view, &intent->id, false);
	if (!other)
		return 0;
	heir.id = other->id;
	rc = join(t, &heir, true);
	/* it has gone as well, and nobody has said so yet */
	return rc == -ENOENT ? 0 : rc;
}

static int change(struct transaction *t, const struct xnm_fp_intent *intent)
{
	if (!intent->has_vif)
		return leave(t, intent);
	return intent->publish ? join(t, intent, false) : leave_to_heir(t, intent);
}

/* ------------------------------------------------------------ all together */

/* Last of all, by which a reader knows that what it has read is whole. */
static int count_up(struct transaction *t)
{
	char home[XNM_FP_HOME_LEN], text[16];
	uint32_t generation;
	int rc = 0;

	for (uint32_t domid = 0; domid <= XNM_DOMID_MAX && rc == 0; domid++) {
		if (!(t->changed[domid / 8] & (1u << (domid % 8))))
			continue;
		xnm_fp_home(domid, home);
		rc = xnm_store_read(t->ctx->store, home, "gen", text, sizeof(text));
		if (rc == -ETIMEDOUT)
			return rc;
		if (rc || xnm_parse_u32(text, 0, UINT32_MAX - 1, &generation))
			generation = 0;
		(void)snprintf(text, sizeof(text), "%u", generation + 1);
		rc = xnm_store_write(t->ctx->store, home, "gen", text);
	}
	return rc;
}

static int change_at_once(struct transaction *t, const struct xnm_fp_intent *intent)
{
	int rc = -EAGAIN;

	for (int i = 0; rc == -EAGAIN && i < MAX_TRIES; i++) {
		memset(t->changed, 0, sizeof(t->changed));
		rc = xnm_store_begin(t->ctx->store);
		if (rc)
			break;
		rc = change(t, intent);
		if (rc == 0)
			rc = count_up(t);
		if (rc)
			(void)xnm_store_end(t->ctx->store, false);
		else
			rc = xnm_store_end(t->ctx->store, true);
	}
	return rc;
}

int apply_fastpath(struct xnm_ctx *ctx, const struct xnm_fp_intent *intent)
{
	static struct transaction transaction;
	uint64_t lock = xnm_lock_bridge(XNM_FASTPATH_LOCK);
	int rc;

	/* an offline without xenstored: what it kept has gone with it */
	if (!ctx->store)
		return 0;
	transaction.ctx = ctx;
	rc = xnm_lock_take(ctx->dir.lock_fd, lock, false, XNM_SHARED_LOCK_TIMEOUT_MS);
	if (rc)
		return rc;
	rc = change_at_once(&transaction, intent);
	xnm_lock_drop(ctx->dir.lock_fd, lock);
	/* only domain 0 may: guests of a driver domain have no fast path */
	return rc == -EACCES ? 0 : rc;
}

int apply_fastpath_op(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_fp_intent intent = {
		.id = { plan->domid, plan->devid },
		.has_vif = true,
		.publish = op->kind == XNM_OP_FASTPATH,
	};
	int rc;

	memcpy(intent.network, plan->fastpath.network, sizeof(intent.network));
	memcpy(intent.old_network, plan->fastpath.old_network, sizeof(intent.old_network));
	rc = apply_fastpath(ctx, &intent);
	if (rc == 0 || !intent.publish)
		return rc;
	/* what was published of it before is not true any more */
	intent.publish = false;
	(void)apply_fastpath(ctx, &intent);
	return rc;
}
