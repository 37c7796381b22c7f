/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_isolation.c - the rules on isolated ports: drop what this host would route from one to another. */
#include "hotplug/parts/filter/ruleset.h"

#include <net/if_arp.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include "hotplug/kernel/nft_rule.h"

/*
 * Theory of operation
 *
 * Between its ports the bridge itself keeps isolated ones apart. What is sent
 * to this host and routed back comes to the bridge as from the host, which is
 * not isolated. By which port it leaves is known only there, where it is too
 * late to see by which it came. So a packet that is routed gets a mark when it
 * has been decided where it goes: which vif of the bridge has sent it is told by
 * its MAC address, whatever its IP addresses are. The bridge's end, "output",
 * sees what this host sends by each port, and drops what has the mark where the
 * port is isolated. What is bridged does not come by there.
 *
 * The mark is set behind all other chains, so that the marks of others still
 * mean what they do, and is not there for their "ct mark" to keep. br_netfilter
 * shows bridged frames without an input interface there: they get none.
 *
 * A MAC address does not tell where a vif is unlocked and may have any, nor in a
 * VLAN, where this host's interface has a name of its own. What these send is
 * marked as it comes in.
 *
 * A port forward is open to all, and so to isolated guests, too.
 */
#define MARK 0x786e6d69u /* "xnmi" */

/* NF_BR_LOCAL_OUT and NF_BR_PRI_NAT_DST_BRIDGED, linux/netfilter_bridge.h */
#define BRIDGE_OUTPUT	3
#define BRIDGE_PRIORITY (-300)

/* after address translation and other programs' chains */
#define INET_PRIORITY 300

static void has_mark(struct xnm_rule *rule)
{
	const uint32_t mark = MARK;

	xnm_load(rule, XNM_MARK);
	xnm_compare(rule, XNM_EQ, &mark, sizeof(mark));
}

void xnm_ruleset_isolation_bridge(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	xnm_rule_begin(&rule, nft, NFPROTO_BRIDGE, "prerouting");
	xnm_load(&rule, XNM_IIFNAME);
	xnm_lookup(&rule, XNM_SET_BRIDGE_ISOLATED_LOOSE, false);
	xnm_set_mark(&rule, MARK);
	xnm_rule_end(&rule);

	xnm_nft_add_base_chain(nft, NFPROTO_BRIDGE, XNM_NFT_TABLE, "output", "filter",
			       BRIDGE_OUTPUT, BRIDGE_PRIORITY);
	xnm_rule_begin(&rule, nft, NFPROTO_BRIDGE, "output");
	has_mark(&rule);
	xnm_load(&rule, XNM_OIFNAME);
	xnm_lookup(&rule, XNM_SET_BRIDGE_ISOLATED, false);
	xnm_goto_drop_to(&rule, "isolated");
	xnm_rule_end(&rule);
}

static void let_forwards(struct xnm_nft *nft)
{
	struct xnm_rule rule;

	xnm_rule_begin(&rule, nft, NFPROTO_INET, "isolation");
	has_mark(&rule);
	xnm_has_bits(&rule, XNM_CT_STATUS, IPS_DST_NAT);
	xnm_set_mark(&rule, 0);
	xnm_rule_end(&rule);
	xnm_rule_begin(&rule, nft, NFPROTO_INET, "isolation");
	xnm_has_bits(&rule, XNM_CT_STATUS, IPS_DST_NAT);
	xnm_accept(&rule);
	xnm_rule_end(&rule);
}

void xnm_ruleset_isolation(struct xnm_nft *nft)
{
	const uint16_t ether = ARPHRD_ETHER;
	struct xnm_rule rule;

	xnm_nft_add_base_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, "isolation", "filter",
			       NF_INET_POST_ROUTING, INET_PRIORITY);
	xnm_nft_needs(nft, "CONFIG_NFT_CT");
	let_forwards(nft);
	xnm_rule_begin(&rule, nft, NFPROTO_INET, "isolation");
	xnm_load(&rule, XNM_IIFTYPE);
	xnm_compare(&rule, XNM_EQ, &ether, sizeof(ether));
	xnm_load(&rule, XNM_IIFNAME);
	xnm_load(&rule, XNM_ETHER_SADDR);
	xnm_lookup(&rule, XNM_SET_ISOLATED_MACS, false);
	xnm_set_mark(&rule, MARK);
	xnm_rule_end(&rule);
	xnm_nft_needs(nft, NULL);
}
