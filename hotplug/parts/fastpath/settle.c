/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settle.c - write the nodes of one domain and its peers, and find guests that keep changing theirs. */
#include "hotplug/core/apply.h"
#include "hotplug/parts/fastpath/tree.h"

#include <errno.h>
#include <string.h>

#include "hotplug/xen/store.h"

/* Large; only one is in use at a time. */
static struct xnm_fp_change the_change;
static struct xnm_store_nodes the_nodes; /* peers' nodes about the event's domain */
static uint32_t node_owners[XNM_STORE_MAX_NODES];

static void add_domain(struct apply_fp_domains *domains, uint32_t domid)
{
	domains->bits[domid / 8] |= (uint8_t)(1u << (domid % 8));
}

bool apply_fp_next(const struct apply_fp_domains *domains, uint32_t *domid)
{
	/* mostly zero: do not clear all 4,096 bytes */
	while (*domid <= XNM_DOMID_MAX && !(domains->bits[*domid / 8] & (1u << (*domid % 8))))
		*domid += domains->bits[*domid / 8] ? 1 : 8 - *domid % 8;
	return *domid <= XNM_DOMID_MAX;
}

/* A peer's node about this domain exists, and we do not change it while it is compared. */
static bool stays_meanwhile(const struct xnm_fp_peer *peer)
{
	for (unsigned int i = 0; i < the_change.n; i++) {
		const struct xnm_fp_step *step = &the_change.steps[i];

		if (step->domid == peer->domid && step->action == XNM_FP_CHANNEL)
			return false;
	}
	return peer->there.has_chan;
}

/* The peers' messages to the domain: none, or a short handshake. */
static void note_nodes(const struct xnm_fp_view *view)
{
	char home[XNM_FP_HOME_LEN];

	the_nodes.n = 0;
	for (unsigned int i = 0; i < view->n_peers && the_nodes.n < XNM_STORE_MAX_NODES; i++) {
		const struct xnm_fp_peer *peer = &view->peers[i];

		if (!stays_meanwhile(peer))
			continue;
		xnm_fp_home(peer->domid, home);
		(void)snprintf(the_nodes.path[the_nodes.n], sizeof(the_nodes.path[0]),
			       "%s/" XNM_FP_NODE_CHAN, home, view->domid);
		node_owners[the_nodes.n++] = peer->domid;
	}
}

static void note_culprits(struct apply_fp_work *work)
{
	static bool busy[XNM_STORE_MAX_NODES];

	if (!xnm_store_look_end(work->ctx->store) ||
	    !xnm_store_find_busy(work->ctx->store, &the_nodes, busy))
		return;
	for (unsigned int i = 0; i < the_nodes.n; i++) {
		if (busy[i])
			add_domain(&work->culprits, node_owners[i]);
	}
}

/* If a peer's nodes cannot be written, they are removed, and the other peers' nodes are still
 * written. */
static int change_peers(struct apply_fp_work *work, const struct xnm_fp_view *view)
{
	for (uint32_t domid = 0; apply_fp_next(&work->changed, &domid); domid++) {
		int rc;

		if (domid == view->domid)
			continue;
		rc = apply_fp_tree(work->ctx->store, &the_change, domid);
		if (rc == -ETIMEDOUT || rc == -EACCES)
			return rc;
		if (rc && rc != -ENOENT)
			add_domain(&work->culprits, domid);
	}
	return 0;
}

static bool is_registered(const struct xnm_fp_view *view)
{
	for (unsigned int i = 0; i < view->n_vifs; i++) {
		if (view->vifs[i].id.domid == view->domid && view->vifs[i].published)
			return true;
	}
	return false;
}

static int change_own(struct apply_fp_work *work, const struct xnm_fp_view *view)
{
	uint32_t domid = view->domid;
	int rc;

	if (!apply_fp_next(&work->changed, &domid) || domid != view->domid)
		return 0;
	rc = apply_fp_tree(work->ctx->store, &the_change, view->domid);
	if (rc == 0 || is_registered(view))
		return rc;
	/* it no longer exists, or its old nodes must go */
	return rc == -EAGAIN   ? apply_fp_tree_clear(work->ctx->store, &the_change, view->domid)
	       : rc == -ENOENT ? 0
			       : rc;
}

/* The domain's own nodes last: they also name its peers. */
static int remove_channels(struct apply_fp_work *work, const struct xnm_fp_view *view)
{
	int rc;

	for (uint32_t domid = 0; apply_fp_next(&work->changed, &domid); domid++) {
		if (domid == view->domid)
			continue;
		rc = apply_fp_tree_channels(work->ctx->store, &the_change, domid);
		if (rc)
			return rc;
	}
	return apply_fp_tree_channels(work->ctx->store, &the_change, view->domid);
}

/*
 * First the nodes that domain 0 owns, then those that guests own. The domain's own tree lists all
 * peers as long as anything is left to do, so that after a killed run the next one finds them.
 */
int apply_fp_settle(struct apply_fp_work *work, const struct xnm_fp_view *view)
{
	const bool own_first = is_registered(view);
	int rc;

	xnm_fp_decide(&the_change, view);
	if (the_change.full)
		return -E2BIG;
	if (the_change.n == 0)
		return 0;
	memset(&work->changed, 0, sizeof(work->changed));
	for (unsigned int i = 0; i < the_change.n; i++)
		add_domain(&work->changed, the_change.steps[i].domid);
	note_nodes(view);
	xnm_store_look_begin(work->ctx->store, &the_nodes);
	rc = own_first ? change_own(work, view) : 0;
	if (rc == 0)
		rc = change_peers(work, view);
	if (rc == 0 && !own_first)
		rc = change_own(work, view);
	note_culprits(work);
	return rc ? rc : remove_channels(work, view);
}
