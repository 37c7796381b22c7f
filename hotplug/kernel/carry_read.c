/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_read.c - read what a device has of addresses and routes, as the kernel tells them. */
#include "hotplug/kernel/carry_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

struct xnm_carried *carry_keep(struct carry_reading *reading, struct xnm_carried *list,
			       unsigned int *n, unsigned int max, const char *what,
			       const struct nlmsghdr *hdr)
{
	struct xnm_carry *carry = reading->carry;
	struct xnm_carried *out = &list[*n];

	if (*n == max || NLMSG_ALIGN(hdr->nlmsg_len) > sizeof(carry->bytes) - reading->n_bytes) {
		reading->too_many = what;
		reading->max = *n;
		return NULL;
	}
	(*n)++;
	out->at = reading->n_bytes;
	out->existed = out->behind = false;
	memcpy(carry->bytes + reading->n_bytes, hdr, hdr->nlmsg_len);
	reading->n_bytes += NLMSG_ALIGN(hdr->nlmsg_len);
	return out;
}

static int read_address(void *arg, struct nlmsghdr *hdr)
{
	struct carry_reading *reading = arg;
	struct xnm_carry *carry = reading->carry;
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[IFA_MAX + 1], *addr;
	struct xnm_cidr *cidr;

	if (hdr->nlmsg_type != RTM_NEWADDR || nlmsg_parse(hdr, sizeof(*info), tb, IFA_MAX, NULL))
		return -EPROTO;
	if ((int)info->ifa_index != carry->ifindex)
		return 0;
	addr = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (!addr || nla_len(addr) > (int)sizeof(cidr->addr) ||
	    !carry_keep(reading, carry->addresses, &reading->n_addresses, XNM_MAX_CARRIED_ADDRESSES,
			"addresses", hdr))
		return 0;
	cidr = &carry->cidrs[reading->n_addresses - 1];
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

static void keep_route(struct carry_reading *reading, const struct nlmsghdr *hdr)
{
	(void)carry_keep(reading, reading->carry->routes, &reading->n_routes,
			 XNM_MAX_CARRIED_ROUTES, "routes", hdr);
}

/*
 * IPv6 keeps each next hop as a route of its own, and tells those that differ
 * in nothing else together. The one by our device is taken out, as it can be
 * added and deleted alone (net/ipv6/route.c, ip6_route_multipath_add()).
 */
static int keep_hop(struct carry_reading *reading, struct nlmsghdr *hdr,
		    const struct rtnexthop *hop)
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
	keep_route(reading, nlmsg_hdr(msg));
	return 0;
}

static int keep_hops(struct carry_reading *reading, struct nlmsghdr *hdr, struct nlattr *multipath)
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

static uint32_t table_of(const struct rtmsg *info, struct nlattr **tb)
{
	return tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : info->rtm_table;
}

/* The kernel's own for each address (table local, multicast, fe80::/64) come with the address. */
static bool is_carried(const struct carry_reading *reading, const struct rtmsg *info,
		       struct nlattr **tb)
{
	if (info->rtm_family != reading->family || info->rtm_flags & RTM_F_CLONED ||
	    info->rtm_protocol == XNM_RTPROT || info->rtm_protocol == RTPROT_REDIRECT)
		return false;
	return info->rtm_protocol != RTPROT_KERNEL ||
	       (info->rtm_type == RTN_UNICAST && table_of(info, tb) != RT_TABLE_LOCAL &&
		!is_link_local6(info, tb[RTA_DST]));
}

static bool is_by_device(const struct carry_reading *reading, struct nlattr **tb)
{
	return tb[RTA_OIF] && nla_get_u32(tb[RTA_OIF]) == (uint32_t)reading->carry->ifindex;
}

static int read_route(void *arg, struct nlmsghdr *hdr)
{
	struct carry_reading *reading = arg;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	if (!is_carried(reading, info, tb))
		return 0;
	if (tb[RTA_MULTIPATH] && info->rtm_family == AF_INET6 && !tb[RTA_NH_ID])
		return keep_hops(reading, hdr, tb[RTA_MULTIPATH]);
	if (tb[RTA_MULTIPATH]) {
		reading->has_multipath |= uses_device(tb[RTA_MULTIPATH], reading->carry->ifindex);
		return 0;
	}
	if (!is_by_device(reading, tb))
		return 0;
	reading->has_nexthop |= tb[RTA_NH_ID] != NULL;
	keep_route(reading, hdr);
	return 0;
}

/* The key of an IPv4 route: of routes with the same one the kernel uses the first. */
static void make_key(uint8_t key[16], const struct rtmsg *info, struct nlattr **tb)
{
	uint32_t priority = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0;
	uint32_t table = table_of(info, tb);

	memset(key, 0, 16);
	if (tb[RTA_DST] && nla_len(tb[RTA_DST]) == 4)
		memcpy(key, nla_data(tb[RTA_DST]), 4);
	memcpy(key + 4, &priority, 4);
	memcpy(key + 8, &table, 4);
	key[12] = info->rtm_dst_len;
	key[13] = info->rtm_tos;
}

/* Marks the routes that stand behind one of another device with the same key. */
static int read_line(void *arg, struct nlmsghdr *hdr)
{
	struct carry_reading *reading = arg;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	uint8_t key[sizeof(reading->key)];

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	make_key(key, info, tb);
	if (memcmp(key, reading->key, sizeof(key)) != 0)
		reading->foreign = false;
	memcpy(reading->key, key, sizeof(key));
	if (!is_by_device(reading, tb))
		reading->foreign = true;
	else if (is_carried(reading, info, tb) && reading->n_same < reading->n_routes)
		reading->carry->routes[reading->n_same++].behind = reading->foreign;
	return 0;
}

int carry_dump(struct carry_reading *reading, struct xnm_rtnl *rtnl, int type, const void *info,
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

static int read_routes(struct carry_reading *reading, struct xnm_rtnl *rtnl)
{
	struct rtmsg info = { .rtm_family = AF_INET };
	int rc;

	reading->family = AF_INET;
	rc = carry_dump(reading, rtnl, RTM_GETROUTE, &info, sizeof(info), RTA_OIF, read_route);
	if (rc == 0 && reading->n_routes)
		rc = carry_dump(reading, rtnl, RTM_GETROUTE, &info, sizeof(info), 0, read_line);
	info.rtm_family = AF_INET6;
	reading->family = AF_INET6;
	return rc ? rc
		  : carry_dump(reading, rtnl, RTM_GETROUTE, &info, sizeof(info), RTA_OIF,
			       read_route);
}

static int read_all(struct carry_reading *reading, struct xnm_rtnl *rtnl)
{
	const struct ifaddrmsg addr = { .ifa_index = (uint32_t)reading->carry->ifindex };
	int rc = carry_dump(reading, rtnl, RTM_GETADDR, &addr, sizeof(addr), 0, read_address);

	if (rc == 0)
		rc = read_routes(reading, rtnl);
	return rc ? rc : carry_read_others(reading, rtnl);
}

int xnm_carry_read(struct xnm_rtnl *rtnl, const char *ifname, int ifindex, struct xnm_carry *carry)
{
	struct carry_reading reading = { .carry = carry };
	char reason[96];
	int rc;

	(void)snprintf(carry->ifname, sizeof(carry->ifname), "%s", ifname);
	carry->ifindex = ifindex;
	carry->n_addresses = carry->n_routes = carry->n_neighbours = carry->n_others = 0;
	rc = read_all(&reading, rtnl);
	if (rc)
		return rc;
	carry->n_addresses = reading.n_addresses;
	carry->n_routes = reading.n_routes;
	carry->n_neighbours = reading.n_neighbours;
	carry->n_others = reading.n_others;
	carry->n_bytes = reading.n_bytes;
	if (reading.too_many) {
		(void)snprintf(reason, sizeof(reason), "it has more than %u %s; take some away",
			       reading.max, reading.too_many);
		return rtnl_fail(rtnl, -E2BIG, reason);
	}
	if (reading.has_multipath)
		return rtnl_fail(rtnl, -EOPNOTSUPP, "it is in a route with several next hops");
	if (reading.has_nexthop)
		return rtnl_fail(rtnl, -EOPNOTSUPP, "it is in a route with a nexthop object");
	return 0;
}
