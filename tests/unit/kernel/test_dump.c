/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_dump.c - lists of the kernel that change while they are read, end early, or are cut off: none is taken for whole. */
#include "hotplug/kernel/rtnl.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addrlabel.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/nft_foreign.h"

/*
 * The kernel of this test: what is sent to it is looked at for its number and
 * family, and what is received is what the case wants.
 */

#define IFINDEX	   7
#define OTHER	   8
#define MAX_PARTS  8
#define MAX_BYTES  (80 * 1024)
#define BE(number) htonl(number)

enum fault {
	WHOLE,
	CHANGED_AT_THE_END, /* the first time: nothing, and the last part says that it has changed */
	CHANGED_BEFORE, /* the first time: one entry, which says so, and the last part does not */
	ALWAYS_CHANGED,
	LOST, /* the first time: answers got lost */
	FAILED_AT_THE_END, /* the last part has an errno */
	REFUSED,
	ONLY_ACKNOWLEDGED,
	TOO_LONG, /* for the buffer of whoever reads */
	TORN, /* the last message says that it is longer than what came */
	NO_END,
	SINGLE, /* no part of a list, and no end */
	N_FAULTS,
};

static const char *const fault_names[N_FAULTS] = {
	"whole",	  "changed at the end",
	"changed before", "always changed",
	"lost",		  "failed at the end",
	"refused",	  "only acknowledged",
	"too long",	  "torn",
	"no end",	  "single",
};

static bool heals(enum fault fault)
{
	return fault == CHANGED_AT_THE_END || fault == CHANGED_BEFORE || fault == LOST;
}

struct part {
	int error; /* of recv() */
	size_t len;
	char *data;
};

static struct kernel {
	enum fault fault;
	void (*put)(int family, unsigned int i); /* one entry of the list */
	unsigned int n_requests, n_parts, next;
	uint32_t seq;
	int asked_for;
	bool is_silent; /* to what is not about a list */
	struct part parts[MAX_PARTS];
	size_t len;
	char data[MAX_BYTES] __attribute__((aligned(8)));
	struct nlmsghdr *hdr; /* of the message that put builds */
} kernel;

static void new_part(int error)
{
	struct part *part = &kernel.parts[kernel.n_parts++];

	assert_true(kernel.n_parts <= MAX_PARTS);
	*part = (struct part){ .error = error, .data = kernel.data + kernel.len };
}

static void put_message(int type, int flags)
{
	kernel.hdr = mnl_nlmsg_put_header(kernel.data + kernel.len);
	kernel.hdr->nlmsg_type = (uint16_t)type;
	kernel.hdr->nlmsg_flags = (uint16_t)flags;
	kernel.hdr->nlmsg_seq = kernel.seq;
}

static void end_message(void)
{
	size_t len = MNL_ALIGN(kernel.hdr->nlmsg_len);

	kernel.len += len;
	kernel.parts[kernel.n_parts - 1].len += len;
}

static void put_entry(int family, unsigned int i, int flags)
{
	put_message(0, NLM_F_MULTI | flags);
	kernel.put(family, i);
	if (flags & NLM_F_ROOT) /* as no list has it: a single answer */
		kernel.hdr->nlmsg_flags = 0;
	end_message();
}

static void put_done(int error, int flags)
{
	put_message(NLMSG_DONE, NLM_F_MULTI | flags);
	*(int *)mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(int)) = error;
	end_message();
}

static void put_error(int error)
{
	put_message(NLMSG_ERROR, 0);
	((struct nlmsgerr *)mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(struct nlmsgerr)))
		->error = error;
	end_message();
}

static void put_whole(int family)
{
	new_part(0);
	put_entry(family, 0, 0);
	put_entry(family, 1, 0);
	new_part(0);
	put_done(0, 0);
}

static void answer(int family)
{
	enum fault fault = kernel.fault;

	if (heals(fault) && kernel.n_requests > 1)
		fault = WHOLE;
	new_part(0);
	switch (fault) {
	case CHANGED_AT_THE_END:
	case ALWAYS_CHANGED:
		put_done(0, NLM_F_DUMP_INTR);
		return;
	case CHANGED_BEFORE:
		put_entry(family, 0, NLM_F_DUMP_INTR);
		put_done(0, 0);
		return;
	case LOST:
		kernel.parts[0].error = ENOBUFS;
		new_part(0);
		put_done(0, 0);
		return;
	case FAILED_AT_THE_END:
		put_entry(family, 0, 0);
		put_done(-EIO, 0);
		return;
	case REFUSED:
		put_error(-EIO);
		return;
	case ONLY_ACKNOWLEDGED:
		put_error(0);
		return;
	case TOO_LONG:
		put_entry(family, 0, 0);
		/* the rest of it is of no message */
		kernel.parts[0].len = kernel.len = 70 * 1024;
		new_part(0);
		put_done(0, 0);
		return;
	case TORN:
		put_entry(family, 0, 0);
		put_entry(family, 1, 0);
		kernel.hdr->nlmsg_len += 64;
		new_part(0);
		put_done(0, 0);
		return;
	case NO_END:
		put_entry(family, 0, 0);
		return;
	case SINGLE:
		put_entry(family, 0, NLM_F_ROOT);
		return;
	default:
		kernel.n_parts = 0;
		put_whole(family);
	}
}

static void hear(const void *data)
{
	const struct nlmsghdr *hdr = data;
	const struct rtgenmsg *gen = mnl_nlmsg_get_payload(hdr);

	kernel.n_parts = kernel.next = 0;
	kernel.len = 0;
	kernel.seq = hdr->nlmsg_seq;
	kernel.asked_for = hdr->nlmsg_type;
	if (!(hdr->nlmsg_flags & NLM_F_DUMP) && kernel.is_silent)
		return;
	if (!(hdr->nlmsg_flags & NLM_F_DUMP)) {
		/* "is there such a table, such an element?" */
		new_part(0);
		put_message(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, 0);
		(void)mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(struct nfgenmsg));
		end_message();
		return;
	}
	kernel.n_requests++;
	answer(gen->rtgen_family);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	(void)fd;
	(void)flags;
	hear(msg->msg_iov[0].iov_base);
	return (ssize_t)msg->msg_iov[0].iov_len;
}

ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to,
	       socklen_t to_len)
{
	(void)fd;
	(void)flags;
	(void)to;
	(void)to_len;
	hear(data);
	return (ssize_t)len;
}

static ssize_t take(void *buf, size_t size, int flags, bool *cut)
{
	struct part *part = &kernel.parts[kernel.next];

	*cut = false;
	if (kernel.next >= kernel.n_parts) {
		/* as a socket with a limit answers */
		errno = EAGAIN;
		return -1;
	}
	kernel.next++;
	if (part->error) {
		errno = part->error;
		return -1;
	}
	*cut = part->len > size;
	memcpy(buf, part->data, *cut ? size : part->len);
	return (ssize_t)(*cut && !(flags & MSG_TRUNC) ? size : part->len);
}

ssize_t recv(int fd, void *buf, size_t size, int flags)
{
	bool cut;

	(void)fd;
	return take(buf, size, flags, &cut);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	bool cut;
	ssize_t len = take(msg->msg_iov[0].iov_base, msg->msg_iov[0].iov_len, flags, &cut);

	(void)fd;
	msg->msg_flags = cut ? MSG_TRUNC : 0;
	if (msg->msg_name)
		memset(msg->msg_name, 0, sizeof(struct sockaddr_nl));
	if (msg->msg_name)
		((struct sockaddr_nl *)msg->msg_name)->nl_family = AF_NETLINK;
	return len;
}

/* ------------------------------------------------------------ the lists */

static void put_port(int family, unsigned int i)
{
	struct nlattr *info;

	(void)family;
	kernel.hdr->nlmsg_type = RTM_NEWLINK;
	((struct ifinfomsg *)mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(struct ifinfomsg)))
		->ifi_index = OTHER + (int)i;
	mnl_attr_put_strz(kernel.hdr, IFLA_IFNAME, i ? "eth1" : "eth0");
	mnl_attr_put_u32(kernel.hdr, IFLA_MASTER, IFINDEX);
	info = mnl_attr_nest_start(kernel.hdr, IFLA_LINKINFO);
	mnl_attr_put_strz(kernel.hdr, IFLA_INFO_KIND, "bridge");
	mnl_attr_nest_end(kernel.hdr, info);
}

static void put_address(int family, unsigned int i)
{
	struct ifaddrmsg *info;

	kernel.hdr->nlmsg_type = RTM_NEWADDR;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	info->ifa_family = (uint8_t)(family ? family : AF_INET);
	info->ifa_prefixlen = 24;
	info->ifa_index = IFINDEX;
	mnl_attr_put_u32(kernel.hdr, IFA_LOCAL, BE(0xc0000201u + i));
}

static void put_route(int family, unsigned int i)
{
	uint8_t dst[16] = { 0x20, 0x01, 0, 0, (uint8_t)i };
	struct rtmsg *info;

	kernel.hdr->nlmsg_type = RTM_NEWROUTE;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	*info = (struct rtmsg){ .rtm_family = (uint8_t)family,
				.rtm_dst_len = 32,
				.rtm_table = RT_TABLE_MAIN,
				.rtm_protocol = XNM_RTPROT,
				.rtm_type = RTN_UNICAST };
	mnl_attr_put(kernel.hdr, RTA_DST, family == AF_INET ? 4 : 16, dst + (family == AF_INET));
	mnl_attr_put_u32(kernel.hdr, RTA_OIF, IFINDEX);
}

static void put_default(int family, unsigned int i)
{
	uint8_t gateway[16] = { 192, 0, 2, (uint8_t)i };
	struct rtmsg *info;

	kernel.hdr->nlmsg_type = RTM_NEWROUTE;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	*info = (struct rtmsg){ .rtm_family = (uint8_t)family,
				.rtm_table = RT_TABLE_MAIN,
				.rtm_protocol = XNM_RTPROT,
				.rtm_type = RTN_UNICAST };
	mnl_attr_put(kernel.hdr, RTA_GATEWAY, family == AF_INET ? 4 : 16, gateway);
	mnl_attr_put_u32(kernel.hdr, RTA_OIF, IFINDEX);
	mnl_attr_put_u32(kernel.hdr, RTA_PRIORITY, 5);
}

static void put_neigh(int family, unsigned int i)
{
	static const uint8_t mac[6] = { 2 };
	struct ndmsg *info;

	(void)family;
	kernel.hdr->nlmsg_type = RTM_NEWNEIGH;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	*info = (struct ndmsg){ .ndm_family = AF_INET,
				.ndm_ifindex = IFINDEX,
				.ndm_state = NUD_PERMANENT };
	mnl_attr_put_u32(kernel.hdr, NDA_DST, BE(0xc0000201u + i));
	mnl_attr_put(kernel.hdr, NDA_LLADDR, sizeof(mac), mac);
}

static void put_proxy(int family, unsigned int i)
{
	struct ndmsg *info;

	put_neigh(family, i);
	info = mnl_nlmsg_get_payload(kernel.hdr);
	info->ndm_flags = NTF_PROXY;
}

static void put_vlan(int family, unsigned int i)
{
	struct bridge_vlan_info vlan = { .vid = (uint16_t)(10 + i) };
	struct br_vlan_msg *info;
	struct nlattr *entry;

	(void)family;
	kernel.hdr->nlmsg_type = RTM_NEWVLAN;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	info->family = AF_BRIDGE;
	info->ifindex = IFINDEX;
	entry = mnl_attr_nest_start(kernel.hdr, BRIDGE_VLANDB_ENTRY);
	mnl_attr_put(kernel.hdr, BRIDGE_VLANDB_ENTRY_INFO, sizeof(vlan), &vlan);
	mnl_attr_nest_end(kernel.hdr, entry);
}

static void put_fib_rule(int family, unsigned int i)
{
	struct fib_rule_hdr *info;

	kernel.hdr->nlmsg_type = RTM_NEWRULE;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	info->family = (uint8_t)family;
	mnl_attr_put_strz(kernel.hdr, i ? FRA_OIFNAME : FRA_IIFNAME, "br0");
}

static void put_label(unsigned int i)
{
	struct ifaddrlblmsg *info;

	kernel.hdr->nlmsg_type = RTM_NEWADDRLABEL;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	info->ifal_family = AF_INET6;
	info->ifal_index = IFINDEX;
	mnl_attr_put_u32(kernel.hdr, IFAL_LABEL, i);
}

/* all of these are asked for, one after the other */
static void put_carried(int family, unsigned int i)
{
	if (kernel.asked_for == RTM_GETADDR)
		put_address(family, i);
	else if (kernel.asked_for == RTM_GETNEIGH)
		put_neigh(family, i);
	else if (kernel.asked_for == RTM_GETRULE)
		put_fib_rule(family, i);
	else if (kernel.asked_for == RTM_GETADDRLABEL)
		put_label(i);
	else
		put_route(family, i);
	/* ours do not move */
	if (kernel.asked_for == RTM_GETROUTE)
		((struct rtmsg *)mnl_nlmsg_get_payload(kernel.hdr))->rtm_protocol = RTPROT_STATIC;
}

static void put_netfilter(int type, uint8_t family)
{
	struct nfgenmsg *info;

	kernel.hdr->nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	info->nfgen_family = family;
}

static void put_element(int family, unsigned int i)
{
	struct nlattr *list, *element, *key;
	char name[IFNAMSIZ] = "vif1.0";

	put_netfilter(NFT_MSG_NEWSETELEM, (uint8_t)family);
	name[5] = (char)('0' + i);
	list = mnl_attr_nest_start(kernel.hdr, NFTA_SET_ELEM_LIST_ELEMENTS);
	element = mnl_attr_nest_start(kernel.hdr, NFTA_LIST_ELEM);
	key = mnl_attr_nest_start(kernel.hdr, NFTA_SET_ELEM_KEY);
	mnl_attr_put(kernel.hdr, NFTA_DATA_VALUE, sizeof(name), name);
	mnl_attr_nest_end(kernel.hdr, key);
	mnl_attr_nest_end(kernel.hdr, element);
	mnl_attr_nest_end(kernel.hdr, list);
}

static void put_rule(int family, unsigned int i)
{
	put_netfilter(NFT_MSG_NEWRULE, (uint8_t)family);
	mnl_attr_put_u64(kernel.hdr, NFTA_RULE_HANDLE, 1 + i);
}

/* ----------------------------------------------- who reads them: *n of max */

static struct xnm_rtnl *rtnl;
static struct xnm_nft *nft;

static int ports(unsigned int max, unsigned int *n)
{
	static const char except[1][IFNAMSIZ] = { "eth0" };
	int rc = xnm_bridge_has_ports(rtnl, IFINDEX, except, 1);

	(void)max;
	/* the one that is another's comes last */
	*n = rc > 0 ? 2 : 0;
	return rc > 0 ? 0 : rc;
}

static void count_name(void *arg, const char *name)
{
	(void)name;
	++*(unsigned int *)arg;
}

static int bridges(unsigned int max, unsigned int *n)
{
	(void)max;
	return xnm_bridge_each(rtnl, count_name, n);
}

static int addresses(unsigned int max, unsigned int *n)
{
	struct xnm_cidr list[8];

	return xnm_addr_list(rtnl, IFINDEX, AF_UNSPEC, list, max, n);
}

static int routes(unsigned int max, unsigned int *n)
{
	struct xnm_route list[8];

	return xnm_route_list(rtnl, IFINDEX, list, max, n);
}

static int defaults(unsigned int max, unsigned int *n)
{
	struct xnm_default list[8];

	return xnm_default_list(rtnl, IFINDEX, list, max, n);
}

static int gateways(unsigned int max, unsigned int *n)
{
	struct xnm_cidr list[8];

	return xnm_gateway_list(rtnl, IFINDEX, 5, list, max, n);
}

static int neighbours(unsigned int max, unsigned int *n)
{
	struct xnm_cidr list[8];
	struct xnm_mac macs[8];

	return xnm_neigh_list_permanent(rtnl, IFINDEX, list, macs, max, n);
}

static int proxies(unsigned int max, unsigned int *n)
{
	struct xnm_cidr list[8];

	return xnm_neigh_proxy_list(rtnl, IFINDEX, list, max, n);
}

static int vlans(unsigned int max, unsigned int *n)
{
	struct xnm_vlans list;
	int rc = xnm_port_get_vlans(rtnl, IFINDEX, &list);

	(void)max;
	for (unsigned int vid = XNM_VLAN_MIN; vid <= XNM_VLAN_MAX; vid++)
		*n += xnm_vlan_test(list.member, vid);
	return rc;
}

static int carried(unsigned int max, unsigned int *n)
{
	static struct xnm_carry carry;
	int rc = xnm_carry_read(rtnl, "br0", IFINDEX, &carry);

	(void)max;
	*n = carry.n_addresses + carry.n_routes + carry.n_neighbours + carry.n_others;
	return rc;
}

static int device_elements(unsigned int max, unsigned int *n)
{
	static struct xnm_elements list;
	int rc;

	(void)max;
	list.n = 0;
	rc = xnm_nft_read_device(nft, "vif1.1", &list);
	*n = list.n;
	return rc;
}

static int rules(unsigned int max, unsigned int *n)
{
	struct xnm_nft_table table;
	int rc = xnm_nft_read_table(nft, NFPROTO_INET, XNM_NFT_TABLE, true, &table);

	(void)max;
	*n = table.n_rules;
	return rc;
}

static void note_element(void *arg, const uint8_t *key, uint64_t packets, uint64_t bytes)
{
	(void)key;
	(void)packets;
	(void)bytes;
	++*(unsigned int *)arg;
}

/* this one's caller begins again by himself */
static int elements(unsigned int max, unsigned int *n)
{
	int rc;

	(void)max;
	do {
		*n = 0;
		rc = xnm_nft_each_element(nft, &xnm_sets[XNM_SET_BRIDGE_GUARD], note_element, n);
	} while (rc == -EAGAIN && kernel.n_requests < 100);
	return rc;
}

static const struct list {
	const char *name;
	int (*read)(unsigned int max, unsigned int *n);
	void (*put)(int family, unsigned int i);
	unsigned int n; /* in the whole list; 0: as many as there are sets */
	bool has_room; /* max counts */
} lists[] = {
	{ "ports", ports, put_port, 2, false },
	{ "bridges", bridges, put_port, 2, false },
	{ "addresses", addresses, put_address, 2, true },
	{ "routes", routes, put_route, 4, true },
	{ "default routes", defaults, put_default, 4, true },
	{ "gateways", gateways, put_default, 4, true },
	{ "neighbours", neighbours, put_neigh, 2, true },
	{ "proxies", proxies, put_proxy, 2, true },
	{ "VLANs", vlans, put_vlan, 2, false },
	{ "what moves", carried, put_carried, 14, false },
	{ "elements of a device", device_elements, put_element, 0, false },
	{ "elements", elements, put_element, 2, false },
	{ "rules", rules, put_rule, 2, false },
};

static int read_list(const struct list *list, enum fault fault, unsigned int max, unsigned int *n)
{
	*n = 0;
	kernel.fault = fault;
	kernel.put = list->put;
	kernel.n_requests = 0;
	return list->read(max, n);
}

static void test_faults(void **state)
{
	unsigned int wrong = 0;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(lists); i++) {
		unsigned int whole = lists[i].n, n;

		if (whole == 0)
			assert_int_equal(read_list(&lists[i], WHOLE, 8, &whole), 0);
		for (enum fault fault = WHOLE; fault < N_FAULTS; fault++) {
			int rc = read_list(&lists[i], fault, 8, &n);
			bool good = fault == WHOLE || heals(fault) ? rc == 0 && n == whole : rc < 0;

			/* lists of nftables are not sent a second time after a loss */
			good |= fault == LOST && rc == -ENOBUFS;
			if (good && (fault != ALWAYS_CHANGED || kernel.n_requests <= 100))
				continue;
			print_error("%s, %s: returns %d with %u of %u, after %u requests\n",
				    lists[i].name, fault_names[fault], rc, n, whole,
				    kernel.n_requests);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Beside the errnos by which the callers know that there is nothing. */
static void test_errno(void **state)
{
	static const int nothing[] = { -ENODEV, -ENOENT, -ESRCH, -EOPNOTSUPP, -E2BIG };
	unsigned int n;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(lists); i++) {
		for (enum fault fault = LOST; fault < N_FAULTS; fault++) {
			int rc = read_list(&lists[i], fault, 8, &n);

			for (size_t k = 0; k < XNM_N_ELEMENTS(nothing); k++)
				assert_int_not_equal(rc, nothing[k]);
		}
	}
}

static void test_room(void **state)
{
	unsigned int n;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(lists); i++) {
		if (!lists[i].has_room)
			continue;
		if (read_list(&lists[i], WHOLE, 1, &n) != -E2BIG || n != 1)
			fail_msg("%s: what is beyond the room goes unsaid", lists[i].name);
	}
}

/* The kernel's own reason, or one that a person understands. */
static void test_reason(void **state)
{
	unsigned int n;

	(void)state;
	for (enum fault fault = ALWAYS_CHANGED; fault < N_FAULTS; fault++) {
		if (heals(fault))
			continue;
		assert_true(read_list(&lists[0], fault, 8, &n) < 0);
		assert_string_not_equal(xnm_rtnl_reason(rtnl), "");
	}
	(void)read_list(&lists[0], ALWAYS_CHANGED, 8, &n);
	assert_string_equal(xnm_rtnl_reason(rtnl), "it changed each time that it was read");
}

/* What the kernel never answers: an element is not there only if it says so. */
static void test_find(void **state)
{
	static struct xnm_elements list;
	bool present[1] = { false };

	(void)state;
	list.n = 0;
	xnm_key_ifname(xnm_elements_add(&list, XNM_SET_BRIDGE_GUARD), 0, "vif1.0");
	assert_int_equal(xnm_nft_find_elements(nft, list.list, 1, present), 0);
	assert_true(present[0]);
	kernel.is_silent = true;
	assert_int_not_equal(xnm_nft_find_elements(nft, list.list, 1, present), 0);
	kernel.is_silent = false;
}

static int open_all(void **state)
{
	(void)state;
	return xnm_rtnl_open(&rtnl) || xnm_nft_open(&nft);
}

static int close_all(void **state)
{
	(void)state;
	xnm_rtnl_close(rtnl);
	xnm_nft_close(nft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults), cmocka_unit_test(test_errno),
		cmocka_unit_test(test_room),   cmocka_unit_test(test_reason),
		cmocka_unit_test(test_find),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
