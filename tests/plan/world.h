/* SPDX-License-Identifier: GPL-2.0-or-later */
/* world.h - what lasts from one event to the next in the model: notes, nftables, settings, proxies. */
#ifndef XNM_TESTS_WORLD_H
#define XNM_TESTS_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/plan.h"
#include "hotplug/core/plan_parts.h"
#include "hotplug/parts/filter/ruleset.h"
#include "tests/plan/fastpath.h"
#include "tests/plan/foreign.h"
#include "tests/plan/told.h"
#include "tests/plan/ways.h"

#define WORLD_VIFS     4
#define WORLD_NETWORKS 12
#define WORLD_CLAIMS   64
#define WORLD_SETTINGS 32
#define WORLD_PROXIES  128
#define WORLD_ELEMENTS 4096
#define WORLD_ROUTES   64

#define COPY(field, value) \
	((void)snprintf(field, sizeof(field), "%.*s", (int)sizeof(field) - 1, value))

struct world_network {
	char name[XNM_NAME_LEN];
	bool has_note;
	struct xnm_network_note note;
	unsigned int n_members;
	struct xnm_owner members[WORLD_VIFS];
};

/* A file that dnsmasq reads. */
struct world_reservation {
	struct xnm_owner vif;
	char line[XNM_DHCP_LINE_LEN]; /* "": none */
};

struct world {
	unsigned int n_vifs;
	struct xnm_vif_note vifs[WORLD_VIFS]; /* their notes */
	unsigned int n_networks;
	struct world_network networks[WORLD_NETWORKS];
	unsigned int n_claims;
	struct {
		char scope[XNM_SCOPE_LEN];
		struct xnm_cidr address;
		struct xnm_owner owner;
	} claims[WORLD_CLAIMS];
	bool table_exists[XNM_N_TABLES], table_whole[XNM_N_TABLES];
	unsigned int n_elements;
	struct xnm_element elements[WORLD_ELEMENTS];
	unsigned int n_settings;
	struct {
		char path[64];
		uint32_t value, was;
		bool changed;
	} settings[WORLD_SETTINGS];
	unsigned int n_proxies;
	struct {
		char dev[IFNAMSIZ];
		struct xnm_cidr address;
	} proxies[WORLD_PROXIES];
	unsigned int n_routes;
	struct xnm_route routes[WORLD_ROUTES];
	unsigned int n_assigned; /* addresses of pools */
	struct {
		struct xnm_mac mac;
		struct xnm_cidr address;
	} assigned[WORLD_CLAIMS];
	struct world_reservation reservations[WORLD_VIFS];
	struct foreign foreign;
	struct ways ways;
	struct told_world told;
	struct fastpath_world fastpath;
};

static inline void *world_full(const char *what)
{
	fprintf(stderr, "the model has no room for another %s\n", what);
	exit(2);
}

/* The tables are there, and nothing else is. */
static inline void world_clear(struct world *world)
{
	world->n_vifs = world->n_networks = world->n_claims = 0;
	world->n_elements = world->n_settings = world->n_proxies = world->n_routes = 0;
	world->told.n = world->fastpath.n = 0;
	memset(&world->foreign, 0, sizeof(world->foreign));
	memset(&world->ways, 0, sizeof(world->ways));
	for (int i = 0; i < XNM_N_TABLES; i++)
		world->table_exists[i] = world->table_whole[i] = true;
}

static inline bool same_owner(const struct xnm_owner *a, const struct xnm_owner *b)
{
	return a->domid == b->domid && a->devid == b->devid;
}

/* The notes on a vif, or NULL. */
static inline struct xnm_vif_note *world_vif(struct world *world, uint32_t domid, uint32_t devid)
{
	for (unsigned int i = 0; i < world->n_vifs; i++) {
		if (world->vifs[i].domid == domid && world->vifs[i].devid == devid)
			return &world->vifs[i];
	}
	return NULL;
}

static inline void world_note_vif(struct world *world, const struct xnm_vif_note *state)
{
	struct xnm_vif_note *vif = world_vif(world, state->domid, state->devid);

	if (!vif && world->n_vifs == WORLD_VIFS)
		vif = world_full("vif");
	xnm_vif_note_copy(vif ? vif : &world->vifs[world->n_vifs++], state);
}

static inline void world_forget_vif(struct world *world, uint32_t domid, uint32_t devid)
{
	struct xnm_vif_note *vif = world_vif(world, domid, devid);

	if (vif && vif != &world->vifs[--world->n_vifs])
		xnm_vif_note_copy(vif, &world->vifs[world->n_vifs]);
}

/* The network, which is made if nobody has noted anything of it. */
static inline struct world_network *world_network(struct world *world, const char *name)
{
	struct world_network *network = world->networks;

	for (unsigned int i = 0; i < world->n_networks; i++, network++) {
		if (strcmp(network->name, name) == 0)
			return network;
	}
	if (world->n_networks++ == WORLD_NETWORKS)
		network = world_full("network");
	COPY(network->name, name);
	network->has_note = false;
	network->n_members = 0;
	return network;
}

static inline void copy_note(struct xnm_network_note *to, const struct xnm_network_note *from)
{
	memcpy(to->bridge, from->bridge, sizeof(to->bridge));
	to->n_settings = from->n_settings;
	memcpy(to->settings, from->settings, sizeof(to->settings));
	xnm_elements_copy(&to->elements, &from->elements);
}

/* Returns the number of the member, or n_members. */
static inline unsigned int find_member(const struct world_network *network,
				       const struct xnm_owner *vif)
{
	unsigned int i = 0;

	while (i < network->n_members && !same_owner(&network->members[i], vif))
		i++;
	return i;
}

static inline void add_member(struct world_network *network, const struct xnm_owner *vif)
{
	if (find_member(network, vif) == network->n_members)
		network->members[network->n_members++] = *vif;
}

static inline void remove_member(struct world_network *network, const struct xnm_owner *vif)
{
	unsigned int i = find_member(network, vif);

	if (i < network->n_members)
		network->members[i] = network->members[--network->n_members];
}

/* ---------------------------------------------------------------- nftables */

static inline bool world_has(const struct world *world, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < world->n_elements; i++) {
		if (xnm_element_equal(&world->elements[i], element))
			return true;
	}
	return false;
}

/* Whether a map has the key already, with another value: nftables refuses that. */
static inline bool world_clashes(const struct world *world, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < world->n_elements; i++) {
		const struct xnm_element *other = &world->elements[i];

		if (other->set == element->set &&
		    memcmp(other->key, element->key, XNM_KEY_MAX) == 0 &&
		    memcmp(other->end, element->end, XNM_KEY_MAX) == 0)
			return true;
	}
	return false;
}

static inline void world_put(struct world *world, const struct xnm_element *element)
{
	if (world_has(world, element))
		return;
	if (world_clashes(world, element))
		printf("broken: map %s has that key already\n", xnm_sets[element->set].name);
	if (world->n_elements == WORLD_ELEMENTS)
		world_full("element");
	world->elements[world->n_elements++] = *element;
}

static inline void world_put_all(struct world *world, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++)
		world_put(world, &elements->list[i]);
}

static inline void world_take(struct world *world, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < world->n_elements; i++) {
		if (xnm_element_equal(&world->elements[i], element))
			world->elements[i--] = world->elements[--world->n_elements];
	}
}

static inline void world_empty_table(struct world *world, enum xnm_table table)
{
	for (unsigned int i = 0; i < world->n_elements; i++) {
		if (xnm_element_table(&world->elements[i]) == table)
			world->elements[i--] = world->elements[--world->n_elements];
	}
}

/* A table that is made anew gets what all have noted: build_tables() in parts/network/release.c */
static inline void put_noted(struct world *world, const struct xnm_elements *elements,
			     enum xnm_table table)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (xnm_element_table(&elements->list[i]) == table)
			world_put(world, &elements->list[i]);
	}
}

static inline void world_build(struct world *world, enum xnm_table table)
{
	world_empty_table(world, table);
	world->table_exists[table] = world->table_whole[table] = true;
	for (unsigned int i = 0; i < world->n_vifs; i++) {
		put_noted(world, &world->vifs[i].elements[0], table);
		put_noted(world, &world->vifs[i].elements[1], table);
	}
	for (unsigned int i = 0; i < world->n_networks; i++) {
		if (world->networks[i].has_note)
			put_noted(world, &world->networks[i].note.elements, table);
	}
}

static inline void world_filter(struct world *world, const struct xnm_filter_change *filter)
{
	for (int i = 0; i < XNM_N_TABLES; i++) {
		if (filter->build[i])
			world_build(world, (enum xnm_table)i);
	}
	for (unsigned int i = 0; i < filter->n_del; i++)
		world_take(world, &filter->del[i]);
	for (unsigned int i = 0; i < filter->n_add; i++)
		world_put(world, &filter->add[i]);
}

/* -------------------------------------------------------- settings, claims */

/* Every setting is 0, but that hosts listen to routers. */
static inline unsigned int world_setting(struct world *world, const char *path)
{
	unsigned int i = 0;

	while (i < world->n_settings && strcmp(world->settings[i].path, path) != 0)
		i++;
	if (i < world->n_settings)
		return i;
	if (world->n_settings++ == WORLD_SETTINGS)
		world_full("setting");
	COPY(world->settings[i].path, path);
	world->settings[i].value = strstr(path, "/accept_ra")	      ? 1
				   : strstr(path, "/retrans_time_ms") ? 1000
								      : 0;
	world->settings[i].changed = false;
	return i;
}

static inline void world_set(struct world *world, const struct xnm_setting *setting)
{
	unsigned int i = world_setting(world, setting->path);
	uint32_t was = world->settings[i].value;

	if (xnm_setting_holds(setting, was))
		return;
	if (!world->settings[i].changed)
		world->settings[i].was = was;
	world->settings[i].value = setting->value;
	world->settings[i].changed = true;
}

static inline bool world_needs_setting(const struct world *world, const char *path)
{
	for (unsigned int i = 0; i < world->n_networks; i++) {
		const struct xnm_network_note *note = &world->networks[i].note;

		for (unsigned int k = 0; world->networks[i].has_note && k < note->n_settings; k++) {
			if (strcmp(note->settings[k], path) == 0)
				return true;
		}
	}
	return false;
}

/* Puts back the settings of a note that no network has noted. */
static inline void world_restore(struct world *world, const struct xnm_network_note *note)
{
	for (unsigned int i = 0; i < note->n_settings; i++) {
		unsigned int k = world_setting(world, note->settings[i]);

		if (!world->settings[k].changed ||
		    world_needs_setting(world, world->settings[k].path))
			continue;
		world->settings[k].value = world->settings[k].was;
		world->settings[k].changed = false;
	}
}

/* write_network_note() in parts/network/release.c */
static inline void world_note_network(struct world *world, const char *name,
				      const struct xnm_network_note *note)
{
	struct world_network *network = world_network(world, name);
	static struct xnm_network_note old;

	old.n_settings = 0;
	if (network->has_note)
		copy_note(&old, &network->note);
	copy_note(&network->note, note);
	network->has_note = true;
	world_restore(world, &old);
}

/* remove_network() in parts/network/release.c */
static inline void world_release_network(struct world *world, const char *name)
{
	struct world_network *network = world_network(world, name);

	if (network->n_members || !network->has_note)
		return;
	network->has_note = false;
	for (unsigned int i = 0; i < network->note.elements.n; i++)
		world_take(world, &network->note.elements.list[i]);
	world_restore(world, &network->note);
}

/* The number of the claim on an address, or n_claims. */
static inline unsigned int find_claim(const struct world *world, const char *scope,
				      const struct xnm_cidr *address)
{
	unsigned int i = 0;

	while (i < world->n_claims && (strcmp(world->claims[i].scope, scope) != 0 ||
				       !xnm_cidr_equal(&world->claims[i].address, address)))
		i++;
	return i;
}

/* Returns what is wrong about it, or NULL. */
static inline const char *world_claim(struct world *world, const char *scope,
				      const struct xnm_cidr *address, const struct xnm_owner *self,
				      bool take_over)
{
	unsigned int i = find_claim(world, scope, address);

	if (i < world->n_claims && !same_owner(&world->claims[i].owner, self) && !take_over)
		return "another vif has that address";
	if (i == WORLD_CLAIMS)
		world_full("claim");
	if (i == world->n_claims)
		world->n_claims++;
	COPY(world->claims[i].scope, scope);
	world->claims[i].address = *address;
	world->claims[i].owner = *self;
	return NULL;
}

static inline void world_release_claim(struct world *world, const char *scope,
				       const struct xnm_cidr *address, const struct xnm_owner *self)
{
	unsigned int i = find_claim(world, scope, address);

	if (i < world->n_claims && same_owner(&world->claims[i].owner, self))
		world->claims[i] = world->claims[--world->n_claims];
}

static inline void world_proxy(struct world *world, const char *dev, const struct xnm_cidr *address,
			       bool add)
{
	struct xnm_cidr host = *address;
	unsigned int i = 0;

	host.prefix_len = host.family == AF_INET ? 32 : 128;
	while (i < world->n_proxies && (strcmp(world->proxies[i].dev, dev) != 0 ||
					!xnm_cidr_equal(&world->proxies[i].address, &host)))
		i++;
	if (i < world->n_proxies && !add)
		world->proxies[i] = world->proxies[--world->n_proxies];
	if (i < world->n_proxies || !add)
		return;
	if (i == WORLD_PROXIES)
		world_full("proxy");
	COPY(world->proxies[i].dev, dev);
	world->proxies[world->n_proxies++].address = host;
}

/* One of the same destination and metric is replaced, whatever its device. */
static inline void world_route(struct world *world, const struct xnm_route *route, bool add)
{
	unsigned int i = 0;

	while (i < world->n_routes && (world->routes[i].metric != route->metric ||
				       !xnm_cidr_equal(&world->routes[i].dst, &route->dst) ||
				       (!add && world->routes[i].ifindex != route->ifindex)))
		i++;
	if (i == WORLD_ROUTES)
		world_full("route");
	if (add)
		world->routes[i] = *route;
	if (add && i == world->n_routes)
		world->n_routes++;
	if (!add && i < world->n_routes)
		world->routes[i] = world->routes[--world->n_routes];
}

/* A device that goes down loses its routes. */
static inline void world_unroute(struct world *world, int ifindex)
{
	for (unsigned int i = 0; i < world->n_routes; i++) {
		if (world->routes[i].ifindex == ifindex)
			world->routes[i--] = world->routes[--world->n_routes];
	}
}

#endif
