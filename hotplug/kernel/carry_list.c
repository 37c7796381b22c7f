/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_list.c - ask what the list of a device's things has, and remove entries from it. */
#include "hotplug/kernel/carry_core.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

/* Whether the kernel has made the route for the address: fib_add_ifaddr(), addrconf_prefix_route() */
static bool comes_with(const struct xnm_carry *carry, const struct xnm_carried *route,
		       const struct xnm_cidr *address)
{
	struct nlmsghdr *hdr = carry_header(carry, route);
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *dst = nlmsg_find_attr(hdr, sizeof(*info), RTA_DST);
	struct nlattr *src = nlmsg_find_attr(hdr, sizeof(*info), RTA_PREFSRC);
	struct xnm_cidr subnet = { .family = info->rtm_family, .prefix_len = info->rtm_dst_len };
	int len = info->rtm_family == AF_INET ? 4 : 16;

	if (info->rtm_protocol != RTPROT_KERNEL || info->rtm_family != address->family || !dst ||
	    nla_len(dst) != len || info->rtm_dst_len != address->prefix_len)
		return false;
	memcpy(subnet.addr, nla_data(dst), (size_t)len);
	if (!xnm_cidr_within(address, &subnet))
		return false;
	return info->rtm_family == AF_INET6 ||
	       (src && nla_len(src) == len &&
		memcmp(nla_data(src), address->addr, (size_t)len) == 0);
}

void xnm_carry_forget(struct xnm_carry *carry, unsigned int address)
{
	unsigned int behind = carry->n_addresses - address - 1, n = 0;

	for (unsigned int i = 0; i < carry->n_routes; i++) {
		if (!comes_with(carry, &carry->routes[i], &carry->cidrs[address]))
			carry->routes[n++] = carry->routes[i];
	}
	carry->n_routes = n;
	memmove(&carry->cidrs[address], &carry->cidrs[address + 1],
		behind * sizeof(carry->cidrs[0]));
	memmove(&carry->addresses[address], &carry->addresses[address + 1],
		behind * sizeof(carry->addresses[0]));
	carry->n_addresses--;
}

bool xnm_carry_matters(const struct xnm_carry *carry)
{
	for (unsigned int i = 0; i < carry->n_addresses; i++) {
		if (!xnm_cidr_is_link_local(&carry->cidrs[i]))
			return true;
	}
	return carry->n_routes > 0;
}
