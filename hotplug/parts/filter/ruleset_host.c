/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_host.c - the rules on input: spoofed sources, this host's loopback addresses, and its services. */
#include "hotplug/parts/filter/ruleset_forward.h"

#include <net/if.h>
#include <netinet/in.h>

#include <linux/netfilter.h>

#include "hotplug/base/util.h"

/* route_localnet, which port forwards of this host's loopback need, must not open loopback to
 * others, in either direction. */
static void close_localnet(struct xnm_nft *nft)
{
	static const enum xnm_field ends[] = { XNM_IP_DADDR_NET8, XNM_IP_SADDR_NET8 };
	struct xnm_rule rule;

	for (size_t i = 0; i < XNM_N_ELEMENTS(ends); i++) {
		inet_begin(&rule, nft, "prerouting");
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV4);
		xnm_is_u8(&rule, ends[i], XNM_EQ, 127);
		inet_named(&rule, XNM_IIFNAME, XNM_SET_LOCALNET, false);
		inet_end_drop(&rule, "loopback");
	}
}

/*
 * Packets with guests' source addresses come from the guests' devices only. What guests themselves
 * send is checked after routing: ruleset_sources.c.
 */
void inet_prerouting(struct xnm_nft *nft)
{
	static const char lo[IFNAMSIZ] = "lo";
	struct xnm_rule rule;

	inet_begin(&rule, nft, "prerouting");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_compare(&rule, XNM_EQ, lo, sizeof(lo));
	inet_end_accept(&rule);
	close_localnet(nft);
	xnm_ruleset_mark(nft, NFPROTO_INET);
	inet_goto(nft, "prerouting", XNM_IIFNAME, XNM_SET_INSIDE, "inside");
	for (int ip6 = 0; ip6 < 2; ip6++) {
		inet_begin(&rule, nft, "prerouting");
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4, false);
		inet_end_drop(&rule, "spoofed-source");
	}
	inet_goto(nft, "prerouting", XNM_IIFNAME, XNM_SET_INET_GUARD, "locked");

	/* services on this host's loopback are not for guests */
	inet_begin(&rule, nft, "inside");
	xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV4);
	xnm_is_u8(&rule, XNM_IP_DADDR_NET8, XNM_EQ, 127);
	inet_end_drop(&rule, "loopback");
	inet_goto(nft, "inside", XNM_IIFNAME, XNM_SET_INET_GUARD, "locked");
}

static void accept_ping(struct xnm_nft *nft, bool ip6)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, "host");
	inet_named(&rule, XNM_IIFNAME, XNM_SET_PINGABLE, false);
	xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	xnm_is_u8(&rule, XNM_TH_TYPE, XNM_EQ, ip6 ? 128 : 8);
	inet_end_accept(&rule);
}

/* What IPv6 and multicast need: MLD, neighbour solicitations and advertisements. */
static void accept_neighbours(struct xnm_nft *nft)
{
	static const struct xnm_choice types[] = { { 131, NULL }, { 132, NULL }, { 133, NULL },
						   { 135, NULL }, { 136, NULL }, { 143, NULL } };
	struct xnm_rule rule;

	inet_begin(&rule, nft, "host");
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_IGMP);
	inet_end_accept(&rule);
	inet_begin(&rule, nft, "host");
	xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV6);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_ICMPV6);
	xnm_load(&rule, XNM_TH_TYPE);
	xnm_lookup_choice(&rule, XNM_NFT_ICMPV6_TYPE, types, XNM_N_ELEMENTS(types), false);
	inet_end_accept(&rule);
}

void inet_input(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	xnm_ruleset_advert(nft, NFPROTO_INET);
	inet_goto(nft, "input", XNM_IIFNAME, XNM_SET_CLOSED, "host");
	inet_goto(nft, "input", XNM_IIFNAME, XNM_SET_INSIDE, "check-host-source");
	inet_jump(nft, "host", "check-host-source");
	inet_accept_known(nft, "host");
	inet_ask_ended(nft, "host", "ended");
	/* before the access lists: a list that blocks IPv6 must not block neighbour discovery, as
	 * it does not block ARP */
	accept_neighbours(nft);
	inet_ask_acl(nft, "host", XNM_IIFNAME, XNM_SET_ACL_FROM);
	inet_ask_acl(nft, "host", XNM_IP_SADDR, XNM_SET_ACL_FROM4);
	inet_ask_acl(nft, "host", XNM_IP6_SADDR, XNM_SET_ACL_FROM6);
	inet_begin(&rule, nft, "host");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_L4PROTO_KEY);
	xnm_load(&rule, XNM_TH_DPORT);
	xnm_lookup(&rule, XNM_SET_SERVICES, false);
	inet_end_accept(&rule);
	accept_ping(nft, false);
	accept_ping(nft, true);
	inet_begin(&rule, nft, "host");
	inet_end_drop(&rule, "host");
}

/* IPv4 has a sysctl (send_redirects); ip6_forward() has none. */
void inet_keep_silent(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, "silence");
	xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV6);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_ICMPV6);
	xnm_is_u8(&rule, XNM_TH_TYPE, XNM_EQ, 137);
	inet_named(&rule, XNM_OIFNAME, XNM_SET_SILENT, false);
	xnm_drop(&rule);
	xnm_rule_end(&rule);
	inet_ask_ended(nft, "silence", "ended-to");
}
