/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fastpath.h - what the guests of the model read of the fast path: nodes, as xenstore has them. */
#ifndef XNM_TESTS_FASTPATH_H
#define XNM_TESTS_FASTPATH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/plan/kinds.h"

#define FASTPATH_NODES 128

struct fastpath_world {
	unsigned int n;
	struct {
		uint32_t domid;
		char node[XNM_FP_NODE_LEN];
		char value[XNM_FP_TEXT_LEN];
	} nodes[FASTPATH_NODES];
};

/* Its value, or NULL. */
static inline const char *fastpath_node(const struct fastpath_world *world, uint32_t domid,
					const char *node)
{
	for (unsigned int i = 0; i < world->n; i++) {
		if (world->nodes[i].domid == domid && strcmp(world->nodes[i].node, node) == 0)
			return world->nodes[i].value;
	}
	return NULL;
}

/* With all below it. */
static inline void fastpath_remove(struct fastpath_world *world, uint32_t domid, const char *node)
{
	size_t len = strlen(node);

	for (unsigned int i = world->n; i-- > 0;) {
		const char *other = world->nodes[i].node;

		if (world->nodes[i].domid == domid && strncmp(other, node, len) == 0 &&
		    (len == 0 || other[len] == '\0' || other[len] == '/'))
			world->nodes[i] = world->nodes[--world->n];
	}
}

static inline void fastpath_copy(char *to, size_t size, const char *text)
{
	int n = snprintf(to, size, "%s", text);

	if (n < 0 || (size_t)n >= size) {
		fprintf(stderr, "the model cannot hold '%s'\n", text);
		exit(2);
	}
}

static inline void fastpath_put(struct fastpath_world *world, uint32_t domid, const char *node,
				const char *value)
{
	fastpath_remove(world, domid, node);
	if (world->n == FASTPATH_NODES) {
		fprintf(stderr, "the model has no room for another node\n");
		exit(2);
	}
	world->nodes[world->n].domid = domid;
	fastpath_copy(world->nodes[world->n].node, XNM_FP_NODE_LEN, node);
	fastpath_copy(world->nodes[world->n++].value, XNM_FP_TEXT_LEN, value);
}

static inline void carry_out_fastpath(struct fastpath_world *world, const struct xnm_plan *plan,
				      const struct xnm_op *op)
{
	const struct xnm_fp_change *change = &plan->fastpath.change;

	/* of both, the second does it all */
	if (kind_of(op) == KIND_xnm_op_fastpath_withdraw && !plan->fastpath.reason[0] && change->n)
		return;
	for (unsigned int i = 0; i < change->n; i++) {
		const struct xnm_fp_step *step = &change->steps[i];

		if (step->action == XNM_FP_REMOVE)
			fastpath_remove(world, step->domid, step->node);
		else if (step->action == XNM_FP_WRITE)
			fastpath_put(world, step->domid, step->node, step->value);
		else if (step->action == XNM_FP_CHANNEL)
			fastpath_put(world, step->domid, step->node, "");
	}
	/* an offline does not know beforehand what it will find */
	for (unsigned int i = world->n; change->n == 0 && i-- > 0;) {
		uint32_t domid = i < world->n ? world->nodes[i].domid : plan->domid;
		char node[XNM_FP_NODE_LEN];

		(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER, plan->domid);
		fastpath_remove(world, domid, node);
		(void)snprintf(node, sizeof(node), XNM_FP_NODE_CHAN, plan->domid);
		fastpath_remove(world, domid, node);
		fastpath_remove(world, plan->domid, "");
	}
}

static inline void look_side(struct xnm_fp_side *side, const struct fastpath_world *world,
			     uint32_t reader, uint32_t domid)
{
	char node[XNM_FP_NODE_LEN];
	const char *text;

	memset(side, 0, offsetof(struct xnm_fp_side, vifs));
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_CHAN, domid);
	side->has_chan = fastpath_node(world, reader, node);
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER_INC, domid);
	text = fastpath_node(world, reader, node);
	side->listed = text;
	(void)snprintf(side->inc, sizeof(side->inc), "%s", text ? text : "");
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER_ROLE, domid);
	text = fastpath_node(world, reader, node);
	(void)snprintf(side->role, sizeof(side->role), "%s", text ? text : "");
	for (uint32_t devid = 0; devid < 4; devid++) {
		(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER_VIF, domid, devid);
		text = fastpath_node(world, reader, node);
		if (!text)
			continue;
		side->vifs[side->n].devid = devid;
		(void)snprintf(side->vifs[side->n++].text, XNM_FP_TEXT_LEN, "%s", text);
	}
}

static inline void look_fastpath_peer(struct xnm_fp_view *view, const struct fastpath_world *world,
				      uint32_t domid)
{
	struct xnm_fp_peer *peer = &view->peers[view->n_peers];
	const char *inc = fastpath_node(world, domid, XNM_FP_NODE_INC);

	for (unsigned int i = 0; i < view->n_peers; i++) {
		if (view->peers[i].domid == domid)
			return;
	}
	view->n_peers++;
	peer->domid = domid;
	(void)snprintf(peer->inc, sizeof(peer->inc), "%s", inc ? inc : "");
	look_side(&peer->here, world, view->domid, domid);
	look_side(&peer->there, world, domid, view->domid);
}

static inline void look_fastpath_own(struct xnm_fp_view *view, const struct fastpath_world *world)
{
	const char *version = fastpath_node(world, view->domid, XNM_FP_NODE_VERSION);
	const char *inc = fastpath_node(world, view->domid, XNM_FP_NODE_INC);
	char node[XNM_FP_NODE_LEN];

	(void)snprintf(view->version, sizeof(view->version), "%s", version ? version : "");
	(void)snprintf(view->inc, sizeof(view->inc), "%s", inc ? inc : "");
	(void)snprintf(view->fresh_inc, sizeof(view->fresh_inc), XNM_FP_INC_FORMAT,
		       (unsigned long long)view->domid);
	view->n_own = view->n_peers = 0;
	for (uint32_t devid = 0; devid < 4; devid++) {
		const char *text;

		(void)snprintf(node, sizeof(node), XNM_FP_NODE_VIF_FASTPATH, devid);
		text = fastpath_node(world, view->domid, node);
		if (!text)
			continue;
		view->own[view->n_own].devid = devid;
		(void)snprintf(view->own[view->n_own++].text, XNM_FP_TEXT_LEN, "%s", text);
	}
}

/* As xnm_facts_fastpath() reads it; vifs are the notes on all vifs. */
static inline void look_fastpath(struct xnm_facts *facts, const struct fastpath_world *world,
				 const struct xnm_vif_note *vifs, unsigned int n_vifs,
				 const struct xnm_event *event, const struct xnm_want *want)
{
	static struct xnm_fp_view view;
	static struct xnm_vif_note self;
	bool publish = !xnm_fastpath_reason(want, &facts->guest);

	facts->fastpath = NULL;
	if (xnm_event_is_tap(event) || (!publish && !facts->state.segment[0]))
		return;
	view.domid = event->domid;
	view.n_vifs = 0;
	look_fastpath_own(&view, world);
	xnm_vif_note_copy(&self, &facts->state);
	self.domid = event->domid;
	self.devid = event->devid;
	if (publish)
		xnm_fastpath_state(&self, want, &facts->guest);
	for (unsigned int i = 0; i <= n_vifs; i++) {
		const struct xnm_vif_note *state = i < n_vifs ? &vifs[i] : &self;
		struct xnm_fp_vif *vif = &view.vifs[view.n_vifs];
		char node[XNM_FP_NODE_LEN];

		if (!state->segment[0] ||
		    (i < n_vifs && state->domid == event->domid && state->devid == event->devid))
			continue;
		view.n_vifs++;
		(void)snprintf(node, sizeof(node), XNM_FP_NODE_VIF_FASTPATH, state->devid);
		vif->id = (struct xnm_owner){ state->domid, state->devid };
		vif->published =
			i < n_vifs ? fastpath_node(world, state->domid, node) != NULL : publish;
		vif->mac = state->mac;
		memcpy(vif->segment, state->segment, sizeof(vif->segment));
		xnm_fastpath_text(state, vif->text);
		if (state->domid != event->domid)
			look_fastpath_peer(&view, world, state->domid);
	}
	facts->fastpath = &view;
}

#endif
