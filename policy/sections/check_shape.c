/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_shape.c - look for keys of shaping without effect, and for what shaping keeps from working. */
#include "policy/sections/check.h"

#include "policy/schema.h"

/* What says how packets wait for a rate says nothing without one. */
static void check_queue(struct xnm_reporter *rep, const struct xnm_vif_policy *vif)
{
	static const struct {
		enum xnm_key_id id;
		unsigned int index;
	} keys[] = {
		{ XNM_KEY_VIF_BURST, XNM_KEY_INDEX(VIF, BURST) },
		{ XNM_KEY_VIF_QUEUE, XNM_KEY_INDEX(VIF, QUEUE) },
		{ XNM_KEY_VIF_QDISC, XNM_KEY_INDEX(VIF, QDISC) },
	};
	const struct xnm_shape_policy *shape = &vif->shape;

	if (shape->rate_bit_s || shape->rates_bit_s[XNM_INBOUND] ||
	    shape->rates_bit_s[XNM_OUTBOUND])
		return;
	for (size_t i = 0; i < XNM_N_ELEMENTS(keys); i++) {
		if (xnm_key_is_set(vif, keys[i].id))
			xnm_warning_at(
				rep, vif->written.keys[keys[i].index],
				"%s= has no effect without rate=", xnm_keys[keys[i].id].name);
	}
}

void xnm_check_shape(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		const struct xnm_vif_policy *vif = &policy->vifs[i];

		check_queue(rep, vif);
		if (vif->fastpath == XNM_YES && !xnm_policy_is_unshaped(&vif->shape))
			xnm_warning_at(rep, XNM_KEY_ORIGIN(vif, VIF, FASTPATH),
				       "fastpath=yes has no effect: this host must see the packets "
				       "of [vif %s] to shape them",
				       vif->match);
	}
}
