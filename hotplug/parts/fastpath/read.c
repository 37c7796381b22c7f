/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read the fast path's nodes of the event's domain. */
#include <errno.h>
#include <string.h>

#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/fastpath/fastpath.h"
#include "hotplug/parts/fastpath/stages.h"

static void read_all(struct xnm_facts *facts, struct xnm_store *store,
		     const struct xnm_run_dir *dir, const struct xnm_event *event,
		     const struct xnm_want *want, bool called)
{
	static struct xnm_fp_view view;
	static struct xnm_vif_note state;
	struct xnm_fp_intent intent = { .id = { event->domid, event->devid }, .has_vif = true };
	struct xnm_fp_vif *self;
	int rc;

	intent.publish = !xnm_fastpath_reason(want, &facts->guest);
	if (xnm_event_is_tap(event) || (!intent.publish && !facts->note.fastpath.segment[0]))
		return;
	/* at the first online of a vif there is nothing to compare */
	if (called && !facts->note.fastpath.segment[0])
		return;
	xnm_vif_note_copy(&state, &facts->note);
	if (intent.publish)
		xnm_fastpath_state(&state, want, &facts->guest);
	intent.state = &state;
	if (want->network)
		(void)snprintf(intent.network, sizeof(intent.network), "%s", want->network->name);
	memcpy(intent.old_network, facts->note.network.name, sizeof(intent.old_network));
	(void)snprintf(view.fresh_inc, sizeof(view.fresh_inc), "a new number");
	rc = xnm_fp_read(&view, store, dir, &intent);
	facts->fastpath.is_denied = rc == -EACCES;
	if (rc) {
		if (rc != -EACCES)
			xnm_log_debug("cannot read what is published of domain %u: %s",
				      event->domid, strerror(-rc));
		return;
	}
	facts->fastpath.view = &view;
	self = xnm_fp_find(&view, &intent.id);
	if (called || !self || !self->published || !xnm_fp_namesake(&view, &intent.id, true))
		return;
	facts->fastpath.yields = true;
	self->published = false;
}

int fastpath_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	read_all(facts, ctx->store, &ctx->dir, ctx->event, want, ctx->mode == XNM_RUN_EVENT);
	return 0;
}
