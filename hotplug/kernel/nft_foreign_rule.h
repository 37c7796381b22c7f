/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_foreign_rule.h - one rule that lets a device through, as iptables-nft writes and reads it. */
#ifndef XNM_NFT_FOREIGN_RULE_H
#define XNM_NFT_FOREIGN_RULE_H

#include "hotplug/kernel/nft_foreign.h"

struct nlattr;

#define NFT_OUR_COMMENT "xnm"

/* Puts a rule (one bit of enum xnm_through) at the top of a chain. */
void nft_put_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
		     unsigned int which);

/*
 * Returns which rule of ours these NFTA_RULE_EXPRESSIONS and _USERDATA are, and fills dev;
 * 0: none.
 */
unsigned int nft_parse_through(const struct nlattr *statements, const struct nlattr *userdata,
			       char dev[IFNAMSIZ]);

#endif
