/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.c - check what each [class] says, and that the uplinks can give what is guaranteed. */
#include "policy/sections/classes.h"
#include "policy/sections/resolve.h"
#include "policy/sections/tc_keys.h"

#include <string.h>

static void check_class(const struct xnm_resolver *r, const struct xnm_class_policy *class)
{
	struct xnm_tc_keys s = {
		.r = r,
		.section = class,
		.written = &class->written,
		.origin = class->origin,
		.first_key = XNM_FIRST_KEY_OF_CLASS,
		.mtu_bytes = XNM_DEFAULT_MTU,
	};
	char text[XNM_RATE_TEXT_LEN], rate[XNM_RATE_TEXT_LEN], where[160];

	xnm_tc_keys_rate(&s, XNM_KEY_CLASS_GUARANTEE, class->guarantee_bit_s);
	xnm_tc_keys_rate(&s, XNM_KEY_CLASS_RATE, class->rate_bit_s);
	/* the burst is that of the class, whatever queue is in it */
	xnm_tc_keys_burst(&s, XNM_KEY_CLASS_BURST, class->burst_bytes, XNM_QUEUE_DEFAULT);
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
	struct xnm_tc_keys s = {
		.r = r,
		.section = uplink,
		.written = &uplink->written,
		.origin = uplink->origin,
		.first_key = XNM_FIRST_KEY_OF_UPLINK,
		.mtu_bytes = XNM_DEFAULT_MTU,
	};

	if (!uplink->rate_bit_s)
		return;
	if (uplink->guest[0])
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, RATE),
			       "rate= of [uplink %s], which is a guest: it would limit all that "
			       "this host sends to the guest's bridge. Give that guest's [vif] "
			       "an inbound-rate= instead",
			       uplink->name);
	xnm_tc_keys_rate(&s, XNM_KEY_UPLINK_RATE, uplink->rate_bit_s);
	check_sum(r, uplink);
}

void xnm_resolve_vif_class(const struct xnm_resolver *r, const struct xnm_vif_policy *vif)
{
	if (vif->class_name[0] && strcmp(vif->class_name, XNM_DEFAULT_CLASS) != 0 &&
	    !xnm_policy_class(r->policy, vif->class_name))
		xnm_unknown_name(r, XNM_KEY_ORIGIN(vif, VIF, CLASS), "class", XNM_SECTION_CLASS,
				 vif->class_name);
}

uint32_t xnm_class_number(const struct xnm_policy *policy, const char *name)
{
	const struct xnm_class_policy *class = xnm_policy_class(policy, name);

	return class ? class->number : XNM_CLASS_REST;
}

bool xnm_vif_dscp(const struct xnm_policy *policy, const struct xnm_vif_policy *vif, uint32_t *dscp)
{
	const struct xnm_class_policy *class =
		vif ? xnm_policy_class(policy, vif->class_name) : NULL;

	*dscp = 0;
	if (vif && vif->has_dscp)
		*dscp = vif->dscp;
	else if (class && class->has_dscp)
		*dscp = class->dscp;
	else
		return false;
	return true;
}

bool xnm_vif_pcp(const struct xnm_policy *policy, const struct xnm_vif_policy *vif, uint32_t *pcp)
{
	const struct xnm_class_policy *class =
		vif ? xnm_policy_class(policy, vif->class_name) : NULL;

	*pcp = 0;
	if (vif && vif->has_pcp)
		*pcp = vif->pcp;
	else if (class && class->has_pcp)
		*pcp = class->pcp;
	else
		return false;
	return true;
}

bool xnm_network_leaves_by(const struct xnm_network *network, const struct xnm_uplink *uplink)
{
	for (unsigned int i = 0; network && i < network->n_uplinks; i++) {
		if (strcmp(network->uplinks[i], uplink->name) == 0)
			return true;
	}
	return !network || network->n_uplinks == 0;
}

static bool has_number(const struct xnm_policy *policy, unsigned int n, uint32_t number)
{
	for (unsigned int i = 0; i < n; i++) {
		if (policy->classes[i].number == number)
			return true;
	}
	return false;
}

/*
 * From the name (FNV-1a), and not from the place in the policy: a class that is inserted before
 * others, or goes, leaves theirs, and what waits in them, as they are.
 */
static uint32_t find_number(const struct xnm_policy *policy, unsigned int i)
{
	const uint32_t n = XNM_MAX_CLASS_NUMBER - XNM_CLASS_REST;
	uint32_t hash = 2166136261u;

	if (strcmp(policy->classes[i].name, XNM_DEFAULT_CLASS) == 0)
		return XNM_CLASS_REST;
	for (const char *c = policy->classes[i].name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	while (has_number(policy, i, XNM_CLASS_REST + 1 + hash % n))
		hash = hash % n + 1;
	return XNM_CLASS_REST + 1 + hash % n;
}

void xnm_resolve_classes(const struct xnm_resolver *r)
{
	struct xnm_policy *policy = r->policy;

	for (unsigned int i = 0; i < policy->n_classes; i++) {
		struct xnm_class_policy *class = &policy->classes[i];

		if (!class->has_priority)
			class->priority = XNM_LAST_PRIORITY;
		class->number = find_number(policy, i);
		check_class(r, class);
	}
	for (unsigned int i = 0; i < policy->n_uplinks; i++)
		check_uplink(r, &policy->uplinks[i]);
	for (unsigned int i = 0; i < policy->n_vifs; i++)
		xnm_resolve_vif_class(r, &policy->vifs[i]);
}
