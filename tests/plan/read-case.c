/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read-case.c - read the folder of one plan test; plan-test.c says what may stand there. */
#include "tests/plan/case.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"

static uint32_t number(const char *value)
{
	uint32_t n;

	if (xnm_parse_u32(value, 0, UINT32_MAX, &n)) {
		fprintf(stderr, "plan-test: '%s' is not a number\n", value);
		exit(2);
	}
	return n;
}

static bool yes(const char *value)
{
	bool is;

	if (xnm_parse_bool(value, &is)) {
		fprintf(stderr, "plan-test: '%s' is not yes or no\n", value);
		exit(2);
	}
	return is;
}

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

static int read_event_key(void *arg, const char *section, const char *key, const char *value)
{
	struct moment *now = arg;
	struct xnm_event *event = &now->event;

	(void)section;
	now->reapply |= strcmp(key, "verb") == 0 && strcmp(value, "reapply") == 0;
	if (strcmp(key, "verb") == 0 && now->reapply)
		return 1;
	if (strcmp(key, "verb") == 0)
		return xnm_verb_parse(value, &event->verb) == 0;
	if (strcmp(key, "domid") == 0)
		event->domid = number(value);
	else if (strcmp(key, "devid") == 0)
		event->devid = number(value);
	else
		return 0;
	return 1;
}

static int read_guest_list(struct xnm_guest *guest, const char *value)
{
	char text[256], *save = NULL;

	COPY(text, value);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (xnm_parse_cidr(word, &guest->addresses[guest->n_addresses++]))
			return 0;
	}
	return 1;
}

static int read_guest_key(void *arg, const char *section, const char *key, const char *value)
{
	struct xnm_guest *guest = arg;
	const char *reason;

	(void)section;
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &guest->mac) == 0;
	if (strcmp(key, "ip") == 0)
		return read_guest_list(guest, value);
	if (strcmp(key, "vlan") == 0) {
		guest->has_vlan = true;
		return xnm_vlans_parse(value, &guest->vlan, &reason) == 0;
	}
	if (strcmp(key, "bridge") == 0)
		COPY(guest->bridge, value);
	else if (strcmp(key, "vifname") == 0)
		COPY(guest->vifname, value);
	else if (strcmp(key, "mtu") == 0)
		guest->mtu_bytes = number(value);
	else if (strcmp(key, "type") == 0)
		guest->is_ioemu = strcmp(value, "vif_ioemu") == 0;
	else if (strcmp(key, "hotplug-status") == 0)
		guest->connected = strcmp(value, "connected") == 0;
	else if (strcmp(key, "hotplug-error") == 0)
		guest->has_error = true;
	else if (strcmp(key, "name") == 0)
		COPY(guest->domain_name, value);
	else if (strcmp(key, "uuid") == 0)
		COPY(guest->uuid, value);
	else if (strcmp(key, "frontend-mtu") == 0)
		guest->frontend_mtu_bytes = number(value);
	else
		return 0;
	return 1;
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
		link->up = yes(value);
	else if (strcmp(key, "mtu") == 0)
		link->mtu_bytes = number(value);
	else
		return 0;
	return 1;
}

static int read_device_key(struct folder *folder, const char *key, const char *value)
{
	struct xnm_facts *facts = &folder->model.facts;
	struct xnm_link *device = &facts->device;
	const char *reason;

	if (strcmp(key, "exists") == 0)
		device->ifindex = yes(value) ? device->ifindex : 0;
	else if (strcmp(key, "altname") == 0)
		COPY(device->altname, value);
	else if (strcmp(key, "master") == 0)
		COPY(folder->now.device_master, value);
	else if (strcmp(key, "ipv6") == 0)
		device->has_ipv6 = yes(value);
	else if (strcmp(key, "ipv4") == 0)
		facts->device_has_ipv4 = yes(value);
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
		bridge->stp = yes(value);
	else if (strcmp(key, "vlan-filtering") == 0)
		bridge->vlan_filtering = yes(value);
	else if (strcmp(key, "default-pvid") == 0)
		bridge->default_pvid = (uint16_t)number(value);
	else if (strcmp(key, "ours") == 0)
		now->bridge_is_ours = yes(value);
	else if (strcmp(key, "made") == 0)
		now->made_bridge = yes(value);
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
		interface->carry.n_routes = number(value);
	else if (strcmp(key, "refused") == 0)
		COPY(now->carry_refused, value);
	else if (strcmp(key, "networkd") == 0) {
		interface->manager.kind = XNM_MANAGER_NETWORKD;
		COPY(interface->manager.what, value);
	} else if (strcmp(key, "wireless") == 0)
		interface->wireless = yes(value);
	else if (strcmp(key, "loopback") == 0)
		interface->link.loopback = yes(value);
	else
		return read_link_key(&interface->link, key, value);
	return 1;
}

static int read_state_key(struct moment *now, const char *key, const char *value)
{
	struct xnm_vif_note *state = &now->state;

	now->has_state = true;
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &state->mac) == 0;
	if (strcmp(key, "address") == 0)
		return xnm_parse_cidr(value, &state->addresses[state->n_addresses++]) == 0;
	if (strcmp(key, "domain") == 0)
		COPY(state->domain_name, value);
	else if (strcmp(key, "ifname") == 0)
		COPY(state->ifname, value);
	else if (strcmp(key, "tap") == 0)
		COPY(state->tap, value);
	else if (strcmp(key, "vifname") == 0)
		COPY(state->vifname, value);
	else if (strcmp(key, "tap-vifname") == 0)
		COPY(state->tap_vifname, value);
	else if (strcmp(key, "mtu-from") == 0)
		state->mtu_is_bridges = strcmp(value, "bridge") == 0;
	else if (strcmp(key, "port-flags") == 0)
		state->port_flags = (uint16_t)number(value);
	else if (strcmp(key, "network") == 0)
		COPY(state->network, value);
	else if (strcmp(key, "bridge") == 0)
		COPY(state->bridge, value);
	else if (strcmp(key, "vlan") == 0)
		COPY(state->vlan, value);
	else if (strcmp(key, "mtu") == 0)
		state->mtu_bytes = number(value);
	else if (strcmp(key, "filtered") == 0)
		now->unfiltered = !yes(value);
	else
		return 0;
	return 1;
}

/* The set of a table, with all that is in it: "bridge/macs" */
static int lose_set(struct world *world, const char *value)
{
	bool found = false;

	for (unsigned int i = 0; i < world->n_elements; i++) {
		const struct xnm_set *set = &xnm_sets[world->elements[i].set];
		const char *table = xnm_element_table(&world->elements[i]) == XNM_TABLE_BRIDGE
					    ? "bridge/"
					    : "inet/";

		if (strncmp(value, table, strlen(table)) != 0 ||
		    strcmp(value + strlen(table), set->name) != 0)
			continue;
		world->elements[i--] = world->elements[--world->n_elements];
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
	world->table_exists[table] = strcmp(value, "missing") != 0;
	world->table_whole[table] = false;
	return 1;
}

static int read_foreign_key(struct foreign *foreign, const char *key, const char *value)
{
	if (strcmp(key, "ip") == 0)
		COPY(foreign->chain[0], value);
	else if (strcmp(key, "ip6") == 0)
		COPY(foreign->chain[1], value);
	else if (strcmp(key, "br-netfilter") == 0)
		foreign->hears_bridges = yes(value);
	else
		return 0;
	return 1;
}

static int read_links_key(void *arg, const char *section, const char *key, const char *value)
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
		return ways_read(&folder->model.world.ways, section, key, value);
	if (strcmp(section, "settings") == 0) {
		struct world *world = &folder->model.world;

		world->settings[world_setting(world, key)].value = number(value);
		return 1;
	}
	if (strcmp(section, "bridges") == 0 && strcmp(key, "names") == 0) {
		COPY(now->bridges, value);
		return 1;
	}
	if (strcmp(section, "tap") == 0 && strcmp(key, "exists") == 0) {
		now->has_tap = true;
		now->tap_exists = yes(value);
		return 1;
	}
	if (strcmp(section, "holder") == 0 && strcmp(key, "same-guest") == 0) {
		now->has_holder = true;
		now->holder_is_same_guest = yes(value);
		return 1;
	}
	return 0;
}

static void read_file(const char *folder, const char *name, ini_handler handler, void *arg)
{
	char path[512];
	int rc;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	rc = ini_parse(path, handler, arg);
	if (rc > 0) {
		fprintf(stderr, "plan-test: %s:%d: not understood\n", path, rc);
		exit(2);
	}
}

static struct device *find_device(struct folder *folder, const char *name)
{
	for (unsigned int i = 0; i < folder->n_devices; i++) {
		if (strcmp(folder->devices[i].name, name) == 0)
			return &folder->devices[i];
	}
	return NULL;
}

/* A device as netback or the device model makes it. */
static void new_device(struct folder *folder)
{
	struct xnm_facts *facts = &folder->model.facts;
	struct xnm_link *device = &facts->device;

	memset(device, 0, sizeof(*device));
	device->ifindex = DEVICE_INDEX + (int)folder->n_devices;
	device->mac = (struct xnm_mac){ { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff } };
	device->mtu_bytes = 1500;
	device->has_ipv6 = true;
	device->port_known = ALL_PORT_FLAGS;
	device->port_flags = NEW_PORT_FLAGS;
	facts->device_has_ipv4 = facts->has_vlans = false;
	facts->device_proxy_arp = facts->device_route_localnet = false;
	facts->n_device_addresses = facts->n_neighbours = 0;
}

void keep_device(struct folder *folder)
{
	const struct xnm_facts *facts = &folder->model.facts;
	const char *name = xnm_event_device(&folder->now.event);
	struct device *device = find_device(folder, name);

	if (!device)
		device = folder->n_devices == CASE_DEVICES ? world_full("device")
							   : &folder->devices[folder->n_devices++];
	COPY(device->name, name);
	device->link = facts->device;
	device->has_ipv4 = facts->device_has_ipv4;
	device->has_vlans = facts->has_vlans;
	device->proxy_arp = facts->device_proxy_arp;
	device->route_localnet = facts->device_route_localnet;
	device->vlans = facts->vlans;
	device->n_addresses = facts->n_device_addresses;
	device->n_neighbours = facts->n_neighbours;
	memcpy(device->addresses, facts->device_addresses, sizeof(device->addresses));
	memcpy(device->neighbours, facts->neighbours, sizeof(device->neighbours));
	memcpy(device->neighbour_macs, facts->neighbour_macs, sizeof(device->neighbour_macs));
	device->connected = facts->guest.connected;
	device->frontend_mtu_bytes = facts->guest.frontend_mtu_bytes;
}

static void kept_device(struct folder *folder, const struct device *device)
{
	struct xnm_facts *facts = &folder->model.facts;

	facts->device = device->link;
	facts->device_has_ipv4 = device->has_ipv4;
	facts->has_vlans = device->has_vlans;
	facts->device_proxy_arp = device->proxy_arp;
	facts->device_route_localnet = device->route_localnet;
	facts->vlans = device->vlans;
	facts->n_device_addresses = device->n_addresses;
	facts->n_neighbours = device->n_neighbours;
	memcpy(facts->device_addresses, device->addresses, sizeof(device->addresses));
	memcpy(facts->neighbours, device->neighbours, sizeof(device->neighbours));
	memcpy(facts->neighbour_macs, device->neighbour_macs, sizeof(device->neighbour_macs));
	facts->guest.connected = device->connected;
	facts->guest.frontend_mtu_bytes = device->frontend_mtu_bytes;
}

static void defaults(struct folder *folder, const struct device *device)
{
	struct xnm_guest *guest = &folder->model.facts.guest;
	struct xnm_link *bridge = &folder->now.bridge;

	memset(guest, 0, sizeof(*guest));
	guest->mac = (struct xnm_mac){ { 0x00, 0x16, 0x3e, 0, 0, 1 } };
	COPY(guest->bridge, "br0");
	COPY(guest->domain_name, "guest1");
	if (device)
		kept_device(folder, device);
	else
		new_device(folder);
	COPY(bridge->kind, "bridge");
	bridge->ifindex = BRIDGE_INDEX;
	bridge->up = true;
	bridge->mtu_bytes = 1500;
	bridge->default_pvid = 1;
}

void read_folder(struct folder *folder, const char *path)
{
	struct moment *now = &folder->now;
	struct xnm_event *event = &now->event;
	struct xnm_facts *facts = &folder->model.facts;
	const struct device *device;

	memset(now, 0, sizeof(*now));
	xnm_event_init(event, XNM_VERB_ONLINE, 1, 0);
	read_file(path, "event", read_event_key, now);
	xnm_event_init(event, event->verb, event->domid, event->devid);
	now->state.domid = event->domid;
	now->state.devid = event->devid;
	device = find_device(folder, xnm_event_device(event));
	defaults(folder, device);
	read_file(path, "guest", read_guest_key, &facts->guest);
	read_file(path, "links", read_links_key, folder);
	xnm_vif_note_old_mac_scope(&now->state);
	if (facts->device.name[0] == '\0')
		COPY(facts->device.name, xnm_event_device(event));
	if (!device && now->device_master[0] == '\0')
		facts->device.port_known = facts->device.port_flags = 0;
}
