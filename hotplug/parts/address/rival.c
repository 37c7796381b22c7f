/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival.c - say which other vif has what an operation was to give to this one. */
#include "hotplug/core/apply_parts.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/conntrack/allowed.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
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
	bool named = xnm_vif_note_read(&ctx->dir, owner->domid, owner->devid, &other) == 0 &&
		     other.domain_name[0];

	(void)snprintf(ctx->taken, sizeof(ctx->taken),
		       "vif%u.%u (%s) has just taken the same %s: give one of the two guests "
		       "another %s",
		       owner->domid, owner->devid, named ? other.domain_name : "name not known",
		       what, what);
	return -EADDRINUSE;
}

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
		    (has_forward(&search->other->elements[0], &plan->filter.add[i]) ||
		     has_forward(&search->other->elements[1], &plan->filter.add[i])))
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
		return "File exists: a [forward] leads to another vif of this guest already, say "
		       "which is meant, as in target=guest1/0";
	(void)snprintf(ctx->taken, sizeof(ctx->taken),
		       "a [forward] leads to vif%u.%u (%s) already: say which is meant, as in "
		       "target=%s/%u%s",
		       other.domid, other.devid, other.domain_name, other.domain_name, other.devid,
		       other.domid == plan->domid ? "" : ", or give one of the two another name");
	return ctx->taken;
}

const char *apply_default_rival(const struct xnm_default *rival)
{
	char gateway[XNM_CIDR_TEXT_LEN] = "", device[IFNAMSIZ] = "";
	static char text[192];

	if (rival->has_gateway)
		xnm_cidr_format_host(&rival->gateway, gateway);
	if (rival->ifindex)
		(void)if_indextoname((unsigned int)rival->ifindex, device);
	(void)snprintf(text, sizeof(text),
		       "there is another default route with this metric%s%s%s%s: give the uplink "
		       "another metric=",
		       gateway[0] ? ", via " : "", gateway, device[0] ? " dev " : "", device);
	return text;
}
