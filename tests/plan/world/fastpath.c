/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fastpath.c - who is listed to whom in the model: written and read. */
#include "tests/plan/world/world.h"

#include "hotplug/notes/vif.h"

/* Its value, or NULL. */
static const char *node_value(const struct world_fastpath *world, uint32_t domid, const char *node)
{
	for (unsigned int i = 0; i < world->n; i++) {
		if (world->nodes[i].domid == domid && strcmp(world->nodes[i].node, node) == 0)
			return world->nodes[i].value;
	}
	return NULL;
}

/* With all below it. */
static void remove_node(struct world_fastpath *world, uint32_t domid, const char *node)
{
	size_t len = strlen(node);

	for (unsigned int i = world->n; i-- > 0;) {
		const char *other = world->nodes[i].node;

		if (world->nodes[i].domid == domid && strncmp(other, node, len) == 0 &&
		    (len == 0 || other[len] == '\0' || other[len] == '/'))
			world->nodes[i] = world->nodes[--world->n];
	}
}

static void copy_text(char *to, size_t size, const char *text)
{
	int n = snprintf(to, size, "%s", text);

	if (n < 0 || (size_t)n >= size) {
		fprintf(stderr, "the model cannot hold '%s'\n", text);
		exit(2);
	}
}

static void put_node(struct world_fastpath *world, uint32_t domid, const char *node,
		     const char *value)
{
	remove_node(world, domid, node);
	if (world->n == FASTPATH_NODES)
		world_full("node");
	world->nodes[world->n].domid = domid;
	copy_text(world->nodes[world->n].node, XNM_FP_NODE_LEN, node);
	copy_text(world->nodes[world->n++].value, XNM_FP_TEXT_LEN, value);
}

static void do_step(struct world_fastpath *world, const struct xnm_fp_step *step)
{
	if (step->action == XNM_FP_REMOVE)
		remove_node(world, step->domid, step->node);
	else if (step->action == XNM_FP_WRITE)
		put_node(world, step->domid, step->node, step->value);
	else if (step->action == XNM_FP_CHANNEL)
		put_node(world, step->domid, step->node, "");
}

/* An offline does not know beforehand what it will find: the guest is listed nowhere any more. */
static void remove_guest(struct world_fastpath *world, uint32_t guest)
{
	for (unsigned int i = world->n; i-- > 0;) {
		uint32_t domid = i < world->n ? world->nodes[i].domid : guest;
		char node[XNM_FP_NODE_LEN];

		(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER, guest);
		remove_node(world, domid, node);
		(void)snprintf(node, sizeof(node), XNM_FP_NODE_CHAN, guest);
		remove_node(world, domid, node);
		remove_node(world, guest, "");
	}
}

static void change(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_fp_change *change = &plan->fastpath.change;

	(void)op;
	for (unsigned int i = 0; i < change->n; i++)
		do_step(&model->world.fastpath, &change->steps[i]);
	if (change->n == 0)
		remove_guest(&model->world.fastpath, plan->domid);
}

static void withdraw(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	/* of both, the second does it all */
	if (plan->fastpath.reason[0] || plan->fastpath.change.n == 0)
		change(model, plan, op);
}

static void look_side(struct xnm_fp_side *side, const struct world_fastpath *world, uint32_t reader,
		      uint32_t domid)
{
	char node[XNM_FP_NODE_LEN];
	const char *text;

	memset(side, 0, offsetof(struct xnm_fp_side, vifs));
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_CHAN, domid);
	side->has_chan = node_value(world, reader, node);
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER_INC, domid);
	text = node_value(world, reader, node);
	side->listed = text;
	(void)snprintf(side->inc, sizeof(side->inc), "%s", text ? text : "");
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER_ROLE, domid);
	text = node_value(world, reader, node);
	(void)snprintf(side->role, sizeof(side->role), "%s", text ? text : "");
	for (uint32_t devid = 0; devid < 4; devid++) {
		(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER_VIF, domid, devid);
		text = node_value(world, reader, node);
		if (!text)
			continue;
		side->vifs[side->n].devid = devid;
		(void)snprintf(side->vifs[side->n++].text, XNM_FP_TEXT_LEN, "%s", text);
	}
}

static void look_peer(struct xnm_fp_view *view, const struct world_fastpath *world, uint32_t domid)
{
	struct xnm_fp_peer *peer = &view->peers[view->n_peers];
	const char *inc = node_value(world, domid, XNM_FP_NODE_INC);

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

static void look_own(struct xnm_fp_view *view, const struct world_fastpath *world)
{
	const char *version = node_value(world, view->domid, XNM_FP_NODE_VERSION);
	const char *inc = node_value(world, view->domid, XNM_FP_NODE_INC);
	char node[XNM_FP_NODE_LEN];

	(void)snprintf(view->version, sizeof(view->version), "%s", version ? version : "");
	(void)snprintf(view->inc, sizeof(view->inc), "%s", inc ? inc : "");
	(void)snprintf(view->fresh_inc, sizeof(view->fresh_inc), XNM_FP_INC_FORMAT,
		       (unsigned long long)view->domid);
	view->n_own = view->n_peers = 0;
	for (uint32_t devid = 0; devid < 4; devid++) {
		const char *text;

		(void)snprintf(node, sizeof(node), XNM_FP_NODE_VIF_FASTPATH, devid);
		text = node_value(world, view->domid, node);
		if (!text)
			continue;
		view->own[view->n_own].devid = devid;
		(void)snprintf(view->own[view->n_own++].text, XNM_FP_TEXT_LEN, "%s", text);
	}
}

/* The vif, as it is noted or will be, among those that may talk past dom0. */
static void look_vif(struct xnm_fp_view *view, const struct world_fastpath *world,
		     const struct xnm_vif_note *note, bool published)
{
	struct xnm_fp_vif *vif = &view->vifs[view->n_vifs++];

	vif->id = (struct xnm_owner){ note->domid, note->devid };
	vif->published = published;
	vif->mac = note->address.mac;
	memcpy(vif->segment, note->fastpath.segment, sizeof(vif->segment));
	xnm_fastpath_text(note, vif->text);
	if (note->domid != view->domid)
		look_peer(view, world, note->domid);
}

static void look_others(struct xnm_fp_view *view, const struct world *world,
			const struct xnm_event *event)
{
	for (unsigned int i = 0; i < world->vif.n; i++) {
		const struct xnm_vif_note *note = &world->vif.notes[i];
		char node[XNM_FP_NODE_LEN];

		if (!note->fastpath.segment[0] ||
		    (note->domid == event->domid && note->devid == event->devid))
			continue;
		(void)snprintf(node, sizeof(node), XNM_FP_NODE_VIF_FASTPATH, note->devid);
		look_vif(view, &world->fastpath, note,
			 node_value(&world->fastpath, note->domid, node) != NULL);
	}
}

/* xnm_facts_fastpath() */
static void fastpath_look(struct xnm_facts *facts, struct world *world,
			  const struct xnm_event *event, const struct xnm_want *want)
{
	static struct xnm_fp_view view;
	static struct xnm_vif_note self;
	bool publish;

	if (!want)
		return;
	publish = !xnm_fastpath_reason(want, &facts->guest);
	facts->fastpath.view = NULL;
	if (xnm_event_is_tap(event) || (!publish && !facts->note.fastpath.segment[0]))
		return;
	view.domid = event->domid;
	view.n_vifs = 0;
	look_own(&view, &world->fastpath);
	xnm_vif_note_copy(&self, &facts->note);
	self.domid = event->domid;
	self.devid = event->devid;
	if (publish)
		xnm_fastpath_state(&self, want, &facts->guest);
	look_others(&view, world, event);
	if (self.fastpath.segment[0])
		look_vif(&view, &world->fastpath, &self, publish);
	facts->fastpath.view = &view;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_fastpath_publish, .happen = change },
	{ .type = &xnm_op_fastpath_withdraw, .happen = withdraw },
};

const struct world_part world_fastpath_part = { WORLD_OPS(ops), .look = fastpath_look };
