/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chain.c - compute the qdiscs for a rate and a line: their order, bursts and limits. */
#include "hotplug/parts/shape/chain.h"
#include "hotplug/parts/shape/tree.h"

#include <string.h>

#include "hotplug/base/rate.h"

#define DEFAULT_QUEUE_US  50000u
#define NETEM_MIN_PACKETS 64u
#define NETEM_MAX_PACKETS 100000u
#define NETEM_PACKETS	  10000u /* without a rate: some 50 MB if a guest floods another */
#define FQ_CODEL_PACKETS  10240u /* the kernel's default */

/* No limit, but the kernel still counts a frame's time at that rate in its ticks of 64 ns. */
#define FRAMES_BIT_S	   20000000000u
#define FRAMES_LIMIT_BYTES 1048576u /* until the netem is below it */

#define HAS_LINE 1u
#define HAS_RATE 2u
#define HAS_CAKE 4u

static uint32_t frame_bytes(const struct shape_chain *chain)
{
	return chain->mtu_bytes + XNM_ETHERNET_BYTES;
}

struct xnm_qdisc *shape_add(struct shape_chain *chain, enum xnm_qdisc_kind kind,
			    enum shape_place place)
{
	struct xnm_qdisc *qdisc = &chain->tree->qdiscs[chain->tree->n];

	chain->tree->stand_in_packets[chain->tree->n++] = 0;
	memset(qdisc, 0, sizeof(*qdisc));
	qdisc->kind = kind;
	qdisc->handle = XNM_TC_HANDLE(chain->major + (chain->has << 4 | (unsigned int)place));
	qdisc->parent = chain->parent;
	chain->parent = qdisc->handle | 1;
	return qdisc;
}

static uint32_t queue_us(const struct xnm_shaping *shaping)
{
	return shaping->queue_us ? shaping->queue_us : DEFAULT_QUEUE_US;
}

/*
 * All packets that are on the line or wait for a slot or the rate, and a fifth more, count toward
 * netem's limit: its own 1000 would lose packets of a fast line with a long delay.
 */
static uint32_t netem_packets(const struct xnm_shaping *shaping, uint32_t mtu_bytes)
{
	uint64_t time_us = (uint64_t)shaping->line.delay_us + shaping->line.jitter_us +
			   shaping->line.slot.max_us + queue_us(shaping);
	uint64_t packets;

	if (!shaping->rate_bit_s)
		return NETEM_PACKETS;
	packets = xnm_rate_bytes(shaping->rate_bit_s, time_us) * 6 / 5 / mtu_bytes + 1;
	return packets < NETEM_MIN_PACKETS ? NETEM_MIN_PACKETS
					   : xnm_at_most(packets, NETEM_MAX_PACKETS);
}

/*
 * A tbf cuts what is larger than its burst into frames (net/sched/sch_tbf.c, tbf_segment()). A
 * netem without it would lose or delay up to 64 KiB of a guest's TCP at once. Nor would that guest
 * send: the pages of what xen-netback takes from it stay granted until the frame is delivered or
 * copied, the guest's TCP waits for them before it sends more (tcp_small_queue_check()), and it is
 * the cutting that copies them (net/core/skbuff.c, skb_segment(), skb_orphan_frags()).
 */
static void add_frames(struct shape_chain *chain)
{
	struct xnm_qdisc *frames = shape_add(chain, XNM_QDISC_TBF, SHAPE_PLACE_FRAMES);

	frames->rate_bit_s = FRAMES_BIT_S;
	/* one frame, with whatever tags it has */
	frames->burst_bytes = frame_bytes(chain) * 3 / 2;
	frames->limit_bytes = FRAMES_LIMIT_BYTES;
}

static void add_line(struct shape_chain *chain)
{
	const struct xnm_line *line = &chain->shaping->line;
	struct xnm_qdisc *netem = shape_add(chain, XNM_QDISC_NETEM, SHAPE_PLACE_LINE);

	netem->delay_us = line->delay_us;
	netem->jitter_us = line->jitter_us;
	netem->loss_ppm = line->loss_ppm;
	netem->duplicate_ppm = line->duplicate_ppm;
	netem->corrupt_ppm = line->corrupt_ppm;
	netem->reorder_ppm = line->reorder_ppm;
	netem->turn_bad_ppm = line->gemodel.turn_bad_ppm;
	netem->turn_good_ppm = line->gemodel.turn_good_ppm;
	netem->bad_loss_ppm = line->gemodel.bad_loss_ppm;
	netem->good_loss_ppm = line->gemodel.good_loss_ppm;
	netem->slot_min_us = line->slot.min_us;
	netem->slot_max_us = line->slot.max_us;
	netem->seed = line->seed;
	netem->limit_packets = netem_packets(chain->shaping, chain->mtu_bytes);
}

static uint32_t queue_packets(const struct xnm_shaping *shaping, uint32_t frame)
{
	uint64_t packets = xnm_rate_bytes(shaping->rate_bit_s, queue_us(shaping)) / frame + 1;

	return packets < 2 ? 2 : xnm_at_most(packets, NETEM_MAX_PACKETS);
}

static void add_queue(struct shape_chain *chain)
{
	uint32_t packets = queue_packets(chain->shaping, frame_bytes(chain));

	if (chain->shaping->queue == XNM_QUEUE_PFIFO) {
		shape_add(chain, XNM_QDISC_PFIFO, SHAPE_PLACE_PFIFO)->limit_packets = packets;
		return;
	}
	shape_add(chain, XNM_QDISC_FQ_CODEL, SHAPE_PLACE_FQ_CODEL)->limit_packets =
		FQ_CODEL_PACKETS;
	if (chain->shaping->queue == XNM_QUEUE_DEFAULT)
		chain->tree->stand_in_packets[chain->tree->n - 1] = packets;
}

static void add_rate(struct shape_chain *chain)
{
	const struct xnm_shaping *shaping = chain->shaping;
	struct xnm_qdisc *rate;

	if (chain->has & HAS_CAKE) {
		shape_add(chain, XNM_QDISC_CAKE, SHAPE_PLACE_RATE)->rate_bit_s =
			shaping->rate_bit_s / 8 * 8;
		return;
	}
	rate = shape_add(chain, XNM_QDISC_TBF, SHAPE_PLACE_RATE);
	rate->rate_bit_s = shaping->rate_bit_s / 8 * 8;
	rate->burst_bytes = shaping->burst_bytes
				    ? shaping->burst_bytes
				    : xnm_rate_burst(shaping->rate_bit_s, frame_bytes(chain));
	rate->limit_bytes = xnm_at_most(xnm_rate_bytes(shaping->rate_bit_s, queue_us(shaping)) +
						rate->burst_bytes,
					XNM_MAX_BYTES);
	add_queue(chain);
}

void shape_chain(struct shape_chain *chain)
{
	chain->has = 0;
	if (!xnm_line_is_plain(&chain->shaping->line))
		chain->has |= HAS_LINE;
	if (chain->shaping->rate_bit_s)
		chain->has |= HAS_RATE;
	if (chain->shaping->rate_bit_s && chain->shaping->queue == XNM_QUEUE_CAKE)
		chain->has |= HAS_CAKE;
	if (chain->has & HAS_LINE) {
		add_frames(chain);
		add_line(chain);
	}
	if (chain->has & HAS_RATE)
		add_rate(chain);
}

void shape_stand_in(struct xnm_qdisc *out, const struct xnm_qdisc *fq_codel, uint32_t packets)
{
	*out = *fq_codel;
	out->kind = XNM_QDISC_PFIFO;
	out->handle += XNM_TC_HANDLE(SHAPE_PLACE_PFIFO - SHAPE_PLACE_FQ_CODEL);
	out->limit_packets = packets;
}
