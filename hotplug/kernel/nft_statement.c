/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_statement.c - what rules do with a packet: count, drop, go elsewhere, translate. */
#include "hotplug/kernel/nft_core.h"
#include "hotplug/kernel/nft_rule_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#define IPV4_CHECKSUM 10 /* where it is in the header, RFC 791 3.1 */
#define VLAN_TAG      14 /* the tag control information, IEEE 802.1Q 9.3 */

static void load_text(struct xnm_rule *rule, const char *text)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "immediate");
	char name[IFNAMSIZ] = "";

	memcpy(name, text, strnlen(text, sizeof(name) - 1));
	nft_set_u32(expr, NFTNL_EXPR_IMM_DREG, nft_reg_at(rule->word));
	nft_set_data(expr, NFTNL_EXPR_IMM_DATA, name, sizeof(name));
	rule->word += IFNAMSIZ / 4;
}

static void update_set(struct xnm_rule *rule, enum xnm_set_id set)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "dynset");
	struct nftnl_expr *counter = nftnl_expr_alloc("counter");

	rule->word = 0;
	if (!expr || !counter) {
		rule->nft->rc = -ENOMEM;
		nftnl_expr_free(counter);
		return;
	}
	nft_set_u32(expr, NFTNL_EXPR_DYNSET_SREG_KEY, NFT_REG_1);
	nft_set_u32(expr, NFTNL_EXPR_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	nft_set_str(expr, NFTNL_EXPR_DYNSET_SET_NAME, xnm_sets[set].name);
	/* the set's owner frees it */
	nftnl_expr_set(expr, NFTNL_EXPR_DYNSET_EXPR, counter, 0);
}

void xnm_count(struct xnm_rule *rule, enum xnm_set_id set, enum xnm_field ifname,
	       const char *reason)
{
	xnm_load(rule, ifname);
	load_text(rule, reason);
	update_set(rule, set);
}

void xnm_count_of(struct xnm_rule *rule, enum xnm_set_id set, const char *what, const char *reason)
{
	load_text(rule, what);
	load_text(rule, reason);
	update_set(rule, set);
}

void xnm_set_mark(struct xnm_rule *rule, uint32_t value)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "immediate");

	nft_set_u32(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_1);
	nft_set_data(expr, NFTNL_EXPR_IMM_DATA, &value, sizeof(value));
	expr = nft_add_expr(rule, "meta");
	nft_set_u32(expr, NFTNL_EXPR_META_KEY, NFT_META_MARK);
	nft_set_u32(expr, NFTNL_EXPR_META_SREG, NFT_REG_1);
}

void xnm_set_priority(struct xnm_rule *rule)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "meta");

	nft_set_u32(expr, NFTNL_EXPR_META_KEY, NFT_META_PRIORITY);
	nft_set_u32(expr, NFTNL_EXPR_META_SREG, NFT_REG_1);
}

void xnm_clear_priority(struct xnm_rule *rule)
{
	static const uint32_t none;
	struct nftnl_expr *expr = nft_add_expr(rule, "immediate");

	nft_set_u32(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_1);
	nft_set_data(expr, NFTNL_EXPR_IMM_DATA, &none, sizeof(none));
	xnm_set_priority(rule);
}

/* Gives two bytes of the packet value in the bits that mask leaves out. Returns what writes them, without a checksum. */
static struct nftnl_expr *change_field(struct xnm_rule *rule, uint32_t base, uint32_t offset,
				       uint16_t mask, uint16_t value)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "payload");

	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, sizeof(value));
	expr = nft_add_expr(rule, "bitwise");
	nft_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nft_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nft_set_u32(expr, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nft_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, sizeof(value));
	nft_set_data(expr, NFTNL_EXPR_BITWISE_MASK, &mask, sizeof(mask));
	nft_set_data(expr, NFTNL_EXPR_BITWISE_XOR, &value, sizeof(value));
	expr = nft_add_expr(rule, "payload");
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_SREG, NFT_REG_1);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, sizeof(value));
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_CSUM_TYPE, NFT_PAYLOAD_CSUM_NONE);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_CSUM_OFFSET, 0);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_FLAGS, 0);
	return expr;
}

/*
 * The first two bytes of the header, as the checksum of IPv4 is one of such: there the field is the
 * upper six bits of the second byte (RFC 2474), and in IPv6 it is behind the four of the version.
 */
void xnm_set_dscp(struct xnm_rule *rule, bool ip6, uint8_t dscp)
{
	struct nftnl_expr *expr =
		change_field(rule, NFT_PAYLOAD_NETWORK_HEADER, 0, htons(ip6 ? 0xF03F : 0xFF03),
			     htons((uint16_t)(dscp << (ip6 ? 6 : 2))));

	if (ip6)
		return;
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_CSUM_TYPE, NFT_PAYLOAD_CSUM_INET);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_CSUM_OFFSET, IPV4_CHECKSUM);
}

/* The kernel takes the tag as a whole; its upper three bits are the priority (IEEE 802.1Q, 9.6). */
void xnm_set_pcp(struct xnm_rule *rule, uint8_t pcp)
{
	(void)change_field(rule, NFT_PAYLOAD_LL_HEADER, VLAN_TAG, htons(0x1FFF),
			   htons((uint16_t)(pcp << 13)));
}

void xnm_counter(struct xnm_rule *rule)
{
	(void)nft_add_expr(rule, "counter");
}

void xnm_log_packet(struct xnm_rule *rule, const char *prefix)
{
	nft_set_str(nft_add_expr(rule, "log"), NFTNL_EXPR_LOG_PREFIX, prefix);
}

static void verdict(struct xnm_rule *rule, int code, const char *chain)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "immediate");

	nft_set_u32(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nft_set_u32(expr, NFTNL_EXPR_IMM_VERDICT, (uint32_t)code);
	if (chain)
		nft_set_str(expr, NFTNL_EXPR_IMM_CHAIN, chain);
}

void xnm_accept(struct xnm_rule *rule)
{
	verdict(rule, NF_ACCEPT, NULL);
}

void xnm_drop(struct xnm_rule *rule)
{
	verdict(rule, NF_DROP, NULL);
}

void xnm_return(struct xnm_rule *rule)
{
	verdict(rule, NFT_RETURN, NULL);
}

void xnm_goto(struct xnm_rule *rule, const char *chain)
{
	verdict(rule, NFT_GOTO, chain);
}

void xnm_jump(struct xnm_rule *rule, const char *chain)
{
	verdict(rule, NFT_JUMP, chain);
}

void xnm_reject(struct xnm_rule *rule, uint8_t family)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "reject");
	uint8_t code = NFT_REJECT_ICMPX_PORT_UNREACH;
	uint32_t type = NFT_REJECT_ICMPX_UNREACH;

	if (family != NFPROTO_UNSPEC) {
		type = NFT_REJECT_ICMP_UNREACH;
		code = family == NFPROTO_IPV4 ? ICMP_PORT_UNREACH : ICMPV6_PORT_UNREACH;
	}
	nft_set_u32(expr, NFTNL_EXPR_REJECT_TYPE, type);
	if (expr)
		nftnl_expr_set_u8(expr, NFTNL_EXPR_REJECT_CODE, code);
}

void xnm_masquerade(struct xnm_rule *rule)
{
	(void)nft_add_expr(rule, "masq");
}

static struct nftnl_expr *add_nat(struct xnm_rule *rule, uint32_t type, uint8_t family)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "nat");

	nft_set_u32(expr, NFTNL_EXPR_NAT_TYPE, type);
	nft_set_u32(expr, NFTNL_EXPR_NAT_FAMILY, family);
	nft_set_u32(expr, NFTNL_EXPR_NAT_REG_ADDR_MIN, NFT_REG_1);
	return expr;
}

void xnm_snat(struct xnm_rule *rule, uint8_t family)
{
	(void)add_nat(rule, NFT_NAT_SNAT, family);
}

void xnm_dnat(struct xnm_rule *rule, uint8_t family, bool with_port)
{
	struct nftnl_expr *expr = add_nat(rule, NFT_NAT_DNAT, family);

	if (with_port)
		nft_set_u32(expr, NFTNL_EXPR_NAT_REG_PROTO_MIN,
			    family == NFPROTO_IPV4 ? nft_reg_at(1) : nft_reg_at(4));
}
