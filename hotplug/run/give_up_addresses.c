/* SPDX-License-Identifier: GPL-2.0-or-later */
/* give_up_addresses.c - move addresses of this host from bridge to bridge, before a reapply of all vifs. */
#include "hotplug/run/give_up.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/core/apply.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/bridge/read.h"

struct moves {
	struct xnm_ctx *ctx;
	bool takes; /* second pass: the addresses were added where they belong */
	int rc;
};

static void change_failed(struct moves *moves, const char *what, const char *bridge,
			  const struct xnm_cidr *address, const char *reason)
{
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(address, text);
	xnm_log_warning(
		"cannot %s address %s, which the policy now gives to another bridge: %s: %s", what,
		text, bridge, reason);
	moves->rc = -EBUSY;
}

/* The network whose bridge is to get the address, if that bridge exists. */
static const struct xnm_network *heir(const struct moves *moves, const struct xnm_cidr *address)
{
	const struct xnm_policy *policy = moves->ctx->policy;

	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		for (unsigned int k = 0; k < network->n_addresses; k++) {
			if (network->backend == XNM_BACKEND_BRIDGE &&
			    xnm_cidr_equal(&network->addresses[k], address))
				return network;
		}
	}
	return NULL;
}

/*
 * The address is added to its new bridge first, and then deleted from the old one: when a bridge
 * loses its last address, the kernel deletes its routes, too. An address that a guest still has, or
 * that is new to this host, is added later by the vifs of its network, which check it.
 */
static int hand_over(struct moves *moves, const struct xnm_cidr *address)
{
	const struct xnm_network *network = heir(moves, address);
	struct xnm_ctx *ctx = moves->ctx;
	struct xnm_cidr host = xnm_cidr_host(address);
	struct xnm_owner owner;
	struct xnm_link link;
	int rc;

	if (!network || xnm_link_get(ctx->rtnl, network->bridge, &link) || !link.up ||
	    xnm_address_note_owner(&ctx->dir, network->bridge, &host, &owner) == 0)
		return 0;
	rc = xnm_addr_add_ours(ctx->rtnl, link.ifindex, address);
	return rc == -EEXIST ? 0 : rc;
}

static void move(struct moves *moves, const struct xnm_link *bridge, const struct xnm_cidr *address,
		 bool take)
{
	struct xnm_ctx *ctx = moves->ctx;
	int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_NETWORK, bridge->name,
			  XNM_SHARED_LOCK_TIMEOUT_MS);

	if (rc) {
		change_failed(moves, "move", bridge->name, address, strerror(-rc));
		return;
	}
	if (take)
		rc = xnm_addr_del_alone(ctx->rtnl, bridge->name, bridge->ifindex, address);
	else
		rc = hand_over(moves, address);
	if (rc)
		change_failed(moves, "move", bridge->name, address, xnm_rtnl_reason(ctx->rtnl));
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_NETWORK);
}

static void clean_bridge(struct moves *moves, const char *bridge)
{
	static struct xnm_cidr list[XNM_MAX_BRIDGE_ADDRESSES];
	static bool ours[XNM_MAX_BRIDGE_ADDRESSES];
	struct xnm_ctx *ctx = moves->ctx;
	struct xnm_bridge_note note;
	struct xnm_link link;
	unsigned int n = 0;
	bool noted;

	if (xnm_link_get(ctx->rtnl, bridge, &link) || strcmp(link.kind, "bridge") != 0)
		return;
	noted = xnm_bridge_note_read(&ctx->dir, bridge, &note) == 0;
	(void)xnm_addr_list_ours(ctx->rtnl, link.ifindex, AF_UNSPEC, list, ours,
				 XNM_N_ELEMENTS(list), &n);
	for (unsigned int i = 0; i < n; i++) {
		/* an address that no bridge is to get is deleted after the bridge has its new
		 * ones */
		if (heir(moves, &list[i]) &&
		    xnm_is_stale_address(moves->ctx->policy, bridge, noted ? &note : NULL, ours[i],
					 &list[i]))
			move(moves, &link, &list[i], moves->takes);
	}
}

static int clean_noted(void *arg, const char *bridge)
{
	struct moves *moves = arg;

	if (!xnm_policy_network_by_bridge(moves->ctx->policy, bridge))
		clean_bridge(moves, bridge);
	return 0;
}

static void clean_bridges(struct moves *moves)
{
	for (unsigned int i = 0; i < moves->ctx->policy->n_networks; i++) {
		const struct xnm_network *network = &moves->ctx->policy->networks[i];

		if (network->backend == XNM_BACKEND_BRIDGE)
			clean_bridge(moves, network->bridge);
	}
	(void)xnm_bridge_note_each(&moves->ctx->dir, clean_noted, moves);
}

int xnm_give_up_addresses(struct xnm_ctx *ctx)
{
	struct moves moves = { .ctx = ctx };

	clean_bridges(&moves);
	moves.takes = true;
	clean_bridges(&moves);
	return moves.rc;
}
