/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_known.c - the rules on connections: established ones are accepted, ended ones are dropped. */
#include "hotplug/parts/filter/ruleset_forward.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <linux/netfilter.h>

/* NF_CT_STATE_BIT() of linux/netfilter/nf_conntrack_common.h */
#define ESTABLISHED_RELATED 0x6u
#define NEW		    0x8u

void inet_accept_known(struct xnm_nft *nft, const char *chain)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, chain);
	xnm_has_bits(&rule, XNM_CT_STATE, ESTABLISHED_RELATED);
	inet_end_accept(&rule);
}

/* Drops packets of ended connections; a packet that begins a connection is checked like any
 * other. */
void inet_drop_ended(struct xnm_nft *nft, const char *chain, bool to)
{
	static const uint8_t mask = TH_FIN | TH_SYN | TH_RST | TH_ACK, begins = TH_SYN;
	struct xnm_rule rule;

	xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, chain);
	inet_begin(&rule, nft, chain);
	xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, IPPROTO_TCP);
	xnm_load(&rule, XNM_TCP_FLAGS);
	xnm_mask(&rule, &mask, sizeof(mask));
	xnm_compare(&rule, XNM_EQ, &begins, sizeof(begins));
	xnm_return(&rule);
	xnm_rule_end(&rule);
	for (int ip6 = 0; ip6 < 2; ip6++) {
		inet_begin(&rule, nft, chain);
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

void inet_ask_ended(struct xnm_nft *nft, const char *chain, const char *ended)
{
	struct xnm_rule rule;

	inet_begin(&rule, nft, chain);
	xnm_has_bits(&rule, XNM_CT_STATE, NEW);
	xnm_jump(&rule, ended);
	xnm_rule_end(&rule);
}
