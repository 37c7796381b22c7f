/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_rules.c - the nftables table of a guest that shares its uplink with the host. */
#include "udev/guest_run.h"

#include <errno.h>
#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include "hotplug/kernel/nft_rule.h"

/*
 * Packets from the vif leave by the guest's own uplinks only, or by those of share-to, with an
 * address of that interface. To the vif go packets of such connections, and those that another
 * program's DNAT rule has sent there; nothing else from outside. Interfaces between which nothing
 * was forwarded before we switched forwarding on still do not forward to each other; packets from a
 * bridge to itself are bridged frames that br_netfilter shows.
 *
 * In postrouting, the input interface's name is available since Linux 5.7.
 */

#define CT_ESTABLISHED (1u << 1) /* NF_CT_STATE_BIT() of linux/netfilter/nf_conntrack_common.h */
#define CT_RELATED     (1u << 2)

static void begin(struct xnm_rule *rule, struct xnm_nft *nft, const char *chain)
{
	xnm_rule_begin_in(rule, nft, NFPROTO_INET, GUEST_TABLE_NAME, chain);
}

static void is_family(struct xnm_rule *rule, unsigned int ip)
{
	xnm_is_u8(rule, XNM_NFPROTO, XNM_EQ, ip ? NFPROTO_IPV6 : NFPROTO_IPV4);
}

static void put_to_vif(struct xnm_nft *nft, const char *ifname)
{
	struct xnm_rule rule;

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
}

/* Answers to packets that another program's DNAT rule has sent to the vif go back to their
 * origin. */
static void put_from_vif(struct xnm_nft *nft, const struct guest_share *share, unsigned int i)
{
	const char *ifname = share->ifnames[i];
	struct xnm_rule rule;
	char chain[24];

	(void)snprintf(chain, sizeof(chain), "from-vif%u", i);
	xnm_nft_add_chain(nft, NFPROTO_INET, GUEST_TABLE_NAME, chain);
	begin(&rule, nft, "forward");
	xnm_is_ifname(&rule, XNM_IIFNAME, XNM_EQ, ifname);
	xnm_goto(&rule, chain);
	xnm_rule_end(&rule);

	for (unsigned int ip = 0; ip < (share->ip6[i] ? 2u : 1u); ip++) {
		const struct guest_links *ways = &share->host->apart[ip].ways;

		for (unsigned int k = 0; k < ways->n; k++) {
			if (!guest_shares_by(share->notes[i], &ways->list[k]))
				continue;
			begin(&rule, nft, chain);
			is_family(&rule, ip);
			xnm_is_ifname(&rule, XNM_OIFNAME, XNM_EQ, ways->list[k].name);
			xnm_return(&rule);
			xnm_rule_end(&rule);
		}
	}
	begin(&rule, nft, chain);
	xnm_has_bits(&rule, XNM_CT_STATE, CT_ESTABLISHED | CT_RELATED);
	xnm_has_bits(&rule, XNM_CT_STATUS, IPS_DST_NAT);
	xnm_return(&rule);
	xnm_rule_end(&rule);
	begin(&rule, nft, chain);
	xnm_drop(&rule);
	xnm_rule_end(&rule);

	begin(&rule, nft, "postrouting");
	xnm_is_ifname(&rule, XNM_IIFNAME, XNM_EQ, ifname);
	xnm_is_ifname(&rule, XNM_OIFNAME, XNM_NE, ifname);
	xnm_masquerade(&rule);
	xnm_rule_end(&rule);
}

static void put_apart_link(struct xnm_nft *nft, unsigned int ip, const struct guest_link *link)
{
	const char *chain = ip ? "apart-ip6" : "apart-ip";
	struct xnm_rule rule;

	if (link->is_bridge) {
		begin(&rule, nft, "forward");
		is_family(&rule, ip);
		xnm_is_ifname(&rule, XNM_IIFNAME, XNM_EQ, link->name);
		xnm_is_ifname(&rule, XNM_OIFNAME, XNM_EQ, link->name);
		xnm_accept(&rule);
		xnm_rule_end(&rule);
	}
	begin(&rule, nft, "forward");
	is_family(&rule, ip);
	xnm_is_ifname(&rule, XNM_IIFNAME, XNM_EQ, link->name);
	xnm_goto(&rule, chain);
	xnm_rule_end(&rule);
	begin(&rule, nft, chain);
	xnm_is_ifname(&rule, XNM_OIFNAME, XNM_EQ, link->name);
	xnm_drop(&rule);
	xnm_rule_end(&rule);
}

static void put_apart(struct xnm_nft *nft, const struct guest_share *share, unsigned int ip)
{
	const struct guest_links *apart = &share->host->apart[ip].apart;

	if (guest_share_apart(share, ip) < 2)
		return;
	xnm_nft_add_chain(nft, NFPROTO_INET, GUEST_TABLE_NAME, ip ? "apart-ip6" : "apart-ip");
	for (unsigned int i = 0; i < apart->n; i++) {
		if (!guest_is_shared(share->host, apart->list[i].name))
			put_apart_link(nft, ip, &apart->list[i]);
	}
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
		put_to_vif(nft, share->ifnames[i]);
	for (unsigned int i = 0; i < share->n; i++)
		put_from_vif(nft, share, i);
	for (unsigned int ip = 0; ip < 2; ip++)
		put_apart(nft, share, ip);
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
