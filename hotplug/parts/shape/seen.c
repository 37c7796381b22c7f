/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen.c - tell from qdiscs that were read how a vif is shaped at this moment, for people. */
#include "hotplug/parts/shape/seen.h"

#include <string.h>

#include "hotplug/parts/shape/tree.h"

void shape_line_of(struct xnm_line *out, const struct xnm_qdisc *qdisc)
{
	*out = (struct xnm_line){
		.delay_us = qdisc->delay_us,
		.jitter_us = qdisc->jitter_us,
		.loss_ppm = qdisc->loss_ppm,
		.duplicate_ppm = qdisc->duplicate_ppm,
		.corrupt_ppm = qdisc->corrupt_ppm,
		.reorder_ppm = qdisc->reorder_ppm,
		.gemodel = { qdisc->turn_bad_ppm, qdisc->turn_good_ppm, qdisc->bad_loss_ppm,
			     qdisc->good_loss_ppm },
		.slot = { qdisc->slot_min_us, qdisc->slot_max_us },
		.seed = qdisc->seed,
	};
}

static void take(struct xnm_shaping *shaping, const struct xnm_qdisc *qdisc)
{
	if (qdisc->kind == XNM_QDISC_TBF || qdisc->kind == XNM_QDISC_CAKE)
		shaping->rate_bit_s = qdisc->rate_bit_s;
	if (qdisc->kind == XNM_QDISC_NETEM)
		shape_line_of(&shaping->line, qdisc);
}

/* Below each class of an htb there is one qdisc at least. */
static bool is_branch(const struct xnm_qdisc *qdiscs, unsigned int n, const struct xnm_qdisc *qdisc)
{
	for (unsigned int i = 0; i < n && qdisc->parent != XNM_TC_ROOT; i++) {
		if (qdiscs[i].kind == XNM_QDISC_HTB &&
		    qdiscs[i].handle == (qdisc->parent & 0xFFFF0000))
			return true;
	}
	return false;
}

void shape_look(struct shape_seen *out, const struct xnm_qdisc *qdiscs, unsigned int n)
{
	unsigned int n_branches = 0;

	memset(out, 0, sizeof(*out));
	for (unsigned int i = 0; i < n; i++) {
		if (shape_is_rest(qdiscs[i].handle) && !shape_is_cutter(qdiscs[i].handle))
			take(&out->shaping, &qdiscs[i]);
		n_branches += is_branch(qdiscs, n, &qdiscs[i]);
	}
	/* one of them is for the rest */
	out->n_links = n_branches ? n_branches - 1 : 0;
}
