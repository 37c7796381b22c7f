/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_guard_ip6.c - the rules on IPv6 packets of a guest: its own addresses, behind any extension headers. */
#include "hotplug/parts/filter/ruleset_guard.h"

#include <net/if_arp.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "hotplug/base/util.h"

/* Types of ICMPv6 (IANA) that <netinet/icmp6.h> does not name everywhere. */
#define MLD_QUERY	    130
#define MLD_REPORT	    131
#define MLD_DONE	    132
#define ROUTER_SOLICIT	    133
#define ROUTER_ADVERT	    134
#define NEIGHBOR_SOLICIT    135
#define NEIGHBOR_ADVERT	    136
#define REDIRECT	    137
#define ROUTER_RENUMBERING  138
#define MLD2_REPORT	    143
#define MCAST_ROUTER_ADVERT 151 /* RFC 4286 */

static void is_icmp6(struct guard *guard)
{
	guard_is_protocol(guard, ETH_P_IPV6);
	guard_is_l4(guard, IPPROTO_ICMPV6);
}

static void from_unspecified(struct guard *guard)
{
	static const uint8_t unspecified[16];

	guard_is_protocol(guard, ETH_P_IPV6);
	xnm_load(&guard->rule, XNM_IP6_SADDR);
	xnm_compare(&guard->rule, XNM_EQ, unspecified, sizeof(unspecified));
}

#define PROTO_PIM 103

static void check_ip6(struct guard *guard)
{
	static const struct xnm_choice watched[] = { { IPPROTO_UDP, "check-udp6" },
						     { IPPROTO_ICMPV6, "check-icmp6" },
						     { PROTO_PIM, "check-pim6" } };
	static const struct xnm_choice others[] = { { IPPROTO_UDP, NULL },
						    { IPPROTO_ICMPV6, NULL },
						    { PROTO_PIM, NULL } };
	/* the kernel stops walking at an authentication header (RFC 4302): after it, no ICMPv6 and
	 * no further extension header is allowed; written as a list of what may follow, because nft
	 * 1.0.6 cannot load its own listing of the opposite */
	static const struct xnm_choice behind_ah[] = {
		{ IPPROTO_IPIP, NULL }, { IPPROTO_TCP, NULL },	{ IPPROTO_UDP, NULL },
		{ IPPROTO_IPV6, NULL }, { IPPROTO_GRE, NULL },	{ IPPROTO_ESP, NULL },
		{ IPPROTO_NONE, NULL }, { IPPROTO_SCTP, NULL }, { IPPROTO_UDPLITE, NULL },
	};

	guard_check_version(guard, true);
	guard_later_fragment(guard, true);
	(void)guard_begin(guard, "check-ip6");
	guard_is_l4(guard, IPPROTO_AH);
	xnm_load(&guard->rule, XNM_TH_TYPE);
	xnm_lookup_choice(&guard->rule, XNM_NFT_PROTO, behind_ah, XNM_N_ELEMENTS(behind_ah), true);
	guard_end_drop(guard, "malformed-ipv6");
	xnm_load(guard_begin(guard, "check-ip6"), XNM_L4PROTO);
	xnm_lookup_choice(&guard->rule, XNM_NFT_PROTO, watched, XNM_N_ELEMENTS(watched), false);
	guard_end(guard);
	xnm_load(guard_begin(guard, "check-ip6"), XNM_L4PROTO);
	xnm_lookup_choice(&guard->rule, XNM_NFT_PROTO, others, XNM_N_ELEMENTS(others), true);
	guard_end_goto(guard, "check-ip6-source");
	guard_drop_rest(guard, "check-ip6", "malformed-ipv6");
}

static void check_udp6(struct guard *guard)
{
	/* the port is loaded by a rule of its own first, as there may be none */
	(void)guard_begin(guard, "check-udp6");
	guard_is_l4(guard, IPPROTO_UDP);
	xnm_is_be16(&guard->rule, XNM_TH_SPORT, XNM_NE, 0);
	xnm_load(&guard->rule, XNM_IIFNAME);
	xnm_lookup(&guard->rule, GUARD_SET(guard, DHCP_SERVERS), false);
	guard_end_goto(guard, "check-ip6-source");
	/* one port per chain: nft 1.0.6 merges two "!=" to a wrong set match */
	(void)guard_begin(guard, "check-udp6");
	guard_is_l4(guard, IPPROTO_UDP);
	xnm_is_be16(&guard->rule, XNM_TH_SPORT, XNM_NE, 547);
	guard_end_goto(guard, "check-udp6-port");
	guard_drop_port(guard, "check-udp6", XNM_TH_SPORT, 547);
	guard_drop_rest(guard, "check-udp6", "malformed-ipv6");

	(void)guard_begin(guard, "check-udp6-port");
	guard_is_l4(guard, IPPROTO_UDP);
	xnm_is_be16(&guard->rule, XNM_TH_DPORT, XNM_NE, 546);
	guard_end_goto(guard, "check-ip6-source");
	guard_drop_port(guard, "check-udp6-port", XNM_TH_DPORT, 546);
	guard_drop_rest(guard, "check-udp6-port", "malformed-ipv6");
}

static void check_icmp6(struct guard *guard)
{
	static const struct xnm_choice watched[] = {
		{ MLD_QUERY, "check-router6" },
		{ MLD_REPORT, "check-mld6" },
		{ MLD_DONE, "check-mld6" },
		{ ROUTER_SOLICIT, "check-nd6" },
		{ ROUTER_ADVERT, "check-router6" },
		{ NEIGHBOR_SOLICIT, "check-nd6" },
		{ NEIGHBOR_ADVERT, "check-nd6" },
		{ REDIRECT, "check-router6" },
		{ ROUTER_RENUMBERING, "check-router6" },
		{ MLD2_REPORT, "check-mld6" },
		{ MCAST_ROUTER_ADVERT, "check-router6" },
	};

	(void)guard_begin(guard, "check-icmp6");
	is_icmp6(guard);
	xnm_load(&guard->rule, XNM_TH_TYPE);
	xnm_lookup_choice(&guard->rule, XNM_NFT_ICMPV6_TYPE, watched, XNM_N_ELEMENTS(watched),
			  false);
	guard_end(guard);
	/* matches if there is a type at all */
	(void)guard_begin(guard, "check-icmp6");
	is_icmp6(guard);
	xnm_is_u8(&guard->rule, XNM_TH_TYPE, XNM_NE, REDIRECT);
	guard_end_goto(guard, "check-ip6-source");
	guard_drop_rest(guard, "check-icmp6", "malformed-ipv6");
}

/* PIM: a bridge sends all multicast to a port that sends it (br_multicast_pim()). */
static void check_pim6(struct guard *guard)
{
	xnm_load(guard_begin(guard, "check-pim6"), XNM_IIFNAME);
	xnm_lookup(&guard->rule, GUARD_SET(guard, ROUTERS), false);
	guard_end_goto(guard, "check-ip6-source");
	guard_drop_rest(guard, "check-pim6", "multicast-query");
}

/* Messages that only routers send. */
static void check_router6(struct guard *guard)
{
	static const struct xnm_choice queries[] = { { MLD_QUERY, NULL },
						     { MCAST_ROUTER_ADVERT, NULL } };
	static const char chain[] = "check-router6";

	xnm_load(guard_begin(guard, chain), XNM_IIFNAME);
	xnm_lookup(&guard->rule, GUARD_SET(guard, ROUTERS), false);
	guard_end_goto(guard, "check-nd6");
	(void)guard_begin(guard, chain);
	is_icmp6(guard);
	xnm_is_u8(&guard->rule, XNM_TH_TYPE, XNM_EQ, REDIRECT);
	guard_end_drop(guard, "redirect");
	(void)guard_begin(guard, chain);
	is_icmp6(guard);
	xnm_load(&guard->rule, XNM_TH_TYPE);
	xnm_lookup_choice(&guard->rule, XNM_NFT_ICMPV6_TYPE, queries, 2, false);
	guard_end_drop(guard, "multicast-query");
	guard_drop_rest(guard, chain, "router-advert");
}

/* RFC 3590, 3810: a report may be sent before there is an address */
static void check_mld6(struct guard *guard)
{
	(void)guard_begin(guard, "check-mld6");
	from_unspecified(guard);
	guard_end_accept(guard);
	(void)guard_begin(guard, "check-mld6");
	guard_end_goto(guard, "check-ip6-source");
}

static void check_nd6(struct guard *guard)
{
	static const uint8_t solicited_node[] = {
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xff
	};
	static const char chain[] = "check-nd6";
	/* the target of an advertisement, and of a duplicate address detection */
	static const struct guard_address target = {
		chain, "check-nd6-owner", "check-ip6-source", "spoofed-nd", 0, XNM_ND_TARGET, true
	};
	static const struct guard_address wanted = {
		"check-dad6", "check-dad6-owner", NULL, "spoofed-nd", 0, XNM_ND_TARGET, true
	};

	/* RFC 6980 */
	(void)guard_begin(guard, chain);
	guard_is_protocol(guard, ETH_P_IPV6);
	xnm_is_u8(&guard->rule, XNM_FRAG_EXISTS, XNM_EQ, 1);
	guard_end_drop(guard, "fragmented-nd");
	/* RFC 4862: duplicate address detection */
	(void)guard_begin(guard, chain);
	from_unspecified(guard);
	xnm_load(&guard->rule, XNM_IP6_DADDR_NET104);
	xnm_compare(&guard->rule, XNM_EQ, solicited_node, sizeof(solicited_node));
	guard_is_l4(guard, IPPROTO_ICMPV6);
	xnm_is_u8(&guard->rule, XNM_TH_TYPE, XNM_EQ, NEIGHBOR_SOLICIT);
	guard_end_goto(guard, "check-dad6");
	(void)guard_begin(guard, chain);
	from_unspecified(guard);
	guard_is_l4(guard, IPPROTO_ICMPV6);
	xnm_is_u8(&guard->rule, XNM_TH_TYPE, XNM_EQ, NEIGHBOR_SOLICIT);
	guard_end_drop(guard, "spoofed-nd");
	(void)guard_begin(guard, chain);
	from_unspecified(guard);
	guard_is_l4(guard, IPPROTO_ICMPV6);
	xnm_is_u8(&guard->rule, XNM_TH_TYPE, XNM_EQ, ROUTER_SOLICIT);
	guard_end_accept(guard);

	(void)guard_begin(guard, chain);
	is_icmp6(guard);
	xnm_is_u8(&guard->rule, XNM_TH_TYPE, XNM_NE, NEIGHBOR_ADVERT);
	guard_end_goto(guard, "check-ip6-source");
	guard_check_address(guard, &target);
	/* for another vif's address it would deny it to its owner */
	guard_check_address(guard, &wanted);
}

void guard_check_ip6(struct guard *guard)
{
	check_ip6(guard);
	check_udp6(guard);
	check_icmp6(guard);
	check_router6(guard);
	check_pim6(guard);
	check_mld6(guard);
	check_nd6(guard);
	guard_check_source(guard, true);
}
