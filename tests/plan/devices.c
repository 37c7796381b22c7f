/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices.c - the devices of a case: as they are made, and kept while an event is about another one. */
#include "tests/plan/case.h"

#include <string.h>

struct device *kept_device(struct folder *folder, const char *name)
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
	struct xnm_link *device = &facts->device.link;

	memset(device, 0, sizeof(*device));
	device->ifindex = DEVICE_INDEX + (int)folder->n_devices;
	device->mac = (struct xnm_mac){ { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff } };
	device->mtu_bytes = 1500;
	device->has_ipv6 = true;
	/* so that only cases about it have more to do */
	COPY(device->alias, "of somebody else");
	device->port_known = ALL_PORT_FLAGS;
	device->port_flags = NEW_PORT_FLAGS;
	facts->device.has_ipv4 = facts->bridge.has_port_vlans = false;
	facts->routed.proxy_arp = facts->routed.route_localnet = false;
	facts->routed.n_addresses = facts->routed.n_neighbours = 0;
}

void keep_device(struct folder *folder)
{
	const struct xnm_facts *facts = &folder->model.facts;
	const char *name = xnm_event_device(&folder->now.event);
	struct device *device = kept_device(folder, name);

	if (!device && folder->n_devices == CASE_DEVICES)
		world_full("device");
	if (!device)
		device = &folder->devices[folder->n_devices++];
	COPY(device->name, name);
	device->link = facts->device.link;
	device->has_ipv4 = facts->device.has_ipv4;
	device->has_vlans = facts->bridge.has_port_vlans;
	device->proxy_arp = facts->routed.proxy_arp;
	device->route_localnet = facts->routed.route_localnet;
	device->vlans = facts->bridge.port_vlans;
	device->n_addresses = facts->routed.n_addresses;
	device->n_neighbours = facts->routed.n_neighbours;
	memcpy(device->addresses, facts->routed.addresses, sizeof(device->addresses));
	memcpy(device->neighbours, facts->routed.neighbours, sizeof(device->neighbours));
	memcpy(device->neighbour_macs, facts->routed.neighbour_macs,
	       sizeof(device->neighbour_macs));
	device->connected = facts->guest.connected;
	device->frontend_mtu_bytes = facts->guest.frontend_mtu_bytes;
}

static void use_kept(struct folder *folder, const struct device *device)
{
	struct xnm_facts *facts = &folder->model.facts;

	facts->device.link = device->link;
	facts->device.has_ipv4 = device->has_ipv4;
	facts->bridge.has_port_vlans = device->has_vlans;
	facts->routed.proxy_arp = device->proxy_arp;
	facts->routed.route_localnet = device->route_localnet;
	facts->bridge.port_vlans = device->vlans;
	facts->routed.n_addresses = device->n_addresses;
	facts->routed.n_neighbours = device->n_neighbours;
	memcpy(facts->routed.addresses, device->addresses, sizeof(device->addresses));
	memcpy(facts->routed.neighbours, device->neighbours, sizeof(device->neighbours));
	memcpy(facts->routed.neighbour_macs, device->neighbour_macs,
	       sizeof(device->neighbour_macs));
	facts->guest.connected = device->connected;
	facts->guest.frontend_mtu_bytes = device->frontend_mtu_bytes;
}

void begin_moment(struct folder *folder, const struct device *device)
{
	struct xnm_guest *guest = &folder->model.facts.guest;
	struct xnm_link *bridge = &folder->now.bridge;

	memset(guest, 0, sizeof(*guest));
	guest->mac = (struct xnm_mac){ { 0x00, 0x16, 0x3e, 0, 0, 1 } };
	COPY(guest->bridge, "br0");
	COPY(guest->domain_name, "guest1");
	if (device)
		use_kept(folder, device);
	else
		new_device(folder);
	COPY(bridge->kind, "bridge");
	bridge->ifindex = BRIDGE_INDEX;
	bridge->up = true;
	bridge->mtu_bytes = 1500;
	bridge->default_pvid = 1;
}
