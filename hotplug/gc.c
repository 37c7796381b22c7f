/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - tear down the vifs of domains that went without an offline. */
#include "hotplug/run.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "hotplug/apply_parts.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/lock.h"
#include "hotplug/xen/store.h"

/*
 * The toolstack does not always call offline: it was killed, the driver domain
 * or xl devd was restarted, the backend did not close in time. Every online
 * looks for what such cases left, with one listing of xenstore against one of
 * our own folder: the cost must not be a round trip per vif. Where there are
 * many vifs, the listings themselves cost as much as an online: then those
 * that follow each other fast look once together.
 */
#define GC_MANY	   64 /* beyond this many vifs, not at every online of a burst */
#define GC_PAUSE_S 2
#define MAX_STRAYS 4096

struct gc {
	struct xnm_ctx *ctx;
	uint32_t own_domid, own_devid;
	const char *backend_dir;
	bool thorough; /* look at every vif, not only at its domain */
	unsigned int others;
	int removed;
	uint8_t domains[XNM_DOMID_MAX / 8 + 1]; /* those with a vif backend in xenstore */
};

static bool is_other(const struct gc *gc, uint32_t domid, uint32_t devid)
{
	return domid != gc->own_domid || devid != gc->own_devid;
}

static int count_others(void *arg, uint32_t domid, uint32_t devid)
{
	struct gc *gc = arg;

	gc->others += is_other(gc, domid, devid);
	return gc->others > GC_MANY;
}

/* The lock file's time says when somebody last looked; sets it if that is long ago. */
static bool was_just_done(const struct gc *gc)
{
	struct timespec now;
	struct stat st;

	if (clock_gettime(CLOCK_REALTIME, &now) || fstat(gc->ctx->dir.lock_fd, &st))
		return false;
	if (now.tv_sec - st.st_mtim.tv_sec >= 0 && now.tv_sec - st.st_mtim.tv_sec < GC_PAUSE_S)
		return true;
	(void)futimens(gc->ctx->dir.lock_fd, NULL);
	return false;
}

static void note_domain(void *arg, const char *name)
{
	struct gc *gc = arg;
	uint32_t domid;

	if (xnm_parse_u32(name, 0, XNM_DOMID_MAX, &domid) == 0)
		gc->domains[domid / 8] |= (uint8_t)(1u << (domid % 8));
}

static bool is_stale(const struct gc *gc, uint32_t domid, uint32_t devid)
{
	char dir[XNM_PATH_MAX], text[XNM_PATH_MAX];

	if (!(gc->domains[domid / 8] & (1u << (domid % 8))))
		return true;
	if (!gc->thorough)
		return false;
	(void)snprintf(dir, sizeof(dir), "%.200s/%u/%u", gc->backend_dir, domid, devid);
	return xnm_store_read(gc->ctx->store, dir, "frontend", text, sizeof(text)) == -ENOENT;
}

static int collect(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_plan plan;
	struct gc *gc = arg;
	struct xnm_ctx ctx = *gc->ctx;
	struct xnm_event event;

	if (!is_other(gc, domid, devid) || domid > XNM_DOMID_MAX || !is_stale(gc, domid, devid))
		return 0;
	/* whoever holds the lock is tearing it down already */
	if (xnm_lock_take(ctx.dir.lock_fd, xnm_lock_vif(domid, devid), false, 0))
		return 0;
	/* the tap first: with it, an offline keeps the notes that both have */
	xnm_event_init(&event, XNM_VERB_REMOVE, domid, devid);
	(void)xnm_tear_down(&ctx, &event, &plan, false);
	xnm_event_init(&event, XNM_VERB_OFFLINE, domid, devid);
	ctx.err.text[0] = '\0';
	if (xnm_tear_down(&ctx, &event, &plan, false))
		xnm_log_warning("%s: its domain has gone, but: %s", event.vif, ctx.err.text);
	else
		xnm_log_info("%s: removed, its domain has gone", event.vif);
	/* damaged notes, and those of a tap that could not be taken down */
	(void)xnm_state_remove(&ctx.dir, domid, devid);
	xnm_lock_drop(ctx.dir.lock_fd, xnm_lock_vif(domid, devid));
	gc->ctx->nft = ctx.nft;
	gc->removed++;
	return 0;
}

void xnm_gc(struct xnm_ctx *ctx, const char *backend_dir, uint32_t own_domid, uint32_t own_devid)
{
	static struct gc gc;
	int rc;

	gc = (struct gc){
		.ctx = ctx,
		.own_domid = own_domid,
		.own_devid = own_devid,
		.backend_dir = backend_dir,
	};
	(void)xnm_state_each(&ctx->dir, count_others, &gc);
	if (gc.others == 0 || (gc.others > GC_MANY && was_just_done(&gc)))
		return;
	rc = xnm_store_list(ctx->store, backend_dir, note_domain, &gc);
	if (rc == 0 || rc == -ENOENT)
		(void)xnm_state_each(&ctx->dir, collect, &gc);
}

/* A bridge of ours whose last vif was never taken offline. */
static int collect_bridge(void *arg, const char *bridge)
{
	static struct xnm_plan plan;
	struct gc *gc = arg;
	struct xnm_ctx ctx = *gc->ctx;

	if (!xnm_made_bridge(&ctx.dir, bridge))
		return 0;
	plan.n = 1;
	plan.op[0].kind = XNM_OP_BRIDGE_RELEASE;
	(void)snprintf(plan.op[0].dev, sizeof(plan.op[0].dev), "%s", bridge);
	ctx.err.text[0] = '\0';
	if (xnm_apply_offline(&ctx, &plan))
		xnm_log_warning("%s", ctx.err.text);
	return 0;
}

/* A wait for a name by a vif that has gone itself. */
static int collect_vifname(void *arg, const char *name)
{
	struct gc *gc = arg;
	struct xnm_state state;
	uint32_t domid, devid;

	if (xnm_state_vifname_read(&gc->ctx->dir, name, &domid, &devid) == 0 &&
	    xnm_state_read(&gc->ctx->dir, domid, devid, &state) == -ENOENT)
		(void)xnm_state_vifname_remove(&gc->ctx->dir, name, domid, devid);
	return 0;
}

/* A network whose last vif was never taken offline. */
static int collect_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	struct gc *gc = arg;
	int rc = xnm_state_network_read(&gc->ctx->dir, network, &note);

	if (rc == 0)
		rc = apply_release_network(gc->ctx, network, note.bridge, false);

	if (rc)
		xnm_log_warning("cannot remove the rules of network %s: %s", network,
				strerror(-rc));
	return 0;
}

struct stray_search {
	struct gc *gc;
	unsigned int n;
	char names[MAX_STRAYS][IFNAMSIZ];
};

static void note_guarded(void *arg, const uint8_t *key, uint64_t packets, uint64_t bytes)
{
	struct stray_search *search = arg;

	(void)packets;
	(void)bytes;
	if (search->n < MAX_STRAYS)
		memcpy(search->names[search->n++], key, IFNAMSIZ - 1);
}

/* Takes the names of a vif that has notes off the list. */
static int forgive(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_state state;
	struct stray_search *search = arg;
	int rc;

	rc = xnm_state_read(&search->gc->ctx->dir, domid, devid, &state);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	for (unsigned int i = 0; i < search->n; i++) {
		if (strcmp(search->names[i], state.ifname) == 0 ||
		    strcmp(search->names[i], state.tap) == 0)
			search->names[i][0] = '\0';
	}
	return 0;
}

/* Elements of devices that nobody has noted: their notes were lost. */
static void collect_strays(struct gc *gc)
{
	static struct stray_search search;
	static struct xnm_plan plan;
	struct xnm_ctx *ctx = gc->ctx;
	int rc;

	search = (struct stray_search){ .gc = gc };
	if (!ctx->nft && xnm_nft_open(&ctx->nft))
		return;
	(void)xnm_nft_each_element(ctx->nft, &xnm_sets[XNM_SET_BRIDGE_GUARD], note_guarded,
				   &search);
	(void)xnm_nft_each_element(ctx->nft, &xnm_sets[XNM_SET_INET_GUARD], note_guarded, &search);
	/* after the listing: who has come since then is not in it */
	rc = xnm_state_each(&ctx->dir, forgive, &search);
	/* a vif whose names are not known may have any of them */
	if (rc) {
		xnm_log_warning("rules that nobody has noted stay: cannot read %s/vif: %s",
				xnm_run_dir_path(), strerror(-rc));
		return;
	}
	for (unsigned int i = 0; i < search.n; i++) {
		struct xnm_elements *found = &plan.state.elements[0];

		found->n = 0;
		if (search.names[i][0] == '\0' ||
		    xnm_nft_read_device(ctx->nft, search.names[i], found) || found->n == 0)
			continue;
		plan.n = 1;
		plan.op[0].kind = XNM_OP_FILTER;
		plan.filter.n_add = 0;
		plan.filter.n_del = found->n;
		memcpy(plan.filter.del, found->list, found->n * sizeof(found->list[0]));
		if (xnm_apply_offline(ctx, &plan))
			xnm_log_warning("%s", ctx->err.text);
	}
}

static int collect_all(struct gc *gc)
{
	int rc = xnm_store_list(gc->ctx->store, gc->backend_dir, note_domain, gc);

	if (rc && rc != -ENOENT)
		return xnm_fail(&gc->ctx->err, rc, "cannot list %s in xenstore: %s",
				gc->backend_dir, strerror(-rc));
	rc = xnm_state_each(&gc->ctx->dir, collect, gc);
	collect_strays(gc);
	xnm_state_members_check(&gc->ctx->dir);
	xnm_state_addresses_check(&gc->ctx->dir);
	if (rc == 0)
		rc = xnm_state_network_each(&gc->ctx->dir, collect_network, gc);
	apply_owned_check(gc->ctx);
	apply_end_strays(gc->ctx);
	apply_fastpath_check(gc->ctx);
	xnm_run_dir_sweep(&gc->ctx->dir);
	if (rc == 0)
		rc = xnm_state_bridge_each(&gc->ctx->dir, collect_bridge, gc);
	if (rc == 0)
		rc = xnm_state_vifname_each(&gc->ctx->dir, collect_vifname, gc);
	return rc ? xnm_fail(&gc->ctx->err, rc, "cannot list %s: %s", xnm_run_dir_path(),
			     strerror(-rc))
		  : 0;
}

int xnm_gc_all(struct xnm_err *err)
{
	static struct gc gc;
	struct xnm_ctx ctx = { .dir = XNM_RUN_DIR_CLOSED };
	int rc;

	gc = (struct gc){
		.ctx = &ctx,
		.own_domid = UINT32_MAX,
		.backend_dir = "backend/vif",
		.thorough = true,
	};
	rc = xnm_rtnl_open(&ctx.rtnl);
	if (rc)
		(void)xnm_fail(&ctx.err, rc, "cannot open a netlink socket: %s", strerror(-rc));
	if (rc == 0 && (rc = xnm_store_open(&ctx.store, XNM_STORE_TIMEOUT_S)))
		(void)xnm_fail(&ctx.err, rc, "cannot reach xenstored: %s; is it running?",
			       strerror(-rc));
	if (rc == 0 && (rc = xnm_run_dir_open(&ctx.dir, xnm_run_dir_path(), false)))
		(void)xnm_fail(&ctx.err, rc, "cannot read %s: %s", xnm_run_dir_path(),
			       strerror(-rc));
	if (rc == 0)
		rc = collect_all(&gc);
	*err = ctx.err;
	xnm_store_close(ctx.store);
	xnm_rtnl_close(ctx.rtnl);
	xnm_nft_close(ctx.nft);
	xnm_run_dir_close(&ctx.dir);
	return rc ? rc : gc.removed;
}
