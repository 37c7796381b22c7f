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

/* Classes that set the DSCP of their packets; nothing without any. */
static uint32_t hash_classes(uint32_t value, const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_classes; i++) {
		const struct xnm_class_policy *class = &policy->classes[i];

		if (!class->has_dscp)
			continue;
		value = hash(value, &class->number, sizeof(class->number));
		value = hash(value, &class->dscp, sizeof(class->dscp));
	}
	return value;
}

/* The table's comment without the number of rules. */
static int begin_comment(enum xnm_table table, const struct xnm_policy *policy, char *out,
			 size_t out_size)
{
	uint32_t value = hash_classes(table == XNM_TABLE_INET ? hash_acls(policy) : 0, policy);

	return snprintf(out, out_size, OUR_COMMENT "%.20s, policy %08x, rules ", XNM_VERSION,
			value);
}

static void put_rules(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy)
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
	if (table == XNM_TABLE_BRIDGE) {
		xnm_ruleset_isolation_bridge(nft);
		xnm_ruleset_classes_bridge(nft, policy);
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
	xnm_ruleset_classes(nft, policy);
	xnm_ruleset_nat(nft);
	xnm_ruleset_acls(nft, policy);
}

void xnm_ruleset_put(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		     bool exists)
{
	uint8_t family = table_family(table);
	struct xnm_nft_mark mark;
	char comment[64];
	int len;

	if (exists)
		xnm_nft_del_table(nft, family, XNM_NFT_TABLE);
	xnm_nft_mark(nft, &mark);
	put_rules(nft, table, policy);
	len = begin_comment(table, policy, comment, sizeof(comment));
	(void)snprintf(comment + len, sizeof(comment) - (size_t)len, "%u",
		       xnm_nft_rewind(nft, &mark));
	xnm_nft_needs(nft, table == XNM_TABLE_BRIDGE ? "CONFIG_NF_TABLES_BRIDGE"
						     : "CONFIG_NF_TABLES_INET");
	xnm_nft_add_table(nft, family, XNM_NFT_TABLE, comment);
	put_rules(nft, table, policy);
}

void xnm_ruleset_end(struct xnm_nft *nft, enum xnm_table table)
{
	xnm_nft_del_table(nft, table_family(table), XNM_NFT_TABLE);
}

int xnm_ruleset_check(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		      bool count, bool *exists, bool *whole, bool *ours)
{
	struct xnm_nft_table found;
	char comment[64], number[12];
	int len, rc;

	rc = xnm_nft_read_table(nft, table_family(table), XNM_NFT_TABLE, count, &found);
	len = begin_comment(table, policy, comment, sizeof(comment));
	(void)snprintf(number, sizeof(number), "%u", found.n_rules);
	*exists = found.exists;
	*ours = !found.exists || strncmp(found.comment, OUR_COMMENT, strlen(OUR_COMMENT)) == 0;
	*whole = found.exists && !found.is_off &&
		 strncmp(found.comment, comment, (size_t)len) == 0 &&
		 (!count || strcmp(found.comment + len, number) == 0);
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
