/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read-links.c - read what a case says of the kernel and of our notes: its file links. */
#include "tests/plan/read.h"

#include <stdlib.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"

/* Words of a list as port flags. */
static uint16_t flags(const char *value)
{
	uint16_t bits = 0;
	char text[160], *save = NULL;

	COPY(text, value);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		for (unsigned int i = 0; i < XNM_N_PORT_FLAGS; i++) {
			if (strcmp(word, xnm_port_flag_name(i)) == 0)
				bits |= (uint16_t)(1u << i);
		}
	}
	return bits;
}

/* What any link may have. */
static int read_link_key(struct xnm_link *link, const char *key, const char *value)
{
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &link->mac) == 0;
	if (strcmp(key, "name") == 0)
		COPY(link->name, value);
	else if (strcmp(key, "kind") == 0)
		COPY(link->kind, value);
	else if (strcmp(key, "up") == 0)
		link->up = read_yes(value);
	else if (strcmp(key, "mtu") == 0)
		link->mtu_bytes = read_number(value);
	else
		return 0;
	return 1;
}

static int read_device_key(struct folder *folder, const char *key, const char *value)
{
	struct xnm_facts *facts = &folder->model.facts;
	struct xnm_link *device = &facts->device.link;
	const char *reason;

	if (strcmp(key, "exists") == 0)
		device->ifindex = read_yes(value) ? device->ifindex : 0;
	else if (strcmp(key, "altname") == 0)
		COPY(device->altname, value);
	else if (strcmp(key, "alias") == 0)
		COPY(device->alias, value);
	else if (strcmp(key, "master") == 0)
		COPY(folder->now.device_master, value);
	else if (strcmp(key, "ipv6") == 0)
		device->has_ipv6 = read_yes(value);
	else if (strcmp(key, "ipv4") == 0)
		facts->device.has_ipv4 = read_yes(value);
	else if (strcmp(key, "flags") == 0)
		device->port_flags = flags(value);
	else if (strcmp(key, "known") == 0)
		device->port_known = flags(value);
	else if (strcmp(key, "vlan") == 0)
		folder->now.has_vlans = xnm_vlans_parse(value, &folder->now.vlans, &reason) == 0;
	else
		return read_link_key(device, key, value);
	return 1;
}

static void add_note_interface(struct xnm_bridge_note *note, const char *name)
{
	COPY(note->interfaces[note->n_interfaces], name);
	note->n_interfaces++;
}

static int read_bridge_key(struct moment *now, const char *key, const char *value)
{
	struct xnm_link *bridge = &now->bridge;

	now->has_bridge = true;
	if (strcmp(key, "address") == 0)
		return xnm_parse_cidr(value, &now->bridge_addresses[now->n_bridge_addresses++]) ==
		       0;
	if (strcmp(key, "stp") == 0)
		bridge->stp = read_yes(value);
	else if (strcmp(key, "vlan-filtering") == 0)
		bridge->vlan_filtering = read_yes(value);
	else if (strcmp(key, "default-pvid") == 0)
		bridge->default_pvid = (uint16_t)read_number(value);
	else if (strcmp(key, "mcast-snooping") == 0) {
		bridge->mcast_known = true;
		bridge->mcast_snooping = read_yes(value);
	} else if (strcmp(key, "mcast-querier") == 0)
		bridge->mcast_querier = read_yes(value);
	else if (strcmp(key, "ours") == 0)
		now->bridge_is_ours = read_yes(value);
	else if (strcmp(key, "made") == 0)
		now->made_bridge = read_yes(value);
	else if (strcmp(key, "follows") == 0)
		now->bridge_follows = read_yes(value);
	else if (strcmp(key, "keep") == 0)
		now->bridge_note.keep = strcmp(value, "yes") == 0;
	else if (strcmp(key, "carries") == 0)
		COPY(now->bridge_note.carries, value);
	else if (strcmp(key, "interface") == 0)
		add_note_interface(&now->bridge_note, value);
	else if (strcmp(key, "own") == 0)
		return xnm_parse_cidr(value, &now->bridge_note.own[now->bridge_note.n_own++]) == 0;
	else
		return read_link_key(bridge, key, value);
	return 1;
}

/* "bridge" or its name: that of the network; or another's name */
static int read_master(const struct moment *now, struct interface *interface, const char *value)
{
	bool own = strcmp(value, "bridge") == 0 || strcmp(value, now->bridge.name) == 0;

	interface->link.master = own ? BRIDGE_INDEX : OTHER_INDEX;
	if (!own)
		COPY(interface->master, value);
	return 1;
}

static int read_interface_key(struct moment *now, const char *name, const char *key,
			      const char *value)
{
	struct interface *interface = now->interfaces;
	unsigned int i;

	for (i = 0; i < now->n_interfaces; i++, interface++) {
		if (strcmp(interface->link.name, name) == 0)
			break;
	}
	if (i == XNM_MAX_INTERFACES)
		return 0;
	if (i == now->n_interfaces) {
		now->n_interfaces++;
		COPY(interface->link.name, name);
		interface->link.ifindex = interface->carry.ifindex = INTERFACE_INDEX + (int)i;
		interface->link.mtu_bytes = 1500;
		COPY(interface->carry.ifname, name);
	}
	if (strcmp(key, "master") == 0)
		return read_master(now, interface, value);
	if (strcmp(key, "address") == 0)
		return xnm_parse_cidr(value,
				      &interface->carry.cidrs[interface->carry.n_addresses++]) == 0;
	if (strcmp(key, "routes") == 0)
		interface->carry.n_routes = read_number(value);
	else if (strcmp(key, "refused") == 0)
		COPY(now->carry_refused, value);
	else if (strcmp(key, "networkd") == 0) {
		interface->manager.kind = XNM_MANAGER_NETWORKD;
		COPY(interface->manager.what, value);
	} else if (strcmp(key, "wireless") == 0)
		interface->wireless = read_yes(value);
	else if (strcmp(key, "loopback") == 0)
		interface->link.loopback = read_yes(value);
	else
		return read_link_key(&interface->link, key, value);
	return 1;
}

static int read_state_key(struct moment *now, const char *key, const char *value)
{
	struct xnm_vif_note *state = &now->state;

	now->has_state = true;
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &state->address.mac) == 0;
	if (strcmp(key, "address") == 0)
		return xnm_parse_cidr(value, &state->address.list[state->address.n++]) == 0;
	if (strcmp(key, "domain") == 0)
		COPY(state->domain_name, value);
	else if (strcmp(key, "ifname") == 0)
		COPY(state->device.ifname, value);
	else if (strcmp(key, "alias") == 0)
		COPY(state->device.alias[0], value);
	else if (strcmp(key, "tap") == 0)
		COPY(state->device.tap, value);
	else if (strcmp(key, "vifname") == 0)
		COPY(state->device.vifname, value);
	else if (strcmp(key, "tap-vifname") == 0)
		COPY(state->device.tap_vifname, value);
	else if (strcmp(key, "mtu-from") == 0)
		state->device.mtu_is_bridges = strcmp(value, "bridge") == 0;
	else if (strcmp(key, "port-flags") == 0)
		state->bridge.port_flags = (uint16_t)read_number(value);
	else if (strcmp(key, "network") == 0)
		COPY(state->network.name, value);
	else if (strcmp(key, "bridge") == 0)
		COPY(state->bridge.name, value);
	else if (strcmp(key, "vlan") == 0)
		COPY(state->bridge.vlan, value);
	else if (strcmp(key, "mtu") == 0)
		state->device.mtu_bytes = read_number(value);
	else if (strcmp(key, "filtered") == 0)
		now->unfiltered = !read_yes(value);
	else
		return 0;
	return 1;
}

/* The set of a table, with all that is in it: "bridge/macs" */
static int lose_set(struct world *world, const char *value)
{
	bool found = false;

	for (unsigned int i = 0; i < world->filter.n_elements; i++) {
		const struct xnm_set *set = &xnm_sets[world->filter.elements[i].set];
		const char *table =
			xnm_element_table(&world->filter.elements[i]) == XNM_TABLE_BRIDGE
				? "bridge/"
				: "inet/";

		if (strncmp(value, table, strlen(table)) != 0 ||
		    strcmp(value + strlen(table), set->name) != 0)
			continue;
		world->filter.elements[i--] = world->filter.elements[--world->filter.n_elements];
		found = true;
	}
	return found;
}

static int read_filter_key(struct world *world, const char *key, const char *value)
{
	int table = strcmp(key, "bridge") == 0 ? XNM_TABLE_BRIDGE : XNM_TABLE_INET;

	if (strcmp(key, "lost") == 0)
		return lose_set(world, value);
	if (strcmp(key, "bridge") != 0 && strcmp(key, "inet") != 0)
		return 0;
	if (strcmp(value, "missing") == 0)
		world_empty_table(world, (enum xnm_table)table);
	else if (strcmp(value, "old") != 0)
		return 0;
	world->filter.table_exists[table] = strcmp(value, "missing") != 0;
	world->filter.table_whole[table] = false;
	return 1;
}

static int read_foreign_key(struct world_foreign *foreign, const char *key, const char *value)
{
	if (strcmp(key, "ip") == 0)
		COPY(foreign->chain[0], value);
	else if (strcmp(key, "ip6") == 0)
		COPY(foreign->chain[1], value);
	else if (strcmp(key, "br-netfilter") == 0)
		foreign->hears_bridges = read_yes(value);
	else
		return 0;
	return 1;
}

int read_links_key(void *arg, const char *section, const char *key, const char *value)
{
	struct folder *folder = arg;
	struct moment *now = &folder->now;

	if (strcmp(section, "device") == 0)
		return read_device_key(folder, key, value);
	if (strcmp(section, "bridge") == 0)
		return read_bridge_key(now, key, value);
	if (strncmp(section, "interface ", 10) == 0)
		return read_interface_key(now, section + 10, key, value);
	if (strcmp(section, "state") == 0 && strcmp(key, "lost") == 0) {
		world_forget_vif(&folder->model.world, now->event.domid, now->event.devid);
		return 1;
	}
	if (strcmp(section, "state") == 0)
		return read_state_key(now, key, value);
	if (strcmp(section, "filter") == 0)
		return read_filter_key(&folder->model.world, key, value);
	if (strcmp(section, "foreign") == 0)
		return read_foreign_key(&folder->model.world.foreign, key, value);
	if (strncmp(section, "uplink", 6) == 0 || strncmp(section, "default ", 8) == 0)
		return world_read_uplink(&folder->model.world, section, key, value);
	if (strncmp(section, "qdisc ", strlen("qdisc ")) == 0)
		return world_read_classes(&folder->model.world, section, key, value);
	if (strcmp(section, "settings") == 0) {
		*world_setting(&folder->model.world, key) = read_number(value);
		return 1;
	}
	if (strcmp(section, "bridges") == 0 && strcmp(key, "names") == 0) {
		COPY(now->bridges, value);
		return 1;
	}
	if (strcmp(section, "tap") == 0 && strcmp(key, "exists") == 0) {
		now->has_tap = true;
		now->tap_exists = read_yes(value);
		return 1;
	}
	if (strcmp(section, "holder") == 0 && strcmp(key, "same-guest") == 0) {
		now->has_holder = true;
		now->holder_is_same_guest = read_yes(value);
		return 1;
	}
	return 0;
}
