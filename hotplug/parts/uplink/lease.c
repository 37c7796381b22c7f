/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lease.c - set the leased address on an uplink's device, and remove it if we added it. */
#include "hotplug/parts/uplink/lease.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/apply.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/parts/uplink/offer.h"
#include "hotplug/parts/uplink/uplink.h"

int apply_give_up_lease(struct xnm_ctx *ctx, const struct xnm_uplink_note *note, int ifindex)
{
	int rc = 0;

	if (note->leased.family)
		rc = xnm_addr_del_alone(ctx->rtnl, note->device, ifindex, &note->leased);
	if (rc)
		xnm_log_warning("%s keeps the address of an old lease: %s", note->device,
				xnm_rtnl_reason(ctx->rtnl));
	apply_lease_changed(ctx, note->device, &note->leased);
	return rc;
}

/* Notes the address before it adds it, so that a killed run leaves nothing behind; not if it
 * existed before. */
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
	/* an address that existed before does not become ours */
	if (rc == -EEXIST)
		memset(&note->leased, 0, sizeof(note->leased));
	else if (rc)
		return xnm_fail(&ctx->err, rc, "cannot set the address of %s: %s", note->device,
				xnm_rtnl_reason(ctx->rtnl));
	apply_lease_changed(ctx, note->device, &note->leased);
	note->router = offer->router;
	rc = xnm_uplink_note_write(&ctx->dir, note);
	return rc ? xnm_fail(&ctx->err, rc, "cannot record the lease of uplink %s: %s", note->name,
			     strerror(-rc))
		  : 0;
}
