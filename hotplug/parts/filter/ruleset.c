/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset.c - build our two nftables tables, and check whether existing ones are complete. */
#include "hotplug/parts/filter/ruleset.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include <linux/netfilter.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/nft_rule.h"

/* NF_BR_PRE_ROUTING and NF_BR_PRI_NAT_DST_BRIDGED, linux/netfilter_bridge.h */
#define BRIDGE_PREROUTING 0
#define BRIDGE_PRIORITY	  (-300)

#define OUR_COMMENT "made by xnm "

static uint8_t table_family(enum xnm_table table)
{
	return table == XNM_TABLE_BRIDGE ? NFPROTO_BRIDGE : NFPROTO_INET;
}

/* FNV-1a: enough to tell one policy from another */
static uint32_t hash(uint32_t value, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		value = (value ^ bytes[i]) * 16777619u;
	return value;
}

static uint32_t hash_acls(const struct xnm_policy *policy)
{
	uint32_t value = 2166136261u;

	for (unsigned int i = 0; i < policy->n_acls; i++) {
		const struct xnm_acl *acl = &policy->acls[i];

		value = hash(value, acl->name, strlen(acl->name) + 1);
		value = hash(value, &acl->default_action, sizeof(acl->default_action));
		/* not the file and line of the rules */
		for (unsigned int k = 0; k < acl->n_rules; k++)
			value = hash(value, &acl->rules[k], offsetof(struct xnm_acl_rule, origin));
	}
	return value;
}

/* The beginning of the table's comment. */
static int begin_comment(enum xnm_table table, const struct xnm_policy *policy, char *out,
			 size_t out_size)
{
	uint32_t value = table == XNM_TABLE_INET ? hash_acls(policy) : 0;

	return snprintf(out, out_size, OUR_COMMENT "%.20s, policy %08x, ", XNM_VERSION, value);
}

/* Behind it: which DSCPs it has rules for, if any, and how many rules. */
static void end_comment(char *out, size_t out_size, uint64_t dscps, unsigned int n_rules)
{
	if (dscps)
		(void)snprintf(out, out_size, "dscp %llx, rules %u", (unsigned long long)dscps,
			       n_rules);
	else
		(void)snprintf(out, out_size, "rules %u", n_rules);
}

static uint64_t comment_dscps(const char *rest)
{
	return strncmp(rest, "dscp ", 5) == 0 ? strtoull(rest + 5, NULL, 16) : 0;
}

static void put_rules(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		      uint64_t dscps)
{
	uint8_t family = table_family(table);
	struct xnm_rule rule;

	xnm_nft_needs(nft, "CONFIG_NF_TABLES");
	for (int i = 0; i < XNM_N_SETS; i++) {
		if (xnm_sets[i].family == family)
			xnm_nft_add_set(nft, &xnm_sets[i]);
	}
	if (table == XNM_TABLE_BRIDGE)
		xnm_nft_add_base_chain(nft, family, XNM_NFT_TABLE, "prerouting", "filter",
				       BRIDGE_PREROUTING, BRIDGE_PRIORITY);
	xnm_ruleset_drops(nft, family);
	xnm_ruleset_guard(nft, family);
	xnm_nft_needs(nft, NULL);
	xnm_ruleset_marks(nft, family, dscps);
	if (table == XNM_TABLE_BRIDGE) {
		xnm_ruleset_isolation_bridge(nft);
		xnm_ruleset_mark(nft, family);
		xnm_ruleset_classes_bridge(nft);
		xnm_ruleset_advert(nft, family);
		xnm_rule_begin(&rule, nft, family, "prerouting");
		xnm_load(&rule, XNM_IIFNAME);
		/* not a verdict map: the kernel walks all of it at each commit
		 * (nft_lookup_validate()) */
		xnm_lookup(&rule, XNM_SET_BRIDGE_GUARD, false);
		xnm_goto(&rule, "locked");
		xnm_rule_end(&rule);
		return;
	}
	xnm_ruleset_sources(nft);
	xnm_ruleset_forward(nft);
	xnm_ruleset_isolation(nft);
	xnm_ruleset_classes(nft);
	xnm_ruleset_nat(nft);
	xnm_ruleset_acls(nft, policy);
}

void xnm_ruleset_put(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		     uint64_t dscps, bool exists)
{
	uint8_t family = table_family(table);
	struct xnm_nft_mark mark;
	char comment[XNM_TABLE_COMMENT_LEN];
	int len;

	if (exists)
		xnm_nft_del_table(nft, family, XNM_NFT_TABLE);
	xnm_nft_mark(nft, &mark);
	put_rules(nft, table, policy, dscps);
	len = begin_comment(table, policy, comment, sizeof(comment));
	end_comment(comment + len, sizeof(comment) - (size_t)len, dscps,
		    xnm_nft_rewind(nft, &mark));
	xnm_nft_needs(nft, table == XNM_TABLE_BRIDGE ? "CONFIG_NF_TABLES_BRIDGE"
						     : "CONFIG_NF_TABLES_INET");
	xnm_nft_add_table(nft, family, XNM_NFT_TABLE, comment);
	put_rules(nft, table, policy, dscps);
}

void xnm_ruleset_end(struct xnm_nft *nft, enum xnm_table table)
{
	xnm_nft_del_table(nft, table_family(table), XNM_NFT_TABLE);
}

int xnm_ruleset_check(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		      uint64_t dscps, bool count, bool *exists, bool *whole, bool *ours)
{
	char comment[XNM_TABLE_COMMENT_LEN], rest[XNM_TABLE_COMMENT_LEN];
	struct xnm_nft_table found;
	uint64_t has_dscps;
	int len, rc;

	rc = xnm_nft_read_table(nft, table_family(table), XNM_NFT_TABLE, count, &found);
	len = begin_comment(table, policy, comment, sizeof(comment));
	*exists = found.exists;
	*ours = !found.exists || strncmp(found.comment, OUR_COMMENT, strlen(OUR_COMMENT)) == 0;
	*whole = found.exists && !found.is_off && strncmp(found.comment, comment, (size_t)len) == 0;
	if (!*whole)
		return rc;
	has_dscps = comment_dscps(found.comment + len);
	end_comment(rest, sizeof(rest), has_dscps, found.n_rules);
	*whole = (dscps & ~has_dscps) == 0 && (!count || strcmp(found.comment + len, rest) == 0);
	return rc;
}

int xnm_ruleset_is_intact(struct xnm_nft *nft, enum xnm_table table, bool *exists, bool *intact)
{
	struct xnm_nft_table found;
	const char *number;
	int rc;

	rc = xnm_nft_read_table(nft, table_family(table), XNM_NFT_TABLE, true, &found);
	number = strrchr(found.comment, ' ');
	*exists = found.exists;
	*intact = found.exists && !found.is_off && number &&
		  strncmp(found.comment, OUR_COMMENT, strlen(OUR_COMMENT)) == 0 &&
		  strtoul(number + 1, NULL, 10) == found.n_rules;
	return rc;
}

uint64_t xnm_ruleset_digest(struct xnm_nft *nft, enum xnm_table table)
{
	struct xnm_nft_table found;

	if (xnm_nft_read_table(nft, table_family(table), XNM_NFT_TABLE, true, &found))
		return 0;
	return found.digest;
}
