/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offer_policy.c - the addresses in the policy that a lease for this host must not overlap. Pure. */
#include "hotplug/parts/uplink/offer.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "policy/sections/traffic.h"
#include "policy/sections/uplinks.h"

#define ANY_PREFIX 8 /* ipv4-allowed= with so short a prefix names nobody */

static void add(struct xnm_offer_facts *facts, struct xnm_held held, const struct xnm_cidr *list,
		unsigned int n, const char *where)
{
	(void)snprintf(held.where, sizeof(held.where), "%s", where);
	for (unsigned int i = 0; i < n; i++) {
		held.cidr = list[i];
		/* a guest's address, whatever its prefix length */
		if (held.kind == XNM_HELD_VIF && xnm_cidr_has_host_bits(&held.cidr))
			held.cidr.prefix_len = 32;
		if (held.cidr.family == AF_INET && held.cidr.prefix_len >= ANY_PREFIX)
			xnm_offer_add(facts, &held);
	}
}

/* Whether the network's guests are on the uplink's link. */
static bool is_here(const struct xnm_offer_facts *facts, const struct xnm_network *network)
{
	return network && network->bridge[0] && !network->has_vlan &&
	       strcmp(network->bridge, facts->uplink->device) == 0;
}

/* The bridge's own subnets, too: a lease of an address that this host has would delete it in the
 * end. */
static void add_network(struct xnm_offer_facts *facts, const struct xnm_network *network)
{
	struct xnm_held held = { .kind = XNM_HELD_NETWORK };

	add(facts, held, network->addresses, network->n_addresses, network->name);
	held.kind = XNM_HELD_TOLD;
	held.here = is_here(facts, network) ||
		    xnm_network_has_interface(network, facts->uplink->device);
	add(facts, held, network->gateway.list, network->gateway.n, network->name);
	/* on a card of the host, guests usually get the LAN's own name server */
	held.here |= !facts->uplink->guest[0];
	add(facts, held, network->dns.list, network->dns.n, network->name);
}

static void add_vif(struct xnm_offer_facts *facts, const struct xnm_policy *policy,
		    const struct xnm_vif_policy *vif, const struct xnm_vif_policy *servers)
{
	const struct xnm_network *network =
		vif->network[0] ? xnm_policy_network(policy, vif->network) : NULL;
	const struct xnm_held held = {
		.kind = XNM_HELD_VIF,
		.here = !vif->has_vlan && is_here(facts, network),
		.is_servers = vif == servers,
	};

	add(facts, held, vif->own.list, vif->own.n, vif->match);
	add(facts, held, vif->ipv4_allowed, vif->n_ipv4_allowed, vif->match);
}

/* The first address of the range that is in the offer's subnet. */
static bool cut_range(const struct xnm_range *range, const struct xnm_offer *offer,
		      struct xnm_cidr *first)
{
	struct xnm_range subnet = { .family = AF_INET };
	const uint8_t *from = range->first;

	for (unsigned int bit = 0; bit < 32; bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);
		bool is_net = bit < offer->address.prefix_len;

		if (is_net && offer->address.addr[bit / 8] & mask)
			subnet.first[bit / 8] |= mask;
		if (!is_net || offer->address.addr[bit / 8] & mask)
			subnet.last[bit / 8] |= mask;
	}
	if (range->family != AF_INET || !xnm_ranges_overlap(range, &subnet))
		return false;
	if (memcmp(from, subnet.first, 4) < 0)
		from = subnet.first;
	*first = (struct xnm_cidr){ .family = AF_INET, .prefix_len = 32 };
	memcpy(first->addr, from, 4);
	return true;
}

static void add_pool(struct xnm_offer_facts *facts, const struct xnm_policy *policy,
		     const struct xnm_pool *pool)
{
	const struct xnm_held held = {
		.kind = XNM_HELD_POOL,
		.here = is_here(facts, xnm_policy_network(policy, pool->network)),
	};
	struct xnm_cidr address = facts->offer->address, first;

	address.prefix_len = 32;
	for (unsigned int i = 0; i < pool->n_ranges; i++) {
		bool has = xnm_range_has(&pool->ranges[i], &address);

		if (has || (!held.here && cut_range(&pool->ranges[i], facts->offer, &first)))
			add(facts, held, has ? &address : &first, 1, pool->name);
	}
}

static void add_uplink(struct xnm_offer_facts *facts, const struct xnm_uplink *uplink)
{
	struct xnm_held held = {
		.kind = XNM_HELD_UPLINK,
		.here = strcmp(uplink->device, facts->uplink->device) == 0,
	};

	add(facts, held, uplink->gateway.list, uplink->gateway.n, uplink->name);
	held.kind = XNM_HELD_TRACK;
	add(facts, held, uplink->track, uplink->n_track, uplink->name);
}

void xnm_offer_add_policy(struct xnm_offer_facts *facts, const struct xnm_policy *policy)
{
	const struct xnm_vif_policy *servers =
		facts->uplink->guest[0] ? xnm_uplink_section(policy, facts->uplink) : NULL;

	for (unsigned int i = 0; i < policy->n_networks; i++)
		add_network(facts, &policy->networks[i]);
	for (unsigned int i = 0; i < policy->n_vifs; i++)
		add_vif(facts, policy, &policy->vifs[i], servers);
	for (unsigned int i = 0; i < policy->n_pools; i++)
		add_pool(facts, policy, &policy->pools[i]);
	for (unsigned int i = 0; i < policy->n_uplinks; i++)
		add_uplink(facts, &policy->uplinks[i]);
}
