/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen.c - read how a vif is shaped at this moment, for people. */
#include "hotplug/parts/shape/seen.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/parts/shape/tree.h"

static void take(struct xnm_shaping *shaping, const struct xnm_qdisc *qdisc)
{
	if (qdisc->kind == XNM_QDISC_TBF || qdisc->kind == XNM_QDISC_CAKE)
		shaping->rate_bit_s = qdisc->rate_bit_s;
	if (qdisc->kind != XNM_QDISC_NETEM)
		return;
	shaping->line = (struct xnm_line){
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

static int look_at(struct shape_seen *out, struct xnm_rtnl *rtnl, const char *name)
{
	static struct xnm_shape_tree tree;
	struct xnm_link link;
	int rc = xnm_link_get(rtnl, name, &link);

	if (rc)
		return rc;
	rc = xnm_qdisc_list(rtnl, link.ifindex, tree.qdiscs, XNM_SHAPE_MAX_QDISCS, &tree.n);
	if (rc == 0)
		rc = xnm_tc_class_list(rtnl, link.ifindex, tree.classes, XNM_SHAPE_MAX_CLASSES,
				       &tree.n_classes);
	if (rc)
		return rc;
	for (unsigned int i = 0; i < tree.n; i++) {
		if (shape_is_rest(tree.qdiscs[i].handle) && !shape_is_cutter(tree.qdiscs[i].handle))
			take(&out->shaping, &tree.qdiscs[i]);
	}
	out->n_links = tree.n_classes ? tree.n_classes - 1 : 0;
	return 0;
}

int shape_look(struct shape_seen out[XNM_N_DIRECTIONS], struct xnm_rtnl *rtnl, const char *device,
	       const char *ifb, uint32_t made)
{
	int rc = 0;

	memset(out, 0, XNM_N_DIRECTIONS * sizeof(out[0]));
	if (made & XNM_SHAPE_TREE)
		rc = look_at(&out[XNM_INBOUND], rtnl, device);
	if (rc == 0 && (made & XNM_SHAPE_IFB))
		rc = look_at(&out[XNM_OUTBOUND], rtnl, ifb);
	return rc;
}
