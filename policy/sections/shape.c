/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shape.c - merge what a [vif] says of rates, delays and losses, and check that it can be done. */
#include "policy/shape.h"

#include "policy/schema.h"
#include "policy/sections/resolve.h"

#define DEFAULT_MTU   1500
#define HEADER_BYTES  14 /* of Ethernet, which a rate counts */
#define BITS_PER_BYTE 8

void xnm_policy_shaping(const struct xnm_shape_policy *policy,
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

bool xnm_policy_is_unshaped(const struct xnm_shape_policy *policy)
{
	struct xnm_shaping shaping[XNM_N_DIRECTIONS];

	xnm_policy_shaping(policy, shaping);
	return xnm_shaping_is_none(&shaping[XNM_INBOUND]) &&
	       xnm_shaping_is_none(&shaping[XNM_OUTBOUND]);
}

static struct xnm_origin key_origin(const struct xnm_vif_policy *vif, enum xnm_key_id id)
{
	return xnm_key_origin(&vif->written, (unsigned int)(id - XNM_FIRST_KEY_OF_VIF),
			      vif->origin);
}

/* Whether a key was written with a value that was refused. */
static bool is_refused(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		       enum xnm_key_id id)
{
	return r->rep->n_mistakes && vif->written.keys[id - XNM_FIRST_KEY_OF_VIF].line &&
	       !xnm_key_is_set(vif, id);
}

static uint32_t mtu_bytes(const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	if (vif->mtu_bytes)
		return vif->mtu_bytes;
	return network && network->mtu_bytes ? network->mtu_bytes : DEFAULT_MTU;
}

/* A rate that does not let one frame pass in a second stands still for most people. */
static void check_rate(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		       enum xnm_key_id id, uint64_t bit_s, uint32_t mtu)
{
	uint64_t frame_bits = (uint64_t)BITS_PER_BYTE * (mtu + HEADER_BYTES);
	char text[XNM_RATE_TEXT_LEN], least[XNM_RATE_TEXT_LEN];

	if (!bit_s || bit_s >= frame_bits)
		return;
	xnm_mistake_at(r->rep, key_origin(vif, id),
		       "%s=%s: is less than one frame in a second, of %u bytes with mtu=%u; write "
		       "%s or more, or a smaller mtu=",
		       xnm_keys[id].name, xnm_rate_text(bit_s, text), mtu + HEADER_BYTES, mtu,
		       xnm_rate_text(frame_bits, least));
}

static void check_burst(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			uint32_t mtu)
{
	const struct xnm_shape_policy *shape = &vif->shape;
	struct xnm_origin origin = XNM_KEY_ORIGIN(vif, VIF, BURST);

	if (!shape->burst_bytes)
		return;
	if (shape->queue == XNM_QUEUE_CAKE)
		xnm_mistake_at(
			r->rep, origin,
			"burst= has no effect with qdisc=cake, which has none; remove one of "
			"the two");
	else if (shape->burst_bytes < mtu + HEADER_BYTES)
		xnm_mistake_at(r->rep, origin,
			       "burst=%u: is less than one frame, of %u bytes with mtu=%u: every "
			       "packet would be dropped; write %u or more, or leave it out",
			       shape->burst_bytes, mtu + HEADER_BYTES, mtu, mtu + HEADER_BYTES);
}

/* The keys of one direction's line. */
struct line_keys {
	enum xnm_key_id delay, jitter, reorder;
};

static const struct line_keys line_keys[XNM_N_DIRECTIONS] = {
	[XNM_INBOUND] = { XNM_KEY_VIF_DELAY, XNM_KEY_VIF_JITTER, XNM_KEY_VIF_REORDER },
	[XNM_OUTBOUND] = { XNM_KEY_VIF_OUTBOUND_DELAY, XNM_KEY_VIF_OUTBOUND_JITTER,
			   XNM_KEY_VIF_OUTBOUND_REORDER },
};

static void check_line(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		       const struct xnm_line *line, const struct line_keys *keys)
{
	const char *delay = xnm_keys[keys->delay].name;
	char jitter_text[XNM_DELAY_TEXT_LEN], delay_text[XNM_DELAY_TEXT_LEN];

	if (is_refused(r, vif, keys->delay))
		return;
	if (line->jitter_us && !line->delay_us)
		xnm_mistake_at(r->rep, key_origin(vif, keys->jitter),
			       "%s= needs %s=, from which the time that a packet takes varies",
			       xnm_keys[keys->jitter].name, delay);
	else if (line->jitter_us && line->jitter_us >= line->delay_us)
		xnm_mistake_at(r->rep, key_origin(vif, keys->jitter),
			       "%s=%s: must be less than %s=%s", xnm_keys[keys->jitter].name,
			       xnm_delay_text(line->jitter_us, jitter_text), delay,
			       xnm_delay_text(line->delay_us, delay_text));
	if (line->reorder_ppm && !line->delay_us)
		xnm_mistake_at(r->rep, key_origin(vif, keys->reorder),
			       "%s= needs %s=: a packet overtakes others while they wait",
			       xnm_keys[keys->reorder].name, delay);
}

void xnm_resolve_shape(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		       const struct xnm_network *network)
{
	const struct xnm_shape_policy *shape = &vif->shape;
	uint32_t mtu = mtu_bytes(vif, network);

	check_rate(r, vif, XNM_KEY_VIF_RATE, shape->rate_bit_s, mtu);
	check_rate(r, vif, XNM_KEY_VIF_INBOUND_RATE, shape->rates_bit_s[XNM_INBOUND], mtu);
	check_rate(r, vif, XNM_KEY_VIF_OUTBOUND_RATE, shape->rates_bit_s[XNM_OUTBOUND], mtu);
	check_burst(r, vif, mtu);
	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++)
		check_line(r, vif, &shape->lines[i], &line_keys[i]);
}
