/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings_apply.c - set sysctls for networks, and restore them when no network needs them any more. */
#include "hotplug/parts/network/settings_apply.h"
#include "hotplug/parts/network/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/network/apart.h"

int apply_settings(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	int rc;

	rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_SETTINGS, NULL, XNM_LOCK_TIMEOUT_MS);
	if (rc)
		return rc;
	for (unsigned int i = 0; rc == 0 && i < plan->network.n_sysctls; i++) {
		const struct xnm_setting *setting = &plan->network.sysctls[i];
		struct xnm_sysctl_note note = { .set = setting->value };

		/* a kernel without IPv6 has nothing to set */
		if (xnm_sysctl_get(setting->path, &note.was) ||
		    xnm_setting_holds(setting, note.was))
			continue;
		note.newest = apply_apart_newest(ctx, setting->path);
		rc = xnm_sysctl_note_write(&ctx->dir, setting->path, &note);
		if (rc == 0)
			rc = apply_apart_begin(ctx, setting->path);
		if (rc == 0)
			rc = xnm_sysctl_set(setting->path, setting->value);
	}
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_SETTINGS);
	return rc;
}

/* Whether the network's bridge has a noted accept_ra=0, and another value now. */
static bool hears_routers(const struct xnm_ctx *ctx, const char *network, char path[64])
{
	static struct xnm_network_note note;
	uint32_t now;

	if (xnm_network_note_read(&ctx->dir, network, &note))
		return false;
	(void)snprintf(path, 64, "ipv6/conf/%.15s/accept_ra", note.bridge);
	for (unsigned int i = 0; i < note.n_settings; i++) {
		if (strcmp(note.settings[i], path) == 0)
			return xnm_sysctl_get(path, &now) == 0 && now != 0;
	}
	return false;
}

/* A run that removes the note holds the lock. */
void xnm_apply_deafen(struct xnm_ctx *ctx, const char *network)
{
	char path[64];

	if (!hears_routers(ctx, network, path) ||
	    xnm_lock(&ctx->dir.locks, XNM_LOCK_SETTINGS, NULL, XNM_LOCK_TIMEOUT_MS))
		return;
	if (hears_routers(ctx, network, path) && xnm_sysctl_set(path, 0) == 0)
		xnm_log_info("another program switched on %s: it is off again", path);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_SETTINGS);
}

struct user_search {
	struct xnm_ctx *ctx;
	const char *but; /* this network */
	const char *path;
};

static int uses_setting(void *arg, const char *network)
{
	static struct xnm_network_note note;
	const struct user_search *search = arg;
	int rc;

	if (strcmp(network, search->but) == 0)
		return 0;
	rc = xnm_network_note_read(&search->ctx->dir, network, &note);
	/* a network whose note is unreadable may use it */
	if (rc)
		return rc != -ENOENT;
	for (unsigned int i = 0; i < note.n_settings; i++) {
		if (strcmp(note.settings[i], search->path) == 0)
			return 1;
	}
	return 0;
}

#define FORWARDING6 "ipv6/conf/all/forwarding"

static bool is_accept_ra(const char *path)
{
	const char *last = strrchr(path, '/');

	return last && strcmp(last, "/accept_ra") == 0;
}

/* Whether a device of another program, whose name is filled in, may count on forwarding. */
static bool has_user(struct xnm_ctx *ctx, const char *path, const struct xnm_sysctl_note *note,
		     char user[IFNAMSIZ])
{
	return note->was == 0 && apply_apart_has_user(ctx, path, note->newest, user);
}

/* Whether the sysctl has to stay as it is, as another program may count on it. */
static bool is_used_by_others(struct xnm_ctx *ctx, const char *path,
			      const struct xnm_sysctl_note *note)
{
	struct xnm_sysctl_note forwarding;
	char user[IFNAMSIZ];

	/* a host that goes on forwarding IPv6 would lose its default route with 1 */
	if (is_accept_ra(path) && note->set == 2)
		return xnm_sysctl_note_load(&ctx->dir, FORWARDING6, &forwarding) == 0 &&
		       has_user(ctx, FORWARDING6, &forwarding, user);
	if (!has_user(ctx, path, note, user))
		return false;
	xnm_log_info(
		"%s stays on: no guest needs it any more, but %s came while it was on, and may "
		"need it; sysctl -w net/%s=0 switches it off",
		path, user, path);
	return true;
}

static void restore_setting(const char *path, const struct xnm_sysctl_note *note)
{
	uint32_t now;

	/* its device may be gone, and the setting with it */
	if (xnm_sysctl_get(path, &now) || now == note->was)
		return;
	if (note->has_set && now != note->set)
		xnm_log_info("%s stays %u, as another program has set it: xnm set %u, and it was "
			     "%u before",
			     path, now, note->set, note->was);
	else
		(void)xnm_sysctl_set(path, note->was);
}

/*
 * Restores the sysctls of note that no other network and no other program needs. network's note on
 * disk still names them, so after a kill the next run restores them. What another program may need
 * stays noted: it is restored with the next network that needs it, or at the next boot. The caller
 * holds the lock of the settings.
 */
static void restore_settings(struct xnm_ctx *ctx, const char *network,
			     const struct xnm_network_note *note)
{
	for (unsigned int i = 0; i < note->n_settings; i++) {
		const char *path = note->settings[i];
		struct user_search search = { ctx, network, path };
		struct xnm_sysctl_note setting;

		if (xnm_network_note_each(&ctx->dir, uses_setting, &search) ||
		    xnm_sysctl_note_load(&ctx->dir, path, &setting) ||
		    is_used_by_others(ctx, path, &setting))
			continue;
		restore_setting(path, &setting);
		/* before the note on the sysctl is removed */
		apply_apart_end(ctx, path);
		(void)xnm_sysctl_note_remove(&ctx->dir, path);
	}
}

/* Leaves in old the settings that new does not have. */
static void keep_dropped(struct xnm_network_note *old, const struct xnm_network_note *new)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < old->n_settings; i++) {
		bool kept = false;

		for (unsigned int k = 0; k < new->n_settings && !kept; k++)
			kept = strcmp(old->settings[i], new->settings[k]) == 0;
		if (!kept)
			memmove(old->settings[n++], old->settings[i], sizeof(old->settings[0]));
	}
	old->n_settings = n;
}

int apply_replace_note(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *old,
		       const struct xnm_network_note *new)
{
	int rc = 0;

	if (old->n_settings)
		rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_SETTINGS, NULL, XNM_SHARED_LOCK_TIMEOUT_MS);
	if (rc)
		return rc;
	restore_settings(ctx, network, old);
	rc = new ? xnm_network_note_write(&ctx->dir, network, new)
		 : xnm_network_note_remove(&ctx->dir, network);
	if (old->n_settings)
		xnm_unlock(&ctx->dir.locks, XNM_LOCK_SETTINGS);
	return rc;
}

int apply_network_note(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	static struct xnm_network_note old;
	int rc;

	rc = xnm_network_note_read(&ctx->dir, plan->network.name, &old);
	if (rc && rc != -ENOENT)
		return rc;
	keep_dropped(&old, &plan->network.note);
	return apply_replace_note(ctx, plan->network.name, &old, &plan->network.note);
}

int network_released(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *note)
{
	return apply_replace_note(ctx, network, note, NULL);
}
