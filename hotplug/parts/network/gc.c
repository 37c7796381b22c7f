/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - remove networks, and members of them, that no vif's note names any more. */
#include "hotplug/parts/network/stages.h"

#include <string.h>

#include "hotplug/core/release.h"
#include "hotplug/core/witness.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/network/apart.h"

int network_gc_members(struct xnm_gc *gc)
{
	xnm_network_members_sweep(&gc->ctx->dir, xnm_vif_is_used);
	return 0;
}

/* A network whose last vif was never taken offline. */
static int collect_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	struct xnm_gc *gc = arg;
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

int network_gc(struct xnm_gc *gc)
{
	int rc = xnm_network_note_each(&gc->ctx->dir, collect_network, gc);

	apply_apart_look(gc->ctx, false);
	return rc;
}
