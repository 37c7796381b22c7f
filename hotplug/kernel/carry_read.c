/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_read.c - read the addresses, routes and neighbours of a device, as the kernel tells them. */
#include "hotplug/kernel/carry.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/rtnl_core.h"
#include "policy/prefix.h"

struct reading {
	struct xnm_carry *carry;
	int family; /* what a dump of routes is for */
	unsigned int n_addresses, n_routes, n_neighbours; /* of carry, until all is read */
	bool too_many, has_multipath, has_nexthop;
};

/* Keeps the message. The dump is read on when it does not fit: there is no other way to end it. */
static bool keep(struct reading *reading, struct xnm_carried *list, unsigned int *n,
		 unsigned int max, const struct nlmsghdr *hdr)
{
	struct xnm_carried *out = &list[*n];

	if (*n == max || hdr->nlmsg_len > sizeof(out->message)) {
		reading->too_many = true;
		return false;
	}
	(*n)++;
	out->len = (uint16_t)hdr->nlmsg_len;
	out->existed = false;
	memcpy(out->message, hdr, hdr->nlmsg_len);
	return true;
}

static int read_address(void *arg, struct nlmsghdr *hdr)
{
	struct reading *reading = arg;
	struct xnm_carry *carry = reading->carry;
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[IFA_MAX + 1], *addr;
	struct xnm_cidr *cidr = &carry->cidrs[reading->n_addresses];

	if (hdr->nlmsg_type != RTM_NEWADDR || nlmsg_parse(hdr, sizeof(*info), tb, IFA_MAX, NULL))
		return -EPROTO;
	if ((int)info->ifa_index != carry->ifindex)
		return 0;
	addr = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (!addr || nla_len(addr) > (int)sizeof(cidr->addr) ||
	    !keep(reading, carry->addresses, &reading->n_addresses, XNM_MAX_CARRIED_ADDRESSES, hdr))
		return 0;
	memset(cidr, 0, sizeof(*cidr));
	cidr->family = info->ifa_family;
	cidr->prefix_len = info->ifa_prefixlen;
	memcpy(cidr->addr, nla_data(addr), (size_t)nla_len(addr));
	return 0;
}

static bool uses_device(struct nlattr *multipath, int ifindex)
{
	const struct rtnexthop *hop = nla_data(multipath);
	int len = nla_len(multipath);

	for (; RTNH_OK(hop, len); hop = RTNH_NEXT(hop)) {
		if (hop->rtnh_ifindex == ifindex)
			return true;
		len -= (int)NLMSG_ALIGN(hop->rtnh_len);
	}
	return false;
}

/*
 * IPv6 keeps each next hop as a route of its own, and tells those that differ
 * in nothing else together. The one by our device is taken out, as it can be
 * added and deleted alone (net/ipv6/route.c, ip6_route_multipath_add()).
 */
static int keep_hop(struct reading *reading, struct nlmsghdr *hdr, const struct rtnexthop *hop)
{
	struct rtmsg info = *(const struct rtmsg *)nlmsg_data(hdr);
	_cleanup_nlmsg_ struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWROUTE, 0);
	struct nlattr *attr;
	int rem, built = 0;

	info.rtm_flags = hop->rtnh_flags;
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put_u32(msg, RTA_OIF, (uint32_t)hop->rtnh_ifindex))
		return -ENOMEM;
	nlmsg_for_each_attr(attr, hdr, sizeof(info), rem)
	{
		if (nla_type(attr) != RTA_MULTIPATH && built == 0)
			built = nla_put(msg, attr->nla_type, nla_len(attr), nla_data(attr));
	}
	nla_for_each_attr(attr, (struct nlattr *)(void *)RTNH_DATA(hop),
			  hop->rtnh_len - (int)RTNH_LENGTH(0), rem)
	{
		if (built == 0)
			built = nla_put(msg, attr->nla_type, nla_len(attr), nla_data(attr));
	}
	if (built)
		return -ENOMEM;
	(void)keep(reading, reading->carry->routes, &reading->n_routes, XNM_MAX_CARRIED_ROUTES,
		   nlmsg_hdr(msg));
	return 0;
}

static int keep_hops(struct reading *reading, struct nlmsghdr *hdr, struct nlattr *multipath)
{
	const struct rtnexthop *hop = nla_data(multipath);
	int len = nla_len(multipath), rc = 0;

	for (; rc == 0 && RTNH_OK(hop, len); hop = RTNH_NEXT(hop)) {
		if (hop->rtnh_ifindex == reading->carry->ifindex)
			rc = keep_hop(reading, hdr, hop);
		len -= (int)NLMSG_ALIGN(hop->rtnh_len);
	}
	return rc;
}

static bool is_link_local6(const struct rtmsg *info, struct nlattr *dst)
{
	const uint8_t *addr = dst ? nla_data(dst) : NULL;

	return info->rtm_family == AF_INET6 && addr && nla_len(dst) == 16 && addr[0] == 0xfe &&
	       (addr[1] & 0xc0) == 0x80;
}

/* The kernel's own for each address (table local, multicast, fe80::/64) come with the address. */
static bool is_carried(const struct reading *reading, const struct rtmsg *info, struct nlattr **tb)
{
	uint32_t table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : info->rtm_table;

	return info->rtm_family == reading->family && info->rtm_type == RTN_UNICAST &&
	       table != RT_TABLE_LOCAL && !(info->rtm_flags & RTM_F_CLONED) &&
	       info->rtm_protocol != XNM_RTPROT && info->rtm_protocol != RTPROT_REDIRECT &&
	       !(info->rtm_protocol == RTPROT_KERNEL && is_link_local6(info, tb[RTA_DST]));
}

static int read_route(void *arg, struct nlmsghdr *hdr)
{
	struct reading *reading = arg;
	struct xnm_carry *carry = reading->carry;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	if (!is_carried(reading, info, tb))
		return 0;
	if (tb[RTA_MULTIPATH] && info->rtm_family == AF_INET6 && !tb[RTA_NH_ID])
		return keep_hops(reading, hdr, tb[RTA_MULTIPATH]);
	if (tb[RTA_MULTIPATH]) {
		reading->has_multipath |= uses_device(tb[RTA_MULTIPATH], carry->ifindex);
		return 0;
	}
	if (!tb[RTA_OIF] || nla_get_u32(tb[RTA_OIF]) != (uint32_t)carry->ifindex)
		return 0;
	reading->has_nexthop |= tb[RTA_NH_ID] != NULL;
	(void)keep(reading, carry->routes, &reading->n_routes, XNM_MAX_CARRIED_ROUTES, hdr);
	return 0;
}

/* Those that say something: with a MAC, and neither the kernel's own nor refused. */
static int read_neighbour(void *arg, struct nlmsghdr *hdr)
{
	struct reading *reading = arg;
	struct xnm_carry *carry = reading->carry;
	const struct ndmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[NDA_MAX + 1];

	if (hdr->nlmsg_type != RTM_NEWNEIGH || nlmsg_parse(hdr, sizeof(*info), tb, NDA_MAX, NULL))
		return -EPROTO;
	if (info->ndm_ifindex != carry->ifindex || !tb[NDA_LLADDR] || !tb[NDA_DST] ||
	    info->ndm_flags & NTF_PROXY || info->ndm_state & (NUD_NOARP | NUD_FAILED) ||
	    (info->ndm_family != AF_INET && info->ndm_family != AF_INET6) ||
	    reading->n_neighbours == XNM_MAX_CARRIED_NEIGHBOURS)
		return 0;
	(void)keep(reading, carry->neighbours, &reading->n_neighbours, XNM_MAX_CARRIED_NEIGHBOURS,
		   hdr);
	return 0;
}

static int dump(struct reading *reading, struct xnm_rtnl *rtnl, int type, const void *info,
		size_t info_len, int attr, rtnl_answer fn)
{
	_cleanup_nlmsg_ struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_DUMP);
	int rc;

	if (!msg || nlmsg_append(msg, (void *)info, info_len, NLMSG_ALIGNTO) ||
	    (attr && nla_put_u32(msg, attr, (uint32_t)reading->carry->ifindex)))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, fn, reading, sizeof(*reading));
	/* no such device any more; no such family */
	return rc == -ENODEV || rc == -ENOENT || rc == -EOPNOTSUPP ? 0 : rc;
}

static int dump_all(struct reading *reading, struct xnm_rtnl *rtnl)
{
	static const int families[] = { AF_INET, AF_INET6 };
	const struct ifaddrmsg addr = { .ifa_index = (uint32_t)reading->carry->ifindex };
	const struct ndmsg neigh = { .ndm_family = AF_UNSPEC };
	int rc;

	rc = dump(reading, rtnl, RTM_GETADDR, &addr, sizeof(addr), 0, read_address);
	for (int i = 0; rc == 0 && i < 2; i++) {
		const struct rtmsg info = { .rtm_family = (unsigned char)families[i] };

		reading->family = families[i];
		rc = dump(reading, rtnl, RTM_GETROUTE, &info, sizeof(info), RTA_OIF, read_route);
	}
	return rc ? rc
		  : dump(reading, rtnl, RTM_GETNEIGH, &neigh, sizeof(neigh), NDA_IFINDEX,
			 read_neighbour);
}

int xnm_carry_read(struct xnm_rtnl *rtnl, const char *ifname, int ifindex, struct xnm_carry *carry)
{
	struct reading reading = { .carry = carry };
	int rc;

	(void)snprintf(carry->ifname, sizeof(carry->ifname), "%s", ifname);
	carry->ifindex = ifindex;
	carry->n_addresses = carry->n_routes = carry->n_neighbours = 0;
	rc = dump_all(&reading, rtnl);
	if (rc)
		return rc;
	carry->n_addresses = reading.n_addresses;
	carry->n_routes = reading.n_routes;
	carry->n_neighbours = reading.n_neighbours;
	if (reading.too_many)
		return rtnl_fail(rtnl, -E2BIG, "it has more addresses or routes than can move");
	if (reading.has_multipath)
		return rtnl_fail(rtnl, -EOPNOTSUPP, "it is in a route with several next hops");
	if (reading.has_nexthop)
		return rtnl_fail(rtnl, -EOPNOTSUPP, "it is in a route with a nexthop object");
	return 0;
}

/* Whether the kernel has made the route for the address: fib_add_ifaddr(), addrconf_prefix_route() */
static bool comes_with(const struct xnm_carried *route, const struct xnm_cidr *address)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)(void *)route->message;
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
		if (!comes_with(&carry->routes[i], &carry->cidrs[address]))
			memmove(&carry->routes[n++], &carry->routes[i], sizeof(carry->routes[0]));
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
