/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival.c - say which other vif has a port forward that was to lead to this one. */
#include <stdio.h>
#include <string.h>

#include "hotplug/notes/vif.h"
#include "hotplug/parts/filter/rival.h"

struct rival_search {
	const struct xnm_ctx *ctx;
	const struct xnm_plan *plan;
	struct xnm_vif_note *other;
};

static bool has_forward(const struct xnm_elements *elements, const struct xnm_element *forward)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (elements->list[i].set == forward->set &&
		    memcmp(elements->list[i].key, forward->key, sizeof(forward->key)) == 0)
			return true;
	}
	return false;
}

static int is_rival(void *arg, uint32_t domid, uint32_t devid)
{
	const struct rival_search *search = arg;
	const struct xnm_plan *plan = search->plan;

	if ((domid == plan->domid && devid == plan->devid) ||
	    xnm_vif_note_read(&search->ctx->dir, domid, devid, search->other))
		return 0;
	for (unsigned int i = 0; i < plan->filter.n_add; i++) {
		if (xnm_is_forward(&plan->filter.add[i]) &&
		    (has_forward(&search->other->filter.elements[0], &plan->filter.add[i]) ||
		     has_forward(&search->other->filter.elements[1], &plan->filter.add[i])))
			return 1;
	}
	return 0;
}

bool apply_adds_forward(const struct xnm_plan *plan)
{
	for (unsigned int i = 0; i < plan->filter.n_add; i++) {
		if (xnm_is_forward(&plan->filter.add[i]))
			return true;
	}
	return false;
}

const char *apply_forward_rival(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	static struct xnm_vif_note other;
	struct rival_search search = { ctx, plan, &other };

	if (xnm_vif_note_each(&ctx->dir, is_rival, &search) != 1)
		return "File exists: a [forward] leads to another vif of this guest already: say "
		       "which vif is meant, as in target=guest1/0";
	(void)snprintf(ctx->taken, sizeof(ctx->taken),
		       "a [forward] leads to vif%u.%u (%s) already: say which vif is meant, as in "
		       "target=%s/%u%s",
		       other.domid, other.devid, other.domain_name, other.domain_name, other.devid,
		       other.domid == plan->domid ? "" : ", or give one of the two another name");
	return ctx->taken;
}
