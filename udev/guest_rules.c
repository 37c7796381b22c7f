/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_rules.c - the table by which a guest shares its way out with the host. */
#include "udev/guest_run.h"

#include <errno.h>
#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include "hotplug/kernel/nft_rule.h"

/*
 * What comes in by the vif and leaves by another interface gets an address of
 * that one. To the vif comes what belongs to such a connection, or what a rule
 * of somebody else has sent there; from outside, nothing else.
 *
 * The name of the interface that a packet came in by is known behind routing
 * since Linux 5.7.
 */

#define CT_ESTABLISHED (1u << 1) /* NF_CT_STATE_BIT() of linux/netfilter/nf_conntrack_common.h */
#define CT_RELATED     (1u << 2)

static void begin(struct xnm_rule *rule, struct xnm_nft *nft, const char *chain)
{
	xnm_rule_begin_in(rule, nft, NFPROTO_INET, GUEST_TABLE_NAME, chain);
}

static void put_vif(struct xnm_nft *nft, const char *ifname)
{
	struct xnm_rule rule;

	begin(&rule, nft, "forward");
	xnm_is_ifname(&rule, XNM_IIFNAME, XNM_EQ, ifname);
	xnm_accept(&rule);
	xnm_rule_end(&rule);

	begin(&rule, nft, "forward");
	xnm_is_ifname(&rule, XNM_OIFNAME, XNM_EQ, ifname);
	xnm_has_bits(&rule, XNM_CT_STATE, CT_ESTABLISHED | CT_RELATED);
	xnm_accept(&rule);
	xnm_rule_end(&rule);

	begin(&rule, nft, "forward");
	xnm_is_ifname(&rule, XNM_OIFNAME, XNM_EQ, ifname);
	xnm_has_bits(&rule, XNM_CT_STATUS, IPS_DST_NAT);
	xnm_accept(&rule);
	xnm_rule_end(&rule);

	begin(&rule, nft, "forward");
	xnm_is_ifname(&rule, XNM_OIFNAME, XNM_EQ, ifname);
	xnm_drop(&rule);
	xnm_rule_end(&rule);

	begin(&rule, nft, "postrouting");
	xnm_is_ifname(&rule, XNM_IIFNAME, XNM_EQ, ifname);
	xnm_is_ifname(&rule, XNM_OIFNAME, XNM_NE, ifname);
	xnm_masquerade(&rule);
	xnm_rule_end(&rule);
}

int guest_rules_make(struct xnm_nft *nft, const struct guest_share *share)
{
	xnm_nft_begin(nft, 0);
	xnm_nft_needs(nft, "CONFIG_NF_TABLES_INET");
	if (share->exists)
		xnm_nft_del_table(nft, NFPROTO_INET, GUEST_TABLE_NAME);
	xnm_nft_add_table(nft, NFPROTO_INET, GUEST_TABLE_NAME, share->comment);
	xnm_nft_add_base_chain(nft, NFPROTO_INET, GUEST_TABLE_NAME, "forward", "filter",
			       NF_INET_FORWARD, 0);
	xnm_nft_needs(nft, "CONFIG_NFT_MASQ and CONFIG_NFT_NAT");
	xnm_nft_add_base_chain(nft, NFPROTO_INET, GUEST_TABLE_NAME, "postrouting", "nat",
			       NF_INET_POST_ROUTING, 100);
	for (unsigned int i = 0; i < share->n; i++)
		put_vif(nft, share->ifnames[i]);
	return xnm_nft_commit(nft);
}

int guest_rules_remove(struct xnm_nft *nft)
{
	int rc;

	xnm_nft_begin(nft, 0);
	xnm_nft_del_table(nft, NFPROTO_INET, GUEST_TABLE_NAME);
	rc = xnm_nft_commit(nft);
	return rc == -ENOENT ? 0 : rc;
}
