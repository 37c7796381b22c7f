/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart_look.c - update, at an event, the rules for interfaces of the host that have appeared or disappeared. */
#include "hotplug/core/elements/apart.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/network/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/lock.h"

/*
 * With many vifs, a list of all interfaces takes as long as an online: then only one of several
 * events in quick succession reads it.
 */
#define LOOK_MANY    64
#define LOOK_PAUSE_S 2

static bool has_note(const struct xnm_run_dir *dir, unsigned int ip)
{
	return dir->network_fd >= 0 &&
	       faccessat(dir->network_fd, xnm_apart_notes[ip], F_OK, 0) == 0;
}

static int count_vif(void *arg, uint32_t domid, uint32_t devid)
{
	unsigned int *n = arg;

	(void)domid;
	(void)devid;
	return ++*n > LOOK_MANY;
}

/* By the mtime of the note, which each check sets. */
static bool was_just_done(const struct xnm_ctx *ctx, unsigned int ip)
{
	const char *name = xnm_apart_notes[ip];
	unsigned int n_vifs = 0;
	struct timespec now;
	struct stat st;

	if (xnm_vif_note_each(&ctx->dir, count_vif, &n_vifs) == 0)
		return false;
	if (clock_gettime(CLOCK_REALTIME, &now) ||
	    fstatat(ctx->dir.network_fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return false;
	if (now.tv_sec - st.st_mtim.tv_sec >= 0 && now.tv_sec - st.st_mtim.tv_sec < LOOK_PAUSE_S)
		return true;
	(void)utimensat(ctx->dir.network_fd, name, NULL, AT_SYMLINK_NOFOLLOW);
	return false;
}

void apply_apart_look(struct xnm_ctx *ctx, bool often)
{
	bool due[XNM_N_IP], any = false;
	int rc;

	for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
		bool concerns = has_note(&ctx->dir, ip) || apply_apart_is_ours(ctx, ip);

		due[ip] = concerns && !(often && was_just_done(ctx, ip)) &&
			  apply_apart_is_due(ctx, ip);
		any |= due[ip];
	}
	/* no lock if nothing has to change, which is the usual case */
	if (!any || xnm_lock(&ctx->dir.locks, XNM_LOCK_SETTINGS, NULL, XNM_LOCK_TIMEOUT_MS))
		return;
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
		rc = due[ip] ? apply_apart_settle(ctx, ip, false) : 0;
		/* a missing or older table is rebuilt from the notes */
		if (rc && rc != -ENOENT)
			xnm_log_warning("cannot find out which interfaces of this host must not "
					"forward to each other (%s): %s",
					xnm_apart_notes[ip], strerror(-rc));
	}
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_SETTINGS);
}
