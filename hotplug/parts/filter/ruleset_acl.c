/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_acl.c - the access lists: for each, a chain for packets from its guests and one for packets to them. */
#include "hotplug/core/elements/elements.h"
#include "hotplug/parts/filter/ruleset.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "hotplug/kernel/nft_rule.h"

/* ip daddr 10.0.0.0/8, compared as nft(8) does: by whole bytes where possible */
static void match_peer(struct xnm_rule *rule, const struct xnm_acl_rule *acl)
{
	const struct xnm_cidr *peer = &acl->peer;
	bool ip6 = peer->family == AF_INET6;
	unsigned int size = ip6 ? 16 : 4, len = peer->prefix_len;
	enum xnm_field field = acl->egress ? (ip6 ? XNM_IP6_DADDR : XNM_IP_DADDR)
					   : (ip6 ? XNM_IP6_SADDR : XNM_IP_SADDR);
	uint8_t mask[16] = { 0 };

	xnm_is_u8(rule, XNM_NFPROTO, XNM_EQ, ip6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
	if (len == 0)
		return;
	if (len % 8 == 0) {
		xnm_load_bytes(rule, field, len / 8);
		xnm_compare(rule, XNM_EQ, peer->addr, len / 8);
		return;
	}
	for (unsigned int i = 0; i < len; i++)
		mask[i / 8] |= (uint8_t)(0x80u >> (i % 8));
	xnm_load(rule, field);
	xnm_mask(rule, mask, size);
	xnm_compare(rule, XNM_EQ, peer->addr, size);
}

static void match_ports(struct xnm_rule *rule, const struct xnm_port_range *ports)
{
	uint16_t first = htons(ports->first), last = htons(ports->last);

	xnm_load(rule, XNM_TH_DPORT);
	if (first == last) {
		xnm_compare(rule, XNM_EQ, &first, sizeof(first));
		return;
	}
	xnm_compare(rule, XNM_GE, &first, sizeof(first));
	xnm_compare(rule, XNM_LE, &last, sizeof(last));
}

static void act(struct xnm_rule *rule, enum xnm_acl_action action, bool egress, uint8_t family)
{
	if (action == XNM_ACL_ALLOW) {
		xnm_counter(rule);
		xnm_return(rule);
	} else if (action == XNM_ACL_REJECT) {
		xnm_counter(rule);
		xnm_nft_needs(rule->nft, "CONFIG_NFT_REJECT_INET");
		xnm_reject(rule, family);
	} else {
		if (egress)
			xnm_goto_drop(rule, "acl");
		else
			xnm_goto_drop_to(rule, "acl");
	}
	xnm_rule_end(rule);
}

/* One rule of the list, once per range of ports. */
static void put_rule(struct xnm_nft *nft, const struct xnm_acl *acl, const char *chain,
		     const struct xnm_acl_rule *entry)
{
	unsigned int n = entry->n_ports ? entry->n_ports : 1;
	char prefix[XNM_ACL_CHAIN_LEN + 8];
	uint8_t family = NFPROTO_UNSPEC;
	struct xnm_rule rule;

	if (entry->has_peer)
		family = entry->peer.family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	for (unsigned int i = 0; i < n; i++) {
		xnm_rule_begin(&rule, nft, NFPROTO_INET, chain);
		if (entry->has_peer)
			match_peer(&rule, entry);
		if (entry->protocol)
			xnm_is_u8(&rule, XNM_L4PROTO, XNM_EQ, entry->protocol);
		if (entry->n_ports)
			match_ports(&rule, &entry->ports[i]);
		if (entry->log) {
			xnm_nft_needs(nft, "CONFIG_NFT_LOG");
			(void)snprintf(prefix, sizeof(prefix), "xnm acl %.*s: ", XNM_ACL_NAME_MAX,
				       acl->name);
			xnm_log_packet(&rule, prefix);
		}
		act(&rule, entry->action, entry->egress, family);
	}
}

void xnm_ruleset_acls(struct xnm_nft *nft, const struct xnm_policy *policy)
{
	char chain[XNM_ACL_CHAIN_LEN];
	struct xnm_rule rule;

	for (unsigned int i = 0; i < 2 * policy->n_acls; i++) {
		const struct xnm_acl *acl = &policy->acls[i / 2];
		bool egress = i % 2 == 0;

		xnm_acl_chain(acl->name, egress, chain);
		xnm_nft_add_chain(nft, NFPROTO_INET, XNM_NFT_TABLE, chain);
		for (unsigned int k = 0; k < acl->n_rules; k++) {
			if (acl->rules[k].egress == egress)
				put_rule(nft, acl, chain, &acl->rules[k]);
		}
		xnm_rule_begin(&rule, nft, NFPROTO_INET, chain);
		act(&rule, acl->default_action, egress, NFPROTO_UNSPEC);
	}
}
