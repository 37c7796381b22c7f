/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_nat.c - the rules that translate addresses: shared uplinks and port forwards. */
#include "hotplug/core/want.h"
#include "hotplug/parts/filter/ruleset.h"

#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/rtnetlink.h>

#include "hotplug/kernel/nft_rule.h"

static void begin(struct xnm_rule *rule, struct xnm_nft *nft, const char *chain)
{
	xnm_rule_begin(rule, nft, NFPROTO_INET, chain);
}

static void is_family(struct xnm_rule *rule, bool ip6)
{
	xnm_is_u8(rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
}

/* Only what is sent to an address of this host itself can be forwarded to a guest. */
static void to_this_host(struct xnm_nft *nft, const char *chain)
{
	const uint32_t local = RTN_LOCAL;
	struct xnm_rule rule;

	begin(&rule, nft, chain);
	xnm_load(&rule, XNM_FIB_DADDR_TYPE);
	xnm_compare(&rule, XNM_EQ, &local, sizeof(local));
	xnm_goto(&rule, "forwards");
	xnm_rule_end(&rule);
}

/* Linux sends nothing from ::1 by another device: such a forward would only hang. */
static void leave_loopback6(struct xnm_nft *nft)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	struct xnm_rule rule;

	begin(&rule, nft, "output");
	is_family(&rule, true);
	xnm_load(&rule, XNM_IP6_DADDR);
	xnm_compare(&rule, XNM_EQ, loopback, sizeof(loopback));
	xnm_accept(&rule);
	xnm_rule_end(&rule);
}

static void translate(struct xnm_nft *nft, bool ip6, enum xnm_set_id map, bool with_port)
{
	static const struct xnm_choice protocols[] = { { IPPROTO_TCP, NULL },
						       { IPPROTO_UDP, NULL } };
	struct xnm_rule rule;

	begin(&rule, nft, "forwards");
	xnm_load(&rule, XNM_L4PROTO);
	xnm_lookup_choice(&rule, XNM_NFT_PROTO, protocols, 2, false);
	is_family(&rule, ip6);
	xnm_load(&rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
	xnm_load(&rule, XNM_L4PROTO_KEY);
	xnm_load(&rule, XNM_TH_DPORT);
	xnm_lookup_value(&rule, map);
	xnm_dnat(&rule, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4, with_port);
	xnm_rule_end(&rule);
}

static void load_both(struct xnm_rule *rule, bool ip6)
{
	is_family(rule, ip6);
	xnm_load(rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
	xnm_load(rule, ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR);
	xnm_lookup(rule, ip6 ? XNM_SET_LOCAL6 : XNM_SET_LOCAL4, false);
}

/*
 * Port forwards whose client is on the guest's link, is the guest itself, or is this host's
 * loopback: masquerade, so that answers come back through this host.
 */
static void return_hairpins(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		begin(&rule, nft, "postrouting");
		xnm_has_bits(&rule, XNM_CT_STATUS, IPS_DST_NAT);
		load_both(&rule, ip6);
		xnm_masquerade(&rule);
		xnm_rule_end(&rule);
	}
	begin(&rule, nft, "postrouting");
	xnm_has_bits(&rule, XNM_CT_STATUS, IPS_DST_NAT);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_LOCALNET, false);
	is_family(&rule, false);
	xnm_is_u8(&rule, XNM_IP_SADDR_NET8, XNM_EQ, 127);
	xnm_masquerade(&rule);
	xnm_rule_end(&rule);
}

static void share(struct xnm_nft *nft, bool ip6)
{
	struct xnm_rule rule;

	begin(&rule, nft, "postrouting");
	load_both(&rule, ip6);
	xnm_accept(&rule);
	xnm_rule_end(&rule);

	begin(&rule, nft, "postrouting");
	is_family(&rule, ip6);
	xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup_value(&rule, ip6 ? XNM_SET_SNAT6 : XNM_SET_SNAT4);
	xnm_snat(&rule, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
	xnm_rule_end(&rule);

	begin(&rule, nft, "postrouting");
	is_family(&rule, ip6);
	xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, ip6 ? XNM_SET_MASQUERADE6 : XNM_SET_MASQUERADE4, false);
	xnm_masquerade(&rule);
	xnm_rule_end(&rule);

	begin(&rule, nft, "postrouting");
	is_family(&rule, ip6);
	xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
	xnm_lookup(&rule, ip6 ? XNM_SET_MASQUERADE_ANY6 : XNM_SET_MASQUERADE_ANY4, false);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_INSIDE, true);
	xnm_masquerade(&rule);
	xnm_rule_end(&rule);
}

void xnm_ruleset_nat(struct xnm_nft *nft)
{
	xnm_nft_needs(nft, "CONFIG_NFT_NAT");
	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "dstnat", "nat",
			       NF_INET_PRE_ROUTING, -100);
	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "output", "nat", NF_INET_LOCAL_OUT,
			       -100);
	xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "forwards");
	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "postrouting", "nat",
			       NF_INET_POST_ROUTING, 100);
	xnm_nft_needs(nft, "CONFIG_NFT_FIB_INET");
	to_this_host(nft, "dstnat");
	leave_loopback6(nft);
	to_this_host(nft, "output");
	xnm_nft_needs(nft, "CONFIG_NFT_NAT");
	for (int ip6 = 0; ip6 < 2; ip6++) {
		translate(nft, ip6, ip6 ? XNM_SET_FORWARDS6 : XNM_SET_FORWARDS4, true);
		translate(nft, ip6, ip6 ? XNM_SET_RANGES6 : XNM_SET_RANGES4, false);
	}
	xnm_nft_needs(nft, "CONFIG_NFT_MASQ and CONFIG_NFT_NAT");
	return_hairpins(nft);
	share(nft, false);
	share(nft, true);
	xnm_nft_needs(nft, NULL);
}
