/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_shape.c - look for keys of shaping without effect, and for what shaping keeps from working. */
#include "policy/sections/check.h"

#include "policy/schema.h"

/* What says how packets wait for a rate says nothing without one. */
static void check_queue(struct xnm_reporter *rep, const void *section,
			const struct xnm_written *written, const enum xnm_key_id keys[3],
			unsigned int first_key)
{
	for (unsigned int i = 0; i < 3; i++) {
		if (xnm_key_is_set(section, keys[i]))
			xnm_warning_at(rep, written->keys[(unsigned int)keys[i] - first_key],
				       "%s= has no effect without rate=", xnm_keys[keys[i]].name);
	}
}

static bool has_rate(const struct xnm_shape_policy *shape)
{
	return shape->rate_bit_s || shape->rates_bit_s[0] || shape->rates_bit_s[1];
}

static void check_vif(struct xnm_reporter *rep, const struct xnm_vif_policy *vif)
{
	static const enum xnm_key_id keys[] = {
		XNM_KEY_VIF_BURST,
		XNM_KEY_VIF_QUEUE,
		XNM_KEY_VIF_QDISC,
	};

	if (!has_rate(&vif->shape))
		check_queue(rep, vif, &vif->written, keys, XNM_FIRST_KEY_OF_VIF);
	if (vif->fastpath == XNM_YES && !xnm_policy_is_unshaped(&vif->shape))
		xnm_warning_at(rep, XNM_KEY_ORIGIN(vif, VIF, FASTPATH),
			       "fastpath=yes has no effect: this host must see the packets of [vif "
			       "%s] to shape them",
			       vif->match);
}

static void check_link(struct xnm_reporter *rep, const struct xnm_link_policy *link)
{
	static const enum xnm_key_id keys[] = {
		XNM_KEY_LINK_BURST,
		XNM_KEY_LINK_QUEUE,
		XNM_KEY_LINK_QDISC,
	};

	if (!has_rate(&link->shape))
		check_queue(rep, link, &link->written, keys, XNM_FIRST_KEY_OF_LINK);
}

void xnm_check_shape(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++)
		check_vif(rep, &policy->vifs[i]);
	for (unsigned int i = 0; i < policy->n_links; i++)
		check_link(rep, &policy->links[i]);
}
