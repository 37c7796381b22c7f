/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_rule.c - put rules together from what they look at and what they do. */
#include "hotplug/kernel/nft_core.h"
#include "hotplug/kernel/nft_rule_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

enum source {
	META,
	CT,
	FIB,
	EXTHDR,
	PAYLOAD,
};

/* How a field is loaded: by which expression, with which key or bytes of a header. */
static const struct {
	enum source source;
	uint32_t base; /* the key of META and CT, the header of PAYLOAD */
	uint32_t offset;
	uint32_t len; /* in a register */
} fields[] = {
	[XNM_IIFNAME] = { META, NFT_META_IIFNAME, 0, IFNAMSIZ },
	[XNM_OIFNAME] = { META, NFT_META_OIFNAME, 0, IFNAMSIZ },
	[XNM_IIFGROUP] = { META, NFT_META_IIFGROUP, 0, 4 },
	[XNM_IIFGROUP_RANGE] = { META, NFT_META_IIFGROUP, 0, 4 },
	[XNM_MARK] = { META, NFT_META_MARK, 0, 4 },
	[XNM_PRIORITY] = { META, NFT_META_PRIORITY, 0, 4 },
	[XNM_PROTOCOL] = { META, NFT_META_PROTOCOL, 0, 2 },
	[XNM_NFPROTO] = { META, NFT_META_NFPROTO, 0, 1 },
	[XNM_IIFTYPE] = { META, NFT_META_IIFTYPE, 0, 2 },
	[XNM_L4PROTO] = { META, NFT_META_L4PROTO, 0, 1 },
	[XNM_L4PROTO_KEY] = { META, NFT_META_L4PROTO, 0, 1 },
	[XNM_CT_STATE] = { CT, NFT_CT_STATE, 0, 4 },
	[XNM_CT_STATUS] = { CT, NFT_CT_STATUS, 0, 4 },
	[XNM_FIB_DADDR_TYPE] = { FIB, NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_DADDR, 4 },
	[XNM_FIB_SADDR_TYPE] = { FIB, NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_SADDR, 4 },
	[XNM_FRAG_EXISTS] = { EXTHDR, NFT_EXTHDR_F_PRESENT, 0, 1 },
	[XNM_FRAG_OFF] = { EXTHDR, 0, 2, 2 },
	[XNM_ETHER_DADDR] = { PAYLOAD, NFT_PAYLOAD_LL_HEADER, 0, 6 },
	[XNM_ETHER_SADDR] = { PAYLOAD, NFT_PAYLOAD_LL_HEADER, 6, 6 },
	[XNM_ETHER_TYPE] = { PAYLOAD, NFT_PAYLOAD_LL_HEADER, 12, 2 },
	[XNM_ARP_HTYPE_PTYPE] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 0, 4 },
	[XNM_ARP_HLEN_PLEN] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 4, 2 },
	[XNM_ARP_OPERATION] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 6, 2 },
	[XNM_ARP_SADDR_ETHER] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 8, 6 },
	[XNM_ARP_SADDR_IP] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 14, 4 },
	[XNM_ARP_DADDR_IP] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 24, 4 },
	[XNM_IP_VERSION] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 0, 1 },
	[XNM_IP_FRAG_OFF] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 6, 2 },
	[XNM_IP_SADDR] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 12, 4 },
	[XNM_IP_DADDR] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 16, 4 },
	[XNM_IP_SADDR_NET8] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 12, 1 },
	[XNM_IP_DADDR_NET8] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 16, 1 },
	[XNM_IP6_SADDR] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 8, 16 },
	[XNM_IP6_DADDR] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 24, 16 },
	[XNM_IP6_DADDR_NET104] = { PAYLOAD, NFT_PAYLOAD_NETWORK_HEADER, 24, 13 },
	[XNM_TH_SPORT] = { PAYLOAD, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 2 },
	[XNM_TH_DPORT] = { PAYLOAD, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2 },
	[XNM_DHCP_CHADDR] = { PAYLOAD, NFT_PAYLOAD_TRANSPORT_HEADER, 36, 6 },
	[XNM_TCP_FLAGS] = { PAYLOAD, NFT_PAYLOAD_TRANSPORT_HEADER, 13, 1 },
	[XNM_TH_TYPE] = { PAYLOAD, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1 },
	[XNM_ND_TARGET] = { PAYLOAD, NFT_PAYLOAD_TRANSPORT_HEADER, 8, 16 },
};

#define IPV6_EXTHDR_FRAGMENT 44 /* IPPROTO_FRAGMENT */

/*
 * The register of a word: nft(8) uses the numbers of 16-byte registers where it can, and
 * so do we.
 */
uint32_t nft_reg_at(unsigned int word)
{
	return word % 4 == 0 ? NFT_REG_1 + word / 4 : NFT_REG32_00 + word;
}

struct nftnl_expr *nft_add_expr(struct xnm_rule *rule, const char *name)
{
	struct nftnl_expr *expr = rule->nl ? nftnl_expr_alloc(name) : NULL;

	if (!expr) {
		rule->nft->rc = -ENOMEM;
		return NULL;
	}
	nftnl_rule_add_expr(rule->nl, expr);
	return expr;
}

void nft_set_u32(struct nftnl_expr *expr, uint16_t type, uint32_t value)
{
	if (expr)
		nftnl_expr_set_u32(expr, type, value);
}

void nft_set_data(struct nftnl_expr *expr, uint16_t type, const void *data, uint32_t len)
{
	if (expr)
		nftnl_expr_set(expr, type, data, len);
}

void nft_set_str(struct nftnl_expr *expr, uint16_t type, const char *text)
{
	if (expr)
		nftnl_expr_set_str(expr, type, text);
}

void xnm_rule_begin_in(struct xnm_rule *rule, struct xnm_nft *nft, uint8_t family,
		       const char *table, const char *chain)
{
	*rule = (struct xnm_rule){ .nft = nft, .family = family, .nl = nftnl_rule_alloc() };
	if (!rule->nl) {
		nft->rc = -ENOMEM;
		return;
	}
	nftnl_rule_set_u32(rule->nl, NFTNL_RULE_FAMILY, family);
	nftnl_rule_set_str(rule->nl, NFTNL_RULE_TABLE, table);
	nftnl_rule_set_str(rule->nl, NFTNL_RULE_CHAIN, chain);
}

void xnm_rule_begin(struct xnm_rule *rule, struct xnm_nft *nft, uint8_t family, const char *chain)
{
	xnm_rule_begin_in(rule, nft, family, XNM_NFT_TABLE, chain);
}

void xnm_rule_end(struct xnm_rule *rule)
{
	struct nlmsghdr *hdr = nft_put_message(rule->nft, NFT_MSG_NEWRULE, rule->family,
					       NLM_F_CREATE | NLM_F_APPEND);

	if (hdr && rule->nl) {
		nftnl_rule_nlmsg_build_payload(hdr, rule->nl);
		nft_end_message(rule->nft, hdr);
		rule->nft->n_rules++;
	}
	if (rule->nl)
		nftnl_rule_free(rule->nl);
	rule->nl = NULL;
}

static void load_exthdr(struct xnm_rule *rule, enum xnm_field field, uint32_t reg)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "exthdr");

	nft_set_u32(expr, NFTNL_EXPR_EXTHDR_DREG, reg);
	if (expr)
		nftnl_expr_set_u8(expr, NFTNL_EXPR_EXTHDR_TYPE, IPV6_EXTHDR_FRAGMENT);
	nft_set_u32(expr, NFTNL_EXPR_EXTHDR_OFFSET, fields[field].offset);
	nft_set_u32(expr, NFTNL_EXPR_EXTHDR_LEN, fields[field].len);
	nft_set_u32(expr, NFTNL_EXPR_EXTHDR_OP, NFT_EXTHDR_OP_IPV6);
	if (fields[field].base)
		nft_set_u32(expr, NFTNL_EXPR_EXTHDR_FLAGS, fields[field].base);
}

static void load_payload(struct xnm_rule *rule, enum xnm_field field, uint32_t reg, uint32_t len)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "payload");

	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, reg);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, fields[field].base);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, fields[field].offset);
	nft_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, len);
}

static void load_meta(struct xnm_rule *rule, enum xnm_field field, uint32_t reg)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "meta");

	nft_set_u32(expr, NFTNL_EXPR_META_KEY, fields[field].base);
	nft_set_u32(expr, NFTNL_EXPR_META_DREG, reg);
}

/*
 * nft(8) puts this expression behind a protocol number in a concatenation, where it does
 * nothing to one byte, and behind a number that is compared with ranges.
 */
static void to_network_order(struct xnm_rule *rule, uint32_t reg, uint32_t len, uint32_t size)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "byteorder");

	nft_set_u32(expr, NFTNL_EXPR_BYTEORDER_SREG, reg);
	nft_set_u32(expr, NFTNL_EXPR_BYTEORDER_DREG, reg);
	nft_set_u32(expr, NFTNL_EXPR_BYTEORDER_OP, NFT_BYTEORDER_HTON);
	nft_set_u32(expr, NFTNL_EXPR_BYTEORDER_LEN, len);
	nft_set_u32(expr, NFTNL_EXPR_BYTEORDER_SIZE, size);
}

void xnm_load(struct xnm_rule *rule, enum xnm_field field)
{
	uint32_t reg = nft_reg_at(rule->word);
	struct nftnl_expr *expr;

	switch (fields[field].source) {
	case META:
		load_meta(rule, field, reg);
		if (field == XNM_L4PROTO_KEY)
			to_network_order(rule, reg, 1, 2);
		if (field == XNM_IIFGROUP_RANGE)
			to_network_order(rule, reg, 4, 4);
		break;
	case CT:
		expr = nft_add_expr(rule, "ct");
		nft_set_u32(expr, NFTNL_EXPR_CT_KEY, fields[field].base);
		nft_set_u32(expr, NFTNL_EXPR_CT_DREG, reg);
		break;
	case FIB:
		expr = nft_add_expr(rule, "fib");
		nft_set_u32(expr, NFTNL_EXPR_FIB_DREG, reg);
		nft_set_u32(expr, NFTNL_EXPR_FIB_RESULT, fields[field].base);
		nft_set_u32(expr, NFTNL_EXPR_FIB_FLAGS, fields[field].offset);
		break;
	case EXTHDR:
		load_exthdr(rule, field, reg);
		break;
	case PAYLOAD:
		load_payload(rule, field, reg, fields[field].len);
		break;
	}
	rule->word += (fields[field].len + 3) / 4;
}

void xnm_load_bytes(struct xnm_rule *rule, enum xnm_field field, uint32_t len)
{
	load_payload(rule, field, nft_reg_at(rule->word), len);
	rule->word += (len + 3) / 4;
}

void xnm_mask(struct xnm_rule *rule, const void *mask, unsigned int len)
{
	static const uint8_t zero[16];
	struct nftnl_expr *expr = nft_add_expr(rule, "bitwise");

	nft_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nft_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nft_set_u32(expr, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nft_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, len);
	nft_set_data(expr, NFTNL_EXPR_BITWISE_MASK, mask, len);
	nft_set_data(expr, NFTNL_EXPR_BITWISE_XOR, zero, len);
}

void xnm_compare(struct xnm_rule *rule, enum xnm_cmp cmp, const void *value, unsigned int len)
{
	static const uint32_t ops[] = { [XNM_EQ] = NFT_CMP_EQ,
					[XNM_NE] = NFT_CMP_NEQ,
					[XNM_GT] = NFT_CMP_GT,
					[XNM_GE] = NFT_CMP_GTE,
					[XNM_LE] = NFT_CMP_LTE };
	struct nftnl_expr *expr = nft_add_expr(rule, "cmp");

	nft_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nft_set_u32(expr, NFTNL_EXPR_CMP_OP, ops[cmp]);
	nft_set_data(expr, NFTNL_EXPR_CMP_DATA, value, len);
	rule->word = 0;
}

void xnm_is_ifname(struct xnm_rule *rule, enum xnm_field field, enum xnm_cmp cmp,
		   const char *ifname)
{
	char name[IFNAMSIZ] = "";

	memcpy(name, ifname, strnlen(ifname, sizeof(name) - 1));
	xnm_load(rule, field);
	xnm_compare(rule, cmp, name, sizeof(name));
}

void xnm_is_u8(struct xnm_rule *rule, enum xnm_field field, enum xnm_cmp cmp, uint8_t value)
{
	xnm_load(rule, field);
	xnm_compare(rule, cmp, &value, sizeof(value));
}

void xnm_is_be16(struct xnm_rule *rule, enum xnm_field field, enum xnm_cmp cmp, uint16_t value)
{
	uint16_t be = htons(value);

	xnm_load(rule, field);
	xnm_compare(rule, cmp, &be, sizeof(be));
}

void xnm_has_bits(struct xnm_rule *rule, enum xnm_field field, uint32_t bits)
{
	const uint32_t zero = 0;

	xnm_load(rule, field);
	xnm_mask(rule, &bits, sizeof(bits));
	xnm_compare(rule, XNM_NE, &zero, sizeof(zero));
}

struct nftnl_expr *nft_add_lookup(struct xnm_rule *rule, const char *set, bool negate)
{
	struct nftnl_expr *expr = nft_add_expr(rule, "lookup");

	nft_set_u32(expr, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nft_set_str(expr, NFTNL_EXPR_LOOKUP_SET, set);
	if (negate)
		nft_set_u32(expr, NFTNL_EXPR_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
	rule->word = 0;
	return expr;
}

void xnm_lookup(struct xnm_rule *rule, enum xnm_set_id set, bool negate)
{
	(void)nft_add_lookup(rule, xnm_sets[set].name, negate);
}

void xnm_lookup_verdict(struct xnm_rule *rule, enum xnm_set_id map)
{
	nft_set_u32(nft_add_lookup(rule, xnm_sets[map].name, false), NFTNL_EXPR_LOOKUP_DREG,
		    NFT_REG_VERDICT);
}

void xnm_lookup_value(struct xnm_rule *rule, enum xnm_set_id map)
{
	nft_set_u32(nft_add_lookup(rule, xnm_sets[map].name, false), NFTNL_EXPR_LOOKUP_DREG,
		    NFT_REG_1);
}
