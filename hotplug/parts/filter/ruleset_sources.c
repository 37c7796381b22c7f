/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_sources.c - the rules on source addresses: guests of a closed network may send only from its addresses. */
#include "hotplug/parts/filter/ruleset.h"

#include <net/if_arp.h>

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/nft_rule.h"

/*
 * They are checked in forward and input, not in prerouting: with br_netfilter, bridged packets
 * between guests also pass there, as coming from the bridge, and these may have any addresses.
 */

static void begin(struct xnm_rule *rule, struct xnm_nft *nft, const char *chain, bool ip6)
{
	xnm_rule_begin(rule, nft, NFPROTO_INET, chain);
	xnm_is_u8(rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
}

static void end_return(struct xnm_rule *rule)
{
	xnm_return(rule);
	xnm_rule_end(rule);
}

static void goto_chain(struct xnm_nft *nft, const char *chain, const char *target)
{
	struct xnm_rule rule;

	xnm_rule_begin(&rule, nft, NFPROTO_INET, chain);
	xnm_goto(&rule, target);
	xnm_rule_end(&rule);
}

static void return_networks(struct xnm_nft *nft, const char *chain)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		begin(&rule, nft, chain, ip6);
		xnm_load(&rule, XNM_IIFNAME);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_SOURCES6 : XNM_SET_SOURCES4, false);
		end_return(&rule);
	}
}

/* Unspecified and link-local sources. */
static void return_local(struct xnm_nft *nft)
{
	static const uint8_t none[16], local4[] = { 169, 254 };
	static const uint8_t local6[16] = { 0xfe, 0x80 }, mask6[16] = { 0xff, 0xc0 };
	static const char chain[] = "check-host-source";
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		begin(&rule, nft, chain, ip6);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_compare(&rule, XNM_EQ, none, ip6 ? 16 : 4);
		end_return(&rule);
	}
	begin(&rule, nft, chain, false);
	xnm_load_bytes(&rule, XNM_IP_SADDR, sizeof(local4));
	xnm_compare(&rule, XNM_EQ, local4, sizeof(local4));
	end_return(&rule);
	begin(&rule, nft, chain, true);
	xnm_load(&rule, XNM_IP6_SADDR);
	xnm_mask(&rule, mask6, sizeof(mask6));
	xnm_compare(&rule, XNM_EQ, local6, sizeof(local6));
	end_return(&rule);
}

/* On a bridge with unknown addresses, at least other networks' addresses are rejected. */
static void return_unaddressed(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		xnm_rule_begin(&rule, nft, NFPROTO_INET, "check-host-source");
		xnm_load(&rule, XNM_IIFNAME);
		xnm_lookup(&rule, XNM_SET_UNADDRESSED, false);
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4, true);
		end_return(&rule);
	}
}

static void is_ether(struct xnm_rule *rule)
{
	static const uint16_t ether = ARPHRD_ETHER;

	xnm_load(rule, XNM_IIFTYPE);
	xnm_compare(rule, XNM_EQ, &ether, sizeof(ether));
}

/* Further sources that single guests may use, and sources that no guest may use. */
static void return_guests(struct xnm_nft *nft)
{
	static const char chain[] = "check-guest-source";
	struct xnm_rule rule;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		xnm_rule_begin(&rule, nft, NFPROTO_INET, chain);
		is_ether(&rule);
		xnm_is_be16(&rule, XNM_ETHER_TYPE, XNM_EQ, ip6 ? ETH_P_IPV6 : ETH_P_IP);
		xnm_load(&rule, XNM_IIFNAME);
		xnm_load(&rule, XNM_ETHER_SADDR);
		xnm_load(&rule, ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
		xnm_lookup(&rule, ip6 ? XNM_SET_GUEST_SOURCES6 : XNM_SET_GUEST_SOURCES4, false);
		end_return(&rule);
	}
	xnm_rule_begin(&rule, nft, NFPROTO_INET, chain);
	xnm_load(&rule, XNM_IIFNAME);
	xnm_lookup(&rule, XNM_SET_LANS, false);
	is_ether(&rule);
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_ETHER_SADDR);
	xnm_lookup(&rule, XNM_SET_INET_MACS, true);
	end_return(&rule);
}

void xnm_ruleset_sources(struct xnm_nft *nft)
{
	static const char *const chains[] = { "check-source", "check-host-source",
					      "check-guest-source" };
	struct xnm_rule rule;

	for (size_t i = 0; i < XNM_N_ELEMENTS(chains); i++)
		xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, chains[i]);
	return_networks(nft, "check-source");
	goto_chain(nft, "check-source", "check-guest-source");
	return_networks(nft, "check-host-source");
	return_local(nft);
	return_unaddressed(nft);
	goto_chain(nft, "check-host-source", "check-guest-source");
	return_guests(nft);
	xnm_rule_begin(&rule, nft, NFPROTO_INET, "check-guest-source");
	xnm_goto_drop(&rule, "foreign-source");
	xnm_rule_end(&rule);
}
