/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard.c - decide a locked vif's elements: its own addresses, and those that it may also use. */
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/want.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/notes/vif.h"

struct guard {
	struct xnm_elements *out;
	const struct xnm_want *want;
	const char *ifname;
	bool any6, prefixes;
};

static struct xnm_element *add(struct guard *guard, enum xnm_set_id bridge_set)
{
	enum xnm_set_id set = xnm_guard_set(bridge_set, guard->want->backend != XNM_BACKEND_ROUTE);
	struct xnm_element *element = xnm_elements_add(guard->out, set);

	xnm_key_ifname(element, 0, guard->ifname);
	return element;
}

static void add_group(struct guard *guard, enum xnm_set_id bridge_set)
{
	xnm_key_group(add(guard, bridge_set), 1, xnm_want_group(guard->want));
}

static void add_any(struct guard *guard, bool ip6)
{
	add_group(guard, ip6 ? XNM_SET_BRIDGE_ANY6 : XNM_SET_BRIDGE_ANY4);
	guard->any6 |= ip6;
}

static void add_single(struct guard *guard, const struct xnm_cidr *address)
{
	bool ip6 = address->family == AF_INET6;

	xnm_key_address(add(guard, ip6 ? XNM_SET_BRIDGE_ADDRESSES6 : XNM_SET_BRIDGE_ADDRESSES4), 1,
			address, false);
	if (ip6)
		xnm_key_address(add(guard, XNM_SET_BRIDGE_TARGETS6), 1, address, false);
}

static void add_prefix(struct guard *guard, const struct xnm_cidr *prefix, bool own)
{
	static const enum xnm_set_id sets[2][3] = {
		{ XNM_SET_BRIDGE_PREFIXES4, XNM_SET_BRIDGE_PREFIXES6,
		  XNM_SET_BRIDGE_PREFIX_TARGETS6 },
		{ XNM_SET_BRIDGE_OWN_PREFIXES4, XNM_SET_BRIDGE_OWN_PREFIXES6,
		  XNM_SET_BRIDGE_OWN_PREFIX_TARGETS6 },
	};
	bool ip6 = prefix->family == AF_INET6;

	xnm_key_address(add(guard, sets[own][ip6]), 1, prefix, true);
	if (ip6)
		xnm_key_address(add(guard, sets[own][2]), 1, prefix, true);
	guard->prefixes |= !own;
}

/* Whether an address before place i in the list covers it already. */
static bool is_repeated(const struct xnm_cidr *all, unsigned int i)
{
	for (unsigned int k = 0; k < i; k++) {
		if (xnm_cidr_same_host(&all[k], &all[i]) && !xnm_cidr_is_prefix(&all[k]))
			return true;
	}
	return false;
}

/* The first n_own of n addresses are the vif's own. */
static void add_list(struct guard *guard, const struct xnm_cidr *all, unsigned int n,
		     unsigned int n_own)
{
	for (unsigned int i = 0; i < n; i++) {
		bool own = i < n_own;

		/* each one, even if within a prefix: the rest of the prefix may be somebody
		 * else's */
		if (!xnm_cidr_is_prefix(&all[i])) {
			if (!is_repeated(all, i))
				add_single(guard, &all[i]);
		} else if (xnm_cidr_is_covered(all, own ? n_own : n, i)) {
			continue;
		} else if (all[i].prefix_len == 0) {
			add_any(guard, all[i].family == AF_INET6);
		} else {
			add_prefix(guard, &all[i], own);
		}
	}
}

/* A guest with share=yes is the router that the policy names. */
static unsigned int add_gateways(const struct xnm_want *want, struct xnm_cidr *all, unsigned int n)
{
	for (unsigned int i = 0; i < want->uplink.n_shares; i++) {
		const struct xnm_gateways *gateway = &want->uplink.shares[i]->gateway;

		for (unsigned int k = 0; k < gateway->n; k++)
			all[n++] = gateway->list[k];
	}
	return n;
}

static void add_addresses(struct guard *guard, const struct xnm_mac *mac)
{
	const struct xnm_want *want = guard->want;
	struct xnm_cidr all[XNM_MAX_ADDRESSES * 3 + XNM_MAX_VIF_UPLINKS * XNM_MAX_GATEWAYS];
	unsigned int n_own, n = want->address.n + want->filter.n_allowed;
	struct xnm_cidr local;

	/* no address is known: only its MAC is checked, and that it uses no one else's address */
	if (n == 0) {
		add_any(guard, false);
		add_any(guard, true);
		return;
	}
	memcpy(all, want->address.list, want->address.n * sizeof(all[0]));
	n_own = add_gateways(want, all, want->address.n);
	memcpy(all + n_own, want->filter.allowed, want->filter.n_allowed * sizeof(all[0]));
	add_list(guard, all, n_own + want->filter.n_allowed, n_own);
	if (guard->prefixes)
		add_group(guard, XNM_SET_BRIDGE_SCOPES);
	if (guard->any6 && want->address.n == 0)
		return;
	xnm_link_local(&local, mac);
	add_single(guard, &local);
}

void xnm_filter_guard(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac, const char *ifname)
{
	struct guard guard = { .out = out, .want = want, .ifname = ifname };

	(void)add(&guard, XNM_SET_BRIDGE_GUARD);
	xnm_key_mac(add(&guard, XNM_SET_BRIDGE_MACS), 1, mac);
	xnm_key_mac(add(&guard, XNM_SET_BRIDGE_CHADDRS), 1, mac);
	add_addresses(&guard, mac);
	if (want->filter.allow & XNM_ALLOW_DHCP_SERVER)
		(void)add(&guard, XNM_SET_BRIDGE_DHCP_SERVERS);
	if (want->filter.allow & XNM_ALLOW_ROUTER)
		(void)add(&guard, XNM_SET_BRIDGE_ROUTERS);
	if (want->bridge.is_trunk)
		xnm_key_ifname(xnm_elements_add(out, XNM_SET_BRIDGE_TRUNKS), 0, ifname);
}

void xnm_filter_unheard(struct xnm_elements *out, const struct xnm_want *want, const char *ifname,
			bool makes_bridge)
{
	struct xnm_element *element;
	/* the guard drops those of other vifs */
	bool may_send = !want->filter.locked || want->filter.allow & XNM_ALLOW_ROUTER;

	/* on a bridge of another program, a guest may be the host's router, if an [uplink] names
	 * it */
	bool is_heard =
		want->filter.brings_ip6 && want->backend != XNM_BACKEND_ROUTE && !makes_bridge;

	if (!may_send || is_heard)
		return;
	element = xnm_elements_add(
		out, xnm_guard_set(XNM_SET_BRIDGE_UNHEARD, want->backend != XNM_BACKEND_ROUTE));
	xnm_key_ifname(element, 0, ifname);
}
