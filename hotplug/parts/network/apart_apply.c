/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart_apply.c - keep interfaces of the host apart while xnm has switched forwarding on. */
#include "hotplug/core/apply_parts.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/network/apart.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/files.h"

/* In the note in the place of a bridge: the policy wants nothing to be kept apart. */
#define OPENED "host-forward"

struct settle {
	struct xnm_ctx *ctx;
	unsigned int ip;
	bool begins; /* forwarding is about to be switched on */
	bool is_ours; /* it is by us that the host forwards */
	bool was_noted;
	bool was_opened;
	struct xnm_network_note old, new;
};

static bool is_wanted(const struct xnm_ctx *ctx)
{
	return !ctx->policy || ctx->policy->global.host_forward != XNM_YES;
}

/* Who cannot read that takes it for so. */
bool apply_apart_is_ours(const struct xnm_ctx *ctx, unsigned int ip)
{
	uint32_t was;
	int rc = xnm_sysctl_note_read(&ctx->dir, xnm_forwarding_paths[ip], &was);

	return rc ? rc != -ENOENT : was == 0;
}

#define SETTING_LEN sizeof(((struct xnm_network_note *)NULL)->settings[0])

/* The setting of a single interface, below /proc/sys/net. */
static void forwarding_path(char out[SETTING_LEN], unsigned int ip, const char *ifname)
{
	(void)snprintf(out, SETTING_LEN, "ipv%c/conf/%.15s/forwarding", ip ? '6' : '4', ifname);
}

static bool is_set(int family, const char *ifname, const char *name)
{
	uint32_t value;

	return xnm_sysctl_conf_get(family, ifname, name, &value) == 0 && value == 1;
}

/* What is so for single interfaces goes with the switch of all, there and back. */
static void note_forwarding(struct xnm_network_note *note, unsigned int ip,
			    const struct xnm_host_links *links)
{
	note->n_settings = 0;
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

/* IPv4 asks the interface that a packet comes in by; IPv6 does with force_forwarding alone. */
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

/* It goes with its guests, and as long as they are there other rules decide. */
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
	/* who takes back that nothing is kept apart means what there is by now */
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

/* What goes before what comes: a name may be another device's. */
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

/* The note before the deed, and what goes is noted until it has gone. What was noted by a run that
 * was killed before the setting may not have been sent. */
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

/* The kernel has switched off what single interfaces had on by themselves. */
static int end(struct settle *settle)
{
	struct xnm_ctx *ctx = settle->ctx;
	int rc = settle->old.elements.n ? send_elements(settle) : 0;

	/* a table that has gone has taken them along */
	if (rc && rc != -ENOENT)
		return rc;
	for (unsigned int i = 0; i < settle->old.n_settings; i++)
		(void)xnm_sysctl_set(settle->old.settings[i], 1);
	return xnm_network_note_remove(&ctx->dir, xnm_apart_notes[settle->ip]);
}

/* What is noted; new is as if nothing was to be kept apart. Returns 0 or -errno. */
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

/* What is, and what should be. Returns 1: nothing is to be done; 0; or -errno. */
static int decide(struct settle *settle, struct xnm_ctx *ctx, unsigned int ip, bool begins)
{
	int rc = read_old(settle, ctx, ip, begins);

	if (rc)
		return rc;
	settle->is_ours = apply_apart_is_ours(ctx, ip);
	if (!settle->is_ours)
		return !settle->was_noted;
	/* to begin with it is for who knows the policy */
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
		xnm_log_warning("interfaces of this host stay apart (%s) until the next event, "
				"although it does not forward any more: %s",
				xnm_apart_notes[ip], strerror(-rc));
}
