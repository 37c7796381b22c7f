/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_keys.c - check that a rate, a burst and a line let packets pass. */
#include "policy/sections/tc_keys.h"

#define HEADER_BYTES  14 /* of Ethernet, which a rate counts */
#define BITS_PER_BYTE 8

struct xnm_origin xnm_tc_keys_origin(const struct xnm_tc_keys *s, enum xnm_key_id id)
{
	return xnm_key_origin(s->written, (unsigned int)id - s->first_key, s->origin);
}

bool xnm_tc_keys_refused(const struct xnm_tc_keys *s, enum xnm_key_id id)
{
	return s->r->rep->n_mistakes && s->written->keys[(unsigned int)id - s->first_key].line &&
	       !xnm_key_is_set(s->section, id);
}

/* A rate that does not let one frame pass in a second stands still for most people. */
void xnm_tc_keys_rate(const struct xnm_tc_keys *s, enum xnm_key_id id, uint64_t bit_s)
{
	uint32_t frame_bytes = s->mtu_bytes + HEADER_BYTES;
	uint64_t frame_bits = (uint64_t)BITS_PER_BYTE * frame_bytes;
	char text[XNM_RATE_TEXT_LEN], least[XNM_RATE_TEXT_LEN];

	if (!bit_s || bit_s >= frame_bits)
		return;
	xnm_mistake_at(s->r->rep, xnm_tc_keys_origin(s, id),
		       "%s=%s: is less than one frame in a second, of %u bytes with mtu=%u; write "
		       "%s or more, or a smaller mtu=",
		       xnm_keys[id].name, xnm_rate_text(bit_s, text), frame_bytes, s->mtu_bytes,
		       xnm_rate_text(frame_bits, least));
}

void xnm_tc_keys_burst(const struct xnm_tc_keys *s, enum xnm_key_id id, uint32_t bytes,
		       enum xnm_queue_kind queue)
{
	uint32_t frame_bytes = s->mtu_bytes + HEADER_BYTES;

	if (!bytes)
		return;
	if (queue == XNM_QUEUE_CAKE)
		xnm_mistake_at(
			s->r->rep, xnm_tc_keys_origin(s, id),
			"burst= has no effect with qdisc=cake, which has none; remove one of "
			"the two");
	else if (bytes < frame_bytes)
		xnm_mistake_at(s->r->rep, xnm_tc_keys_origin(s, id),
			       "%s=%u: is less than one frame, of %u bytes with mtu=%u: every "
			       "packet would "
			       "be dropped; write %u or more, or leave it out",
			       xnm_keys[id].name, bytes, frame_bytes, s->mtu_bytes, frame_bytes);
}

static void check_losses(const struct xnm_tc_keys *s, const struct xnm_line *line,
			 const struct xnm_line_keys *keys)
{
	if (line->loss_ppm && line->gemodel.turn_bad_ppm)
		xnm_mistake_at(s->r->rep, xnm_tc_keys_origin(s, keys->gemodel),
			       "%s= contradicts %s=: both say which packets are lost; remove one "
			       "of the two",
			       xnm_keys[keys->gemodel].name, xnm_keys[keys->loss].name);
}

void xnm_tc_keys_line(const struct xnm_tc_keys *s, const struct xnm_line *line,
		      const struct xnm_line_keys *keys)
{
	const char *delay = xnm_keys[keys->delay].name;
	char jitter_text[XNM_DELAY_TEXT_LEN], delay_text[XNM_DELAY_TEXT_LEN];

	check_losses(s, line, keys);
	if (xnm_tc_keys_refused(s, keys->delay))
		return;
	if (line->jitter_us && !line->delay_us)
		xnm_mistake_at(s->r->rep, xnm_tc_keys_origin(s, keys->jitter),
			       "%s= needs %s=, from which the time that a packet takes varies",
			       xnm_keys[keys->jitter].name, delay);
	else if (line->jitter_us > XNM_JITTER_MAX_US)
		xnm_mistake_at(s->r->rep, xnm_tc_keys_origin(s, keys->jitter),
			       "%s=%s: must be at most 2s, as netem knows no more",
			       xnm_keys[keys->jitter].name,
			       xnm_delay_text(line->jitter_us, jitter_text));
	else if (line->jitter_us && line->jitter_us >= line->delay_us)
		xnm_mistake_at(s->r->rep, xnm_tc_keys_origin(s, keys->jitter),
			       "%s=%s: must be less than %s=%s", xnm_keys[keys->jitter].name,
			       xnm_delay_text(line->jitter_us, jitter_text), delay,
			       xnm_delay_text(line->delay_us, delay_text));
	if (line->reorder_ppm && !line->delay_us)
		xnm_mistake_at(s->r->rep, xnm_tc_keys_origin(s, keys->reorder),
			       "%s= needs %s=: a packet overtakes others while they wait",
			       xnm_keys[keys->reorder].name, delay);
}
