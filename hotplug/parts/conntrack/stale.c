/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stale.c - end connections that began before a port forward came, so that their next packet is forwarded. */
#include <netinet/in.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "hotplug/core/apply.h"
#include "hotplug/kernel/conntrack.h"
#include "hotplug/parts/conntrack/allowed.h"

/*
 * The kernel translates a connection's first packet only, and remembers also that there was nothing
 * to translate. A client that goes on sending UDP from one port while the guest reboots keeps such
 * an entry alive, and would never be forwarded again.
 */

struct stale_run {
	const struct xnm_element *list;
	unsigned int n, n_ended;
};

/* Not what the host itself has answered by TCP: that connection was meant for the host. */
static bool is_stale(void *arg, const struct xnm_connection *connection)
{
	struct stale_run *run = arg;

	if ((connection->orig.protocol == IPPROTO_TCP && (connection->status & IPS_ASSURED) &&
	     !(connection->status & IPS_DST_NAT)) ||
	    !xnm_leads_elsewhere(run->list, run->n, connection))
		return false;
	run->n_ended++;
	return true;
}

static void text(const struct xnm_plan *plan, const struct xnm_op *op, char *out, size_t out_size)
{
	(void)plan;
	(void)op;
	(void)snprintf(out, out_size, "end connections to ports that lead to a guest now");
}

static int end_stale(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct stale_run run = { .list = plan->filter.add, .n = plan->filter.n_add };
	int rc;

	(void)ctx;
	(void)op;
	if (!xnm_conntrack_has_entries())
		return 0;
	rc = xnm_conntrack_end(is_stale, &run, false);
	if (rc == 0 && run.n_ended)
		xnm_log_debug("%u connections from before a port forward ended", run.n_ended);
	return rc;
}

const struct xnm_op_type xnm_op_connections_stale = {
	.may_fail = true,
	.text = text,
	.run = end_stale,
};
