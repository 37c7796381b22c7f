/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.c - check what each [class] says, and that the uplinks can give what is guaranteed. */
#include <string.h>

#include "policy/sections/resolve.h"
#include "policy/sections/shaped.h"

static void check_class(const struct xnm_resolver *r, const struct xnm_class_policy *class)
{
	struct xnm_shaped s = {
		.r = r,
		.section = class,
		.written = &class->written,
		.origin = class->origin,
		.first_key = XNM_FIRST_KEY_OF_CLASS,
		.mtu_bytes = XNM_DEFAULT_MTU,
	};
	char text[XNM_RATE_TEXT_LEN], rate[XNM_RATE_TEXT_LEN], where[160];

	xnm_shaped_rate(&s, XNM_KEY_CLASS_GUARANTEE, class->guarantee_bit_s);
	xnm_shaped_rate(&s, XNM_KEY_CLASS_RATE, class->rate_bit_s);
	/* the burst is that of the class, whatever queue is in it */
	xnm_shaped_burst(&s, XNM_KEY_CLASS_BURST, class->burst_bytes, XNM_QUEUE_DEFAULT);
	if (class->rate_bit_s && class->guarantee_bit_s > class->rate_bit_s)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(class, CLASS, GUARANTEE),
			       "guarantee=%s: is more than rate=%s of the class itself, %s",
			       xnm_rate_text(class->guarantee_bit_s, text),
			       xnm_rate_text(class->rate_bit_s, rate),
			       xnm_policy_origin(r->policy, XNM_KEY_ORIGIN(class, CLASS, RATE),
						 where, sizeof(where)));
}

/* Names the guarantee that is too much: those before it fit. */
static void check_sum(const struct xnm_resolver *r, const struct xnm_uplink *uplink)
{
	const struct xnm_class_policy *over = NULL;
	char sum_text[XNM_RATE_TEXT_LEN], rate[XNM_RATE_TEXT_LEN], where[160];
	uint64_t sum = 0;

	for (unsigned int i = 0; i < r->policy->n_classes; i++) {
		const struct xnm_class_policy *class = &r->policy->classes[i];

		sum += class->guarantee_bit_s;
		if (!over && sum > uplink->rate_bit_s)
			over = class;
	}
	if (!over)
		return;
	xnm_mistake_at(
		r->rep, XNM_KEY_ORIGIN(over, CLASS, GUARANTEE),
		"guarantee= of [class %s]: all guarantees together are %s, more than rate=%s "
		"of [uplink %s], %s",
		over->name, xnm_rate_text(sum, sum_text), xnm_rate_text(uplink->rate_bit_s, rate),
		uplink->name,
		xnm_policy_origin(r->policy, XNM_KEY_ORIGIN(uplink, UPLINK, RATE), where,
				  sizeof(where)));
}

static void check_uplink(const struct xnm_resolver *r, const struct xnm_uplink *uplink)
{
	struct xnm_shaped s = {
		.r = r,
		.section = uplink,
		.written = &uplink->written,
		.origin = uplink->origin,
		.first_key = XNM_FIRST_KEY_OF_UPLINK,
		.mtu_bytes = XNM_DEFAULT_MTU,
	};

	if (!uplink->rate_bit_s)
		return;
	xnm_shaped_rate(&s, XNM_KEY_UPLINK_RATE, uplink->rate_bit_s);
	check_sum(r, uplink);
}

void xnm_resolve_vif_class(const struct xnm_resolver *r, const struct xnm_vif_policy *vif)
{
	if (vif->class_name[0] && strcmp(vif->class_name, XNM_DEFAULT_CLASS) != 0 &&
	    !xnm_policy_class(r->policy, vif->class_name))
		xnm_unknown_name(r, XNM_KEY_ORIGIN(vif, VIF, CLASS), "class", XNM_SECTION_CLASS,
				 vif->class_name);
}

void xnm_resolve_classes(const struct xnm_resolver *r)
{
	struct xnm_policy *policy = r->policy;

	for (unsigned int i = 0; i < policy->n_classes; i++) {
		struct xnm_class_policy *class = &policy->classes[i];

		if (!class->has_priority)
			class->priority = XNM_LAST_PRIORITY;
		check_class(r, class);
	}
	for (unsigned int i = 0; i < policy->n_uplinks; i++)
		check_uplink(r, &policy->uplinks[i]);
	for (unsigned int i = 0; i < policy->n_vifs; i++)
		xnm_resolve_vif_class(r, &policy->vifs[i]);
}
