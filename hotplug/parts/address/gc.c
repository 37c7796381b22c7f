/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - free addresses whose vif has no note any more. */
#include "hotplug/core/witness.h"
#include "hotplug/notes/address.h"
#include "hotplug/parts/address/stages.h"

int address_gc(struct xnm_gc *gc)
{
	xnm_address_notes_sweep(&gc->ctx->dir, xnm_vif_is_used);
	return 0;
}
