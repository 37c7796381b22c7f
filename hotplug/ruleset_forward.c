/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_forward.c - the rules on what passes between guests, this host and the outside: closed but for what is opened. */
#include "hotplug/ruleset.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include "hotplug/kernel/nft_rule.h"
#include "hotplug/util.h"

/* NF_CT_STATE_BIT() of linux/netfilter/nf_conntrack_common.h */
#define ESTABLISHED_RELATED 0x6u
#define NEW		    0x8u

static void begin(struct xnm_rule *rule, struct xnm_nft *nft, const char *chain)
{
	xnm_rule_begin(rule, nft, NFPROTO_INET, chain);
}

static void named(struct xnm_rule *rule, enum xnm_field ifname, enum xnm_set_id set, bool negate)
{
	xnm_load(rule, ifname);
	xnm_lookup(rule, set, negate);
}

static void end_accept(struct xnm_rule *rule)
{
	xnm_accept(rule);
	xnm_rule_end(rule);
}

static void end_drop(struct xnm_rule *rule, const char *reason)
{
	xnm_goto_drop(rule, reason);
	xnm_rule_end(rule);
}

static void goto_chain(struct xnm_nft *nft, const char *chain, enum xnm_field ifname,
		       enum xnm_set_id set, const char *target)
{
	struct xnm_rule rule;

	begin(&rule, nft, chain);
	named(&rule, ifname, set, false);
	xnm_goto(&rule, target);
	xnm_rule_end(&rule);
}

static void jump(struct xnm_nft *nft, const char *chain, const char *target)
{
	struct xnm_rule rule;

	begin(&rule, nft, chain);
	xnm_jump(&rule, target);
	xnm_rule_end(&rule);
}

/* Port forwards for this host's own loopback open it (route_localnet) to nobody else, in either direction. */
static void close_localnet(struct xnm_nft *nft)
{
	static const enum xnm_field ends[] = { XNM_IP_DADDR_NET8, XNM_IP_SADDR_NET8 };
	struct xnm_rule rule;

	for (size_t i = 0; i < XNM_N_ELEMENTS(ends); i++) {
		begin(&rule, nft, "prerouting");
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV4);
		xnm_is_u8(&rule, ends[i], XNM_EQ, 127);
		named(&rule, XNM_IIFNAME, XNM_SET_LOCALNET, false);
		end_drop(&rule, "loopback");
	}
}

/*
 * The addresses of guests come from where the guests are, and from nowhere
 * else. What guests themselves may send is looked at when it is known where
 * it goes: ruleset_sources.c.
 */
static void prerouting(struct xnm_nft *nft)
{
	static const char lo[IFNAMSIZ] = "lo";
	struct xnm_rule rule;

	begin(&rule, nft, "prerouting");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_compare(&rule, XNM_EQ, lo, sizeof(lo));
	end_accept(&rule);
	close_localnet(nft);
	goto_chain(nft, "prerouting", XNM_IIFNAME, XNM_SET_INSIDE, "inside");
	for (int ip6 = 0; ip6 < 2; ip6++) {
		begin(&rule, nft, "prerouting");
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4, false);
		end_drop(&rule, "spoofed-source");
	}
	goto_chain(nft, "prerouting", XNM_IIFNAME, XNM_SET_INET_GUARD, "locked");

	/* what this host keeps on its loopback is not for guests */
	begin(&rule, nft, "inside");
	xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV4);
	xnm_is_u8(&rule, XNM_IP_DADDR_NET8, XNM_EQ, 127);
	end_drop(&rule, "loopback");
	goto_chain(nft, "inside", XNM_IIFNAME, XNM_SET_INET_GUARD, "locked");
}

static void accept_known(struct xnm_nft *nft, const char *chain)
{
	struct xnm_rule rule;

	begin(&rule, nft, chain);
	xnm_has_bits(&rule, XNM_CT_STATE, ESTABLISHED_RELATED);
	end_accept(&rule);
}

/* What goes on with a connection that was ended; a packet that begins one is asked as all others. */
static void drop_ended(struct xnm_nft *nft, const char *chain, bool to)
{
	static const uint8_t mask = TH_FIN | TH_SYN | TH_RST | TH_ACK, begins = TH_SYN;
	struct xnm_rule rule;

	xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, chain);
	begin(&rule, nft, chain);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_TCP);
	xnm_load(&rule, XNM_TCP_FLAGS);
	xnm_mask(&rule, &mask, sizeof(mask));
	xnm_compare(&rule, XNM_EQ, &begins, sizeof(begins));
	xnm_return(&rule);
	xnm_rule_end(&rule);
	for (int ip6 = 0; ip6 < 2; ip6++) {
		begin(&rule, nft, chain);
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, XNM_L4PROTO);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_load(&rule, XNM_TH_SPORT);
		xnm_load(&rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
		xnm_load(&rule, XNM_TH_DPORT);
		xnm_lookup(&rule, ip6 ? XNM_SET_ENDED6 : XNM_SET_ENDED4, false);
		if (to)
			xnm_goto_drop_to(&rule, "ended");
		else
			xnm_goto_drop(&rule, "ended");
		xnm_rule_end(&rule);
	}
}

static void ask_ended(struct xnm_nft *nft, const char *chain, const char *ended)
{
	struct xnm_rule rule;

	begin(&rule, nft, chain);
	xnm_has_bits(&rule, XNM_CT_STATE, NEW);
	xnm_jump(&rule, ended);
	xnm_rule_end(&rule);
}

static void ask_acl(struct xnm_nft *nft, const char *chain, enum xnm_field field,
		    enum xnm_set_id map)
{
	struct xnm_rule rule;

	begin(&rule, nft, chain);
	if (map == XNM_SET_ACL_FROM4 || map == XNM_SET_ACL_TO4)
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV4);
	else if (map == XNM_SET_ACL_FROM6 || map == XNM_SET_ACL_TO6)
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV6);
	xnm_load(&rule, field);
	xnm_lookup_verdict(&rule, map);
	xnm_rule_end(&rule);
}

static void drop_isolated(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		enum xnm_set_id set = ip6 ? XNM_SET_ISOLATED6 : XNM_SET_ISOLATED4;

		begin(&rule, nft, "guests");
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, XNM_IIFNAME);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, set, false);
		xnm_load(&rule, XNM_OIFNAME);
		xnm_load(&rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
		xnm_lookup(&rule, set, false);
		end_drop(&rule, "isolated");
	}
}

/* Towards another guest it is no loop: br_netfilter shows what bridges pass on, too. */
static void drop_loops(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		begin(&rule, nft, "guests");
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, XNM_OIFNAME);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_LOOPS6 : XNM_SET_LOOPS4, false);
		xnm_load(&rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4, true);
		end_drop(&rule, "loop");
	}
}

/* To the outside behind a guest, and not to the guests that the same bridge leads to. */
static void accept_detours(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		begin(&rule, nft, "guests");
		xnm_load(&rule, XNM_IIFNAME);
		xnm_load(&rule, XNM_OIFNAME);
		xnm_lookup(&rule, XNM_SET_DETOURS, false);
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4, true);
		end_accept(&rule);
	}
}

static void accept_between(struct xnm_nft *nft, enum xnm_set_id from, enum xnm_set_id to)
{
	struct xnm_rule rule;

	begin(&rule, nft, "guests");
	named(&rule, XNM_IIFNAME, from, from == XNM_SET_INSIDE);
	named(&rule, XNM_OIFNAME, to, to == XNM_SET_INSIDE);
	end_accept(&rule);
}

/* What leaves a bridge again by itself, or only passes it, is looked at where a guest may be the way out. */
static void from_guests(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	begin(&rule, nft, "from-guests");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_WITHIN, false);
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_DETOURS, true);
	xnm_goto(&rule, "guests");
	xnm_rule_end(&rule);
	jump(nft, "from-guests", "check-source");
	begin(&rule, nft, "from-guests");
	xnm_goto(&rule, "guests");
	xnm_rule_end(&rule);
}

/* Routing of multicast is a setting of its own, which is nobody's business here. */
static void is_unicast(struct xnm_rule *rule, bool ip6)
{
	static const uint8_t mask[] = { 0xf0, 0, 0, 0 }, multicast4[] = { 0xe0, 0, 0, 0 };
	static const uint8_t multicast6 = 0xff;

	if (ip6) {
		xnm_load_bytes(rule, XNM_IP6_DADDR, sizeof(multicast6));
		xnm_compare(rule, XNM_NE, &multicast6, sizeof(multicast6));
		return;
	}
	xnm_load(rule, XNM_IP_DADDR);
	xnm_mask(rule, mask, sizeof(mask));
	xnm_compare(rule, XNM_NE, multicast4, sizeof(multicast4));
}

/*
 * What has to do with guests has gone elsewhere before. Between the host's own
 * interfaces nothing is passed on that was not before the forwarding of guests.
 */
static void keep_apart(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		enum xnm_set_id apart = ip6 ? XNM_SET_APART6 : XNM_SET_APART4;
		enum xnm_set_id open = ip6 ? XNM_SET_OPEN6 : XNM_SET_OPEN4;

		begin(&rule, nft, "forward");
		named(&rule, XNM_IIFNAME, apart, false);
		named(&rule, XNM_IIFNAME, open, true);
		named(&rule, XNM_OIFNAME, apart, false);
		named(&rule, XNM_OIFNAME, open, true);
		xnm_load(&rule, XNM_IIFNAME);
		xnm_load(&rule, XNM_OIFNAME);
		xnm_lookup(&rule, ip6 ? XNM_SET_APART_BRIDGES6 : XNM_SET_APART_BRIDGES4, true);
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		is_unicast(&rule, ip6);
		end_drop(&rule, "host-forward");
	}
}

static void forward(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	goto_chain(nft, "forward", XNM_IIFNAME, XNM_SET_INSIDE, "from-guests");
	goto_chain(nft, "forward", XNM_OIFNAME, XNM_SET_INSIDE, "guests");
	keep_apart(nft);
	from_guests(nft);
	/* before what is known: a connection may have begun when another uplink was in use */
	drop_loops(nft);
	xnm_nft_needs(nft, "CONFIG_NFT_CT");
	accept_known(nft, "guests");
	ask_ended(nft, "guests", "ended");
	ask_acl(nft, "guests", XNM_IIFNAME, XNM_SET_ACL_FROM);
	ask_acl(nft, "guests", XNM_OIFNAME, XNM_SET_ACL_TO);
	ask_acl(nft, "guests", XNM_IP_SADDR, XNM_SET_ACL_FROM4);
	ask_acl(nft, "guests", XNM_IP_DADDR, XNM_SET_ACL_TO4);
	ask_acl(nft, "guests", XNM_IP6_SADDR, XNM_SET_ACL_FROM6);
	ask_acl(nft, "guests", XNM_IP6_DADDR, XNM_SET_ACL_TO6);
	begin(&rule, nft, "guests");
	xnm_has_bits(&rule, XNM_CT_STATUS, IPS_DST_NAT);
	named(&rule, XNM_OIFNAME, XNM_SET_INSIDE, false);
	end_accept(&rule);
	drop_isolated(nft);
	begin(&rule, nft, "guests");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_PATHS, false);
	end_accept(&rule);
	accept_detours(nft);
	accept_between(nft, XNM_SET_EXITS, XNM_SET_INSIDE);
	accept_between(nft, XNM_SET_INSIDE, XNM_SET_ENTRIES);
	accept_between(nft, XNM_SET_ROUTED, XNM_SET_ROUTED);
	begin(&rule, nft, "guests");
	named(&rule, XNM_IIFNAME, XNM_SET_INSIDE, false);
	end_drop(&rule, "forward");
	begin(&rule, nft, "guests");
	xnm_goto_drop_to(&rule, "forward");
	xnm_rule_end(&rule);
}

static void accept_ping(struct xnm_nft *nft, bool ip6)
{
	struct xnm_rule rule;

	begin(&rule, nft, "host");
	named(&rule, XNM_IIFNAME, XNM_SET_PINGABLE, false);
	xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	xnm_is_u8(&rule, XNM_TH_TYPE, XNM_EQ, ip6 ? 128 : 8);
	end_accept(&rule);
}

/* What IPv6 and multicast cannot do without: MLD, solicitations and advertisements. */
static void accept_neighbours(struct xnm_nft *nft)
{
	static const struct xnm_choice types[] = { { 131, NULL }, { 132, NULL }, { 133, NULL },
						   { 135, NULL }, { 136, NULL }, { 143, NULL } };
	struct xnm_rule rule;

	begin(&rule, nft, "host");
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_IGMP);
	end_accept(&rule);
	begin(&rule, nft, "host");
	xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV6);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_ICMPV6);
	xnm_load(&rule, XNM_TH_TYPE);
	xnm_lookup_choice(&rule, XNM_NFT_ICMPV6_TYPE, types, XNM_N_ELEMENTS(types), false);
	end_accept(&rule);
}

static void input(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	goto_chain(nft, "input", XNM_IIFNAME, XNM_SET_CLOSED, "host");
	goto_chain(nft, "input", XNM_IIFNAME, XNM_SET_INSIDE, "check-host-source");
	jump(nft, "host", "check-host-source");
	accept_known(nft, "host");
	ask_ended(nft, "host", "ended");
	/* before the access lists: what closes IPv6 leaves its neighbours alone, as it does ARP */
	accept_neighbours(nft);
	ask_acl(nft, "host", XNM_IIFNAME, XNM_SET_ACL_FROM);
	ask_acl(nft, "host", XNM_IP_SADDR, XNM_SET_ACL_FROM4);
	ask_acl(nft, "host", XNM_IP6_SADDR, XNM_SET_ACL_FROM6);
	begin(&rule, nft, "host");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_L4PROTO_KEY);
	xnm_load(&rule, XNM_TH_DPORT);
	xnm_lookup(&rule, XNM_SET_SERVICES, false);
	end_accept(&rule);
	accept_ping(nft, false);
	accept_ping(nft, true);
	begin(&rule, nft, "host");
	end_drop(&rule, "host");
}

/* For IPv4 there is a setting of the kernel (send_redirects); ip6_forward() asks nobody. */
static void keep_silent(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	begin(&rule, nft, "silence");
	xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV6);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_ICMPV6);
	xnm_is_u8(&rule, XNM_TH_TYPE, XNM_EQ, 137);
	named(&rule, XNM_OIFNAME, XNM_SET_SILENT, false);
	xnm_drop(&rule);
	xnm_rule_end(&rule);
	ask_ended(nft, "silence", "ended-to");
}

void xnm_ruleset_forward(struct xnm_nft *nft)
{
	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "prerouting", "filter",
			       NF_INET_PRE_ROUTING, -300);
	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "forward", "filter",
			       NF_INET_FORWARD, 0);
	xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "inside");
	xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "from-guests");
	xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "guests");
	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "input", "filter",
			       NF_INET_LOCAL_IN, 0);
	xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "host");
	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "silence", "filter",
			       NF_INET_LOCAL_OUT, 0);
	xnm_nft_needs(nft, "CONFIG_NFT_CT");
	drop_ended(nft, "ended", false);
	drop_ended(nft, "ended-to", true);
	prerouting(nft);
	forward(nft);
	input(nft);
	keep_silent(nft);
	xnm_nft_needs(nft, NULL);
}
