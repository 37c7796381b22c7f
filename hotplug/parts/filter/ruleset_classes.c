/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_classes.c - the rules that say to which class of an uplink a packet belongs. */
#include "hotplug/parts/filter/ruleset.h"

#include <net/if_arp.h>

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "hotplug/base/marks.h"
#include "hotplug/kernel/nft_rule.h"

/*
 * Theory of operation
 *
 * A HTB qdisc takes the priority of a packet for the number of one of its
 * classes if it is one (net/sched/sch_htb.c, htb_classify()): it needs no filter
 * then, and the packet no mark, whose bits others may use. Classes have the same
 * number on all uplinks, so that the priority can be set before it is decided by
 * which of them the packet leaves.
 *
 * What this host forwards has the priority of its type of service
 * (net/ipv4/ip_forward.c, ip_forward()) just before the forward hook, so it is
 * set there. On a bridge the port by which the packet came in is not known any
 * more there, but its MAC address is. What a bridge itself forwards to its card
 * keeps what it gets in the bridge's own forward hook. The address may be
 * translated later: who has sent the packet is already decided.
 */

/* NF_BR_FORWARD, linux/netfilter_bridge.h */
#define BRIDGE_FORWARD 2

/* after all filters */
#define PRIORITY 100

static void put_map(struct xnm_nft *nft, enum xnm_set_id map)
{
	struct xnm_rule rule;

	xnm_rule_begin(&rule, nft, NFPROTO_BRIDGE, "classes");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_lookup_value(&rule, map);
	xnm_set_priority(&rule);
	xnm_rule_end(&rule);
}

/* The frame has its tag already, if it leaves by this port with one (br_handle_vlan()). */
static void put_tag(struct xnm_nft *nft, uint8_t pcp)
{
	const uint32_t number = XNM_PCP_NUMBER(pcp);
	struct xnm_rule rule;

	xnm_rule_begin(&rule, nft, NFPROTO_BRIDGE, "classes");
	xnm_load(&rule, XNM_PRIORITY);
	xnm_compare(&rule, XNM_EQ, &number, sizeof(number));
	xnm_is_be16(&rule, XNM_ETHER_TYPE, XNM_EQ, ETH_P_8021Q);
	xnm_set_pcp(&rule, pcp);
	xnm_rule_end(&rule);
}

/* The class last: a vif with both is known by it to VLAN devices, too. */
void xnm_ruleset_classes_bridge(struct xnm_nft *nft)
{
	xnm_nft_add_base_chain(nft, NFPROTO_BRIDGE, XNM_NFT_TABLE, "classes", "filter",
			       BRIDGE_FORWARD, PRIORITY);
	put_map(nft, XNM_SET_BRIDGE_PCPS);
	for (uint8_t pcp = 0; pcp < 8; pcp++)
		put_tag(nft, pcp);
	put_map(nft, XNM_SET_BRIDGE_CLASSES);
}

void xnm_ruleset_classes(struct xnm_nft *nft)
{
	const uint16_t ether = ARPHRD_ETHER;
	struct xnm_rule rule;

	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "classes", "filter",
			       NF_INET_FORWARD, PRIORITY);
	xnm_rule_begin(&rule, nft, NFPROTO_INET, "classes");
	xnm_load(&rule, XNM_IIFTYPE);
	xnm_compare(&rule, XNM_EQ, &ether, sizeof(ether));
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_ETHER_SADDR);
	xnm_lookup_value(&rule, XNM_SET_CLASSES);
	xnm_set_priority(&rule);
	xnm_rule_end(&rule);
}
