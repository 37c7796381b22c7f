/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read the note on a network, and whether its sysctls have the needed values. */
#include <errno.h>

#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/filter/filter.h"
#include "hotplug/parts/network/network.h"
#include "hotplug/parts/network/overlap.h"
#include "hotplug/parts/network/read.h"
#include "hotplug/parts/network/stages.h"

/* A sysctl that this kernel lacks (no IPv6) is not missing, but one of a bridge that does not exist
 * yet is. */
static bool setting_holds(const struct xnm_setting *setting, const struct xnm_facts *facts)
{
	uint32_t value;

	if (setting->of_bridge && facts->bridge.link.ifindex == 0)
		return false;
	return xnm_sysctl_get(setting->path, &value) || xnm_setting_holds(setting, value);
}

static bool settings_hold(const struct xnm_facts *facts, const struct xnm_want *want)
{
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	unsigned int n = xnm_filter_settings(settings, want->network, want->bridge.name,
					     xnm_makes_bridge(facts), want->policy);

	for (unsigned int i = 0; i < n; i++) {
		if (!setting_holds(&settings[i], facts))
			return false;
	}
	return true;
}

int xnm_facts_network_note(struct xnm_facts *facts, const struct xnm_run_dir *dir,
			   const struct xnm_owner *self, const struct xnm_want *want,
			   struct xnm_err *err)
{
	const char *network = want->network->name;
	int rc = xnm_network_note_read(dir, network, &facts->network.note);

	/* a former note's elements would stay in place */
	if (rc && rc != -ENOENT)
		return xnm_facts_note_error(rc, "network", network, err);
	facts->network.has_note = rc == 0;
	facts->network.is_member = xnm_network_is_member(dir, network, self->domid, self->devid);
	facts->network.sysctls_hold = settings_hold(facts, want);
	return 0;
}

/* Checks that this host does not have a new network's subnet elsewhere; once per run, even if it
 * plans again. */
static int check_subnets(const struct xnm_facts *facts, const struct xnm_want *want,
			 struct xnm_ctx *ctx)
{
	const struct xnm_network *network = want->network;
	int rc;

	if (!want->attach || !network || want->backend == XNM_BACKEND_ROUTE ||
	    ctx->has_checked_subnets ||
	    (facts->network.has_note && xnm_overlap_is_checked(&facts->network.note, network)))
		return 0;
	rc = xnm_overlap_check(ctx->rtnl, &ctx->dir, network, &ctx->err);
	ctx->has_checked_subnets = rc == 0;
	return rc;
}

int network_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	const struct xnm_owner self = { ctx->event->domid, ctx->event->devid };
	int rc = 0;

	if (want->attach && want->network)
		rc = xnm_facts_network_note(facts, &ctx->dir, &self, want, &ctx->err);
	return rc ? rc : check_subnets(facts, want, ctx);
}
