/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_drops.c - the reasons for drops, and a chain for each: count, then drop. */
#include "hotplug/core/elements/elements.h"
#include "hotplug/parts/filter/ruleset.h"

#include <linux/netfilter.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/nft_rule.h"

/*
 * A rule that counts in a set stops matching when the set takes no more elements, because it is
 * full or memory is short. So the drop is a separate rule after it.
 */

#define CHAIN_LEN 32

static void chain_name(char out[CHAIN_LEN], const char *reason, bool to)
{
	(void)snprintf(out, CHAIN_LEN, "drop-%.15s%s", reason, to ? "-to" : "");
}

void xnm_goto_drop(struct xnm_rule *rule, const char *reason)
{
	char chain[CHAIN_LEN];

	chain_name(chain, reason, false);
	xnm_goto(rule, chain);
}

void xnm_goto_drop_to(struct xnm_rule *rule, const char *reason)
{
	char chain[CHAIN_LEN];

	chain_name(chain, reason, true);
	xnm_goto(rule, chain);
}

static void put_chain(struct xnm_nft *nft, uint8_t family, const struct xnm_drop_reason *reason,
		      bool to)
{
	enum xnm_set_id drops =
		family == NFPROTO_BRIDGE ? XNM_SET_BRIDGE_DROPS : XNM_SET_INET_DROPS;
	struct xnm_rule rule;
	char chain[CHAIN_LEN];

	chain_name(chain, reason->name, to);
	xnm_nft_add_chain(nft, family, XNM_NFT_TABLE, chain);
	xnm_rule_begin(&rule, nft, family, chain);
	if (reason->where & XNM_DROPS_OUTSIDE)
		xnm_count_of(&rule, drops, "outside", reason->name);
	else
		xnm_count(&rule, drops, to ? XNM_OIFNAME : XNM_IIFNAME, reason->name);
	xnm_rule_end(&rule);
	xnm_rule_begin(&rule, nft, family, chain);
	xnm_drop(&rule);
	xnm_rule_end(&rule);
}

void xnm_ruleset_drops(struct xnm_nft *nft, uint8_t family)
{
	unsigned int here =
		family == NFPROTO_BRIDGE ? XNM_DROPS_BRIDGE : XNM_DROPS_INET | XNM_DROPS_OUTSIDE;
	unsigned int to = family == NFPROTO_BRIDGE ? XNM_DROPS_BRIDGE_TO : XNM_DROPS_TO;

	for (unsigned int i = 0; i < xnm_n_drop_reasons; i++) {
		const struct xnm_drop_reason *reason = &xnm_drop_reasons[i];

		if (reason->where & here)
			put_chain(nft, family, reason, false);
		if (reason->where & to)
			put_chain(nft, family, reason, true);
	}
}
