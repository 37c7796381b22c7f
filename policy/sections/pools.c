/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pools.c - check [pool] sections, and what vifs want of them. */
#include "policy/sections/resolve.h"

#include <string.h>

#include "hotplug/base/cidr.h"

/* Whether the network has subnets of the family, and none of them has all of the range. */
static bool is_outside(const struct xnm_network *network, const struct xnm_range *range)
{
	struct xnm_cidr first = { .family = range->family }, last = { .family = range->family };
	bool any = false;

	memcpy(first.addr, range->first, sizeof(first.addr));
	memcpy(last.addr, range->last, sizeof(last.addr));
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		const struct xnm_cidr *subnet = &network->addresses[i];

		if (xnm_cidr_within(&first, subnet) && xnm_cidr_within(&last, subnet))
			return false;
		any = any || (subnet->family == range->family && !xnm_cidr_is_link_local(subnet));
	}
	return any;
}

static void check_ranges(const struct xnm_resolver *r, const struct xnm_pool *pool,
			 const struct xnm_network *network)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(pool, POOL, RANGE);
	char text[XNM_RANGE_TEXT_LEN], other[XNM_RANGE_TEXT_LEN];

	for (unsigned int i = 0; i < pool->n_ranges; i++) {
		xnm_range_format(&pool->ranges[i], text);
		/* a routed vif may have any address, as with address= */
		if (network->forward != XNM_FORWARD_ROUTE && is_outside(network, &pool->ranges[i]))
			xnm_mistake_at(r->rep, origin, "range=%s: is in no subnet of [network %s]",
				       text, network->name);
		for (unsigned int k = 0; k < i; k++) {
			if (!xnm_ranges_overlap(&pool->ranges[i], &pool->ranges[k]))
				continue;
			xnm_range_format(&pool->ranges[k], other);
			xnm_mistake_at(r->rep, origin, "range=%s: overlaps %s before it", text,
				       other);
		}
	}
}

/* Overlaps between pools of different networks are those of the networks' subnets (overlaps.c). */
static void check_overlap(const struct xnm_resolver *r, const struct xnm_pool *pool,
			  const struct xnm_pool *before)
{
	char text[XNM_RANGE_TEXT_LEN], where[160];

	if (strcmp(pool->network, before->network) != 0)
		return;
	for (unsigned int i = 0; i < pool->n_ranges; i++) {
		for (unsigned int k = 0; k < before->n_ranges; k++) {
			if (!xnm_ranges_overlap(&pool->ranges[i], &before->ranges[k]))
				continue;
			xnm_range_format(&pool->ranges[i], text);
			(void)xnm_policy_origin(r->policy, XNM_KEY_ORIGIN(before, POOL, RANGE),
						where, sizeof(where));
			xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(pool, POOL, RANGE),
				       "range=%s: overlaps a range of [pool %s], %s", text,
				       before->name, where);
			return;
		}
	}
}

static void resolve_pool(const struct xnm_resolver *r, const struct xnm_pool *pool)
{
	const struct xnm_network *network = xnm_policy_network(r->policy, pool->network);

	if (pool->n_ranges == 0 && !XNM_KEY_REFUSED(r, pool, POOL, RANGE))
		xnm_mistake_at(r->rep, pool->origin, "[pool %s] needs range=", pool->name);
	if (network)
		check_ranges(r, pool, network);
	else if (pool->network[0])
		xnm_unknown_name(r, XNM_KEY_ORIGIN(pool, POOL, NETWORK), "network",
				 XNM_SECTION_NETWORK, pool->network);
	else if (!XNM_KEY_REFUSED(r, pool, POOL, NETWORK))
		xnm_mistake_at(r->rep, pool->origin, "[pool %s] needs network=", pool->name);
}

void xnm_resolve_pools(const struct xnm_resolver *r)
{
	for (unsigned int i = 0; i < r->policy->n_pools; i++) {
		resolve_pool(r, &r->policy->pools[i]);
		for (unsigned int k = 0; k < i; k++)
			check_overlap(r, &r->policy->pools[i], &r->policy->pools[k]);
	}
}

static bool is_listed(const struct xnm_cidr *list, unsigned int n, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_same_host(&list[i], address))
			return true;
	}
	return false;
}

bool xnm_policy_names_server(const struct xnm_policy *policy, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		if (is_listed(network->gateway.list, network->gateway.n, address) ||
		    is_listed(network->dns.list, network->dns.n, address))
			return true;
	}
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		const struct xnm_gateways *gateway = &policy->uplinks[i].gateway;

		if (is_listed(gateway->list, gateway->n, address))
			return true;
	}
	return false;
}

static bool has_eui64_subnet(const struct xnm_network *network)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (xnm_is_eui64_subnet(&network->addresses[i]))
			return true;
	}
	return false;
}

void xnm_resolve_own(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		     const struct xnm_network *network)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(vif, VIF, ADDRESS);
	const struct xnm_pool *pool;

	if (vif->own.expects_pool)
		xnm_mistake_at(r->rep, origin, "address=auto: the name of a pool must follow");
	if (vif->own.eui64 && network && !has_eui64_subnet(network))
		xnm_mistake_at(r->rep, origin,
			       "address=eui64: [network %s] has no IPv6 subnet of length 64",
			       network->name);
	if (vif->own.pool[0] == '\0')
		return;
	pool = xnm_policy_pool(r->policy, vif->own.pool);
	if (!pool)
		xnm_unknown_name(r, origin, "address=auto pool", XNM_SECTION_POOL, vif->own.pool);
	else if (network && pool->network[0] && strcmp(pool->network, network->name) != 0)
		xnm_mistake_at(r->rep, origin,
			       "address=auto %s: its addresses are of [network %s], but the vif "
			       "joins [network %s]",
			       pool->name, pool->network, network->name);
}
