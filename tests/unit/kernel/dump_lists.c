/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump_lists.c - entries of the lists of test_dump: ports, addresses, routes, rules and what else there is. */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addrlabel.h>
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/neighbour.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "tests/unit/kernel/dump.h"

#define BE(number) htonl(number)

void put_port(int family, unsigned int i)
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

void put_address(int family, unsigned int i)
{
	struct ifaddrmsg *info;

	kernel.hdr->nlmsg_type = RTM_NEWADDR;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	info->ifa_family = (uint8_t)(family ? family : AF_INET);
	info->ifa_prefixlen = 24;
	info->ifa_index = IFINDEX;
	mnl_attr_put_u32(kernel.hdr, IFA_LOCAL, BE(0xc0000201u + i));
}

void put_route(int family, unsigned int i)
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

void put_default(int family, unsigned int i)
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

void put_neigh(int family, unsigned int i)
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

void put_proxy(int family, unsigned int i)
{
	struct ndmsg *info;

	put_neigh(family, i);
	info = mnl_nlmsg_get_payload(kernel.hdr);
	info->ndm_flags = NTF_PROXY;
}

void put_vlan(int family, unsigned int i)
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
void put_carried(int family, unsigned int i)
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

void put_element(int family, unsigned int i)
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

void put_rule(int family, unsigned int i)
{
	put_netfilter(NFT_MSG_NEWRULE, (uint8_t)family);
	mnl_attr_put_u64(kernel.hdr, NFTA_RULE_HANDLE, 1 + i);
}

static struct tcmsg *put_tc(int type, uint32_t handle, const char *kind)
{
	struct tcmsg *info;

	kernel.hdr->nlmsg_type = (uint16_t)type;
	info = mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(*info));
	info->tcm_ifindex = IFINDEX;
	info->tcm_parent = TC_H_ROOT;
	info->tcm_handle = handle;
	mnl_attr_put_strz(kernel.hdr, TCA_KIND, kind);
	return info;
}

void put_qdisc(int family, unsigned int i)
{
	(void)family;
	put_tc(RTM_NEWQDISC, (i + 1) << 16, "tbf");
}

void put_class(int family, unsigned int i)
{
	(void)family;
	put_tc(RTM_NEWTCLASS, 1 << 16 | (i + 1), "htb");
}

void put_filter(int family, unsigned int i)
{
	struct nlattr *options;

	(void)family;
	put_tc(RTM_NEWTFILTER, i + 1, "fw")->tcm_info = 1u << 16 | htons(ETH_P_ALL);
	options = mnl_attr_nest_start(kernel.hdr, TCA_OPTIONS);
	mnl_attr_put_u32(kernel.hdr, TCA_FW_CLASSID, 1 << 16 | 1);
	mnl_attr_nest_end(kernel.hdr, options);
}
