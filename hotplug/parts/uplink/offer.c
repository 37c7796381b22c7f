/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offer.c - decide whether this host can accept a lease, whose server may be anybody. Pure. */
#include "hotplug/parts/uplink/offer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"

#define MIN_PREFIX 16 /* unless the policy expects more, or the addresses are private */

static const struct {
	const char *before, *behind; /* text before and after the place */
} kind_texts[XNM_N_HELD_KINDS] = {
	[XNM_HELD_ADDRESS] = { "is the address of this host on ", "" },
	[XNM_HELD_ROUTE] = { "is reached by a route of this host through ", "" },
	[XNM_HELD_CLOSED] = { "is rejected by a route of this host", "" },
	[XNM_HELD_ROUTER] = { "is a router of this host on ", "" },
	[XNM_HELD_NEIGHBOUR] = { "is a neighbour of this host on ", "" },
	[XNM_HELD_CLAIM] = { "is an address of the guest behind ", "" },
	[XNM_HELD_NETWORK] = { "is address= of [network ", "]" },
	[XNM_HELD_VIF] = { "is an address of [vif ", "]" },
	[XNM_HELD_POOL] = { "is in range= of [pool ", "]" },
	[XNM_HELD_UPLINK] = { "is gateway= of [uplink ", "]" },
	[XNM_HELD_TRACK] = { "is track= of [uplink ", "]" },
	[XNM_HELD_TOLD] = { "is given to guests by gateway= or dns= of [network ", "]" },
};

static bool is_host(const struct xnm_cidr *cidr)
{
	return cidr->prefix_len == (cidr->family == AF_INET ? 32 : 128);
}

static bool is_router(const struct xnm_offer *offer, const struct xnm_cidr *cidr)
{
	return offer->router.family && xnm_cidr_same_host(&offer->router, cidr);
}

static bool names_guest(const struct xnm_held *held)
{
	return held->kind == XNM_HELD_CLAIM || held->kind == XNM_HELD_VIF;
}

bool xnm_offer_meets(const struct xnm_offer *offer, const struct xnm_held *held)
{
	const struct xnm_cidr *cidr = &held->cidr, *address = &offer->address;

	if (held->is_servers)
		return is_host(cidr) && xnm_cidr_same_host(address, cidr);
	/* an address that another program was leased on the same card is the same lease, or another
	 * one */
	if (held->kind == XNM_HELD_ADDRESS && held->here)
		return is_router(offer, cidr);
	/* a phone that shares its connection is also a name server */
	if (held->kind == XNM_HELD_TOLD && is_router(offer, cidr))
		return false;
	/* unused private addresses may be blocked as a whole, with more specific routes to
	 * subnets */
	if (held->kind == XNM_HELD_CLOSED)
		return cidr->prefix_len >= address->prefix_len && xnm_cidr_within(cidr, address);
	if (!held->here)
		return xnm_cidr_overlap(address, cidr);
	return xnm_cidr_within(address, cidr) ||
	       (names_guest(held) && offer->router.family && xnm_cidr_within(&offer->router, cidr));
}

void xnm_offer_add(struct xnm_offer_facts *facts, const struct xnm_held *held)
{
	if (facts->n < XNM_MAX_HELD && xnm_offer_meets(facts->offer, held))
		facts->held[facts->n++] = *held;
}

/* 10.0.0.0/8 and the like, all of it */
static bool is_private(const struct xnm_cidr *subnet)
{
	static const struct xnm_cidr private[] = {
		{ .family = AF_INET, .prefix_len = 8, .addr = { 10 } },
		{ .family = AF_INET, .prefix_len = 12, .addr = { 172, 16 } },
		{ .family = AF_INET, .prefix_len = 10, .addr = { 100, 64 } },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(private); i++) {
		if (subnet->prefix_len >= private[i].prefix_len &&
		    xnm_cidr_within(subnet, &private[i]))
			return true;
	}
	return false;
}

/* Whether it is the first or the last address of a subnet with more than two. */
static bool is_edge(const struct xnm_cidr *host, uint8_t prefix_len)
{
	bool all_zero = true, all_one = true;

	for (unsigned int bit = prefix_len; bit < 32; bit++) {
		bool set = host->addr[bit / 8] & (0x80 >> bit % 8);

		all_zero &= !set;
		all_one &= set;
	}
	return prefix_len < 31 && (all_zero || all_one);
}

/* Why the lease is invalid for any host; NULL: it is valid. */
static const char *fault(const struct xnm_offer *offer, const struct xnm_uplink *uplink)
{
	const struct xnm_cidr *address = &offer->address, *router = &offer->router;
	const struct xnm_cidr *expected = &uplink->gateway.expected;

	if (!xnm_is_leasable(address))
		return "no host can have that address";
	if (expected->family &&
	    (!xnm_cidr_within(address, expected) || address->prefix_len < expected->prefix_len))
		return "that is not within the prefix of gateway=dhcp";
	if (!expected->family && address->prefix_len < MIN_PREFIX && !is_private(address))
		return "no link has so many addresses; if that is meant, write the prefix behind "
		       "gateway=dhcp";
	if (is_edge(address, address->prefix_len))
		return "that is the subnet itself, or its broadcast address";
	if (router->family == 0)
		return NULL;
	if (!xnm_is_leasable(router) || !xnm_cidr_within(router, address) ||
	    is_edge(router, address->prefix_len))
		return "the router has no address in that subnet";
	return xnm_cidr_same_host(router, address) ? "it is the router's own address" : NULL;
}

static void format_offer(const struct xnm_offer *offer, char *out, size_t size)
{
	char address[XNM_CIDR_TEXT_LEN], router[XNM_CIDR_TEXT_LEN] = "";

	xnm_format_cidr(&offer->address, address);
	if (offer->router.family)
		xnm_cidr_format_host(&offer->router, router);
	(void)snprintf(out, size, "%s%s%s", address, router[0] ? " with the router " : "", router);
}

static int conflict(const char *offered, const struct xnm_held *held, struct xnm_err *err)
{
	char theirs[XNM_CIDR_TEXT_LEN];

	if (is_host(&held->cidr))
		xnm_cidr_format_host(&held->cidr, theirs);
	else
		xnm_format_cidr(&held->cidr, theirs);
	return xnm_fail(err, -EADDRINUSE,
			"the server offers %s, but %s %s%s%s: the lease is refused; let the server "
			"give out another subnet",
			offered, theirs, kind_texts[held->kind].before, held->where,
			kind_texts[held->kind].behind);
}

int xnm_offer_check(const struct xnm_offer_facts *facts, struct xnm_err *err)
{
	char offered[2 * XNM_CIDR_TEXT_LEN + 24], prefix[XNM_CIDR_TEXT_LEN] = "none";
	const struct xnm_gateways *gateway = &facts->uplink->gateway;
	const char *text = fault(facts->offer, facts->uplink);

	format_offer(facts->offer, offered, sizeof(offered));
	if (gateway->expected.family)
		xnm_format_cidr(&gateway->expected, prefix);
	if (text)
		return xnm_fail(err, -EINVAL,
				"the server offers %s: %s (expected by [uplink %s]: %s)", offered,
				text, facts->uplink->name, prefix);
	for (unsigned int i = 0; i < facts->n; i++) {
		if (xnm_offer_meets(facts->offer, &facts->held[i]))
			return conflict(offered, &facts->held[i], err);
	}
	return 0;
}
