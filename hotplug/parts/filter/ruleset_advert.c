/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_advert.c - the rules that drop router advertisements of guests to this host. */
#include "hotplug/parts/filter/ruleset.h"

#include <netinet/in.h>

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "hotplug/kernel/nft_rule.h"

/*
 * A guest may be the router of others, with allow=router or unlocked; its advertisements still
 * reach them and the LAN. This host would take routes, addresses and an MTU from them, so they are
 * dropped on input: from a bridge's port in table bridge, as only there the port is known, and from
 * a routed vif in table inet. The host ignores fragmented ones by itself (RFC 6980).
 */

#define ROUTER_ADVERT 134

/* NF_BR_LOCAL_IN and NF_BR_PRI_NAT_DST_BRIDGED, linux/netfilter_bridge.h */
#define BRIDGE_INPUT	1
#define BRIDGE_PRIORITY (-300)

void xnm_ruleset_advert(struct xnm_nft *nft, uint8_t family)
{
	bool bridge = family == NFPROTO_BRIDGE;
	struct xnm_rule rule;

	if (bridge)
		xnm_nft_add_base_chain(nft, family, XNM_NFT_TABLE, "input", "filter", BRIDGE_INPUT,
				       BRIDGE_PRIORITY);
	xnm_rule_begin(&rule, nft, family, "input");
	if (bridge)
		xnm_is_be16(&rule, XNM_PROTOCOL, XNM_EQ, ETH_P_IPV6);
	else
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, NFPROTO_IPV6);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_ICMPV6);
	xnm_is_u8(&rule, XNM_TH_TYPE, XNM_EQ, ROUTER_ADVERT);
	xnm_load(&rule, XNM_IIFNAME);
	xnm_lookup(&rule, bridge ? XNM_SET_BRIDGE_UNHEARD : XNM_SET_INET_UNHEARD, false);
	xnm_goto_drop(&rule, "router-advert");
	xnm_rule_end(&rule);
}
