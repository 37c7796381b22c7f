/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_foreign.c - find the chain of somebody else that decides on forwarding, and let a device through it. */
#include "hotplug/kernel/nft_foreign.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "hotplug/kernel/netlink.h"
#include "hotplug/kernel/nft_core.h"
#include "hotplug/kernel/nft_foreign_rule.h"

#define MAX_TRIES 20
#define MAX_OURS  16 /* rules of ours at once; xnm_nft_let_through() repeats if there are more */

struct chain_search {
	const char *only; /* "": any base chain on the forward hook */
	bool exists, is_base, drops;
	char name[XNM_CHAIN_LEN];
};

static uint32_t hook_of(const struct nlattr *nest)
{
	uint32_t hook = UINT32_MAX;
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) == NFTA_HOOK_HOOKNUM)
			hook = ntohl(mnl_attr_get_u32(attr));
	}
	return hook;
}

/* Whether our notes can have the name; those of Docker and iptables are all of this kind. */
static bool name_ok(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	}
	return len > 0 && len < XNM_CHAIN_LEN;
}

static int read_chain(const struct nlmsghdr *hdr, void *arg)
{
	const char *table = "", *name = "";
	struct chain_search *search = arg;
	uint32_t hook = UINT32_MAX, policy = NF_ACCEPT;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, hdr, sizeof(struct nfgenmsg))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type == NFTA_CHAIN_TABLE)
			table = mnl_attr_get_str(attr);
		else if (type == NFTA_CHAIN_NAME)
			name = mnl_attr_get_str(attr);
		else if (type == NFTA_CHAIN_HOOK)
			hook = hook_of(attr);
		else if (type == NFTA_CHAIN_POLICY)
			policy = ntohl(mnl_attr_get_u32(attr));
	}
	if (strcmp(table, XNM_FOREIGN_TABLE) != 0 || search->drops || !name_ok(name) ||
	    (search->only[0] && strcmp(name, search->only) != 0))
		return MNL_CB_OK;
	search->exists = true;
	search->is_base = hook == NF_INET_FORWARD;
	search->drops = search->is_base && policy == NF_DROP;
	memcpy(search->name, name, strlen(name) + 1);
	return MNL_CB_OK;
}

/*
 * Reads one chain by its name, or with name "" all of the family. That there is none is no
 * error.
 */
static int get_chain(struct xnm_nft *nft, uint8_t family, const char *name,
		     struct chain_search *search)
{
	uint8_t buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *hdr = nftnl_nlmsg_build_hdr((char *)buf, NFT_MSG_GETCHAIN, family,
						     name[0] ? 0 : NLM_F_DUMP, ++nft->seq);
	int rc;

	*search = (struct chain_search){ .only = name };
	if (name[0]) {
		mnl_attr_put_strz(hdr, NFTA_CHAIN_TABLE, XNM_FOREIGN_TABLE);
		mnl_attr_put_strz(hdr, NFTA_CHAIN_NAME, name);
	}
	rc = nft_request(nft, hdr, read_chain, search);
	return rc == -ENOENT ? 0 : rc;
}

/*
 * By name first: a dump tells of all chains of the family, and a host with
 * containers may have thousands. A FORWARD that is a base chain is that of
 * iptables-nft, which has no other one on the hook.
 */
int xnm_nft_find_forward(struct xnm_nft *nft, uint8_t family, char chain[XNM_CHAIN_LEN])
{
	struct xnm_nft_table table;
	struct chain_search search;
	int rc;

	chain[0] = '\0';
	rc = xnm_nft_read_table(nft, family, XNM_FOREIGN_TABLE, false, &table);
	if (rc || !table.exists)
		return rc;
	rc = get_chain(nft, family, "DOCKER-USER", &search);
	if (rc == 0 && !search.exists) {
		rc = get_chain(nft, family, "FORWARD", &search);
		if (rc == 0 && !search.is_base)
			rc = get_chain(nft, family, "", &search);
		search.exists = search.drops;
	}
	if (rc == 0 && search.exists)
		memcpy(chain, search.name, XNM_CHAIN_LEN);
	return rc;
}

/* One of our rules. */
struct ours {
	char dev[IFNAMSIZ];
	unsigned int rule; /* enum xnm_through */
	uint64_t handle;
	char chain[NFT_CHAIN_MAXNAMELEN];
};

struct rule_search {
	const char *dev, *chain;
	unsigned int n;
	struct ours list[MAX_OURS];
};

static bool parse_rule(const struct nlmsghdr *hdr, struct ours *ours)
{
	const struct nlattr *attr, *attrs[NFTA_RULE_MAX + 1] = { NULL };

	/* most rules are of others: only one with our comment somewhere in it is parsed */
	if (!memmem(hdr, hdr->nlmsg_len, NFT_OUR_COMMENT, sizeof(NFT_OUR_COMMENT)))
		return false;
	mnl_attr_for_each(attr, hdr, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) <= NFTA_RULE_MAX)
			attrs[mnl_attr_get_type(attr)] = attr;
	}
	ours->rule = nft_parse_through(attrs[NFTA_RULE_EXPRESSIONS], attrs[NFTA_RULE_USERDATA],
				       ours->dev);
	/* old kernels ignore the filter and list rules of other tables, too */
	if (!ours->rule || !attrs[NFTA_RULE_TABLE] || !attrs[NFTA_RULE_CHAIN] ||
	    !attrs[NFTA_RULE_HANDLE] ||
	    strcmp(mnl_attr_get_str(attrs[NFTA_RULE_TABLE]), XNM_FOREIGN_TABLE) != 0)
		return false;
	(void)snprintf(ours->chain, sizeof(ours->chain), "%s",
		       mnl_attr_get_str(attrs[NFTA_RULE_CHAIN]));
	ours->handle = be64toh(mnl_attr_get_u64(attrs[NFTA_RULE_HANDLE]));
	return true;
}

static int read_rule(const struct nlmsghdr *hdr, void *arg)
{
	struct rule_search *search = arg;

	if (search->n < MAX_OURS && parse_rule(hdr, &search->list[search->n]) &&
	    strcmp(search->list[search->n].dev, search->dev) == 0)
		search->n++;
	return MNL_CB_OK;
}

static bool is_here(const struct rule_search *search, unsigned int i)
{
	return strcmp(search->list[i].chain, search->chain) == 0;
}

/* Reads the rules of table filter, or those of one chain in it. */
static int dump_rules(struct xnm_nft *nft, uint8_t family, const char *chain, mnl_cb_t fn,
		      void *arg)
{
	uint8_t buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *hdr =
		nftnl_nlmsg_build_hdr((char *)buf, NFT_MSG_GETRULE, family, NLM_F_DUMP, ++nft->seq);
	int rc;

	mnl_attr_put_strz(hdr, NFTA_RULE_TABLE, XNM_FOREIGN_TABLE);
	if (chain)
		mnl_attr_put_strz(hdr, NFTA_RULE_CHAIN, chain);
	rc = nft_request(nft, hdr, fn, arg);
	return rc == -ENOENT ? 0 : rc;
}

int xnm_nft_read_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
			 unsigned int *rules)
{
	struct rule_search search = { .dev = dev, .chain = chain };
	int rc = dump_rules(nft, family, chain, read_rule, &search);

	*rules = 0;
	for (unsigned int i = 0; rc == 0 && i < search.n; i++) {
		if (is_here(&search, i))
			*rules |= search.list[i].rule;
	}
	return rc;
}

static void put_delete(struct xnm_nft *nft, uint8_t family, const struct ours *ours)
{
	struct nlmsghdr *hdr = nft_put_message(nft, NFT_MSG_DELRULE, family, 0);

	if (!hdr)
		return;
	mnl_attr_put_strz(hdr, NFTA_RULE_TABLE, XNM_FOREIGN_TABLE);
	mnl_attr_put_strz(hdr, NFTA_RULE_CHAIN, ours->chain);
	mnl_attr_put_u64(hdr, NFTA_RULE_HANDLE, htobe64(ours->handle));
	nft_end_message(nft, hdr);
}

/*
 * Puts the deletions and additions that are missing into the batch. Returns whether there
 * are any.
 */
static bool put_changes(struct xnm_nft *nft, uint8_t family, const struct rule_search *search,
			unsigned int rules)
{
	unsigned int missing = rules;
	bool changes = false;

	for (unsigned int i = 0; i < search->n; i++) {
		const struct ours *ours = &search->list[i];

		/* a rule that is here twice: the second one goes */
		if (is_here(search, i) && missing & ours->rule) {
			missing &= ~ours->rule;
			continue;
		}
		put_delete(nft, family, ours);
		changes = true;
	}
	/* each is put at the top of the chain, so the last one is put first */
	for (unsigned int i = XNM_N_THROUGH; i-- > 0;) {
		if (missing & 1u << i)
			nft_put_through(nft, family, search->chain, search->dev, 1u << i);
	}
	return changes || missing;
}

int xnm_nft_let_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
			unsigned int rules)
{
	struct rule_search search = { .dev = dev, .chain = chain };
	uint32_t generation;
	int rc = -ESTALE;

	/*
	 * a handle is valid in one generation only: a table that is made anew numbers its
	 * rules from 1 again
	 */
	for (int i = 0; i < MAX_TRIES && (rc == -ESTALE || rc == -EAGAIN); i++) {
		search.n = 0;
		rc = xnm_nft_generation(nft, &generation);
		if (rc == 0)
			rc = dump_rules(nft, family, NULL, read_rule, &search);
		if (rc)
			continue;
		xnm_nft_begin(nft, generation);
		if (!put_changes(nft, family, &search, rules))
			return 0;
		rc = xnm_nft_commit(nft);
		/* there may be more than fitted */
		if (rc == 0 && search.n == MAX_OURS)
			rc = -EAGAIN;
	}
	return rc == -EAGAIN ? -ESTALE : rc;
}

struct each_through {
	void (*fn)(void *arg, const char *dev);
	void *arg;
};

static int tell_device(const struct nlmsghdr *hdr, void *arg)
{
	const struct each_through *each = arg;
	struct ours ours;

	if (parse_rule(hdr, &ours))
		each->fn(each->arg, ours.dev);
	return MNL_CB_OK;
}

int xnm_nft_each_through(struct xnm_nft *nft, uint8_t family,
			 void (*fn)(void *arg, const char *dev), void *arg)
{
	struct each_through each = { fn, arg };
	unsigned int attempt = 0;
	int rc;

	do
		rc = dump_rules(nft, family, NULL, tell_device, &each);
	while (netlink_again(rc, attempt++));
	return rc;
}
