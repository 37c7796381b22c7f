/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decide.c - decide which xenstore nodes must change, so that the right guests are listed to each other. */
#include "hotplug/parts/fastpath/fastpath.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/util.h"

struct decision {
	struct xnm_fp_change *change;
	const struct xnm_fp_view *view;
	const char *inc; /* the domain's present and wanted nodes */
	bool registered; /* a vif of it is to be published */
};

/* Returns a step to fill in, never NULL. */
static struct xnm_fp_step *add(struct decision *d, enum xnm_fp_action action, uint32_t domid,
			       const char *value, const char *node, ...)
	__attribute__((format(printf, 5, 6)));

static struct xnm_fp_step *add(struct decision *d, enum xnm_fp_action action, uint32_t domid,
			       const char *value, const char *node, ...)
{
	struct xnm_fp_step *step = &d->change->steps[d->change->n];
	va_list args;

	if (d->change->n + 1 < XNM_FP_MAX_STEPS)
		d->change->n++;
	else
		d->change->full = true;
	*step = (struct xnm_fp_step){ .action = action, .domid = domid, .value = value };
	va_start(args, node);
	(void)vsnprintf(step->node, sizeof(step->node), node, args);
	va_end(args);
	return step;
}

static bool same_vif(const struct xnm_owner *a, const struct xnm_owner *b)
{
	return a->domid == b->domid && a->devid == b->devid;
}

struct xnm_fp_vif *xnm_fp_find(struct xnm_fp_view *view, const struct xnm_owner *id)
{
	for (unsigned int i = 0; i < view->n_vifs; i++) {
		if (same_vif(&view->vifs[i].id, id))
			return &view->vifs[i];
	}
	return NULL;
}

const struct xnm_fp_vif *xnm_fp_namesake(const struct xnm_fp_view *view, const struct xnm_owner *id,
					 bool published)
{
	const struct xnm_fp_vif *self = NULL, *found = NULL;

	for (unsigned int i = 0; i < view->n_vifs && !self; i++) {
		if (same_vif(&view->vifs[i].id, id))
			self = &view->vifs[i];
	}
	/* of several candidates, the newest */
	for (unsigned int i = 0; i < view->n_vifs && self; i++) {
		const struct xnm_fp_vif *vif = &view->vifs[i];

		if (vif != self && vif->published == published &&
		    xnm_mac_equal(&vif->mac, &self->mac) &&
		    strcmp(vif->segment, self->segment) == 0)
			found = vif;
	}
	return found;
}

static const struct xnm_fp_entry *find_entry(const struct xnm_fp_entry *list, unsigned int n,
					     uint32_t devid)
{
	for (unsigned int i = 0; i < n; i++) {
		if (list[i].devid == devid)
			return &list[i];
	}
	return NULL;
}

/* Whether the vif is to be listed to a domain: it is published, and so is one of that domain on
 * the same segment. */
static bool is_for(const struct xnm_fp_view *view, const struct xnm_fp_vif *vif, uint32_t reader)
{
	for (unsigned int i = 0; i < view->n_vifs && vif->published; i++) {
		const struct xnm_fp_vif *other = &view->vifs[i];

		if (other->id.domid == reader && other->published &&
		    strcmp(other->segment, vif->segment) == 0)
			return true;
	}
	return false;
}

static bool share_segment(const struct xnm_fp_view *view, uint32_t domid)
{
	for (unsigned int i = 0; i < view->n_vifs; i++) {
		if (view->vifs[i].id.domid == domid && is_for(view, &view->vifs[i], view->domid))
			return true;
	}
	return false;
}

static void decide_own(struct decision *d)
{
	const struct xnm_fp_view *view = d->view;
	unsigned int n = 0;
	bool keep[XNM_FP_MAX_VIFS] = { false };

	for (unsigned int i = 0; i < view->n_vifs; i++) {
		const struct xnm_fp_vif *vif = &view->vifs[i];
		const struct xnm_fp_entry *now = find_entry(view->own, view->n_own, vif->id.devid);

		if (vif->id.domid != view->domid || !vif->published || n++ == XNM_FP_MAX_VIFS)
			continue;
		if (now)
			keep[now - view->own] = true;
		if (!now || strcmp(now->text, vif->text) != 0)
			add(d, XNM_FP_WRITE, view->domid, vif->text, XNM_FP_NODE_VIF_FASTPATH,
			    vif->id.devid);
	}
	for (unsigned int i = 0; i < view->n_own; i++) {
		if (!keep[i])
			add(d, XNM_FP_REMOVE, view->domid, NULL, XNM_FP_NODE_VIF_FASTPATH,
			    view->own[i].devid);
	}
}

static void decide_registration(struct decision *d)
{
	const struct xnm_fp_view *view = d->view;

	if (d->registered) {
		/* the toolstack does not create this folder, so its owner and permissions may be
		 * wrong */
		if (strcmp(view->version, XNM_FP_VERSION_TEXT) != 0) {
			add(d, XNM_FP_FOLDER, view->domid, NULL, "%s", "");
			add(d, XNM_FP_FOLDER, view->domid, NULL, XNM_FP_NODE_VIFS);
			add(d, XNM_FP_WRITE, view->domid, XNM_FP_VERSION_TEXT, XNM_FP_NODE_VERSION);
		}
		if (strcmp(view->inc, d->inc) != 0)
			add(d, XNM_FP_WRITE, view->domid, d->inc, XNM_FP_NODE_INC);
		return;
	}
	if (view->version[0]) {
		add(d, XNM_FP_REMOVE, view->domid, NULL, XNM_FP_NODE_VERSION);
		add(d, XNM_FP_REMOVE, view->domid, NULL, XNM_FP_NODE_PEERS);
		add(d, XNM_FP_REMOVE, view->domid, NULL, XNM_FP_NODE_CHANS);
	}
	if (view->inc[0])
		add(d, XNM_FP_REMOVE, view->domid, NULL, XNM_FP_NODE_INC);
}

/* The nodes by which one domain learns of another's vifs. */
static void decide_side(struct decision *d, uint32_t reader, uint32_t domid, const char *inc,
			const struct xnm_fp_side *side)
{
	const char *role = reader < domid ? XNM_FP_ROLE_SERVER : XNM_FP_ROLE_CLIENT;
	bool keep[XNM_FP_MAX_VIFS] = { false };
	unsigned int n = 0;

	if (strcmp(side->inc, inc) != 0)
		add(d, XNM_FP_WRITE, reader, inc, XNM_FP_NODE_PEER_INC, domid);
	if (strcmp(side->role, role) != 0)
		add(d, XNM_FP_WRITE, reader, role, XNM_FP_NODE_PEER_ROLE, domid);
	for (unsigned int i = 0; i < d->view->n_vifs; i++) {
		const struct xnm_fp_vif *vif = &d->view->vifs[i];
		const struct xnm_fp_entry *now = find_entry(side->vifs, side->n, vif->id.devid);

		if (vif->id.domid != domid || !is_for(d->view, vif, reader) ||
		    n++ == XNM_FP_MAX_VIFS)
			continue;
		if (now)
			keep[now - side->vifs] = true;
		if (!now || strcmp(now->text, vif->text) != 0)
			add(d, XNM_FP_WRITE, reader, vif->text, XNM_FP_NODE_PEER_VIF, domid,
			    vif->id.devid);
	}
	for (unsigned int i = 0; i < side->n; i++) {
		if (!keep[i])
			add(d, XNM_FP_REMOVE, reader, NULL, XNM_FP_NODE_PEER_VIF, domid,
			    side->vifs[i].devid);
	}
}

/* Both ends begin with empty channels. */
static void decide_channels(struct decision *d, const struct xnm_fp_peer *peer)
{
	const uint32_t domid = d->view->domid;

	if (peer->here.listed && peer->there.listed && peer->here.has_chan &&
	    peer->there.has_chan && strcmp(peer->here.inc, peer->inc) == 0 &&
	    strcmp(peer->there.inc, d->inc) == 0)
		return;
	add(d, XNM_FP_CHANNEL, domid, NULL, XNM_FP_NODE_CHAN, peer->domid)->reader = peer->domid;
	add(d, XNM_FP_CHANNEL, peer->domid, NULL, XNM_FP_NODE_CHAN, domid)->reader = domid;
}

static void unlist(struct decision *d, uint32_t reader, uint32_t domid,
		   const struct xnm_fp_side *side)
{
	/* all of them go */
	if (reader == d->view->domid && !d->registered && d->view->version[0])
		return;
	if (side->listed)
		add(d, XNM_FP_REMOVE, reader, NULL, XNM_FP_NODE_PEER, domid);
	if (side->has_chan)
		add(d, XNM_FP_REMOVE, reader, NULL, XNM_FP_NODE_CHAN, domid);
}

static bool is_wanted(const struct decision *d, const struct xnm_fp_peer *peer)
{
	return d->registered && xnm_fp_inc_ok(peer->inc) && share_segment(d->view, peer->domid);
}

static void decide_peer(struct decision *d, const struct xnm_fp_peer *peer, bool wanted)
{
	if (wanted) {
		decide_channels(d, peer);
		decide_side(d, d->view->domid, peer->domid, peer->inc, &peer->here);
		decide_side(d, peer->domid, d->view->domid, d->inc, &peer->there);
		return;
	}
	unlist(d, d->view->domid, peer->domid, &peer->here);
	unlist(d, peer->domid, d->view->domid, &peer->there);
}

/* Peers that are listed already stay; then others, as long as there is room. */
static void decide_peers(struct decision *d)
{
	const struct xnm_fp_view *view = d->view;
	unsigned int n_stay = 0, n_new = 0;

	for (unsigned int i = 0; i < view->n_peers; i++)
		n_stay += view->peers[i].here.listed && is_wanted(d, &view->peers[i]);
	for (unsigned int i = 0; i < view->n_peers; i++) {
		const struct xnm_fp_peer *peer = &view->peers[i];
		bool wanted = is_wanted(d, peer);

		if (wanted && !peer->here.listed)
			wanted = n_stay + ++n_new <= XNM_FP_MAX_PEERS;
		decide_peer(d, peer, wanted);
	}
}

void xnm_fp_decide(struct xnm_fp_change *change, const struct xnm_fp_view *view)
{
	struct decision d = { .change = change, .view = view };

	change->n = 0;
	change->full = false;
	for (unsigned int i = 0; i < view->n_vifs; i++)
		d.registered |= view->vifs[i].id.domid == view->domid && view->vifs[i].published;
	d.inc = xnm_fp_inc_ok(view->inc) ? view->inc : view->fresh_inc;
	decide_registration(&d);
	decide_own(&d);
	decide_peers(&d);
}
