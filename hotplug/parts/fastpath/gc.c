/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - remove nodes of the fast path that no note explains. */
#include "hotplug/parts/fastpath/stages.h"

#include <string.h>

#include "hotplug/parts/fastpath/apply.h"
#include "hotplug/xen/store.h"

struct domains {
	uint8_t known[XNM_DOMID_MAX / 8 + 1];
};

static void note_domain(void *arg, const char *name)
{
	struct domains *domains = arg;
	uint32_t domid;

	if (xnm_parse_u32(name, 0, XNM_DOMID_MAX, &domid) == 0)
		domains->known[domid / 8] |= (uint8_t)(1u << (domid % 8));
}

int fastpath_gc(struct xnm_gc *gc)
{
	static struct domains domains;
	struct xnm_fp_intent intent = { .has_vif = false };
	int rc;

	memset(&domains, 0, sizeof(domains));
	/* a driver domain may not even list them */
	if (xnm_store_list(gc->ctx->store, "/local/domain", note_domain, &domains))
		return 0;
	for (uint32_t domid = 1; domid <= XNM_DOMID_MAX; domid++) {
		if (!(domains.known[domid / 8] & (1u << (domid % 8))))
			continue;
		intent.id.domid = domid;
		rc = apply_fastpath(gc->ctx, &intent);
		if (rc)
			xnm_log_warning(
				"cannot repair the fast path's nodes of guest %u in xenstore: %s",
				domid, strerror(-rc));
	}
	return 0;
}
