/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shape.c - merge what a [vif] says of rates, delays and losses, and check that it can be done. */
#include "policy/tc.h"

#include "policy/sections/resolve.h"
#include "policy/sections/tc_keys.h"

void xnm_policy_shaping(const struct xnm_tc_policy *policy,
			struct xnm_shaping out[XNM_N_DIRECTIONS])
{
	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++) {
		uint64_t rate = policy->rates_bit_s[i];

		out[i] = (struct xnm_shaping){ .rate_bit_s = rate ? rate : policy->rate_bit_s,
					       .line = policy->lines[i] };
		if (!out[i].rate_bit_s)
			continue;
		out[i].burst_bytes = policy->burst_bytes;
		out[i].queue_us = policy->queue_us;
		out[i].queue = policy->queue;
	}
}

bool xnm_tc_policy_is_none(const struct xnm_tc_policy *policy)
{
	struct xnm_shaping shaping[XNM_N_DIRECTIONS];

	xnm_policy_shaping(policy, shaping);
	return xnm_shaping_is_none(&shaping[XNM_INBOUND]) &&
	       xnm_shaping_is_none(&shaping[XNM_OUTBOUND]);
}

static uint32_t mtu_bytes(const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	if (vif->mtu_bytes)
		return vif->mtu_bytes;
	return network && network->mtu_bytes ? network->mtu_bytes : XNM_DEFAULT_MTU;
}

static const struct xnm_line_keys line_keys[XNM_N_DIRECTIONS] = {
	[XNM_INBOUND] = { XNM_KEY_VIF_DELAY, XNM_KEY_VIF_JITTER, XNM_KEY_VIF_REORDER,
			  XNM_KEY_VIF_LOSS, XNM_KEY_VIF_GEMODEL },
	[XNM_OUTBOUND] = { XNM_KEY_VIF_OUTBOUND_DELAY, XNM_KEY_VIF_OUTBOUND_JITTER,
			   XNM_KEY_VIF_OUTBOUND_REORDER, XNM_KEY_VIF_OUTBOUND_LOSS,
			   XNM_KEY_VIF_OUTBOUND_GEMODEL },
};

void xnm_resolve_tc(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		    const struct xnm_network *network)
{
	const struct xnm_tc_policy *tc = &vif->tc;
	struct xnm_tc_keys s = {
		.r = r,
		.section = vif,
		.written = &vif->written,
		.origin = vif->origin,
		.first_key = XNM_FIRST_KEY_OF_VIF,
		.mtu_bytes = mtu_bytes(vif, network),
	};

	xnm_tc_keys_rate(&s, XNM_KEY_VIF_RATE, tc->rate_bit_s);
	xnm_tc_keys_rate(&s, XNM_KEY_VIF_INBOUND_RATE, tc->rates_bit_s[XNM_INBOUND]);
	xnm_tc_keys_rate(&s, XNM_KEY_VIF_OUTBOUND_RATE, tc->rates_bit_s[XNM_OUTBOUND]);
	xnm_tc_keys_burst(&s, XNM_KEY_VIF_BURST, tc->burst_bytes, tc->queue);
	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++)
		xnm_tc_keys_line(&s, &tc->lines[i], &line_keys[i]);
}
