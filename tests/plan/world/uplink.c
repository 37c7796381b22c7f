/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.c - the host's default routes in the model: changed, read, and compared with what is noted. */
#include "tests/plan/world/world.h"

#include "hotplug/core/plan.h"
#include "hotplug/parts/uplink/read.h"

#define WAY_INDEX 70

static struct xnm_uplink_note *find_note(struct world_uplink *ways, const char *name)
{
	for (unsigned int i = 0; i < ways->n_notes; i++) {
		if (strcmp(ways->notes[i].name, name) == 0)
			return &ways->notes[i];
	}
	return NULL;
}

/* The note, which is made if there is none. */
static struct xnm_uplink_note *get_note(struct world_uplink *ways, const char *name)
{
	struct xnm_uplink_note *note = find_note(ways, name);

	if (note)
		return note;
	if (ways->n_notes == WORLD_UPLINKS)
		world_full("uplink");
	note = &ways->notes[ways->n_notes++];
	xnm_uplink_note_clear(note, name);
	return note;
}

static void change_default(struct world_uplink *ways, const char *dev,
			   const struct xnm_default *route, bool add)
{
	unsigned int i = 0;

	/* the kernel has one of a family and metric */
	for (unsigned int k = 0; add && k < ways->n_defaults; k++) {
		const struct xnm_default *other = &ways->defaults[k].route;

		if (other->metric != route->metric ||
		    other->gateway.family != route->gateway.family)
			continue;
		if (!route->replaces || other->protocol != XNM_RTPROT) {
			printf("broken: there is a default route with that metric\n");
			return;
		}
		ways->defaults[k--] = ways->defaults[--ways->n_defaults];
	}
	while (i < ways->n_defaults && (strcmp(ways->defaults[i].dev, dev) != 0 ||
					ways->defaults[i].route.protocol != route->protocol ||
					!xnm_same_default(&ways->defaults[i].route, route)))
		i++;
	if (i < ways->n_defaults) {
		if (add)
			printf("broken: that default route is there already\n");
		else
			ways->defaults[i] = ways->defaults[--ways->n_defaults];
		return;
	}
	/* one that was replaced is not there to be deleted */
	if (!add || i == WORLD_DEFAULTS)
		return;
	(void)snprintf(ways->defaults[i].dev, IFNAMSIZ, "%.15s", dev);
	ways->defaults[i].route = *route;
	ways->defaults[i].route.replaces = false;
	ways->n_defaults++;
}

/* xnm_facts_way() */
static void look_at(struct xnm_uplink_seen *way, struct world_uplink *ways, bool is_there)
{
	const struct xnm_uplink *uplink = way->uplink;
	const struct xnm_uplink_note *note = find_note(ways, uplink->name);

	way->has_note = note != NULL;
	xnm_uplink_note_clear(&way->note, uplink->name);
	if (note)
		way->note = *note;
	way->dhcp_runs = way->note.dhcp_pid != 0;
	way->ifindex = is_there && strcmp(ways->away, uplink->device) != 0 ? WAY_INDEX : 0;
	way->n_defaults = 0;
	for (unsigned int i = 0; way->ifindex && i < ways->n_defaults; i++) {
		if (strcmp(ways->defaults[i].dev, uplink->device) == 0)
			way->defaults[way->n_defaults++] = ways->defaults[i].route;
	}
}

static bool has_way(const struct xnm_facts *facts, const struct xnm_uplink *uplink)
{
	for (unsigned int i = 0; i < facts->uplink.n; i++) {
		if (facts->uplink.seen[i].uplink == uplink)
			return true;
	}
	return false;
}

/* Those of other events that are noted. */
static void look_at_others(struct xnm_facts *facts, struct world_uplink *ways,
			   const struct xnm_event *event, const struct xnm_want *want)
{
	for (unsigned int i = 0; i < want->policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &want->policy->uplinks[i];
		const struct xnm_uplink_note *note = find_note(ways, uplink->name);
		struct xnm_uplink_seen *way = &facts->uplink.seen[facts->uplink.n];

		if (!note || !xnm_uplink_has_gateway(uplink) || has_way(facts, uplink) ||
		    (note->has_owner && note->owner.domid == event->domid &&
		     note->owner.devid == event->devid))
			continue;
		way->uplink = uplink;
		way->is_other = true;
		way->is_own = note->has_owner;
		way->owner = note->owner;
		way->is_bridge = strcmp(uplink->device, want->bridge.name) == 0;
		look_at(way, ways, !way->is_bridge || facts->bridge.link.ifindex);
		facts->uplink.n++;
	}
}

/* xnm_facts_ways() */
static void uplink_look(struct xnm_facts *facts, struct world *world, const struct xnm_event *event,
			const struct xnm_want *want)
{
	struct world_uplink *ways = &world->uplink;

	if (!want)
		return;
	facts->uplink.n = facts->uplink.slots.n = 0;
	if (!xnm_wants_ways(want))
		return;
	while (facts->uplink.slots.n < ways->n_defaults) {
		facts->uplink.slots.list[facts->uplink.slots.n] =
			ways->defaults[facts->uplink.slots.n].route;
		facts->uplink.slots.n++;
	}
	for (unsigned int i = 0; i < want->network->n_uplinks; i++) {
		struct xnm_uplink_seen *way = &facts->uplink.seen[facts->uplink.n];

		way->uplink = xnm_policy_uplink(want->policy, want->network->uplinks[i]);
		way->is_own = way->is_other = false;
		way->is_bridge = strcmp(way->uplink->device, want->bridge.name) == 0;
		if (way->uplink->guest[0] || !xnm_uplink_has_gateway(way->uplink))
			continue;
		look_at(way, ways, !way->is_bridge || facts->bridge.link.ifindex);
		facts->uplink.n++;
	}
	for (unsigned int i = 0;
	     !facts->address.yields && !xnm_event_is_tap(event) && i < want->uplink.n_shares; i++) {
		struct xnm_uplink_seen *way = &facts->uplink.seen[facts->uplink.n++];

		way->uplink = want->uplink.shares[i];
		way->is_own = true;
		way->is_other = false;
		way->owner = (struct xnm_owner){ event->domid, event->devid };
		look_at(way, ways,
			want->backend == XNM_BACKEND_ROUTE || facts->bridge.link.ifindex);
	}
	look_at_others(facts, ways, event, want);
}

/* A bridge that is deleted takes its routes along. */
static void lose_defaults(struct world_uplink *ways, const char *dev)
{
	for (unsigned int i = 0; i < ways->n_defaults; i++) {
		if (strcmp(ways->defaults[i].dev, dev) == 0)
			ways->defaults[i--] = ways->defaults[--ways->n_defaults];
	}
}

/* Whether some note has the route: it is not to be made before. */
static bool is_default_noted(const struct world_uplink *ways, const char *dev,
			     const struct xnm_default *route)
{
	for (unsigned int i = 0; i < ways->n_notes; i++) {
		const struct xnm_uplink_note *note = &ways->notes[i];

		for (unsigned int k = 0; k < note->n_routes; k++) {
			if (strcmp(note->device, dev) == 0 &&
			    xnm_same_default(&note->routes[k], route))
				return true;
		}
		for (unsigned int k = 0; k < note->n_left; k++) {
			if (strcmp(note->left_device, dev) == 0 &&
			    xnm_same_default(&note->left[k], route))
				return true;
		}
	}
	return false;
}

static void write_note(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_uplink_note *note = &plan->uplink.notes[op->u.uplink.note];

	*get_note(&model->world.uplink, note->name) = *note;
}

static void change_route(struct world_uplink *ways, const struct xnm_op *op, bool add)
{
	if (!is_default_noted(ways, op->dev, &op->u.uplink.route))
		printf("broken: that default route is not noted\n");
	change_default(ways, op->dev, &op->u.uplink.route, add);
}

static void add_default(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	change_route(&model->world.uplink, op, true);
}

static void del_default(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	change_route(&model->world.uplink, op, false);
}

static void stop_client(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_uplink_note *note =
		get_note(&model->world.uplink, plan->uplink.notes[op->u.uplink.note].name);

	note->dhcp_pid = 0;
	memset(&note->router, 0, sizeof(note->router));
}

static void start_client(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	get_note(&model->world.uplink, plan->uplink.notes[op->u.uplink.note].name)->dhcp_pid = 1;
}

static void release(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_uplink *ways = &model->world.uplink;
	struct xnm_uplink_note *note = find_note(ways, plan->uplink.notes[op->u.uplink.note].name);

	if (!note || !note->has_owner || note->owner.domid != plan->domid ||
	    note->owner.devid != plan->devid)
		return;
	for (unsigned int i = 0; i < note->n_routes; i++)
		change_default(ways, note->device, &note->routes[i], false);
	*note = ways->notes[--ways->n_notes];
}

/* Each default route of ours is noted. */
static unsigned int uplink_check(struct world *world)
{
	const struct world_uplink *ways = &world->uplink;
	unsigned int n = 0;

	for (unsigned int i = 0; i < ways->n_defaults; i++) {
		if (ways->defaults[i].route.protocol != XNM_RTPROT ||
		    is_default_noted(ways, ways->defaults[i].dev, &ways->defaults[i].route))
			continue;
		printf("broken: nobody has noted the default route on %s\n", ways->defaults[i].dev);
		n++;
	}
	return n;
}

int world_read_uplink(struct world *world, const char *section, const char *key, const char *value)
{
	struct world_uplink *ways = &world->uplink;
	struct xnm_default route = { .protocol = 4, .has_gateway = true };

	if (strncmp(section, "uplink ", 7) == 0 && strcmp(key, "state") == 0) {
		struct xnm_health *health = &get_note(ways, section + 7)->health;

		health->known = true;
		health->down = strcmp(value, "down") == 0;
		return 1;
	}
	if (strncmp(section, "uplink ", 7) == 0 && strcmp(key, "router") == 0)
		return xnm_parse_cidr(value, &get_note(ways, section + 7)->router) == 0;
	if (strcmp(section, "uplinks") == 0 && strcmp(key, "away") == 0) {
		(void)snprintf(ways->away, sizeof(ways->away), "%.15s", value);
		lose_defaults(ways, value);
		return 1;
	}
	if (strncmp(section, "default ", 8) == 0 && strcmp(key, "lost") == 0) {
		lose_defaults(ways, section + 8);
		return 1;
	}
	if (strncmp(section, "default ", 8) != 0 || strcmp(key, "via") != 0 ||
	    xnm_parse_cidr(value, &route.gateway))
		return 0;
	change_default(ways, section + 8, &route, true);
	return 1;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_uplink_note, .happen = write_note },
	{ .type = &xnm_op_uplink_default_add, .happen = add_default },
	{ .type = &xnm_op_uplink_default_del, .happen = del_default },
	{ .type = &xnm_op_uplink_client_stop, .happen = stop_client },
	{ .type = &xnm_op_uplink_client_start, .happen = start_client },
	{ .type = &xnm_op_uplink_release, .happen = release },
};

const struct world_part world_uplink_part = {
	WORLD_OPS(ops),
	.look = uplink_look,
	.check = uplink_check,
};
