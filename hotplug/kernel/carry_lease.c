/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_lease.c - tell from a device's addresses and routes whether somebody has to renew them. */
#include "hotplug/kernel/carry_core.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#ifndef RTPROT_DHCP
#define RTPROT_DHCP 16
#endif

/* IPv6 addresses end that routers advertise, which the kernel renews by itself. */
static bool ends(const struct xnm_carry *carry, const struct xnm_carried *address)
{
	struct nlmsghdr *hdr = carry_header(carry, address);
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct nlattr *attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_CACHEINFO);
	struct ifa_cacheinfo cache;

	if (carry->n_bytes == 0 || info->ifa_family != AF_INET || !attr ||
	    nla_len(attr) < (int)sizeof(cache))
		return false;
	memcpy(&cache, nla_data(attr), sizeof(cache));
	return cache.ifa_valid != UINT32_MAX;
}

static bool is_dhcps(const struct xnm_carry *carry, const struct xnm_carried *route)
{
	const struct rtmsg *info = nlmsg_data(carry_header(carry, route));

	return carry->n_bytes > 0 && info->rtm_family == AF_INET &&
	       info->rtm_protocol == RTPROT_DHCP;
}

const struct xnm_cidr *xnm_carry_lease(const struct xnm_carry *carry)
{
	for (unsigned int i = 0; i < carry->n_addresses; i++) {
		if (ends(carry, &carry->addresses[i]))
			return &carry->cidrs[i];
	}
	return NULL;
}

bool xnm_carry_dhcp_route(const struct xnm_carry *carry, struct xnm_cidr *dst)
{
	for (unsigned int i = 0; i < carry->n_routes; i++) {
		struct nlmsghdr *hdr = carry_header(carry, &carry->routes[i]);
		struct nlattr *attr;

		if (!is_dhcps(carry, &carry->routes[i]))
			continue;
		attr = nlmsg_find_attr(hdr, sizeof(struct rtmsg), RTA_DST);
		memset(dst, 0, sizeof(*dst));
		dst->family = AF_INET;
		dst->prefix_len = ((const struct rtmsg *)nlmsg_data(hdr))->rtm_dst_len;
		if (attr && nla_len(attr) == 4)
			memcpy(dst->addr, nla_data(attr), 4);
		return true;
	}
	return false;
}
