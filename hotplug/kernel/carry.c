/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry.c - give the addresses, routes and neighbours of one device to another one. */
#include "hotplug/kernel/carry.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/rtnl_core.h"
#include "policy/prefix.h"

/*
 * Theory of operation
 *
 * An address may be on two devices, and a route may be there twice by two
 * devices: the first one counts. So the new device gets everything, behind
 * what the old one has, before the old one loses anything. There is no moment
 * at which this host does not have an address or does not know a way: a
 * connection loses at most the packets of some microseconds, and sends them
 * again.
 *
 * What is sent is what the kernel told, with another device in it. What only
 * the kernel may say is left out.
 */

/* of linux/if_addr.h: what inet6_rtm_newaddr() and inet_rtm_newaddr() take from others */
#define TAKEN_FLAGS \
	(IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)
#define USER_HZ 100 /* of rta_expires: include/asm-generic/param.h */

static const struct nlmsghdr *header(const struct xnm_carried *carried)
{
	return (const struct nlmsghdr *)(const void *)carried->message;
}

/* Copies an attribute as it is. */
static int put_attr(struct nl_msg *msg, const struct nlattr *attr)
{
	return nla_put(msg, attr->nla_type, nla_len(attr), nla_data(attr));
}

/* "eth0:1" becomes "br0:1"; one that does not begin with the device's name stays. */
static int put_label(struct nl_msg *msg, const struct nlattr *attr, const char *from,
		     const char *to)
{
	const char *label = nla_data(attr);
	size_t len = strlen(from);
	char text[2 * IFNAMSIZ];

	if (nla_len(attr) < 1 || label[nla_len(attr) - 1] != '\0' || strncmp(label, from, len) != 0)
		return put_attr(msg, attr);
	(void)snprintf(text, sizeof(text), "%s%.*s", to, IFNAMSIZ - 1, label + len);
	/* the kernel's limit; without a label the device's name is taken */
	return strlen(text) < IFNAMSIZ ? nla_put_string(msg, IFA_LABEL, text) : 0;
}

static int put_address_attr(struct nl_msg *msg, const struct nlattr *attr,
			    const struct xnm_carry *carry, const char *ifname, bool ip6)
{
	switch (nla_type(attr)) {
	case IFA_FLAGS:
		return nla_put_u32(msg, IFA_FLAGS,
				   (nla_get_u32(attr) & TAKEN_FLAGS) | (ip6 ? IFA_F_NODAD : 0));
	case IFA_LABEL:
		return put_label(msg, attr, carry->ifname, ifname);
	default:
		return put_attr(msg, attr);
	}
}

static int change_address(struct xnm_rtnl *rtnl, int type, int flags, const struct xnm_carry *carry,
			  const struct xnm_carried *address, const char *ifname, int ifindex)
{
	struct ifaddrmsg info = *(const struct ifaddrmsg *)nlmsg_data(header(address));
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);
	const struct nlattr *attr;
	int rem, built = 0;

	info.ifa_index = (uint32_t)ifindex;
	info.ifa_flags = 0;
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)header(address), sizeof(info), rem)
	{
		if (built == 0)
			built = put_address_attr(msg, attr, carry, ifname,
						 info.ifa_family == AF_INET6);
	}
	return rtnl_change(rtnl, msg, built);
}

/* When it ends, of routes that a router has advertised. */
static int put_expiry(struct nl_msg *msg, const struct nlattr *attr)
{
	struct rta_cacheinfo info;

	if (nla_len(attr) < (int)sizeof(info))
		return 0;
	memcpy(&info, nla_data(attr), sizeof(info));
	return info.rta_expires > 0
		       ? nla_put_u32(msg, RTA_EXPIRES, (uint32_t)info.rta_expires / USER_HZ)
		       : 0;
}

static int put_route_attr(struct nl_msg *msg, const struct nlattr *attr, int ifindex, bool adds)
{
	switch (nla_type(attr)) {
	case RTA_OIF:
		return nla_put_u32(msg, RTA_OIF, (uint32_t)ifindex);
	case RTA_CACHEINFO:
		return adds ? put_expiry(msg, attr) : 0;
	default:
		return put_attr(msg, attr);
	}
}

static int change_route(struct xnm_rtnl *rtnl, int type, int flags, const struct xnm_carried *route,
			int ifindex)
{
	struct rtmsg info = *(const struct rtmsg *)nlmsg_data(header(route));
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);
	const struct nlattr *attr;
	int rem, built = 0;

	/* the others tell of the device's state */
	info.rtm_flags &= RTNH_F_ONLINK;
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)header(route), sizeof(info), rem)
	{
		if (built == 0)
			built = put_route_attr(msg, attr, ifindex, type == RTM_NEWROUTE);
	}
	return rtnl_change(rtnl, msg, built);
}

static bool has_gateway(const struct xnm_carried *route)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)header(route);

	return nlmsg_find_attr(hdr, sizeof(struct rtmsg), RTA_GATEWAY) ||
	       nlmsg_find_attr(hdr, sizeof(struct rtmsg), RTA_VIA);
}

/* What was known is tried first, and asked for again soon; who is permanent stays that. */
static void put_neighbour(struct xnm_rtnl *rtnl, const struct xnm_carried *neighbour, int ifindex)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)header(neighbour);
	struct ndmsg info = *(const struct ndmsg *)nlmsg_data(hdr);
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE);
	struct nlattr *dst = nlmsg_find_attr(hdr, sizeof(info), NDA_DST);
	struct nlattr *mac = nlmsg_find_attr(hdr, sizeof(info), NDA_LLADDR);

	info.ndm_ifindex = ifindex;
	info.ndm_flags &= NTF_ROUTER;
	info.ndm_state = (info.ndm_state & NUD_PERMANENT) ? NUD_PERMANENT : NUD_STALE;
	if (msg && nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) == 0)
		(void)rtnl_change(rtnl, msg, put_attr(msg, dst) || put_attr(msg, mac) ? -1 : 0);
}

/*
 * The i-th to be put: IPv4 as the kernel lists them, so that the same ones are
 * primary; IPv6 from the end, as the kernel lists the newest first, and prefers
 * it where nothing else decides.
 */
static unsigned int in_order(const struct xnm_carry *carry, unsigned int i)
{
	unsigned int n4 = 0;

	while (n4 < carry->n_addresses && carry->cidrs[n4].family == AF_INET)
		n4++;
	return i < n4 ? i : n4 + carry->n_addresses - 1 - i;
}

int xnm_carry_put_addresses(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			    int ifindex)
{
	char reason[192];

	for (unsigned int i = 0; i < carry->n_addresses; i++)
		carry->addresses[i].existed = true;
	for (unsigned int i = 0; i < carry->n_addresses; i++) {
		struct xnm_carried *address = &carry->addresses[in_order(carry, i)];
		int rc = change_address(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, carry,
					address, ifname, ifindex);

		address->existed = rc != 0;
		if (rc == 0 || rc == -EEXIST)
			continue;
		(void)snprintf(reason, sizeof(reason), "%s", xnm_rtnl_reason(rtnl));
		(void)xnm_carry_take_addresses(rtnl, carry, ifname, ifindex, true);
		return rtnl_fail(rtnl, rc, reason);
	}
	return 0;
}

/* A gateway that is not next to it, a source that is not there: those of another address. */
static bool is_of_others(int rc)
{
	return rc == -ENETUNREACH || rc == -EHOSTUNREACH || rc == -EINVAL;
}

int xnm_carry_put_routes(struct xnm_rtnl *rtnl, struct xnm_carry *carry, int ifindex,
			 bool own_may_stay)
{
	char reason[192];

	for (unsigned int i = 0; i < carry->n_routes; i++)
		carry->routes[i].existed = true;
	/* the way to a gateway before the ways behind it */
	for (unsigned int i = 0; i < 2 * carry->n_routes; i++) {
		struct xnm_carried *route =
			&carry->routes[i < carry->n_routes ? i : i - carry->n_routes];
		int rc;

		if (has_gateway(route) != (i >= carry->n_routes))
			continue;
		rc = change_route(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, route, ifindex);
		route->existed = rc != 0;
		if (rc == 0 || rc == -EEXIST || (own_may_stay && is_of_others(rc)))
			continue;
		(void)snprintf(reason, sizeof(reason), "%s", xnm_rtnl_reason(rtnl));
		(void)xnm_carry_take_routes(rtnl, carry, ifindex, true);
		return rtnl_fail(rtnl, rc, reason);
	}
	for (unsigned int i = 0; i < carry->n_neighbours; i++)
		put_neighbour(rtnl, &carry->neighbours[i], ifindex);
	return 0;
}

void xnm_carry_restore(struct xnm_rtnl *rtnl, const struct xnm_carry *carry)
{
	for (unsigned int i = 0; i < carry->n_addresses; i++)
		(void)change_address(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, carry,
				     &carry->addresses[in_order(carry, i)], carry->ifname,
				     carry->ifindex);
	for (unsigned int i = 0; i < 2 * carry->n_routes; i++) {
		const struct xnm_carried *route =
			&carry->routes[i < carry->n_routes ? i : i - carry->n_routes];

		if (has_gateway(route) == (i >= carry->n_routes))
			(void)change_route(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, route,
					   carry->ifindex);
	}
}

int xnm_carry_take_routes(struct xnm_rtnl *rtnl, const struct xnm_carry *carry, int ifindex,
			  bool only_new)
{
	int first = 0;

	for (unsigned int i = 2 * carry->n_routes; i-- > 0;) {
		const struct xnm_carried *route =
			&carry->routes[i < carry->n_routes ? i : i - carry->n_routes];
		int rc;

		if (has_gateway(route) != (i >= carry->n_routes) || (only_new && route->existed))
			continue;
		rc = change_route(rtnl, RTM_DELROUTE, 0, route, ifindex);
		if (rc && rc != -ESRCH && rc != -ENOENT && rc != -ENODEV && first == 0)
			first = rc;
	}
	return first;
}

int xnm_carry_take_addresses(struct xnm_rtnl *rtnl, const struct xnm_carry *carry,
			     const char *ifname, int ifindex, bool only_new)
{
	int first = 0;

	/* from the end: an IPv4 address takes those behind it of its subnet with it */
	for (unsigned int i = carry->n_addresses; i-- > 0;) {
		int rc;

		if (only_new ? carry->addresses[i].existed
			     : xnm_cidr_is_link_local(&carry->cidrs[i]))
			continue;
		rc = change_address(rtnl, RTM_DELADDR, 0, carry, &carry->addresses[i], ifname,
				    ifindex);
		if (rc && rc != -EADDRNOTAVAIL && rc != -ENODEV && first == 0)
			first = rc;
	}
	return first;
}
