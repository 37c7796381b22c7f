/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart_apply.c - keep the host's interfaces from forwarding to each other while xnm has switched forwarding on. */
#include "hotplug/core/elements/apart.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/network/apart.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/core/nft.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/files.h"

/* In the note instead of a bridge: host-forward=yes, all may forward. */
#define OPENED "host-forward"

struct settle {
	struct xnm_ctx *ctx;
	unsigned int ip;
	bool begins; /* forwarding is about to be switched on */
	bool is_ours; /* xnm has switched forwarding on */
	bool was_noted;
	bool was_opened;
	struct xnm_network_note old, new;
};

static bool is_wanted(const struct xnm_ctx *ctx)
{
	return !ctx->policy || ctx->policy->global.host_forward != XNM_YES;
}

/* True also if the note cannot be read. */
bool apply_apart_is_ours(const struct xnm_ctx *ctx, unsigned int ip)
{
	uint32_t was;
	int rc = xnm_sysctl_note_read(&ctx->dir, xnm_forwarding_paths[ip], &was);

	return rc ? rc != -ENOENT : was == 0;
}

#define SETTING_LEN sizeof(((struct xnm_network_note *)NULL)->settings[0])

/* The sysctl of a single interface, below /proc/sys/net. */
static void forwarding_path(char out[SETTING_LEN], unsigned int ip, const char *ifname)
{
	(void)snprintf(out, SETTING_LEN, "ipv%c/conf/%.15s/forwarding", ip ? '6' : '4', ifname);
}

static bool is_set(int family, const char *ifname, const char *name)
{
	uint32_t value;

	return xnm_sysctl_conf_get(family, ifname, name, &value) == 0 && value == 1;
}

/* Notes interfaces whose own forwarding setting is on: switching "all" on and off changes them,
 * too. */
static void note_forwarding(struct xnm_network_note *note, unsigned int ip,
			    const struct xnm_host_links *links)
{
	note->n_settings = 0;
	/* which devices to come begin with */
	if (is_set(xnm_ip_families[ip], "default", "forwarding"))
		forwarding_path(note->settings[note->n_settings++], ip, "default");
	for (unsigned int i = 0; i < links->n && note->n_settings < XNM_MAX_SETTINGS; i++) {
		const char *ifname = links->list[i].name;

		if (is_set(xnm_ip_families[ip], ifname, "forwarding"))
			forwarding_path(note->settings[note->n_settings++], ip, ifname);
	}
}

static bool is_noted(const struct xnm_network_note *note, const char *path)
{
	for (unsigned int i = 0; i < note->n_settings; i++) {
		if (strcmp(note->settings[i], path) == 0)
			return true;
	}
	return false;
}

/* Interfaces that forwarded before: IPv4 checks the input interface's setting, IPv6 only
 * force_forwarding. */
static void find_forwarding(struct xnm_host_links *links, unsigned int ip,
			    const struct xnm_network_note *note)
{
	char path[SETTING_LEN];

	for (unsigned int i = 0; i < links->n; i++) {
		struct xnm_host_link *link = &links->list[i];

		forwarding_path(path, ip, link->name);
		link->forwards[ip] = ip ? is_set(AF_INET6, link->name, "force_forwarding")
					: is_noted(note, path);
	}
}

/* Bridges of xnm that lead to guests: other rules apply to them, and they end with their guests. */
static void find_inside(const struct xnm_run_dir *dir, struct xnm_host_links *links)
{
	static struct xnm_network_note note;

	for (unsigned int i = 0; i < links->n; i++) {
		struct xnm_host_link *link = &links->list[i];
		struct xnm_bridge_note bridge;

		link->is_inside = false;
		if (link->role != XNM_LINK_BRIDGE ||
		    xnm_bridge_note_read(dir, link->name, &bridge) ||
		    xnm_network_note_read(dir, bridge.network, &note))
			continue;
		for (unsigned int k = 0; k < note.elements.n; k++)
			link->is_inside |= note.elements.list[k].set == XNM_SET_INSIDE;
	}
}

static int fill(struct settle *settle)
{
	static struct xnm_host_links links;
	int rc = xnm_host_links(settle->ctx->rtnl, links.list, XNM_MAX_HOST_LINKS, &links.n);

	if (rc)
		return rc;
	if (settle->begins)
		note_forwarding(&settle->new, settle->ip, &links);
	if (!is_wanted(settle->ctx)) {
		xnm_copy(settle->new.bridge, sizeof(settle->new.bridge), OPENED);
		return 0;
	}
	find_forwarding(&links, settle->ip, &settle->new);
	find_inside(&settle->ctx->dir, &links);
	/* when host-forward=yes is removed, all existing interfaces count */
	return xnm_filter_apart(&settle->new.elements, &links, settle->ip, &settle->old.elements,
				settle->begins || settle->was_opened);
}

static void copy_settings(struct xnm_network_note *to, const struct xnm_network_note *from)
{
	to->n_settings = from->n_settings;
	memcpy(to->settings, from->settings, from->n_settings * sizeof(from->settings[0]));
}

static int write_note(struct settle *settle, bool with_old)
{
	static struct xnm_network_note note;

	copy_settings(&note, &settle->new);
	memcpy(note.bridge, settle->new.bridge, sizeof(note.bridge));
	xnm_elements_copy(&note.elements, &settle->new.elements);
	for (unsigned int i = 0; with_old && i < settle->old.elements.n; i++) {
		const struct xnm_element *element = &settle->old.elements.list[i];

		if (note.elements.n < XNM_MAX_ELEMENTS &&
		    !xnm_elements_have(&note.elements, element))
			note.elements.list[note.elements.n++] = *element;
	}
	return xnm_network_note_write(&settle->ctx->dir, xnm_apart_notes[settle->ip], &note);
}

/* Deletes before it adds: a name may be another device's by now. */
static int send_elements(struct settle *settle)
{
	const struct xnm_elements *old = &settle->old.elements, *new = &settle->new.elements;
	struct xnm_ctx *ctx = settle->ctx;
	int rc = apply_open_nft(ctx);

	if (rc)
		return rc;
	xnm_nft_begin(ctx->nft, 0);
	for (unsigned int i = 0; i < old->n; i++) {
		if (!xnm_elements_have(new, &old->list[i]))
			xnm_nft_del_element(ctx->nft, &old->list[i]);
	}
	for (unsigned int i = 0; i < new->n; i++)
		xnm_nft_add_element(ctx->nft, &new->list[i]);
	return apply_commit(ctx);
}

static bool is_settled(const struct settle *settle)
{
	return settle->was_noted && !settle->begins &&
	       strcmp(settle->old.bridge, settle->new.bridge) == 0 &&
	       xnm_elements_equal(&settle->old.elements, &settle->new.elements);
}

/* Elements are noted before they are added, and until they are deleted. With begins they are sent
 * again, as a run that was killed before the sysctl may not have sent them. */
static int replace(struct settle *settle)
{
	bool differs = !xnm_elements_equal(&settle->old.elements, &settle->new.elements);
	int rc;

	rc = write_note(settle, true);
	if (rc == 0 && (differs || settle->begins))
		rc = send_elements(settle);
	if (rc == 0 && settle->old.elements.n)
		rc = write_note(settle, false);
	return rc;
}

/* Restores single interfaces' own settings, which the kernel has switched off with "all". */
static int end(struct settle *settle)
{
	struct xnm_ctx *ctx = settle->ctx;
	int rc = settle->old.elements.n ? send_elements(settle) : 0;

	/* if the table is missing, so are its elements */
	if (rc && rc != -ENOENT)
		return rc;
	for (unsigned int i = 0; i < settle->old.n_settings; i++)
		(void)xnm_sysctl_set(settle->old.settings[i], 1);
	return xnm_network_note_remove(&ctx->dir, xnm_apart_notes[settle->ip]);
}

/* Reads the note; new is empty. Returns 0 or -errno. */
static int read_old(struct settle *settle, struct xnm_ctx *ctx, unsigned int ip, bool begins)
{
	int rc = xnm_network_note_read(&ctx->dir, xnm_apart_notes[ip], &settle->old);

	settle->ctx = ctx;
	settle->ip = ip;
	settle->begins = begins;
	settle->was_noted = rc == 0;
	settle->was_opened = strcmp(settle->old.bridge, OPENED) == 0;
	copy_settings(&settle->new, &settle->old);
	settle->new.bridge[0] = '\0';
	settle->new.elements.n = 0;
	settle->new.elements.full = false;
	return rc == -ENOENT ? 0 : rc;
}

/* Fills old and new. Returns 1 if nothing has to change, 0, or -errno. */
static int decide(struct settle *settle, struct xnm_ctx *ctx, unsigned int ip, bool begins)
{
	int rc = read_old(settle, ctx, ip, begins);

	if (rc)
		return rc;
	settle->is_ours = apply_apart_is_ours(ctx, ip);
	if (!settle->is_ours)
		return !settle->was_noted;
	/* without the policy, an existing list is only updated */
	if (!ctx->policy && (!settle->was_noted || settle->was_opened))
		return 1;
	rc = fill(settle);
	return rc ? rc : is_settled(settle);
}

int apply_apart_settle(struct xnm_ctx *ctx, unsigned int ip, bool begins)
{
	static struct settle settle;
	int rc = decide(&settle, ctx, ip, begins);

	if (rc)
		return rc < 0 ? rc : 0;
	return settle.is_ours ? replace(&settle) : end(&settle);
}

bool apply_apart_is_due(struct xnm_ctx *ctx, unsigned int ip)
{
	static struct settle settle;

	return decide(&settle, ctx, ip, false) != 1;
}

static int family_of(const char *path)
{
	for (int ip = 0; ip < XNM_N_IP; ip++) {
		if (strcmp(path, xnm_forwarding_paths[ip]) == 0)
			return ip;
	}
	return -1;
}

int apply_apart_newest(struct xnm_ctx *ctx, const char *path)
{
	static struct xnm_host_links links;
	int newest = 0;

	if (family_of(path) < 0 ||
	    xnm_host_links(ctx->rtnl, links.list, XNM_MAX_HOST_LINKS, &links.n))
		return 0;
	for (unsigned int i = 0; i < links.n; i++) {
		if (links.list[i].ifindex > newest)
			newest = links.list[i].ifindex;
	}
	return newest;
}

static bool is_of_others(const struct xnm_ctx *ctx, const struct xnm_host_link *link)
{
	struct xnm_bridge_note note;

	return link->up && (link->role == XNM_LINK_OTHER || link->role == XNM_LINK_BRIDGE) &&
	       xnm_bridge_note_read(&ctx->dir, link->name, &note) == -ENOENT;
}

bool apply_apart_has_user(struct xnm_ctx *ctx, const char *path, int newest, char user[IFNAMSIZ])
{
	static struct xnm_host_links links;

	if (family_of(path) < 0 || newest == 0)
		return false;
	/* what cannot be seen may be there */
	if (xnm_host_links(ctx->rtnl, links.list, XNM_MAX_HOST_LINKS, &links.n)) {
		memcpy(user, "a device", sizeof("a device"));
		return true;
	}
	for (unsigned int i = 0; i < links.n; i++) {
		if (links.list[i].ifindex > newest && is_of_others(ctx, &links.list[i])) {
			memcpy(user, links.list[i].name, IFNAMSIZ);
			return true;
		}
	}
	return false;
}

int apply_apart_begin(struct xnm_ctx *ctx, const char *path)
{
	int ip = family_of(path);

	return ip < 0 ? 0 : apply_apart_settle(ctx, (unsigned int)ip, true);
}

static int end_family(struct xnm_ctx *ctx, unsigned int ip)
{
	static struct settle settle;
	int rc = read_old(&settle, ctx, ip, false);

	return rc || !settle.was_noted ? rc : end(&settle);
}

void apply_apart_end(struct xnm_ctx *ctx, const char *path)
{
	int ip = family_of(path);
	int rc = ip < 0 ? 0 : end_family(ctx, (unsigned int)ip);

	if (rc)
		xnm_log_warning(
			"this host no longer forwards, but the rules that keep its interfaces from "
			"forwarding to each other (%s) stay until the next event: %s",
			xnm_apart_notes[ip], strerror(-rc));
}
