/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overlaps.c - find networks whose subnets overlap. */
#include "policy/sections/resolve.h"

#include <string.h>

#include "hotplug/base/cidr.h"

/* One address= of a network; compared as bytes, a subnet comes right before what is in it. */
struct subnet {
	uint8_t family;
	uint8_t addr[16]; /* without host bits */
	uint8_t prefix_len;
	uint16_t network, address; /* where it is in the policy */
};

#define COMPARED_BYTES offsetof(struct subnet, network)

static int compare(const void *a, const void *b)
{
	const struct subnet *x = a, *y = b;
	int order = memcmp(x, y, COMPARED_BYTES);

	return order ? order : (int)x->network - (int)y->network;
}

static void clear_host_bits(struct subnet *subnet)
{
	unsigned int bits = subnet->prefix_len;

	for (unsigned int i = 0; i < sizeof(subnet->addr); i++, bits -= bits < 8 ? bits : 8)
		subnet->addr[i] &= bits < 8 ? (uint8_t)(0xff00 >> bits) : 0xff;
}

/* Puts all subnets into list, but for link-local ones, which every link may have. */
static size_t collect(const struct xnm_policy *policy, struct subnet *list)
{
	size_t n = 0;

	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		for (unsigned int j = 0; j < network->n_addresses; j++) {
			const struct xnm_cidr *cidr = &network->addresses[j];

			if (xnm_cidr_is_link_local(cidr))
				continue;
			list[n] = (struct subnet){
				.family = cidr->family,
				.prefix_len = cidr->prefix_len,
				.network = (uint16_t)i,
				.address = (uint16_t)j,
			};
			memcpy(list[n].addr, cidr->addr, sizeof(list[n].addr));
			clear_host_bits(&list[n++]);
		}
	}
	return n;
}

/* Whether the host routes to one of the two, so that their addresses must differ. */
static bool must_differ(const struct xnm_policy *policy, const struct subnet *a,
			const struct subnet *b)
{
	return a->network != b->network && (xnm_network_is_closed(&policy->networks[a->network]) ||
					    xnm_network_is_closed(&policy->networks[b->network]));
}

static void report(const struct xnm_resolver *r, const struct subnet *first,
		   const struct subnet *second)
{
	const struct xnm_network *a = &r->policy->networks[first->network];
	const struct xnm_network *b = &r->policy->networks[second->network];
	char mine[XNM_CIDR_TEXT_LEN], theirs[XNM_CIDR_TEXT_LEN], where[160];

	xnm_format_cidr(&a->addresses[first->address], theirs);
	xnm_format_cidr(&b->addresses[second->address], mine);
	(void)xnm_policy_origin(r->policy, XNM_KEY_ORIGIN(a, NETWORK, ADDRESS), where,
				sizeof(where));
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(b, NETWORK, ADDRESS),
		       "address=%s: overlaps %s of [network %s], %s", mine, theirs, a->name, where);
}

static bool in_subnet(const struct xnm_policy *policy, const struct subnet *inner,
		      const struct subnet *outer)
{
	return xnm_cidr_within(&policy->networks[inner->network].addresses[inner->address],
			       &policy->networks[outer->network].addresses[outer->address]);
}

void xnm_resolve_overlaps(const struct xnm_resolver *r)
{
	static struct subnet list[XNM_MAX_NETWORKS * XNM_MAX_ADDRESSES];
	bool told[XNM_MAX_NETWORKS] = { false };
	size_t n;

	if (r->policy->n_networks < 2)
		return;
	n = collect(r->policy, list);
	qsort(list, n, sizeof(list[0]), compare);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n && in_subnet(r->policy, &list[j], &list[i]); j++) {
			bool in_order = list[i].network < list[j].network;
			const struct subnet *first = in_order ? &list[i] : &list[j];
			const struct subnet *second = in_order ? &list[j] : &list[i];

			if (told[second->network] || !must_differ(r->policy, first, second))
				continue;
			told[second->network] = true; /* once per network is enough to hear */
			report(r, first, second);
		}
	}
}
