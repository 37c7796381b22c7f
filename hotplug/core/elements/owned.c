/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.c - decide whose addresses are known on a bridge: a vif's, this host's, and those of declared gateways. */
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "hotplug/kernel/carry.h"
#include "policy/pool.h"

static void add(struct xnm_elements *out, enum xnm_set_id set, const char *scope,
		const struct xnm_cidr *address)
{
	struct xnm_element element = { .set = (uint8_t)set };

	xnm_key_group(&element, 0, xnm_scope_group(scope));
	xnm_key_address(&element, 1, address, xnm_cidr_is_prefix(address));
	if (!xnm_elements_have(out, &element))
		*xnm_elements_add(out, set) = element;
}

/* An address, or a whole prefix, in one scope. */
static void add_in(struct xnm_elements *out, bool bridged, const char *scope,
		   const struct xnm_cidr *address)
{
	static const enum xnm_set_id sets[2][3] = {
		{ XNM_SET_BRIDGE_OWNED4, XNM_SET_BRIDGE_OWNED6, XNM_SET_BRIDGE_OWNED_TARGETS6 },
		{ XNM_SET_BRIDGE_OWNED_PREFIXES4, XNM_SET_BRIDGE_OWNED_PREFIXES6,
		  XNM_SET_BRIDGE_OWNED_PREFIX_TARGETS6 },
	};
	const enum xnm_set_id *set = sets[xnm_cidr_is_prefix(address)];

	add(out, xnm_guard_set(set[address->family == AF_INET6], bridged), scope, address);
	if (address->family == AF_INET6)
		add(out, xnm_guard_set(set[2], bridged), scope, address);
}

/*
 * Single addresses also in the scope of all VLANs together. Prefixes not: those of two VLANs may
 * overlap, which interval sets reject.
 */
static void add_owned(struct xnm_elements *out, const char *bridge, const char *scope,
		      const struct xnm_cidr *address)
{
	char trunk[XNM_SCOPE_LEN];

	add_in(out, bridge[0], scope, address);
	if (!bridge[0] || xnm_cidr_is_prefix(address))
		return;
	xnm_scope_trunk(trunk, bridge);
	add_in(out, true, trunk, address);
}

void xnm_filter_owned(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac)
{
	struct xnm_cidr local;

	for (unsigned int i = 0; i < want->address.n; i++) {
		const struct xnm_cidr *address = &want->address.list[i];

		if (xnm_cidr_is_prefix(address) &&
		    (address->prefix_len == 0 ||
		     xnm_cidr_is_covered(want->address.list, want->address.n, i)))
			continue;
		add_owned(out, want->bridge.name, want->address.scope, address);
	}
	if (want->address.n == 0)
		return;
	xnm_link_local(&local, mac);
	add_in(out, want->backend != XNM_BACKEND_ROUTE, want->address.scope, &local);
}

/* A VLAN of the wanted bridge; 0: the untagged one. */
static void vlan_scope(char scope[XNM_SCOPE_LEN], const char *bridge, unsigned int vid,
		       const struct xnm_facts *facts)
{
	unsigned int pvid = facts->bridge.link.ifindex ? facts->bridge.link.default_pvid : 1;

	if (vid == 0 || vid == pvid)
		xnm_scope(scope, bridge, false, NULL);
	else
		xnm_scope_vlan(scope, bridge, vid);
}

static void add_host(struct xnm_elements *out, const struct xnm_want *want,
		     const struct xnm_facts *facts, unsigned int vid,
		     const struct xnm_cidr *address)
{
	struct xnm_cidr host = xnm_cidr_host(address);
	char scope[XNM_SCOPE_LEN];

	vlan_scope(scope, want->bridge.name, vid, facts);
	add_owned(out, want->bridge.name, scope, &host);
}

void xnm_filter_owned_host(struct xnm_elements *out, const char *bridge,
			   const struct xnm_cidr *address)
{
	struct xnm_cidr host = xnm_cidr_host(address);
	char scope[XNM_SCOPE_LEN];

	xnm_scope(scope, bridge, false, NULL);
	add_owned(out, bridge, scope, &host);
}

bool xnm_owned_is_link_local(const struct xnm_element *element)
{
	/* after the group's four bytes */
	const uint8_t *address = element->key + sizeof(uint32_t);

	return (element->set == XNM_SET_BRIDGE_OWNED6 ||
		element->set == XNM_SET_BRIDGE_OWNED_TARGETS6) &&
	       address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

/*
 * The bridge's link-local address is made from its MAC address when it comes up, and that changes
 * with its ports. So guests must not use any that it may get, or ever had.
 */
static void add_link_local(struct xnm_elements *out, const struct xnm_want *want,
			   const struct xnm_facts *facts, const struct xnm_mac *will_have)
{
	const struct xnm_elements *noted = &facts->owned.note.elements;
	const struct xnm_mac *macs[] = { &xnm_port_mac, &facts->bridge.link.mac, will_have };
	static const struct xnm_mac none;
	struct xnm_cidr local;

	for (size_t i = 0; i < XNM_N_ELEMENTS(macs); i++) {
		if (!macs[i] || xnm_mac_equal(macs[i], &none))
			continue;
		xnm_link_local(&local, macs[i]);
		add_host(out, want, facts, 0, &local);
	}
	for (unsigned int i = 0; i < noted->n && out->n < XNM_MAX_ELEMENTS / 2; i++) {
		const struct xnm_element *element = &noted->list[i];

		if (xnm_owned_is_link_local(element) && !xnm_elements_have(out, element))
			*xnm_elements_add(out, (enum xnm_set_id)element->set) = *element;
	}
}

static void add_network(struct xnm_elements *out, const struct xnm_want *want,
			const struct xnm_facts *facts, const struct xnm_network *network)
{
	unsigned int vid = network->has_vlan ? network->vlan.pvid : 0;

	if (strcmp(network->bridge, want->bridge.name) != 0)
		return;
	for (unsigned int i = 0; i < network->n_addresses; i++)
		add_host(out, want, facts, 0, &network->addresses[i]);
	for (unsigned int i = 0; i < network->gateway.n; i++)
		add_host(out, want, facts, vid, &network->gateway.list[i]);
}

/* Whether the uplink's device is the bridge or a VLAN device on it; and which VLAN. */
static bool leads_here(const struct xnm_uplink *uplink, const struct xnm_want *want,
		       const struct xnm_facts *facts, unsigned int *vid)
{
	const struct xnm_network *network = xnm_policy_network(want->policy, uplink->network);

	*vid = uplink->guest[0] && network && network->has_vlan ? network->vlan.pvid : 0;
	if (strcmp(uplink->device, want->bridge.name) == 0)
		return true;
	for (unsigned int i = 0; i < facts->bridge.n_vlans; i++) {
		*vid = facts->bridge.vlans[i].vid;
		if (strcmp(uplink->device, facts->bridge.vlans[i].name) == 0)
			return true;
	}
	return false;
}

static void add_policy(struct xnm_elements *out, const struct xnm_want *want,
		       const struct xnm_facts *facts)
{
	const struct xnm_policy *policy = want->policy;
	unsigned int vid;

	if (want->network)
		add_network(out, want, facts, want->network);
	for (unsigned int i = 0; i < policy->n_networks; i++)
		add_network(out, want, facts, &policy->networks[i]);
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &policy->uplinks[i];

		if (uplink->gateway.n == 0 || !leads_here(uplink, want, facts, &vid))
			continue;
		for (unsigned int k = 0; k < uplink->gateway.n; k++)
			add_host(out, want, facts, vid, &uplink->gateway.list[k]);
	}
}

int xnm_filter_bridge(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_facts *facts, const struct xnm_mac *will_have,
		      struct xnm_err *err)
{
	out->n = 0;
	out->full = false;
	for (unsigned int i = 0; i < facts->bridge.n_addresses; i++)
		add_host(out, want, facts, 0, &facts->bridge.addresses[i]);
	/* that move there */
	for (unsigned int i = 0; facts->bridge.carry && i < facts->bridge.carry->n_addresses; i++)
		add_host(out, want, facts, 0, &facts->bridge.carry->cidrs[i]);
	for (unsigned int i = 0; i < facts->bridge.n_vlan_addresses; i++)
		add_host(out, want, facts, facts->bridge.vlan_addresses[i].vid,
			 &facts->bridge.vlan_addresses[i].cidr);
	add_policy(out, want, facts);
	add_link_local(out, want, facts, will_have);
	return out->full ? xnm_fail(err, -E2BIG,
				    "%s has too many addresses of this host to protect them from "
				    "use by guests: %u fit",
				    want->bridge.name, XNM_MAX_ELEMENTS / 4)
			 : 0;
}
