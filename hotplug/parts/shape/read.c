/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read the qdiscs of a vif and of its ifb. */
#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/shape/filters.h"
#include "hotplug/parts/shape/links.h"
#include "hotplug/parts/shape/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/vif.h"

#define MAX_FILTERS 32 /* of other programs, beside ours */

/* What is beyond an array is not ours: a tree of ours has less. */
static int enough(int rc)
{
	return rc == -E2BIG ? 0 : rc;
}

static int read_branches(struct xnm_shape_tree *tree, struct xnm_rtnl *rtnl, int ifindex,
			 uint32_t root)
{
	int rc = enough(xnm_tc_class_list(rtnl, ifindex, tree->classes, XNM_SHAPE_MAX_CLASSES,
					  &tree->n_classes));

	return rc ? rc
		  : enough(xnm_tc_filter_list(rtnl, ifindex, root, tree->filters,
					      XNM_SHAPE_MAX_FILTERS, &tree->n_filters));
}

static int read_tree(struct xnm_shape_tree *tree, struct xnm_rtnl *rtnl, int ifindex)
{
	int rc =
		enough(xnm_qdisc_list(rtnl, ifindex, tree->qdiscs, XNM_SHAPE_MAX_QDISCS, &tree->n));

	for (unsigned int i = 0; rc == 0 && i < tree->n; i++) {
		const struct xnm_qdisc *qdisc = &tree->qdiscs[i];

		if (qdisc->parent == XNM_TC_ROOT && qdisc->kind == XNM_QDISC_HTB)
			rc = read_branches(tree, rtnl, ifindex, qdisc->handle);
	}
	return rc;
}

static bool has_hook(const struct xnm_shape_tree *tree)
{
	for (unsigned int i = 0; i < tree->n; i++) {
		if (tree->qdiscs[i].kind == XNM_QDISC_CLSACT)
			return true;
	}
	return false;
}

/* Whether the filter leads somewhere, and is there. */
static int read_filter(bool *is_there, struct xnm_rtnl *rtnl, int ifindex,
		       const struct xnm_tc_filter *wanted)
{
	struct xnm_tc_filter filters[MAX_FILTERS];
	unsigned int n = 0;
	int rc = 0;

	if (wanted->to_ifindex)
		rc = xnm_tc_filter_list(rtnl, ifindex, wanted->parent, filters, MAX_FILTERS, &n);
	for (unsigned int i = 0; i < n; i++)
		*is_there |= shape_filter_equal(&filters[i], wanted);
	return enough(rc);
}

static int read_filters(struct xnm_shape_facts *facts, struct xnm_rtnl *rtnl, int ifindex)
{
	struct xnm_tc_filter wanted;
	int rc;

	shape_redirect(&wanted, facts->ifb_ifindex);
	rc = read_filter(&facts->is_redirected, rtnl, ifindex, &wanted);
	for (unsigned int i = 0; rc == 0 && i < XNM_N_DIRECTIONS; i++) {
		shape_mirror(&wanted, (enum xnm_direction)i, facts->sink_ifindex);
		rc = read_filter(&facts->is_copied[i], rtnl, ifindex, &wanted);
	}
	return rc;
}

static int read_ifbs(struct xnm_facts *facts, struct xnm_ctx *ctx, const struct xnm_event *event)
{
	char name[IFNAMSIZ];
	struct xnm_link link = { 0 };
	int rc;

	shape_ifb_name(event, name);
	rc = xnm_facts_link(ctx->rtnl, name, &link, &ctx->err);
	facts->shape.has_other_ifb = link.ifindex && !shape_ifb_is_ours(&link);
	facts->shape.ifb_ifindex = facts->shape.has_other_ifb ? 0 : link.ifindex;
	if (rc || xnm_event_is_tap(event))
		return rc;
	memset(&link, 0, sizeof(link));
	shape_sink_name(event, name);
	rc = xnm_facts_link(ctx->rtnl, name, &link, &ctx->err);
	facts->shape.sink_ifindex = shape_ifb_is_ours(&link) ? link.ifindex : 0;
	return rc;
}

static int read_all(struct xnm_facts *facts, struct xnm_ctx *ctx, const struct xnm_event *event)
{
	struct xnm_shape_facts *here = &facts->shape;
	const struct xnm_link *device = &facts->device.link;
	int rc = read_ifbs(facts, ctx, event);

	if (rc)
		return rc;
	if (device->ifindex)
		rc = read_tree(&here->tree[XNM_INBOUND], ctx->rtnl, device->ifindex);
	here->has_hook = has_hook(&here->tree[XNM_INBOUND]);
	if (rc == 0 && here->ifb_ifindex)
		rc = read_tree(&here->tree[XNM_OUTBOUND], ctx->rtnl, here->ifb_ifindex);
	if (rc == 0 && here->has_hook)
		rc = read_filters(here, ctx->rtnl, device->ifindex);
	return rc ? xnm_fail(&ctx->err, rc, "cannot read the qdiscs of %s: %s", device->name,
			     xnm_rtnl_reason(ctx->rtnl))
		  : 0;
}

struct peer_reader {
	struct xnm_facts *facts;
	struct xnm_ctx *ctx;
};

/* A vif that runs: notes are read of those alone that a link needs. */
static void read_peer(struct peer_reader *reader, const struct xnm_vif_note *note)
{
	struct xnm_shape_facts *here = &reader->facts->shape;

	for (unsigned int i = 0; i < here->n_peers; i++) {
		struct xnm_shape_peer *peer = &here->peers[i];

		if (peer->devid != note->devid || strcmp(peer->domain, note->domain_name) != 0)
			continue;
		peer->n = note->address.n;
		memcpy(peer->list, note->address.list, sizeof(peer->list));
	}
}

static int read_note(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note note;
	struct peer_reader *reader = arg;

	if (xnm_vif_note_read(&reader->ctx->dir, domid, devid, &note) == 0)
		read_peer(reader, &note);
	return 0;
}

static void add_peer(void *arg, const struct xnm_link_end *end)
{
	struct xnm_shape_facts *here = &((struct xnm_facts *)arg)->shape;
	struct xnm_shape_peer *peer = &here->peers[here->n_peers];

	if (here->n_peers == XNM_SHAPE_MAX_LINKS)
		return;
	here->n_peers++;
	memcpy(peer->domain, end->domain, sizeof(peer->domain));
	peer->devid = end->devid;
	peer->n = 0;
}

/* What a link says of a vif whose addresses the policy does not know counts once it runs. */
static int read_peers(struct xnm_facts *facts, const struct xnm_want *want, struct xnm_ctx *ctx)
{
	struct peer_reader reader = { .facts = facts, .ctx = ctx };

	shape_each_peer(want, &facts->guest, add_peer, facts);
	return facts->shape.n_peers ? xnm_vif_note_each(&ctx->dir, read_note, &reader) : 0;
}

int shape_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	int rc;

	if (!shape_is_wanted(want, &facts->guest) &&
	    !shape_noted(&facts->note, xnm_event_is_tap(ctx->event)))
		return 0;
	facts->shape.can = ctx->can;
	rc = read_peers(facts, want, ctx);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot read the notes on vifs: %s", strerror(-rc));
	return read_all(facts, ctx, ctx->event);
}

int shape_recall(struct xnm_facts *facts, struct xnm_ctx *ctx)
{
	return shape_noted(&facts->note, xnm_event_is_tap(ctx->event))
		       ? read_all(facts, ctx, ctx->event)
		       : 0;
}
