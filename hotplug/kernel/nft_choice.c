/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_choice.c - rules that choose by an anonymous set or map, which is made along with the rule. */
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

/* The key of an anonymous set's element, as long as its type is. */
static void set_choice_key(struct nftnl_set_elem *elem, uint8_t type, uint16_t value)
{
	uint16_t be = htons(value);
	uint8_t byte = (uint8_t)value;

	if (xnm_datatype_size(type) == 1)
		nftnl_set_elem_set(elem, NFTNL_SET_ELEM_KEY, &byte, 1);
	else
		nftnl_set_elem_set(elem, NFTNL_SET_ELEM_KEY, &be, 2);
}

static int add_choices(struct nftnl_set *set, uint8_t type, const struct xnm_choice *choices,
		       unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct nftnl_set_elem *elem = nftnl_set_elem_alloc();

		if (!elem)
			return -ENOMEM;
		set_choice_key(elem, type, choices[i].value);
		if (choices[i].chain) {
			nftnl_set_elem_set_u32(elem, NFTNL_SET_ELEM_VERDICT, (uint32_t)NFT_GOTO);
			nftnl_set_elem_set_str(elem, NFTNL_SET_ELEM_CHAIN, choices[i].chain);
		}
		nftnl_set_elem_add(set, elem);
	}
	return 0;
}

static void fill_anonymous(struct nftnl_set *set, const struct xnm_rule *rule, uint8_t type,
			   const struct xnm_choice *choices, unsigned int n)
{
	uint32_t flags = NFT_SET_ANONYMOUS | NFT_SET_CONSTANT;
	/* tells nft(8) the byte order of the keys, host or network */
	bool host = type == XNM_NFT_NFPROTO || type == XNM_NFT_PROTO;
	uint8_t notes[] = { 0, 4, host ? 1 : 2, 0, 0, 0 };

	if (choices[0].chain) {
		flags |= NFT_SET_MAP;
		nftnl_set_set_u32(set, NFTNL_SET_DATA_TYPE, NFT_DATA_VERDICT);
		nftnl_set_set_u32(set, NFTNL_SET_DATA_LEN, 16);
	}
	nftnl_set_set_str(set, NFTNL_SET_TABLE, XNM_NFT_TABLE);
	nftnl_set_set_str(set, NFTNL_SET_NAME, choices[0].chain ? "__map%d" : "__set%d");
	nftnl_set_set_u32(set, NFTNL_SET_FAMILY, rule->family);
	nftnl_set_set_u32(set, NFTNL_SET_FLAGS, flags);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, type);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, xnm_datatype_size(type));
	nftnl_set_set_u32(set, NFTNL_SET_DESC_SIZE, n);
	nftnl_set_set_u32(set, NFTNL_SET_ID, ++rule->nft->set_id);
	nftnl_set_set_data(set, NFTNL_SET_USERDATA, notes, sizeof(notes));
}

static void put_anonymous(struct xnm_rule *rule, struct nftnl_set *set)
{
	struct xnm_nft *nft = rule->nft;
	struct nlmsghdr *hdr = nft_put_message(nft, NFT_MSG_NEWSET, rule->family, NLM_F_CREATE);

	if (hdr) {
		nftnl_set_nlmsg_build_payload(hdr, set);
		nft_end_message(nft, hdr);
	}
	hdr = nft_put_message(nft, NFT_MSG_NEWSETELEM, rule->family, NLM_F_CREATE);
	if (hdr) {
		nftnl_set_elems_nlmsg_build_payload(hdr, set);
		nft_end_message(nft, hdr);
	}
}

void xnm_lookup_choice(struct xnm_rule *rule, uint8_t type, const struct xnm_choice *choices,
		       unsigned int n, bool negate)
{
	struct nftnl_set *set = nftnl_set_alloc();
	struct nftnl_expr *expr;

	if (!set) {
		rule->nft->rc = -ENOMEM;
		return;
	}
	fill_anonymous(set, rule, type, choices, n);
	if (add_choices(set, type, choices, n))
		rule->nft->rc = -ENOMEM;
	else
		put_anonymous(rule, set);
	nftnl_set_free(set);
	expr = nft_add_lookup(rule, choices[0].chain ? "__map%d" : "__set%d", negate);
	nft_set_u32(expr, NFTNL_EXPR_LOOKUP_SET_ID, rule->nft->set_id);
	if (choices[0].chain)
		nft_set_u32(expr, NFTNL_EXPR_LOOKUP_DREG, NFT_REG_VERDICT);
}
