/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settle.c - make what one domain and its peers read what it should be, and find out who is in the way. */
#include "hotplug/core/apply_parts.h"
#include "hotplug/parts/fastpath/tree.h"

#include <errno.h>
#include <string.h>

#include "hotplug/xen/store.h"

/* Long, and one at a time. */
static struct xnm_fp_change the_change;
static struct xnm_store_nodes the_nodes; /* of guests, about the domain of the event */
static uint32_t node_owners[XNM_STORE_MAX_NODES];

static void add_domain(struct apply_fp_domains *domains, uint32_t domid)
{
	domains->bits[domid / 8] |= (uint8_t)(1u << (domid % 8));
}

bool apply_fp_next(const struct apply_fp_domains *domains, uint32_t *domid)
{
	/* of the 4,096 bytes hardly one is not zero */
	while (*domid <= XNM_DOMID_MAX && !(domains->bits[*domid / 8] & (1u << (*domid % 8))))
		*domid += domains->bits[*domid / 8] ? 1 : 8 - *domid % 8;
	return *domid <= XNM_DOMID_MAX;
}

/* That of a peer about us is there, and we do not touch it as long as we look at it. */
static bool stays_meanwhile(const struct xnm_fp_peer *peer)
{
	for (unsigned int i = 0; i < the_change.n; i++) {
		const struct xnm_fp_step *step = &the_change.steps[i];

		if (step->domid == peer->domid && step->action == XNM_FP_CHANNEL)
			return false;
	}
	return peer->there.has_chan;
}

/* What the peers say to the domain: nothing, or a few words when they connect. */
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

/* Who cannot be told of a change is told nothing, and is no reason not to tell the others. */
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
	/* it has gone, or must not keep what it was told */
	return rc == -EAGAIN   ? apply_fp_tree_clear(work->ctx->store, &the_change, view->domid)
	       : rc == -ENOENT ? 0
			       : rc;
}

/* The own ones last: they name the others, too. */
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
 * First what domain 0 owns, then what guests own. The domain's own tree names
 * all the others as long as there is anything to do: whoever comes after a run
 * that was killed goes by it.
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
