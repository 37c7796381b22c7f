/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_rule_core.h - parts of a rule, for the files that put rules together. */
#ifndef XNM_NFT_RULE_CORE_H
#define XNM_NFT_RULE_CORE_H

#include "hotplug/kernel/nft_rule.h"

struct nftnl_expr;

/* The register that a word of the key begins in. */
uint32_t nft_reg_at(unsigned int word);

/* Adds an expression; NULL when there is no memory, which the commit then reports. */
struct nftnl_expr *nft_add_expr(struct xnm_rule *rule, const char *name);

/* These set an attribute, and do nothing if expr is NULL. */
void nft_set_u32(struct nftnl_expr *expr, uint16_t type, uint32_t value);
void nft_set_data(struct nftnl_expr *expr, uint16_t type, const void *data, uint32_t len);
void nft_set_str(struct nftnl_expr *expr, uint16_t type, const char *text);

struct nftnl_expr *nft_add_lookup(struct xnm_rule *rule, const char *set, bool negate);

#endif
