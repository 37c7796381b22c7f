/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_forward.c - the rules on what is forwarded between guests, this host and the outside: all else is dropped. */
#include "hotplug/parts/filter/ruleset_forward.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

void inet_begin(struct xnm_rule *rule, struct xnm_nft *nft, const char *chain)
{
	xnm_rule_begin(rule, nft, NFPROTO_INET, chain);
}

void inet_named(struct xnm_rule *rule, enum xnm_field ifname, enum xnm_set_id set, bool negate)
{
	xnm_load(rule, ifname);
	xnm_lookup(rule, set, negate);
}

void inet_end_accept(struct xnm_rule *rule)
{
	xnm_accept(rule);
	xnm_rule_end(rule);
}

void inet_end_drop(struct xnm_rule *rule, const char *reason)
{
	xnm_goto_drop(rule, reason);
	xnm_rule_end(rule);
}

void inet_goto(struct xnm_nft *nft, const char *chain, enum xnm_field ifname, enum xnm_set_id set,
	       const char *target)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, chain);
	inet_named(&rule, ifname, set, false);
	xnm_goto(&rule, target);
	xnm_rule_end(&rule);
}

void inet_jump(struct xnm_nft *nft, const char *chain, const char *target)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, chain);
	xnm_jump(&rule, target);
	xnm_rule_end(&rule);
}

void inet_ask_acl(struct xnm_nft *nft, const char *chain, enum xnm_field field, enum xnm_set_id map)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, chain);
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

		inet_begin(&rule, nft, "guests");
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, XNM_IIFNAME);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, set, false);
		xnm_load(&rule, XNM_OIFNAME);
		xnm_load(&rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
		xnm_lookup(&rule, set, false);
		inet_end_drop(&rule, "isolated");
	}
}

/* Not for packets to another guest: br_netfilter also shows bridged packets here. */
static void drop_loops(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		inet_begin(&rule, nft, "guests");
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, XNM_OIFNAME);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_LOOPS6 : XNM_SET_LOOPS4, false);
		xnm_load(&rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4, true);
		inet_end_drop(&rule, "loop");
	}
}

/* Only to destinations behind the guest, not to guests on the same bridge. */
static void accept_detours(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		inet_begin(&rule, nft, "guests");
		xnm_load(&rule, XNM_IIFNAME);
		xnm_load(&rule, XNM_OIFNAME);
		xnm_lookup(&rule, XNM_SET_DETOURS, false);
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4, true);
		inet_end_accept(&rule);
	}
}

static void accept_between(struct xnm_nft *nft, enum xnm_set_id from, enum xnm_set_id to)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, "guests");
	inet_named(&rule, XNM_IIFNAME, from, from == XNM_SET_INSIDE);
	inet_named(&rule, XNM_OIFNAME, to, to == XNM_SET_INSIDE);
	inet_end_accept(&rule);
}

/* Packets that leave by the bridge they came from, or are only bridged, are checked where a guest
 * may be the uplink. */
static void from_guests(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, "from-guests");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_WITHIN, false);
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_DETOURS, true);
	xnm_goto(&rule, "guests");
	xnm_rule_end(&rule);
	inet_jump(nft, "from-guests", "check-source");
	inet_begin(&rule, nft, "from-guests");
	xnm_goto(&rule, "guests");
	xnm_rule_end(&rule);
}

/* Multicast routing is configured separately, and not filtered here. */
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
 * Packets of guests went to other chains before. Between the host's own interfaces, nothing is
 * forwarded that was not before xnm switched forwarding on.
 */
static void keep_apart(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		enum xnm_set_id apart = ip6 ? XNM_SET_APART6 : XNM_SET_APART4;
		enum xnm_set_id open = ip6 ? XNM_SET_OPEN6 : XNM_SET_OPEN4;

		inet_begin(&rule, nft, "forward");
		inet_named(&rule, XNM_IIFNAME, apart, false);
		inet_named(&rule, XNM_IIFNAME, open, true);
		inet_named(&rule, XNM_OIFNAME, apart, false);
		inet_named(&rule, XNM_OIFNAME, open, true);
		xnm_load(&rule, XNM_IIFNAME);
		xnm_load(&rule, XNM_OIFNAME);
		xnm_lookup(&rule, ip6 ? XNM_SET_APART_BRIDGES6 : XNM_SET_APART_BRIDGES4, true);
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		is_unicast(&rule, ip6);
		inet_end_drop(&rule, "host-forward");
	}
}

static void forward(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	inet_goto(nft, "forward", XNM_IIFNAME, XNM_SET_INSIDE, "from-guests");
	inet_goto(nft, "forward", XNM_OIFNAME, XNM_SET_INSIDE, "guests");
	keep_apart(nft);
	from_guests(nft);
	/* before established connections are accepted: they may have begun over another uplink */
	drop_loops(nft);
	xnm_nft_needs(nft, "CONFIG_NFT_CT");
	inet_accept_known(nft, "guests");
	inet_ask_ended(nft, "guests", "ended");
	inet_ask_acl(nft, "guests", XNM_IIFNAME, XNM_SET_ACL_FROM);
	inet_ask_acl(nft, "guests", XNM_OIFNAME, XNM_SET_ACL_TO);
	inet_ask_acl(nft, "guests", XNM_IP_SADDR, XNM_SET_ACL_FROM4);
	inet_ask_acl(nft, "guests", XNM_IP_DADDR, XNM_SET_ACL_TO4);
	inet_ask_acl(nft, "guests", XNM_IP6_SADDR, XNM_SET_ACL_FROM6);
	inet_ask_acl(nft, "guests", XNM_IP6_DADDR, XNM_SET_ACL_TO6);
	inet_begin(&rule, nft, "guests");
	xnm_has_bits(&rule, XNM_CT_STATUS, IPS_DST_NAT);
	inet_named(&rule, XNM_OIFNAME, XNM_SET_INSIDE, false);
	inet_end_accept(&rule);
	drop_isolated(nft);
	inet_begin(&rule, nft, "guests");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_PATHS, false);
	inet_end_accept(&rule);
	accept_detours(nft);
	accept_between(nft, XNM_SET_EXITS, XNM_SET_INSIDE);
	accept_between(nft, XNM_SET_INSIDE, XNM_SET_ENTRIES);
	accept_between(nft, XNM_SET_ROUTED, XNM_SET_ROUTED);
	inet_begin(&rule, nft, "guests");
	inet_named(&rule, XNM_IIFNAME, XNM_SET_INSIDE, false);
	inet_end_drop(&rule, "forward");
	inet_begin(&rule, nft, "guests");
	xnm_goto_drop_to(&rule, "forward");
	xnm_rule_end(&rule);
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
	inet_drop_ended(nft, "ended", false);
	inet_drop_ended(nft, "ended-to", true);
	inet_prerouting(nft);
	forward(nft);
	inet_input(nft);
	inet_keep_silent(nft);
	xnm_nft_needs(nft, NULL);
}
