/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc_notes.c - remove what was made for vifs, and notes on it, if no vif uses it any more. */
#include "hotplug/run/gc.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/release.h"
#include "hotplug/core/witness.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/notes/vifname.h"
#include "hotplug/parts/fastpath/gc.h"
#include "hotplug/parts/foreign/gc.h"
#include "hotplug/parts/network/apart.h"
#include "hotplug/parts/owned/gc.h"

#define MAX_STRAYS 4096

/* A bridge of ours whose last vif was never taken offline. */
static int collect_bridge(void *arg, const char *bridge)
{
	static struct xnm_plan plan;
	struct gc *gc = arg;
	struct xnm_ctx ctx = *gc->ctx;

	if (!xnm_made_bridge(&ctx.dir, bridge))
		return 0;
	plan.n = 1;
	plan.op[0].type = &xnm_op_bridge_release;
	(void)snprintf(plan.op[0].dev, sizeof(plan.op[0].dev), "%s", bridge);
	ctx.err.text[0] = '\0';
	if (xnm_apply_offline(&ctx, &plan))
		xnm_log_warning("%s", ctx.err.text);
	return 0;
}

/* Removes the note that a vif waits for a name, if that vif no longer exists. */
static int collect_vifname(void *arg, const char *name)
{
	struct gc *gc = arg;
	struct xnm_vif_note state;
	uint32_t domid, devid;

	if (xnm_vifname_note_read(&gc->ctx->dir, name, &domid, &devid) == 0 &&
	    xnm_vif_note_read(&gc->ctx->dir, domid, devid, &state) == -ENOENT &&
	    !xnm_vif_is_used(domid, devid))
		(void)xnm_vifname_note_remove(&gc->ctx->dir, name, domid, devid);
	return 0;
}

/* A network whose last vif was never taken offline. */
static int collect_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	struct gc *gc = arg;
	int rc;

	/* notes on forwarding are removed with their sysctl */
	if (network[0] == '+')
		return 0;
	rc = xnm_network_note_read(&gc->ctx->dir, network, &note);
	if (rc == 0 && !xnm_network_has_members(&gc->ctx->dir, network) && note.bridge[0] &&
	    xnm_has_unknown(gc->ctx, note.bridge)) {
		xnm_log_info("the rules of network %s are kept: no vif's note names it, but %s has "
			     "vifs without notes: run 'xnm-vif reapply all'",
			     network, note.bridge);
		return 0;
	}
	if (rc == 0)
		rc = apply_release_network(gc->ctx, network, note.bridge, NULL);

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

/* Removes the names of a vif with a note from the list. */
static int forgive(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct stray_search *search = arg;
	int rc;

	rc = xnm_vif_note_read(&search->gc->ctx->dir, domid, devid, &state);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	for (unsigned int i = 0; i < search->n; i++) {
		if (strcmp(search->names[i], state.device.ifname) == 0 ||
		    strcmp(search->names[i], state.device.tap) == 0)
			search->names[i][0] = '\0';
	}
	return 0;
}

/* Deletes elements of devices without a note, whose notes were lost. */
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
	/* the notes after the dump: newer vifs are not in it */
	rc = xnm_vif_note_each(&ctx->dir, forgive, &search);
	/* a vif whose note is unreadable may have any of the names */
	if (rc) {
		xnm_log_warning("rules of vifs without notes are kept: cannot read %s/vif: %s",
				xnm_run_dir_path(), strerror(-rc));
		return;
	}
	for (unsigned int i = 0; i < search.n; i++) {
		struct xnm_elements *found = &plan.note.filter.elements[0];

		found->n = 0;
		if (search.names[i][0] == '\0')
			continue;
		/* without its elements its packets would not be filtered */
		if (xnm_device_is_used(search.names[i])) {
			gc->unknown = true;
			xnm_log_info("the rules of %s are kept: it has no note, but it is in use: "
				     "run 'xnm-vif reapply all'",
				     search.names[i]);
			continue;
		}
		if (xnm_nft_read_device(ctx->nft, search.names[i], found) || found->n == 0)
			continue;
		plan.n = 1;
		plan.op[0].type = &xnm_op_filter_change;
		plan.filter.n_add = 0;
		plan.filter.n_del = found->n;
		memcpy(plan.filter.del, found->list, found->n * sizeof(found->list[0]));
		if (xnm_apply_offline(ctx, &plan))
			xnm_log_warning("%s", ctx->err.text);
	}
}

int gc_notes(struct gc *gc)
{
	struct xnm_ctx *ctx = gc->ctx;
	int rc;

	collect_strays(gc);
	xnm_network_members_sweep(&ctx->dir, xnm_vif_is_used);
	xnm_address_notes_sweep(&ctx->dir, xnm_vif_is_used);
	rc = xnm_network_note_each(&ctx->dir, collect_network, gc);
	apply_apart_look(ctx, false);
	apply_owned_strays(ctx, gc->unknown);
	apply_end_strays(ctx);
	apply_fastpath_check(ctx);
	xnm_run_dir_sweep(&ctx->dir);
	if (rc == 0)
		rc = xnm_bridge_note_each(&ctx->dir, collect_bridge, gc);
	if (rc == 0)
		rc = xnm_vifname_note_each(&ctx->dir, collect_vifname, gc);
	return rc;
}
