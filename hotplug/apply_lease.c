/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_lease.c - give an uplink the address that it was leased, and take back what was added by us. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/offer.h"
#include "hotplug/uplink.h"

#define PROMOTE "promote_secondaries" /* of a device: others of a subnet outlive the first one */

/* Those that were added behind ours are somebody else's, and would go with it. */
static int delete_alone(struct xnm_ctx *ctx, const char *device, int ifindex,
			const struct xnm_cidr *address)
{
	uint32_t was = 0;
	int rc = xnm_sysctl_conf_get(AF_INET, device, PROMOTE, &was);

	if (rc == 0 && was == 0)
		rc = xnm_sysctl_conf_set(AF_INET, device, PROMOTE, 1);
	if (rc) {
		xnm_log_warning("%s keeps the address of an old lease: without it others of its "
				"subnet would go, as %s cannot be set: %s",
				device, PROMOTE, strerror(-rc));
		return rc;
	}
	rc = xnm_addr_del(ctx->rtnl, ifindex, address);
	if (was == 0)
		(void)xnm_sysctl_conf_set(AF_INET, device, PROMOTE, 0);
	return rc;
}

int apply_give_up_lease(struct xnm_ctx *ctx, const struct xnm_uplink_note *note, int ifindex)
{
	struct xnm_addr_state state;
	int rc;

	if (note->leased.family == 0)
		return 0;
	rc = xnm_addr_state(ctx->rtnl, ifindex, &note->leased, &state);
	/* ours has no lifetime: a client of the host has leased the same one since */
	if (rc || !state.is_there || state.has_lifetime)
		return rc;
	if (state.has_secondaries)
		return delete_alone(ctx, note->device, ifindex, &note->leased);
	return xnm_addr_del(ctx->rtnl, ifindex, &note->leased);
}

/* Noted before the deed, so that a kill leaves nothing behind, and again if it was there already. */
static int add_address(struct xnm_ctx *ctx, struct xnm_uplink_note *note, int ifindex,
		       const struct xnm_cidr *address)
{
	struct xnm_addr_state state;
	int rc = xnm_addr_state(ctx->rtnl, ifindex, address, &state);

	if (rc == 0 && state.is_there && !xnm_cidr_equal(&note->leased, address))
		return -EEXIST;
	if (rc)
		return rc;
	note->leased = *address;
	rc = xnm_uplink_note_write(&ctx->dir, note);
	if (rc || state.is_there)
		return rc;
	return xnm_addr_add_new(ctx->rtnl, ifindex, address);
}

int apply_lease(struct xnm_ctx *ctx, struct xnm_uplink_note *note, const struct xnm_offer *offer)
{
	struct xnm_link link;
	int rc = xnm_link_get(ctx->rtnl, note->device, &link);

	if (rc)
		return xnm_fail(&ctx->err, rc, "%s: %s", note->device, xnm_rtnl_reason(ctx->rtnl));
	if (!xnm_cidr_equal(&note->leased, &offer->address)) {
		(void)apply_give_up_lease(ctx, note, link.ifindex);
		memset(&note->leased, 0, sizeof(note->leased));
	}
	rc = link.up ? 0 : xnm_link_set_up(ctx->rtnl, link.ifindex, true);
	if (rc == 0 && offer->address.family)
		rc = add_address(ctx, note, link.ifindex, &offer->address);
	/* somebody else's stays somebody else's */
	if (rc == -EEXIST)
		memset(&note->leased, 0, sizeof(note->leased));
	else if (rc)
		return xnm_fail(&ctx->err, rc, "cannot set the address of %s: %s", note->device,
				xnm_rtnl_reason(ctx->rtnl));
	note->router = offer->router;
	rc = xnm_uplink_note_write(&ctx->dir, note);
	return rc ? xnm_fail(&ctx->err, rc, "cannot note the lease of uplink %s: %s", note->name,
			     strerror(-rc))
		  : 0;
}
