/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival.c - the message for an address or MAC address that another vif has just got. */
#include "hotplug/core/identity.h"
#include "hotplug/core/rival.h"
#include "hotplug/notes/vif.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/witness.h"

bool apply_has_gone(struct xnm_ctx *ctx, const struct xnm_owner *owner)
{
	static struct xnm_vif_note other;

	return xnm_vif_note_read(&ctx->dir, owner->domid, owner->devid, &other) == -ENOENT &&
	       !xnm_vif_is_used(owner->domid, owner->devid);
}

int apply_was_slower(struct xnm_ctx *ctx, const struct xnm_owner *owner, const char *what)
{
	static struct xnm_vif_note other;
	bool is_noted = xnm_vif_note_read(&ctx->dir, owner->domid, owner->devid, &other) == 0;

	(void)snprintf(ctx->taken, sizeof(ctx->taken),
		       "vif%u.%u (%s) has just taken the same %s: give one of the two guests "
		       "another %s",
		       owner->domid, owner->devid,
		       xnm_name_or_unknown(is_noted ? other.domain_name : ""), what, what);
	return -EADDRINUSE;
}
