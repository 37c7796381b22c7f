/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - tear down the vifs of domains that are gone and whose offline never ran. */
#include "hotplug/run/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hotplug/base/util.h"
#include "hotplug/core/witness.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/run.h"
#include "hotplug/xen/store.h"

/*
 * The toolstack does not always run offline: it may have been killed, the driver domain or xl devd
 * restarted, or the backend not closed in time. Every online looks for vifs that were left this
 * way, by comparing one listing of xenstore with one of our own folder: it must not cost a round
 * trip per vif. The other sources (witness.h) are read only for vifs that are missing there. With
 * many vifs, the listings themselves cost as much as an online: then only one of several onlines in
 * quick succession reads them.
 */
#define GC_MANY	   64 /* with more vifs, not at every online of a burst */
#define GC_PAUSE_S 2

/* The mtime of <run>/gc is the time of the last check. */
#define GC_FILE "gc"

struct gc {
	struct xnm_ctx *ctx;
	uint32_t own_domid, own_devid;
	const char *backend_dir;
	bool thorough; /* check every vif, not only its domain */
	unsigned int others;
	int removed;
	uint8_t domains[XNM_DOMID_MAX / 8 + 1]; /* domains with a vif backend in xenstore */
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

/* Whether another run has just checked; else records that this one does. */
static bool was_just_done(const struct gc *gc)
{
	const int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW;
	_cleanup_close_ int fd = openat(gc->ctx->dir.run_fd, GC_FILE, flags);
	struct timespec now;
	struct stat st;

	if (fd < 0) {
		int made = openat(gc->ctx->dir.run_fd, GC_FILE, flags | O_CREAT, 0600);

		if (made >= 0)
			(void)close(made);
		return false;
	}
	if (clock_gettime(CLOCK_REALTIME, &now) || fstat(fd, &st))
		return false;
	if (now.tv_sec - st.st_mtim.tv_sec >= 0 && now.tv_sec - st.st_mtim.tv_sec < GC_PAUSE_S)
		return true;
	(void)futimens(fd, NULL);
	return false;
}

static void note_domain(void *arg, const char *name)
{
	struct gc *gc = arg;
	uint32_t domid;

	if (xnm_parse_u32(name, 0, XNM_DOMID_MAX, &domid) == 0)
		gc->domains[domid / 8] |= (uint8_t)(1u << (domid % 8));
}

static bool is_listed(const struct gc *gc, uint32_t domid)
{
	return gc->domains[domid / 8] & (1u << (domid % 8));
}

struct age_search {
	const struct gc *gc;
	uint32_t domid, devid;
	struct timespec noted;
};

static int note_time(const struct gc *gc, uint32_t domid, uint32_t devid, struct timespec *out)
{
	char file[XNM_VIF_FILE_LEN];
	struct stat st;

	xnm_vif_file(domid, devid, file);
	if (fstatat(gc->ctx->dir.vif_fd, file, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	*out = st.st_mtim;
	return 0;
}

static int is_older(void *arg, uint32_t domid, uint32_t devid)
{
	const struct age_search *search = arg;
	struct timespec noted = { 0 };

	if (!is_other(search->gc, domid, devid) || domid > XNM_DOMID_MAX ||
	    (domid == search->domid && devid == search->devid) || !is_listed(search->gc, domid) ||
	    note_time(search->gc, domid, devid, &noted))
		return 0;
	return noted.tv_sec < search->noted.tv_sec ||
	       (noted.tv_sec == search->noted.tv_sec && noted.tv_nsec < search->noted.tv_nsec);
}

/* A restarted xenstored knows only vifs that are newer than its start. */
static bool knows_older(void *arg, uint32_t domid, uint32_t devid)
{
	const struct gc *gc = arg;
	struct age_search search = { .gc = gc, .domid = domid, .devid = devid };

	return note_time(gc, domid, devid, &search.noted) == 0 &&
	       xnm_vif_note_each(&gc->ctx->dir, is_older, &search) == 1;
}

static void count_key(void *arg, const char *name)
{
	(void)name;
	++*(unsigned int *)arg;
}

/* A first check in xenstore: by a list of domains; with thorough, by each vif's keys. */
static bool is_missing(const struct gc *gc, uint32_t domid, uint32_t devid)
{
	char path[XNM_PATH_MAX];
	unsigned int n = 0;
	int rc;

	if (!is_listed(gc, domid))
		return true;
	if (!gc->thorough)
		return false;
	(void)snprintf(path, sizeof(path), "%.200s/%u/%u", gc->backend_dir, domid, devid);
	rc = xnm_store_list(gc->ctx->store, path, count_key, &n);
	return rc || n == 0;
}

static bool has_gone(struct gc *gc, uint32_t domid, uint32_t devid)
{
	const struct xnm_witness witness = {
		.ctx = gc->ctx,
		.backend_dir = gc->backend_dir,
		.knows_older = knows_older,
		.arg = gc,
	};
	char why[XNM_WHY_LEN] = "";

	if (xnm_vif_has_gone(&witness, domid, devid, why))
		return true;
	/* a running vif that xenstore does not know is reported at each online, in the log only */
	if (gc->thorough)
		xnm_log_warning("vif%u.%u is kept: %s", domid, devid, why);
	else
		xnm_log_info("vif%u.%u is kept: %s", domid, devid, why);
	return false;
}

static int collect(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_plan plan;
	struct gc *gc = arg;
	struct xnm_ctx ctx = *gc->ctx;
	struct xnm_event event;

	if (!is_other(gc, domid, devid) || domid > XNM_DOMID_MAX || !is_missing(gc, domid, devid))
		return 0;
	/* another run has its lock: it is being torn down, or set up */
	if (xnm_lock_vif(&ctx.dir.locks, domid, devid, 0))
		return 0;
	if (!has_gone(gc, domid, devid)) {
		xnm_unlock(&ctx.dir.locks, XNM_LOCK_VIF);
		return 0;
	}
	/* the tap first: while it exists, an offline keeps the note of both */
	xnm_event_init(&event, XNM_VERB_REMOVE, domid, devid);
	(void)xnm_tear_down(&ctx, &event, &plan, false);
	xnm_event_init(&event, XNM_VERB_OFFLINE, domid, devid);
	ctx.err.text[0] = '\0';
	if (xnm_tear_down(&ctx, &event, &plan, false))
		xnm_log_warning("%s: its domain no longer exists, but cleaning up failed: %s",
				event.vif, ctx.err.text);
	else
		xnm_log_info("%s: cleaned up, its domain no longer exists", event.vif);
	/* for a damaged note, or a tap that could not be torn down */
	(void)xnm_vif_note_remove(&ctx.dir, domid, devid);
	xnm_unlock(&ctx.dir.locks, XNM_LOCK_VIF);
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
	(void)xnm_vif_note_each(&ctx->dir, count_others, &gc);
	if (gc.others == 0 || (gc.others > GC_MANY && was_just_done(&gc)))
		return;
	rc = xnm_store_list(ctx->store, backend_dir, note_domain, &gc);
	if (rc == 0 || rc == -ENOENT)
		(void)xnm_vif_note_each(&ctx->dir, collect, &gc);
	else
		xnm_log_info("cannot clean up after vifs whose offline never ran: cannot list %s "
			     "in xenstore: %s",
			     backend_dir, strerror(-rc));
}

bool xnm_gc_vif(struct xnm_ctx *ctx, const char *backend_dir, const struct xnm_owner *vif)
{
	static struct gc gc;
	int rc;

	gc = (struct gc){
		.ctx = ctx,
		.own_domid = UINT32_MAX,
		.backend_dir = backend_dir,
	};
	rc = xnm_store_list(ctx->store, backend_dir, note_domain, &gc);
	/* its domain may live on: not the domain is asked for, but the vif's own keys */
	gc.thorough = true;
	if (rc == 0 || rc == -ENOENT)
		(void)collect(&gc, vif->domid, vif->devid);
	return gc.removed;
}

/* Removes what no vif's note names any more. */
static int collect_notes(struct xnm_ctx *ctx)
{
	struct xnm_gc gc = { .ctx = ctx };
	int rc = 0;

	for (int step = 0; rc == 0 && step < XNM_N_GC_STEPS; step++) {
		rc = xnm_parts_gc(&gc, (enum xnm_gc_step)step);
		/* what killed runs have half written */
		if (step == XNM_GC_NETWORKS)
			xnm_run_dir_sweep(&ctx->dir);
	}
	return rc;
}

static int collect_all(struct gc *gc)
{
	int rc = xnm_store_list(gc->ctx->store, gc->backend_dir, note_domain, gc);

	if (rc && rc != -ENOENT)
		return xnm_fail(&gc->ctx->err, rc, "cannot list %s in xenstore: %s",
				gc->backend_dir, strerror(-rc));
	rc = xnm_vif_note_each(&gc->ctx->dir, collect, gc);
	if (rc == 0)
		rc = collect_notes(gc->ctx);
	return rc ? xnm_fail(&gc->ctx->err, rc, "cannot list %s: %s", xnm_run_dir_path(),
			     strerror(-rc))
		  : 0;
}

int xnm_gc_all(struct xnm_err *err)
{
	static struct gc gc;
	struct xnm_ctx ctx = { .parts = xnm_parts, .dir = XNM_RUN_DIR_CLOSED };
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
	(void)xnm_heal(&ctx, false);
	*err = ctx.err;
	xnm_store_close(ctx.store);
	xnm_rtnl_close(ctx.rtnl);
	xnm_nft_close(ctx.nft);
	xnm_run_dir_close(&ctx.dir);
	return rc ? rc : gc.removed;
}
