/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ways.h - the model's uplinks: the host's default routes, and what is noted of them. */
#ifndef XNM_TESTS_WAYS_H
#define XNM_TESTS_WAYS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "tests/plan/kinds.h"

#define WAY_INDEX    70
#define MAX_NOTES    8
#define MAX_WAY_DEFS 16

struct ways {
	unsigned int n_notes;
	struct xnm_uplink_note notes[MAX_NOTES];
	unsigned int n_defaults;
	struct {
		char dev[IFNAMSIZ];
		struct xnm_default route;
	} defaults[MAX_WAY_DEFS];
	char away[IFNAMSIZ]; /* a device that is not there */
};

static inline struct xnm_uplink_note *ways_note(struct ways *ways, const char *name)
{
	for (unsigned int i = 0; i < ways->n_notes; i++) {
		if (strcmp(ways->notes[i].name, name) == 0)
			return &ways->notes[i];
	}
	return NULL;
}

/* The note, which is made if there is none. */
static inline struct xnm_uplink_note *ways_get(struct ways *ways, const char *name)
{
	struct xnm_uplink_note *note = ways_note(ways, name);

	if (note)
		return note;
	if (ways->n_notes == MAX_NOTES)
		exit(2);
	note = &ways->notes[ways->n_notes++];
	xnm_uplink_note_clear(note, name);
	return note;
}

static inline void ways_default(struct ways *ways, const char *dev, const struct xnm_default *route,
				bool add)
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
	if (!add || i == MAX_WAY_DEFS)
		return;
	(void)snprintf(ways->defaults[i].dev, IFNAMSIZ, "%.15s", dev);
	ways->defaults[i].route = *route;
	ways->defaults[i].route.replaces = false;
	ways->n_defaults++;
}

/* xnm_facts_way() */
static inline void ways_look_at(struct xnm_way_facts *way, struct ways *ways, bool is_there)
{
	const struct xnm_uplink *uplink = way->uplink;
	const struct xnm_uplink_note *note = ways_note(ways, uplink->name);

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

static inline bool ways_has(const struct xnm_facts *facts, const struct xnm_uplink *uplink)
{
	for (unsigned int i = 0; i < facts->n_ways; i++) {
		if (facts->ways[i].uplink == uplink)
			return true;
	}
	return false;
}

/* Those of other events that are noted. */
static inline void ways_look_at_others(struct xnm_facts *facts, struct ways *ways,
				       const struct xnm_event *event, const struct xnm_want *want)
{
	for (unsigned int i = 0; i < want->policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &want->policy->uplinks[i];
		const struct xnm_uplink_note *note = ways_note(ways, uplink->name);
		struct xnm_way_facts *way = &facts->ways[facts->n_ways];

		if (!note || !xnm_uplink_has_gateway(uplink) || ways_has(facts, uplink) ||
		    (note->has_owner && note->owner.domid == event->domid &&
		     note->owner.devid == event->devid))
			continue;
		way->uplink = uplink;
		way->is_other = true;
		way->is_own = note->has_owner;
		way->owner = note->owner;
		way->is_bridge = strcmp(uplink->device, want->bridge) == 0;
		ways_look_at(way, ways, !way->is_bridge || facts->bridge.ifindex);
		facts->n_ways++;
	}
}

/* xnm_facts_ways() */
static inline void ways_look(struct xnm_facts *facts, struct ways *ways,
			     const struct xnm_event *event, const struct xnm_want *want)
{
	facts->n_ways = facts->slots.n = 0;
	if (!xnm_wants_ways(want))
		return;
	while (facts->slots.n < ways->n_defaults) {
		facts->slots.list[facts->slots.n] = ways->defaults[facts->slots.n].route;
		facts->slots.n++;
	}
	for (unsigned int i = 0; i < want->network->n_uplinks; i++) {
		struct xnm_way_facts *way = &facts->ways[facts->n_ways];

		way->uplink = xnm_policy_uplink(want->policy, want->network->uplinks[i]);
		way->is_own = way->is_other = false;
		way->is_bridge = strcmp(way->uplink->device, want->bridge) == 0;
		if (way->uplink->guest[0] || !xnm_uplink_has_gateway(way->uplink))
			continue;
		ways_look_at(way, ways, !way->is_bridge || facts->bridge.ifindex);
		facts->n_ways++;
	}
	for (unsigned int i = 0; !facts->yields && !xnm_event_is_tap(event) && i < want->n_shares;
	     i++) {
		struct xnm_way_facts *way = &facts->ways[facts->n_ways++];

		way->uplink = want->shares[i];
		way->is_own = true;
		way->is_other = false;
		way->owner = (struct xnm_owner){ event->domid, event->devid };
		ways_look_at(way, ways, want->routed || facts->bridge.ifindex);
	}
	ways_look_at_others(facts, ways, event, want);
}

/* A bridge that is deleted takes its routes along. */
static inline void ways_lose(struct ways *ways, const char *dev)
{
	for (unsigned int i = 0; i < ways->n_defaults; i++) {
		if (strcmp(ways->defaults[i].dev, dev) == 0)
			ways->defaults[i--] = ways->defaults[--ways->n_defaults];
	}
}

static inline void ways_release(struct ways *ways, const struct xnm_plan *plan, const char *name)
{
	struct xnm_uplink_note *note = ways_note(ways, name);

	if (!note || !note->has_owner || note->owner.domid != plan->domid ||
	    note->owner.devid != plan->devid)
		return;
	for (unsigned int i = 0; i < note->n_routes; i++)
		ways_default(ways, note->device, &note->routes[i], false);
	*note = ways->notes[--ways->n_notes];
}

/* Whether some note has the route: it is not to be made before. */
static inline bool ways_is_noted(const struct ways *ways, const char *dev,
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

static inline void ways_carry_out(struct ways *ways, const struct xnm_plan *plan,
				  const struct xnm_op *op)
{
	const struct xnm_uplink_note *note = &plan->way_notes[op->u.way.note];

	switch (kind_of(op)) {
	case KIND_xnm_op_uplink_note:
		*ways_get(ways, note->name) = *note;
		break;
	case KIND_xnm_op_uplink_default_add:
	case KIND_xnm_op_uplink_default_del:
		if (!ways_is_noted(ways, op->dev, &op->u.way.route))
			printf("broken: that default route is not noted\n");
		ways_default(ways, op->dev, &op->u.way.route,
			     kind_of(op) == KIND_xnm_op_uplink_default_add);
		break;
	case KIND_xnm_op_uplink_client_stop:
		ways_get(ways, note->name)->dhcp_pid = 0;
		memset(&ways_get(ways, note->name)->router, 0, sizeof(note->router));
		break;
	case KIND_xnm_op_uplink_client_start:
		ways_get(ways, note->name)->dhcp_pid = 1;
		break;
	case KIND_xnm_op_uplink_release:
		ways_release(ways, plan, note->name);
		break;
	default:
		break;
	}
}

/* Each route of ours is noted, and the other way round. Returns the number of mistakes. */
static inline unsigned int ways_check(const struct ways *ways)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < ways->n_defaults; i++) {
		if (ways->defaults[i].route.protocol != XNM_RTPROT ||
		    ways_is_noted(ways, ways->defaults[i].dev, &ways->defaults[i].route))
			continue;
		printf("broken: nobody has noted the default route on %s\n", ways->defaults[i].dev);
		n++;
	}
	return n;
}

/* [uplink NAME] state= and router=, and [default DEV] via= metric= of somebody else */
static inline int ways_read(struct ways *ways, const char *section, const char *key,
			    const char *value)
{
	struct xnm_default route = { .protocol = 4, .has_gateway = true };

	if (strncmp(section, "uplink ", 7) == 0 && strcmp(key, "state") == 0) {
		struct xnm_health *health = &ways_get(ways, section + 7)->health;

		health->known = true;
		health->down = strcmp(value, "down") == 0;
		return 1;
	}
	if (strncmp(section, "uplink ", 7) == 0 && strcmp(key, "router") == 0)
		return xnm_parse_cidr(value, &ways_get(ways, section + 7)->router) == 0;
	if (strcmp(section, "uplinks") == 0 && strcmp(key, "away") == 0) {
		(void)snprintf(ways->away, sizeof(ways->away), "%.15s", value);
		ways_lose(ways, value);
		return 1;
	}
	if (strncmp(section, "default ", 8) == 0 && strcmp(key, "lost") == 0) {
		ways_lose(ways, section + 8);
		return 1;
	}
	if (strncmp(section, "default ", 8) != 0 || strcmp(key, "via") != 0 ||
	    xnm_parse_cidr(value, &route.gateway))
		return 0;
	ways_default(ways, section + 8, &route, true);
	return 1;
}

#endif
