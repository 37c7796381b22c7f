/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link_read.c - read the wanted bridge, and the vif's port on it. */
#include <stdio.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/parts/bridge/read.h"
#include "hotplug/parts/bridge/stages.h"

static void note_bridge(void *arg, const char *name)
{
	struct xnm_bridge_facts *facts = arg;
	size_t len = strlen(facts->names);

	if (len + strlen(name) + 5 < sizeof(facts->names))
		(void)snprintf(facts->names + len, sizeof(facts->names) - len, "%s%s",
			       len ? " " : "", name);
	else if (len + 4 < sizeof(facts->names) && facts->names[len - 1] != '.')
		(void)snprintf(facts->names + len, sizeof(facts->names) - len, "...");
}

static int read_bridge(struct xnm_facts *facts, const struct xnm_want *want, struct xnm_ctx *ctx)
{
	int rc = xnm_facts_link(ctx->rtnl, want->bridge.name, &facts->bridge.link, &ctx->err);

	if (rc)
		return rc;
	if (facts->bridge.link.ifindex == 0)
		(void)xnm_bridge_each(ctx->rtnl, note_bridge, &facts->bridge);
	if (!want->network)
		return 0;
	rc = xnm_facts_network(facts, ctx->rtnl, want->network, false, &ctx->err);
	return rc ? rc
		  : xnm_facts_bridge_note(facts, ctx->rtnl, &ctx->dir, want->network, want->policy,
					  &ctx->err);
}

int bridge_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	struct xnm_bridge_facts *bridge = &facts->bridge;
	const struct xnm_link *device = &facts->device.link;
	int rc = 0;

	if (want->attach && want->backend != XNM_BACKEND_ROUTE)
		rc = read_bridge(facts, want, ctx);
	if (rc)
		return rc;
	xnm_want_bridge(want, &bridge->link);
	if (want->bridge.has_vlan && bridge->link.vlan_filtering &&
	    device->master == bridge->link.ifindex)
		bridge->has_port_vlans =
			xnm_port_get_vlans(ctx->rtnl, device->ifindex, &bridge->port_vlans) == 0;
	return bridge_recall(facts, ctx);
}

int bridge_recall(struct xnm_facts *facts, struct xnm_ctx *ctx)
{
	facts->bridge.was_made = xnm_made_bridge(&ctx->dir, facts->note.bridge.name);
	return 0;
}
