/* SPDX-License-Identifier: GPL-2.0-or-later */
/* random.c - throw together what is wanted, what there is, and what an earlier event has left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/plan.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/routed/routed.h"
#include "hotplug/run/parts.h"
#include "tests/plan/model.h"
#include "tests/unit/core/random.h"

static uint64_t seed;
static struct xnm_policy the_policy;

/* 0 to n - 1 (xorshift64*) */
static unsigned int any(unsigned int n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned int)((seed * 2685821657736338717u) >> 33) % n;
}

static bool maybe(void)
{
	return any(2);
}

/* One of the words. */
#define PICK(...)                                                                                  \
	(((const char *const[]){ __VA_ARGS__ })[any(sizeof((const char *const[]){ __VA_ARGS__ }) / \
						    sizeof(char *))])

static struct xnm_vlans some_vlans(void)
{
	struct xnm_vlans vlans = { 0 };
	const char *reason;

	assert_int_equal(xnm_vlans_parse(PICK("1", "10", "10p/20", "20p/10u/30", "1p/2-9", "5p/1"),
					 &vlans, &reason),
			 0);
	if (any(4) == 0)
		vlans.pvid = 0;
	return vlans;
}

static enum xnm_tristate some_tristate(void)
{
	return (enum xnm_tristate)any(3);
}

static uint32_t some_mtu(void)
{
	static const uint32_t mtus[] = { 1500, 1400, 9000 };

	return mtus[any(3)];
}

static struct xnm_cidr some_address(void)
{
	if (any(4) == 0)
		return (struct xnm_cidr){ .family = AF_INET6,
					  .prefix_len = 64,
					  .addr = { 0xfe, 0x80, [15] = (uint8_t)any(4) } };
	return (struct xnm_cidr){ .family = AF_INET,
				  .prefix_len = 24,
				  .addr = { 10, 0, 0, (uint8_t)any(4) } };
}

/* An address of a guest; those of the network are in the same subnet. */
static struct xnm_cidr some_guest_address(void)
{
	struct xnm_cidr address = { 0 };

	assert_int_equal(xnm_parse_cidr(PICK("10.0.0.5", "10.0.0.6", "2001:db8::5", "10.8.0.0/24",
					     "2001:db8:1::/48", "fe80::5"),
					&address),
			 0);
	return address;
}

/* What the networks name: all that has a name in a policy. */
static void fill_policy(struct xnm_policy *policy)
{
	policy->n_uplinks = policy->n_acls = policy->n_forwards = 1;
	COPY(policy->uplinks[0].name, "internet");
	COPY(policy->uplinks[0].interface, "ppp0");
	COPY(policy->acls[0].name, "web");
	COPY(policy->forwards[0].network, "lan");
	policy->forwards[0].protocols = XNM_PROTOCOL_TCP;
	policy->forwards[0].n_ports = policy->forwards[0].n_target_ports = 1;
	policy->forwards[0].ports[0] = (struct xnm_port_range){ 80, 81 };
	policy->forwards[0].target_ports[0] = (struct xnm_port_range){ 8080, 8081 };
	policy->forwards[0].target_is_address = true;
	assert_int_equal(xnm_parse_cidr("10.0.0.9", &policy->forwards[0].target_address), 0);
}

static void some_traffic(struct xnm_network *network)
{
	network->forward = (enum xnm_forward_mode)(XNM_FORWARD_NONE + any(5));
	network->masquerade = network->forward == XNM_FORWARD_NAT ? XNM_MASQ_BOTH : XNM_MASQ_NO;
	network->proxy_arp = maybe() ? XNM_YES : XNM_NO;
	network->proxy_ndp = maybe() ? XNM_YES : XNM_NO;
	network->port.isolated = some_tristate();
	network->n_uplinks = any(2);
	COPY(network->uplinks[0], "internet");
	network->n_acls = any(2);
	COPY(network->acls[0], "web");
	network->host_services.all = maybe();
	network->host_services.ping = maybe();
	network->host_services.n = any(2);
	network->host_services.list[0] = (struct xnm_service){ 17, { 53, 53 } };
}

static void some_network(struct xnm_network *network, struct xnm_facts *facts)
{
	memset(network, 0, sizeof(*network));
	some_traffic(network);
	COPY(network->name, "lan");
	COPY(network->bridge, "br0");
	network->create = maybe() ? XNM_YES : XNM_NO;
	network->keep = maybe() ? XNM_YES : XNM_NO;
	network->stp = some_tristate();
	network->vlan_filtering = some_tristate();
	network->mtu_bytes = maybe() ? some_mtu() : 0;
	network->has_vlan = maybe();
	if (network->has_vlan)
		network->vlan = some_vlans();
	network->n_addresses = any(3);
	for (unsigned int i = 0; i < network->n_addresses; i++)
		network->addresses[i] = some_address();
	network->n_interfaces = facts->bridge.n_cards = any(3);
	for (unsigned int i = 0; i < network->n_interfaces; i++) {
		struct xnm_link *link = &facts->bridge.cards[i];

		(void)snprintf(network->interfaces[i], sizeof(network->interfaces[i]), "eth%u", i);
		COPY(link->name, network->interfaces[i]);
		link->ifindex = any(4) ? INTERFACE_INDEX + (int)i : 0;
		link->up = maybe();
		link->mtu_bytes = some_mtu();
		link->master = facts->bridge.link.ifindex && maybe() ? BRIDGE_INDEX : 0;
	}
}

/* No bridge, and nothing that only bridges have. */
static void make_routed(struct xnm_want *want, struct xnm_network *network, struct xnm_facts *facts)
{
	want->backend = XNM_BACKEND_ROUTE;
	want->bridge.name[0] = network->bridge[0] = '\0';
	network->backend = XNM_BACKEND_ROUTE;
	network->n_interfaces = facts->bridge.n_cards = 0;
	network->forward = maybe() ? XNM_FORWARD_ROUTE : XNM_FORWARD_NONE;
	network->masquerade = XNM_MASQ_NO;
	network->has_vlan = want->bridge.has_vlan = false;
	want->bridge.port.mask = want->bridge.port.value = 0;
	memset(&facts->bridge.link, 0, sizeof(facts->bridge.link));
	facts->bridge.n_addresses = 0;
}

static void some_want(struct xnm_want *want, struct xnm_facts *facts, const char *device)
{
	static struct xnm_network network;

	memset(want, 0, sizeof(*want));
	want->policy = &the_policy;
	want->attach = any(8) != 0;
	want->filter.locked = maybe();
	want->filter.allow = (uint16_t)any(4);
	want->address.n = any(4);
	for (unsigned int i = 0; i < want->address.n; i++)
		want->address.list[i] = some_guest_address();
	/* nobody has an address twice */
	while (want->address.n > 1 &&
	       (xnm_cidr_equal(&want->address.list[0], &want->address.list[1]) ||
		xnm_cidr_equal(&want->address.list[want->address.n - 1], &want->address.list[0]) ||
		xnm_cidr_equal(&want->address.list[want->address.n - 1], &want->address.list[1])))
		want->address.n--;
	want->filter.n_allowed = any(2);
	want->filter.allowed[0] = some_guest_address();
	COPY(want->bridge.name, "br0");
	COPY(want->device.name, maybe() ? device : "web0");
	want->device.mtu_bytes = maybe() ? some_mtu() : 0;
	want->device.mtu_why = "mtu";
	want->bridge.vlan_why = "vlan";
	want->bridge.has_vlan = maybe();
	if (want->bridge.has_vlan)
		want->bridge.vlan = some_vlans();
	want->bridge.port.mask = (uint16_t)any(ALL_PORT_FLAGS + 1);
	want->bridge.port.value = (uint16_t)any(ALL_PORT_FLAGS + 1) & want->bridge.port.mask;
	if (want->attach && maybe()) {
		some_network(&network, facts);
		want->network = &network;
		if (any(3) == 0)
			make_routed(want, &network, facts);
	}
	want->bridge.is_trunk =
		want->backend != XNM_BACKEND_ROUTE && xnm_vlans_tagged(&want->bridge.vlan);
	xnm_scope(want->address.scope, want->bridge.name, want->bridge.has_vlan,
		  &want->bridge.vlan);
	xnm_want_bridge(want, &facts->bridge.link);
}

static void some_state(struct xnm_vif_note *state)
{
	xnm_vif_note_clear(state);
	state->domid = 1;
	COPY(state->domain_name, PICK("guest1", "", "other"));
	COPY(state->device.ifname, PICK("", "vif1.0", "web0", "web1"));
	COPY(state->device.tap, PICK("", "vif1.0-emu", "web0-emu"));
	COPY(state->device.vifname, PICK("", "", "web0"));
	COPY(state->network.name, PICK("", "lan", "old"));
	COPY(state->bridge.name, PICK("", "br0", "old0"));
	COPY(state->bridge.vlan, PICK("", "", "10p", "10p/20"));
	state->device.mtu_bytes = maybe() ? some_mtu() : 0;
	state->address.mac.b[1] = 0x16;
}

static void some_device(struct xnm_link *device, struct xnm_facts *facts, const char *name)
{
	device->ifindex = DEVICE_INDEX;
	COPY(device->name, maybe() ? name : PICK("web0", "web1"));
	if (strcmp(device->name, name) != 0)
		COPY(device->altname, name);
	device->up = maybe();
	if (any(3) == 0)
		device->master = OTHER_INDEX;
	else if (facts->bridge.link.ifindex && maybe())
		device->master = BRIDGE_INDEX;
	device->mtu_bytes = some_mtu();
	device->has_ipv6 = maybe();
	if (maybe())
		COPY(device->alias, PICK("guest1/0 br0", "of somebody else"));
	memset(&device->mac, maybe() ? 0xfe : 0xff, sizeof(device->mac));
	device->mac.b[0] = 0xfe;
	if (device->master) {
		device->port_known = ALL_PORT_FLAGS;
		device->port_flags = (uint16_t)any(ALL_PORT_FLAGS + 1);
	}
}

/* An address that the vif had, with all that led to it. */
static void some_past(struct model *model, const struct xnm_want *want)
{
	struct xnm_vif_note *state = &model->facts.note;
	const struct xnm_owner self = { 1, 0 };
	struct xnm_cidr *address = &state->address.list[0];
	struct xnm_route route = { .metric = XNM_METRIC_VIF };

	state->routed.is_routed = maybe();
	if (state->routed.is_routed)
		state->bridge.name[0] = '\0';
	*address = some_guest_address();
	state->address.n = 1;
	COPY(state->address.scope, state->routed.is_routed ? "-" : PICK("br0", "old0", "br0.10"));
	(void)world_claim(&model->world, state->address.scope, address, &self, false);
	if (maybe()) {
		COPY(state->routed.proxies[0], PICK("ppp0", "dsl0"));
		state->routed.n_proxies = 1;
		if (!xnm_cidr_is_prefix(address))
			world_proxy(&model->world, state->routed.proxies[0], address, true);
	}
	state->routed.via_bridge = state->bridge.name[0] && maybe();
	route.dst = *address;
	route.ifindex = strcmp(state->bridge.name, "br0") == 0 ? BRIDGE_INDEX : OTHER_INDEX;
	/* it has gone with its bridge, or is one of a bridge that this test knows nothing of */
	if (!state->routed.via_bridge || (route.ifindex == BRIDGE_INDEX &&
					  (!want->attach || model->facts.bridge.link.ifindex == 0)))
		return;
	world_route(&model->world, &route, true);
}

/* Tables that are whole, old or missing; and what an earlier event has noted and put into them. */
static void some_notes(struct model *model, const struct xnm_want *want,
		       const struct xnm_event *event)
{
	static struct xnm_elements elements;
	struct world *world = &model->world;
	struct xnm_err err;

	for (int i = 0; i < XNM_N_TABLES; i++) {
		world->filter.table_exists[i] = any(4) != 0;
		world->filter.table_whole[i] = world->filter.table_exists[i] && any(4);
	}
	for (int i = 0; i < XNM_N_IP; i++)
		COPY(world->foreign.chain[i], PICK("", "FORWARD", "DOCKER-USER"));
	world->foreign.hears_bridges = maybe();
	elements.n = 0;
	if (maybe())
		return;
	some_state(&model->facts.note);
	if (maybe())
		COPY(model->facts.note.device.alias[maybe()],
		     PICK("guest1/0 br0", "of somebody else"));
	if (maybe())
		some_past(model, want);
	if (want->attach && maybe() &&
	    xnm_filter_vif(&elements, want, &model->facts.guest, xnm_event_device(event),
			   want->policy, &err) == 0)
		xnm_elements_copy(&model->facts.note.filter.elements[xnm_event_is_tap(event)],
				  &elements);
	for (unsigned int i = 0; i < elements.n; i++) {
		if (world->filter.table_exists[xnm_element_table(&elements.list[i])] && any(8))
			world_put(world, &elements.list[i]);
	}
	world_note_vif(world, &model->facts.note);
}

void random_case(struct model *model, struct xnm_want *want, const struct xnm_event *event)
{
	static const uint16_t pvids[] = { 1, 1, 0, 5 };
	struct xnm_facts *facts = &model->facts;

	xnm_facts_clear(facts);
	world_clear(&model->world);
	if (any(4)) {
		facts->bridge.link.ifindex = BRIDGE_INDEX;
		COPY(facts->bridge.link.name, "br0");
		COPY(facts->bridge.link.kind, "bridge");
		facts->bridge.link.up = maybe();
		facts->bridge.link.mtu_bytes = some_mtu();
		facts->bridge.link.vlan_filtering = maybe();
		facts->bridge.link.stp = maybe();
		facts->bridge.link.default_pvid = pvids[any(4)];
		facts->bridge.is_ours = maybe();
		facts->bridge.note.mtu_bytes = maybe() ? some_mtu() : facts->bridge.link.mtu_bytes;
		facts->bridge.n_addresses = any(2);
		facts->bridge.addresses[0] = some_address();
	}
	some_want(want, facts, xnm_event_device(event));
	some_device(&facts->device.link, facts, xnm_event_device(event));
	/* that a tap waits for its name is not in the notes: tests/plan/device/tap-overlap-again */
	if (!xnm_event_is_tap(event) && strcmp(facts->device.link.name, want->device.name) != 0 &&
	    any(4) == 0) {
		facts->device.holder.ifindex = HOLDER_INDEX;
		facts->device.holder_is_same_guest = any(4) != 0;
	}
	facts->device.has_ipv4 = maybe();
	if (want->bridge.has_vlan && facts->bridge.link.vlan_filtering &&
	    facts->device.link.master == BRIDGE_INDEX && any(4)) {
		facts->bridge.has_port_vlans = true;
		facts->bridge.port_vlans = some_vlans();
	} else {
		world_default_vlans(facts);
	}
	some_notes(model, want, event);
	facts->bridge.was_made = facts->note.bridge.name[0] && maybe();
	facts->device.tap_exists = maybe();
	facts->guest.mac.b[1] = 0x16;
	COPY(facts->guest.domain_name, "guest1");
	facts->guest.connected = maybe();
	facts->guest.has_error = maybe();
	facts->guest.frontend_mtu_bytes = maybe() ? some_mtu() : 0;
	if (!want->attach) {
		memset(&facts->bridge.link, 0, sizeof(facts->bridge.link));
		want->bridge.name[0] = '\0';
	}
}

void random_begin(uint64_t first_seed)
{
	seed = first_seed;
	fill_policy(&the_policy);
}
