/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_message.c - make requests that add to one device what the kernel has listed of another. */
#include "hotplug/kernel/carry_core.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addrlabel.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/*
 * A request is the kernel's own message with another device in it, without the attributes
 * and flags that only the kernel may set.
 */

/* of linux/if_addr.h: what inet6_rtm_newaddr() and inet_rtm_newaddr() take from others */
#define TAKEN_FLAGS                                                                     \
	(IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | \
	 IFA_F_MCAUTOJOIN)
#define USER_HZ 100 /* of rta_expires: include/asm-generic/param.h */

#ifndef NDA_FLAGS_EXT
#define NDA_FLAGS_EXT 15 /* Linux 5.16 */
#endif
#ifndef FRA_PAD
#define FRA_PAD 18
#endif

/* Copies an attribute as it is. */
static int put_attr(struct nl_msg *msg, const struct nlattr *attr)
{
	return nla_put(msg, attr->nla_type, nla_len(attr), nla_data(attr));
}

static struct nl_msg *begin(int type, int flags, void *info, size_t info_len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);

	if (msg && nlmsg_append(msg, info, info_len, NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static struct nl_msg *finish(struct nl_msg *msg, int built)
{
	if (built == 0)
		return msg;
	nlmsg_free(msg);
	return NULL;
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
	/* the kernel takes no longer label; without one it uses the device's name */
	return strlen(text) < IFNAMSIZ ? nla_put_string(msg, IFA_LABEL, text) : 0;
}

static uint32_t address_flags(struct nlmsghdr *hdr)
{
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	const struct nlattr *attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_FLAGS);

	return attr ? nla_get_u32(attr) : info->ifa_flags;
}

bool carry_address_works(const struct xnm_carry *carry, const struct xnm_carried *address)
{
	return !(address_flags(carry_header(carry, address)) &
		 (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_OPTIMISTIC));
}

struct nl_msg *carry_address_msg(const struct xnm_carry *carry, const struct xnm_carried *address,
				 const struct carry_end *end, int type, int flags, bool nodad)
{
	struct nlmsghdr *hdr = carry_header(carry, address);
	struct ifaddrmsg info = *(const struct ifaddrmsg *)nlmsg_data(hdr);
	uint32_t taken = (address_flags(hdr) & TAKEN_FLAGS) | (nodad ? IFA_F_NODAD : 0);
	const struct nlattr *attr;
	struct nl_msg *msg;
	int rem, built;

	info.ifa_index = (uint32_t)end->ifindex;
	info.ifa_flags = 0;
	msg = begin(type, flags, &info, sizeof(info));
	if (!msg)
		return NULL;
	built = nla_put_u32(msg, IFA_FLAGS, taken);
	nlmsg_for_each_attr(attr, hdr, sizeof(info), rem)
	{
		if (built || nla_type(attr) == IFA_FLAGS)
			continue;
		built = nla_type(attr) == IFA_LABEL
				? put_label(msg, attr, carry->ifname, end->ifname)
				: put_attr(msg, attr);
	}
	return finish(msg, built);
}

/* The lifetime that is left of a route that a router has advertised. */
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

bool carry_has_gateway(const struct xnm_carry *carry, const struct xnm_carried *route)
{
	struct nlmsghdr *hdr = carry_header(carry, route);

	return nlmsg_find_attr(hdr, sizeof(struct rtmsg), RTA_GATEWAY) ||
	       nlmsg_find_attr(hdr, sizeof(struct rtmsg), RTA_VIA);
}

struct nl_msg *carry_route_msg(const struct xnm_carry *carry, const struct xnm_carried *route,
			       const struct carry_end *end, int type, int flags)
{
	struct nlmsghdr *hdr = carry_header(carry, route);
	struct rtmsg info = *(const struct rtmsg *)nlmsg_data(hdr);
	const struct nlattr *attr;
	struct nl_msg *msg;
	int rem, built = 0;

	/* the other flags are the state of the device */
	info.rtm_flags &= RTNH_F_ONLINK;
	msg = begin(type, flags, &info, sizeof(info));
	if (!msg)
		return NULL;
	nlmsg_for_each_attr(attr, hdr, sizeof(info), rem)
	{
		if (built)
			break;
		if (nla_type(attr) == RTA_OIF)
			built = nla_put_u32(msg, RTA_OIF, (uint32_t)end->ifindex);
		else if (nla_type(attr) != RTA_CACHEINFO)
			built = put_attr(msg, attr);
		else if (type == RTM_NEWROUTE)
			built = put_expiry(msg, attr);
	}
	return finish(msg, built);
}

/*
 * A neighbour that the kernel has learned becomes stale: it is used at once and confirmed
 * soon. A permanent one stays permanent.
 */
struct nl_msg *carry_neighbour_msg(const struct xnm_carry *carry,
				   const struct xnm_carried *neighbour, const struct carry_end *end,
				   bool adds)
{
	static const int copied[] = { NDA_DST, NDA_LLADDR, NDA_PROTOCOL, NDA_FLAGS_EXT };
	struct nlmsghdr *hdr = carry_header(carry, neighbour);
	struct ndmsg info = *(const struct ndmsg *)nlmsg_data(hdr);
	const struct nlattr *attr;
	struct nl_msg *msg;
	int built = 0;

	info.ndm_ifindex = end->ifindex;
	info.ndm_flags &= NTF_PROXY | NTF_ROUTER | NTF_EXT_LEARNED;
	info.ndm_state &= NUD_PERMANENT | NUD_NOARP;
	if (info.ndm_state == 0 && !(info.ndm_flags & NTF_PROXY))
		info.ndm_state = NUD_STALE;
	msg = begin(adds ? RTM_NEWNEIGH : RTM_DELNEIGH, adds ? NLM_F_CREATE : 0, &info,
		    sizeof(info));
	for (size_t i = 0; msg && built == 0 && i < (adds ? 4 : 1); i++) {
		attr = nlmsg_find_attr(hdr, sizeof(info), copied[i]);
		built = attr ? put_attr(msg, attr) : 0;
	}
	return msg ? finish(msg, built) : NULL;
}

static int put_device_name(struct nl_msg *msg, const struct nlattr *attr, const char *from,
			   const char *to)
{
	if (nla_strcmp(attr, from) != 0)
		return put_attr(msg, attr);
	return nla_put_string(msg, nla_type(attr), to);
}

static struct nl_msg *rule_msg(const struct xnm_carry *carry, struct nlmsghdr *hdr,
			       const struct carry_end *end, bool adds)
{
	struct fib_rule_hdr info = *(const struct fib_rule_hdr *)nlmsg_data(hdr);
	struct nl_msg *msg;
	const struct nlattr *attr;
	int rem, built = 0;

	info.flags &= FIB_RULE_INVERT;
	msg = begin(adds ? RTM_NEWRULE : RTM_DELRULE, adds ? NLM_F_CREATE | NLM_F_EXCL : 0, &info,
		    sizeof(info));
	if (!msg)
		return NULL;
	nlmsg_for_each_attr(attr, hdr, sizeof(info), rem)
	{
		if (built || nla_type(attr) == FRA_PAD)
			continue;
		if (nla_type(attr) == FRA_IIFNAME || nla_type(attr) == FRA_OIFNAME)
			built = put_device_name(msg, attr, carry->ifname, end->ifname);
		else
			built = put_attr(msg, attr);
	}
	return finish(msg, built);
}

static struct nl_msg *label_msg(struct nlmsghdr *hdr, const struct carry_end *end, bool adds)
{
	struct ifaddrlblmsg info = *(const struct ifaddrlblmsg *)nlmsg_data(hdr);
	struct nl_msg *msg;
	const struct nlattr *attr;
	int rem, built = 0;

	info.ifal_index = (uint32_t)end->ifindex;
	info.ifal_flags = 0;
	info.ifal_seq = 0;
	msg = begin(adds ? RTM_NEWADDRLABEL : RTM_DELADDRLABEL,
		    adds ? NLM_F_CREATE | NLM_F_EXCL : 0, &info, sizeof(info));
	if (!msg)
		return NULL;
	nlmsg_for_each_attr(attr, hdr, sizeof(info), rem)
	{
		if (built == 0)
			built = put_attr(msg, attr);
	}
	return finish(msg, built);
}

struct nl_msg *carry_other_msg(const struct xnm_carry *carry, const struct xnm_carried *other,
			       const struct carry_end *end, bool adds)
{
	struct nlmsghdr *hdr = carry_header(carry, other);

	switch (hdr->nlmsg_type) {
	case RTM_NEWRULE:
		return rule_msg(carry, hdr, end, adds);
	case RTM_NEWADDRLABEL:
		return label_msg(hdr, end, adds);
	default:
		return carry_neighbour_msg(carry, other, end, adds);
	}
}
