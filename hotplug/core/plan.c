/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide: event, wants and facts give the ordered operations, without I/O. */
#include "hotplug/core/plan.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Theory of operation
 *
 * 1. Only differences become operations: a converged system gives none.
 * 2. Fail closed. The network comes first, then everything that the device
 *    must have before a frame can pass, then the bridge, and only then "up".
 *    netback handles no packet of a guest while its netdev is down
 *    (drivers/net/xen-netback/interface.c, xenvif_up), also not one of a
 *    guest that runs already (xl network-attach).
 * 3. The notes under /run/xnm are written before the device is attached and
 *    removed after it is detached: whoever is killed in between leaves a note
 *    by which the next run cleans up.
 * 4. "connected" is the last operation of an online.
 */

static void clear_network(struct xnm_network_plan *network)
{
	network->name[0] = network->old_name[0] = network->old_bridge[0] = network->sent[0] = '\0';
	network->n_sysctls = 0;
	xnm_network_note_clear(&network->note);
}

static void clear_owned(struct xnm_owned_plan *owned)
{
	owned->sent[0] = '\0';
	xnm_network_note_clear(&owned->note);
}

static void clear_filter(struct xnm_filter_change *filter)
{
	memset(filter->build, 0, sizeof(filter->build));
	memset(filter->exists, 0, sizeof(filter->exists));
	memset(&filter->now, 0, sizeof(filter->now));
	filter->n_add = filter->n_del = filter->n_del_vif = 0;
}

void xnm_plan_clear(struct xnm_plan *plan)
{
	/* untouched static memory is zero: do not fault its pages in */
	if (!plan->is_used) {
		plan->is_used = true;
		return;
	}
	plan->n = 0;
	plan->full = plan->changes_network = false;
	plan->domid = plan->devid = 0;
	xnm_vif_note_clear(&plan->note);
	memset(&plan->bridge, 0, sizeof(plan->bridge));
	memset(&plan->address, 0, sizeof(plan->address));
	memset(&plan->dnsmasq, 0, sizeof(plan->dnsmasq));
	memset(&plan->conntrack, 0, sizeof(plan->conntrack));
	memset(&plan->guestinfo, 0, sizeof(plan->guestinfo));
	clear_network(&plan->network);
	clear_owned(&plan->owned);
	clear_filter(&plan->filter);
	plan->uplink.n_notes = 0;
	plan->fastpath.reason[0] = '\0';
	plan->fastpath.network[0] = plan->fastpath.old_network[0] = '\0';
	plan->fastpath.change.n = 0;
}

/* The phases of an online are in the order of phases.def. */
static const uint8_t online_order[] = {
#define XNM_PHASE(id, whose, what) XNM_PHASE_##id,
#include "hotplug/core/phases.def"
#undef XNM_PHASE
};

/* The phases of an offline. */
static const uint8_t offline_order[] = {
	XNM_PHASE_UPLINK, /* first, so that the host has another default route at once */
	XNM_PHASE_DETACH,	XNM_PHASE_UNSHAPE,	 XNM_PHASE_FILTER,
	XNM_PHASE_DEVICE, /* the name is free only when no nftables element has it */
	XNM_PHASE_UNLIST,	XNM_PHASE_WITHDRAW,	 XNM_PHASE_LEAVE,
	XNM_PHASE_FREE,		XNM_PHASE_LEAVE_NETWORK, XNM_PHASE_LEAVE_FIREWALL,
	XNM_PHASE_LEAVE_BRIDGE, XNM_PHASE_NOTE, /* last: a run that is killed before leaves the note behind */
};

struct xnm_op *xnm_plan_add(struct xnm_plan *plan, enum xnm_phase phase,
			    const struct xnm_op_type *type, const char *dev, int ifindex,
			    const char *why, ...)
{
	struct xnm_op *op = &plan->op[plan->n];
	va_list args;

	if (plan->n < XNM_PLAN_MAX)
		plan->n++;
	else
		plan->full = true;
	memset(op, 0, sizeof(*op));
	op->type = type;
	op->phase = (uint8_t)phase;
	op->ifindex = ifindex;
	(void)snprintf(op->dev, sizeof(op->dev), "%s", dev);
	va_start(args, why);
	(void)vsnprintf(op->why, sizeof(op->why), why, args);
	va_end(args);
	return op;
}

/* Insertion sort by phase, stable: the parts add their operations nearly in order, so few move. */
static void sort(struct xnm_plan *plan, const uint8_t *order, size_t n_order)
{
	uint8_t rank[XNM_N_PHASES] = { 0 };

	for (size_t i = 0; i < n_order; i++)
		rank[order[i]] = (uint8_t)i;
	for (unsigned int i = 1; i < plan->n; i++) {
		unsigned int at = i;
		struct xnm_op moved;

		while (at > 0 && rank[plan->op[at - 1].phase] > rank[plan->op[i].phase])
			at--;
		if (at == i)
			continue;
		moved = plan->op[i];
		memmove(&plan->op[at + 1], &plan->op[at], (i - at) * sizeof(moved));
		plan->op[at] = moved;
	}
}

/* 16 new addresses with proxy neighbours on eight uplinks, and 16 old ones, are more than fit. */
int xnm_plan_end(struct xnm_plan *plan, const char *what, struct xnm_err *err)
{
	sort(plan, online_order, XNM_N_ELEMENTS(online_order));
	if (!plan->full)
		return 0;
	return xnm_fail(err, -E2BIG,
			"%s needs more than %d operations at once: give it fewer addresses or its "
			"network fewer uplinks, or change them in several steps",
			what, XNM_PLAN_MAX);
}

void xnm_plan_end_offline(struct xnm_plan *plan)
{
	sort(plan, offline_order, XNM_N_ELEMENTS(offline_order));
}
