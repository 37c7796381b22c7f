/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - delete elements of devices without a note, whose notes were lost. */
#include "hotplug/parts/filter/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/witness.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"

#define MAX_STRAYS 4096

struct stray_search {
	struct xnm_gc *gc;
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

int filter_gc(struct xnm_gc *gc)
{
	static struct stray_search search;
	static struct xnm_plan plan;
	struct xnm_ctx *ctx = gc->ctx;
	int rc;

	search = (struct stray_search){ .gc = gc };
	if (!ctx->nft && xnm_nft_open(&ctx->nft))
		return 0;
	(void)xnm_nft_each_element(ctx->nft, &xnm_sets[XNM_SET_BRIDGE_GUARD], note_guarded,
				   &search);
	(void)xnm_nft_each_element(ctx->nft, &xnm_sets[XNM_SET_INET_GUARD], note_guarded, &search);
	/* the notes after the dump: newer vifs are not in it */
	rc = xnm_vif_note_each(&ctx->dir, forgive, &search);
	/* a vif whose note is unreadable may have any of the names */
	if (rc) {
		xnm_log_warning("rules of vifs without notes are kept: cannot read %s/vif: %s",
				xnm_run_dir_path(), strerror(-rc));
		return 0;
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
	return 0;
}
