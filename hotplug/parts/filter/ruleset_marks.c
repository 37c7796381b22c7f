/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_marks.c - the rules that give what a vif sends the DSCP of the policy. */
#include "hotplug/parts/filter/ruleset.h"

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "hotplug/base/marks.h"
#include "hotplug/kernel/nft_rule.h"

/*
 * Theory of operation
 *
 * A packet is marked where it comes in: by its port, whatever MAC and IP addresses it has, and
 * whether it is bridged or routed then. nftables can set the field to a constant alone, so there is
 * a rule for each value that some vif has. Which of them is for a packet says a map, whose value
 * is kept in the priority of the packet for these few rules: nothing else looks at it so early, and
 * the host sets it anew when it forwards (net/ipv4/ip_forward.c, ip_forward()).
 */

static void put_value(struct xnm_nft *nft, uint8_t family, uint32_t dscp, bool ip6)
{
	const uint32_t number = XNM_DSCP_NUMBER(dscp);
	struct xnm_rule rule;

	xnm_rule_begin(&rule, nft, family, "marks");
	xnm_load(&rule, XNM_PRIORITY);
	xnm_compare(&rule, XNM_EQ, &number, sizeof(number));
	if (family == NFPROTO_BRIDGE)
		xnm_is_be16(&rule, XNM_PROTOCOL, XNM_EQ, ip6 ? ETH_P_IPV6 : ETH_P_IP);
	else
		xnm_is_u8(&rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
	xnm_set_dscp(&rule, ip6, (uint8_t)dscp);
	xnm_rule_end(&rule);
}

void xnm_ruleset_marks(struct xnm_nft *nft, uint8_t family, uint64_t dscps)
{
	struct xnm_rule rule;

	xnm_nft_add_chain(nft, family, XNM_NFT_TABLE, "marks");
	xnm_rule_begin(&rule, nft, family, "marks");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_lookup_value(&rule,
			 family == NFPROTO_BRIDGE ? XNM_SET_BRIDGE_DSCPS : XNM_SET_INET_DSCPS);
	xnm_set_priority(&rule);
	xnm_rule_end(&rule);
	for (uint32_t dscp = 0; dscp < XNM_N_DSCPS; dscp++) {
		if (!(dscps >> dscp & 1))
			continue;
		put_value(nft, family, dscp, false);
		put_value(nft, family, dscp, true);
	}
	xnm_rule_begin(&rule, nft, family, "marks");
	xnm_clear_priority(&rule);
	xnm_rule_end(&rule);
}

void xnm_ruleset_mark(struct xnm_nft *nft, uint8_t family)
{
	struct xnm_rule rule;

	xnm_rule_begin(&rule, nft, family, "prerouting");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_lookup(&rule, family == NFPROTO_BRIDGE ? XNM_SET_BRIDGE_MARKED : XNM_SET_INET_MARKED,
		   false);
	xnm_jump(&rule, "marks");
	xnm_rule_end(&rule);
}
