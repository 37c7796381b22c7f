/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_bound.c - count what others have bound to a card, which its addresses leave behind there. */
#include "hotplug/kernel/carry.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/mptcp.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xfrm.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hotplug/kernel/netlink.h"
#include "hotplug/kernel/rtnl_core.h"

struct count {
	int ifindex;
	unsigned int n;
	uint16_t family; /* of generic netlink */
};

/* A request for a list, and the room for what it says. */
struct question {
	struct nlmsghdr hdr;
	uint8_t data[128];
};

static uint8_t answer[32 * 1024] __attribute__((aligned(NLMSG_ALIGNTO)));

static int error_of(void *arg, struct nlmsghdr *hdr)
{
	(void)arg;
	return ((struct nlmsgerr *)NLMSG_DATA(hdr))->error;
}

/* Sends the request. A list that this kernel does not have, or refuses to give, counts as empty. */
static void ask(int protocol, struct question *question, size_t len, struct count *count,
		int (*fn)(void *arg, struct nlmsghdr *hdr))
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	const struct netlink_talk talk = {
		.fd = fd,
		.request = &question->hdr,
		.buf = answer,
		.buf_size = sizeof(answer),
		.fn = fn,
		.arg = count,
		.error = error_of,
	};

	if (fd < 0)
		return;
	question->hdr.nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
	question->hdr.nlmsg_flags |= NLM_F_REQUEST;
	question->hdr.nlmsg_seq = 1;
	netlink_limit_wait(fd);
	if (send(fd, question, question->hdr.nlmsg_len, 0) > 0)
		(void)netlink_read(&talk);
	(void)close(fd);
}

/*
 * Copies the index at that offset: the structs of XFRM need an alignment of 8 bytes, and a
 * netlink message has 4.
 */
static void count_selector(struct count *count, const struct nlmsghdr *hdr, size_t at)
{
	int ifindex;

	if (nlmsg_datalen(hdr) < (int)(at + sizeof(ifindex)))
		return;
	memcpy(&ifindex, (const uint8_t *)nlmsg_data(hdr) + at, sizeof(ifindex));
	count->n += ifindex == count->ifindex;
}

static int count_xfrm(void *arg, struct nlmsghdr *hdr)
{
	if (hdr->nlmsg_type == XFRM_MSG_NEWPOLICY)
		count_selector(arg, hdr, offsetof(struct xfrm_userpolicy_info, sel.ifindex));
	if (hdr->nlmsg_type == XFRM_MSG_NEWSA)
		count_selector(arg, hdr, offsetof(struct xfrm_usersa_info, sel.ifindex));
	return 0;
}

static unsigned int xfrm(int ifindex, uint16_t type)
{
	struct question question = { .hdr = { .nlmsg_type = type, .nlmsg_flags = NLM_F_DUMP } };
	struct count count = { .ifindex = ifindex };

	ask(NETLINK_XFRM, &question, 0, &count, count_xfrm);
	return count.n;
}

static int read_family(void *arg, struct nlmsghdr *hdr)
{
	struct count *count = arg;
	struct nlattr *attr = nlmsg_find_attr(hdr, sizeof(struct genlmsghdr), CTRL_ATTR_FAMILY_ID);

	if (attr)
		count->family = nla_get_u16(attr);
	return 0;
}

static int count_endpoint(void *arg, struct nlmsghdr *hdr)
{
	struct count *count = arg;
	struct nlattr *attr = nlmsg_find_attr(hdr, sizeof(struct genlmsghdr), MPTCP_PM_ATTR_ADDR);
	struct nlattr *ifindex =
		attr ? nla_find(nla_data(attr), nla_len(attr), MPTCP_PM_ADDR_ATTR_IF_IDX) : NULL;

	count->n += ifindex && nla_get_u32(ifindex) == (uint32_t)count->ifindex;
	return 0;
}

static unsigned int endpoints(int ifindex)
{
	static const char name[] = MPTCP_PM_NAME;
	const struct genlmsghdr get_family = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	const struct genlmsghdr get_addr = { .cmd = MPTCP_PM_CMD_GET_ADDR,
					     .version = MPTCP_PM_VER };
	const struct nlattr attr = { .nla_len = NLA_HDRLEN + sizeof(name),
				     .nla_type = CTRL_ATTR_FAMILY_NAME };
	struct question question = { .hdr.nlmsg_type = GENL_ID_CTRL };
	struct count count = { .ifindex = ifindex };

	memcpy(question.data, &get_family, GENL_HDRLEN);
	memcpy(question.data + GENL_HDRLEN, &attr, NLA_HDRLEN);
	memcpy(question.data + GENL_HDRLEN + NLA_HDRLEN, name, sizeof(name));
	ask(NETLINK_GENERIC, &question, GENL_HDRLEN + NLA_ALIGN(attr.nla_len), &count, read_family);
	if (count.family == 0)
		return 0;
	question = (struct question){
		.hdr = { .nlmsg_type = count.family, .nlmsg_flags = NLM_F_DUMP },
	};
	memcpy(question.data, &get_addr, GENL_HDRLEN);
	ask(NETLINK_GENERIC, &question, GENL_HDRLEN, &count, count_endpoint);
	return count.n;
}

static int count_socket(void *arg, struct nlmsghdr *hdr)
{
	struct count *count = arg;
	const struct inet_diag_msg *msg = nlmsg_data(hdr);

	count->n += nlmsg_datalen(hdr) >= (int)sizeof(*msg) &&
		    msg->id.idiag_if == (uint32_t)count->ifindex;
	return 0;
}

/* SO_BINDTODEVICE, and those that link-local addresses bind */
static unsigned int sockets(int ifindex)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP };
	struct count count = { .ifindex = ifindex };

	for (unsigned int i = 0; i < 4; i++) {
		const struct inet_diag_req_v2 req = {
			.sdiag_family = i & 1 ? AF_INET6 : AF_INET,
			.sdiag_protocol = protocols[i / 2],
			.idiag_states = ~0u,
		};
		struct question question = {
			.hdr = { .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_DUMP },
		};

		memcpy(question.data, &req, sizeof(req));
		ask(NETLINK_SOCK_DIAG, &question, sizeof(req), &count, count_socket);
	}
	return count.n;
}

static int count_nexthop(void *arg, struct nlmsghdr *hdr)
{
	struct count *count = arg;
	struct nlattr *oif = nlmsg_find_attr(hdr, sizeof(struct nhmsg), NHA_OIF);

	count->n += oif && nla_get_u32(oif) == (uint32_t)count->ifindex;
	return 0;
}

/* Nexthop objects that no route uses: carry_read.c refuses a card with a route that uses one. */
static unsigned int nexthops(struct xnm_rtnl *rtnl, int ifindex)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETNEXTHOP, NLM_F_REQUEST | NLM_F_DUMP);
	struct nhmsg info = { .nh_family = AF_UNSPEC };
	struct count count = { .ifindex = ifindex };

	if (msg && nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) == 0)
		(void)rtnl_dump(rtnl, msg, count_nexthop, &count, sizeof(count));
	return count.n;
}

static int count_token(void *arg, struct nlmsghdr *hdr)
{
	static const uint8_t none[16];
	struct count *count = arg;
	struct nlattr *attr = nlmsg_find_attr(hdr, sizeof(struct ifinfomsg), IFLA_AF_SPEC);

	attr = attr ? nla_find(nla_data(attr), nla_len(attr), AF_INET6) : NULL;
	attr = attr ? nla_find(nla_data(attr), nla_len(attr), IFLA_INET6_TOKEN) : NULL;
	count->n = attr && nla_len(attr) == sizeof(none) &&
		   memcmp(nla_data(attr), none, sizeof(none)) != 0;
	return 0;
}

static unsigned int tokens(struct xnm_rtnl *rtnl, int ifindex)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST, AF_UNSPEC, ifindex);
	struct count count = { .ifindex = ifindex };

	if (msg)
		(void)rtnl_talk(rtnl, msg, count_token, &count);
	return count.n;
}

bool xnm_carry_bound(struct xnm_rtnl *rtnl, int ifindex, char *out, size_t out_size)
{
	const struct {
		unsigned int n;
		const char *one, *many;
	} found[] = {
		{ sockets(ifindex), "socket", "sockets" },
		{ xfrm(ifindex, XFRM_MSG_GETPOLICY), "XFRM policy", "XFRM policies" },
		{ xfrm(ifindex, XFRM_MSG_GETSA), "XFRM state", "XFRM states" },
		{ endpoints(ifindex), "MPTCP endpoint", "MPTCP endpoints" },
		{ nexthops(rtnl, ifindex), "nexthop object", "nexthop objects" },
		{ tokens(rtnl, ifindex), "IPv6 token", "IPv6 tokens" },
	};
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]) && len < out_size; i++) {
		if (found[i].n)
			len += (size_t)snprintf(out + len, out_size - len, "%s%u %s",
						len ? ", " : "", found[i].n,
						found[i].n == 1 ? found[i].one : found[i].many);
	}
	return len > 0;
}
