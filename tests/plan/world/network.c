/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c - networks of the model: members, notes and settings, made and taken back. */
#include "hotplug/core/want.h"
#include "hotplug/parts/network/network.h"
#include "tests/plan/world/world.h"

#include "hotplug/core/elements/parts.h"
#include "hotplug/core/plan.h"

struct noted_network *world_network(struct world *world, const char *name)
{
	struct noted_network *network = world->network.list;

	for (unsigned int i = 0; i < world->network.n; i++, network++) {
		if (strcmp(network->name, name) == 0)
			return network;
	}
	if (world->network.n++ == WORLD_NETWORKS)
		world_full("network");
	COPY(network->name, name);
	network->has_note = false;
	network->n_members = 0;
	return network;
}

void copy_note(struct xnm_network_note *to, const struct xnm_network_note *from)
{
	memcpy(to->bridge, from->bridge, sizeof(to->bridge));
	to->n_settings = from->n_settings;
	memcpy(to->settings, from->settings, sizeof(to->settings));
	xnm_elements_copy(&to->elements, &from->elements);
}

/* Returns the number of the member, or n_members. */
static unsigned int find_member(const struct noted_network *network, const struct xnm_owner *vif)
{
	unsigned int i = 0;

	while (i < network->n_members && !same_owner(&network->members[i], vif))
		i++;
	return i;
}

bool is_member(const struct noted_network *network, const struct xnm_owner *vif)
{
	return find_member(network, vif) < network->n_members;
}

void add_member(struct noted_network *network, const struct xnm_owner *vif)
{
	if (!is_member(network, vif))
		network->members[network->n_members++] = *vif;
}

void remove_member(struct noted_network *network, const struct xnm_owner *vif)
{
	unsigned int i = find_member(network, vif);

	if (i < network->n_members)
		network->members[i] = network->members[--network->n_members];
}

/* ---------------------------------------------------------------- settings */

/* Every setting is 0, but that hosts listen to routers and wait a second for a neighbour. */
static uint32_t default_value(const char *path)
{
	if (strstr(path, "/accept_ra"))
		return 1;
	return strstr(path, "/retrans_time_ms") ? 1000 : 0;
}

static unsigned int find_setting(struct world_network *world, const char *path)
{
	unsigned int i = 0;

	while (i < world->n_settings && strcmp(world->settings[i].path, path) != 0)
		i++;
	if (i < world->n_settings)
		return i;
	if (world->n_settings++ == WORLD_SETTINGS)
		world_full("setting");
	COPY(world->settings[i].path, path);
	world->settings[i].value = default_value(path);
	world->settings[i].changed = false;
	return i;
}

uint32_t *world_setting(struct world *world, const char *path)
{
	return &world->network.settings[find_setting(&world->network, path)].value;
}

void world_set(struct world *world, const struct xnm_setting *setting)
{
	struct world_network *here = &world->network;
	unsigned int i = find_setting(here, setting->path);
	uint32_t was = here->settings[i].value;

	if (xnm_setting_holds(setting, was))
		return;
	if (!here->settings[i].changed)
		here->settings[i].was = was;
	here->settings[i].value = setting->value;
	here->settings[i].changed = true;
}

static bool is_setting_noted(const struct world_network *world, const char *path)
{
	for (unsigned int i = 0; i < world->n; i++) {
		const struct xnm_network_note *note = &world->list[i].note;

		for (unsigned int k = 0; world->list[i].has_note && k < note->n_settings; k++) {
			if (strcmp(note->settings[k], path) == 0)
				return true;
		}
	}
	return false;
}

/* Puts back the settings of a note that no network has noted. */
static void restore(struct world_network *world, const struct xnm_network_note *note)
{
	for (unsigned int i = 0; i < note->n_settings; i++) {
		unsigned int k = find_setting(world, note->settings[i]);

		if (!world->settings[k].changed || is_setting_noted(world, world->settings[k].path))
			continue;
		world->settings[k].value = world->settings[k].was;
		world->settings[k].changed = false;
	}
}

/* ------------------------------------------------------------------- notes */

void world_note_network(struct world *world, const char *name, const struct xnm_network_note *note)
{
	struct noted_network *network = world_network(world, name);
	static struct xnm_network_note old;

	old.n_settings = 0;
	if (network->has_note)
		copy_note(&old, &network->note);
	copy_note(&network->note, note);
	network->has_note = true;
	restore(&world->network, &old);
}

void world_release_network(struct world *world, const char *name)
{
	struct noted_network *network = world_network(world, name);

	if (network->n_members || !network->has_note)
		return;
	network->has_note = false;
	world_take_all(world, &network->note.elements);
	restore(&world->network, &network->note);
}

void world_network_was(struct world *world, const struct xnm_network *network,
		       const struct xnm_policy *policy, const struct xnm_owner *vif,
		       bool makes_bridge)
{
	struct noted_network *noted = world_network(world, network->name);
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	struct xnm_err err;

	add_member(noted, vif);
	noted->has_note = true;
	COPY(noted->note.bridge, network->bridge);
	(void)xnm_filter_network(&noted->note.elements, network, policy, &err);
	world_put_all(world, &noted->note.elements);
	noted->note.n_settings =
		xnm_filter_settings(settings, network, network->bridge, makes_bridge, policy);
	for (unsigned int i = 0; i < noted->note.n_settings; i++) {
		COPY(noted->note.settings[i], settings[i].path);
		world_set(world, &settings[i]);
	}
}

/* -------------------------------------------------------------- operations */

static void write_note(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	world_note_network(&model->world, plan->network.name, &plan->network.note);
}

static void release(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	world_release_network(&model->world, plan->network.old_name);
}

static void set_settings(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	for (unsigned int i = 0; i < plan->network.n_sysctls; i++)
		world_set(&model->world, &plan->network.sysctls[i]);
}

static void join(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	add_member(world_network(&model->world, plan->network.name), &self);
}

static void leave(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	remove_member(world_network(&model->world, plan->network.old_name), &self);
}

/* --------------------------------------------------------- reading, checks */

static bool look_settings(const struct xnm_facts *facts, struct world *world,
			  const struct xnm_want *want)
{
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	unsigned int n = xnm_filter_settings(settings, want->network, want->bridge.name,
					     xnm_makes_bridge(facts), want->policy);

	for (unsigned int i = 0; i < n; i++) {
		if (!xnm_setting_holds(&settings[i], *world_setting(world, settings[i].path)))
			return false;
	}
	return true;
}

static void network_look(struct xnm_facts *facts, struct world *world,
			 const struct xnm_event *event, const struct xnm_want *want)
{
	const struct xnm_owner self = { event->domid, event->devid };
	struct noted_network *network;

	facts->network.has_note = facts->network.is_member = facts->network.sysctls_hold = false;
	facts->network.note.elements.n = 0;
	if (!want || !want->attach || !want->network || !world_needs_filter(facts, want))
		return;
	network = world_network(world, want->network->name);
	facts->network.has_note = network->has_note;
	if (network->has_note)
		copy_note(&facts->network.note, &network->note);
	facts->network.is_member = is_member(network, &self);
	facts->network.sysctls_hold = look_settings(facts, world, want);
}

/* Whether a vif is noted to be one of the network, or held to what is noted of its bridge. */
static bool belongs(const struct xnm_vif_note *vif, const struct noted_network *network)
{
	if (vif && strcmp(vif->network.name, network->name) == 0)
		return true;
	return vif && vif->filter.locked && network->name[0] == '=' &&
	       strcmp(vif->bridge.name, network->name + 1) == 0;
}

static unsigned int check_members(struct world *world, const struct noted_network *network)
{
	unsigned int n = 0;

	if (network->has_note != (network->n_members > 0)) {
		printf("broken: network %s has %u vifs and %s note\n", network->name,
		       network->n_members, network->has_note ? "a" : "no");
		n++;
	}
	for (unsigned int i = 0; i < network->n_members; i++) {
		const struct xnm_owner *member = &network->members[i];

		if (belongs(world_vif(world, member->domid, member->devid), network))
			continue;
		printf("broken: vif%u.%u is in network %s\n", member->domid, member->devid,
		       network->name);
		n++;
	}
	return n;
}

static unsigned int network_check(struct world *world)
{
	const struct world_network *here = &world->network;
	unsigned int n = 0;

	for (unsigned int i = 0; i < here->n; i++)
		n += check_members(world, &here->list[i]);
	for (unsigned int i = 0; i < here->n_settings; i++) {
		if (!here->settings[i].changed || is_setting_noted(here, here->settings[i].path))
			continue;
		printf("broken: %s is still %u\n", here->settings[i].path, here->settings[i].value);
		n++;
	}
	return n;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_network_note_write, .happen = write_note },
	{ .type = &xnm_op_network_release, .happen = release },
	{ .type = &xnm_op_network_settings, .happen = set_settings },
	{ .type = &xnm_op_network_join, .happen = join },
	{ .type = &xnm_op_network_leave, .happen = leave },
	{ .type = &xnm_op_network_hold },
	{ .type = &xnm_op_network_unhold },
};

const struct world_part world_network_part = {
	WORLD_OPS(ops),
	.look = network_look,
	.check = network_check,
};
