/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign_nft.c - read the nftables chains and rules of others, as far as they decide what is forwarded. */
#include "hotplug/cli/doctor/foreign_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "hotplug/kernel/netlink.h"
#include "hotplug/kernel/nft_sets.h"

struct dump {
	struct mnl_socket *sock;
	uint32_t seq;
	struct xnm_foreign *foreign;
	int rc;
};

static void copy(char *out, size_t out_size, const char *text)
{
	(void)snprintf(out, out_size, "%s", text ? text : "");
}

/* ----------------------------------------------------------------- chains */

static int read_chain(const struct nlmsghdr *hdr, void *arg)
{
	struct dump *dump = arg;
	struct nftnl_chain *nl = nftnl_chain_alloc();
	struct xnm_foreign_chain *chain;
	uint32_t family;

	if (!nl || nftnl_chain_nlmsg_parse(hdr, nl) < 0)
		goto out;
	family = nftnl_chain_get_u32(nl, NFTNL_CHAIN_FAMILY);
	if (family != NFPROTO_IPV4 && family != NFPROTO_IPV6 && family != NFPROTO_INET)
		goto out;
	/* our own table */
	if (family == NFPROTO_INET &&
	    strcmp(nftnl_chain_get_str(nl, NFTNL_CHAIN_TABLE), XNM_NFT_TABLE) == 0)
		goto out;
	chain = xnm_foreign_add_chain(dump->foreign);
	if (!chain) {
		dump->rc = -ENOMEM;
		goto out;
	}
	chain->family = (uint8_t)family;
	copy(chain->table, sizeof(chain->table), nftnl_chain_get_str(nl, NFTNL_CHAIN_TABLE));
	copy(chain->name, sizeof(chain->name), nftnl_chain_get_str(nl, NFTNL_CHAIN_NAME));
	chain->drops_forwarded = nftnl_chain_is_set(nl, NFTNL_CHAIN_HOOKNUM) &&
				 nftnl_chain_get_u32(nl, NFTNL_CHAIN_HOOKNUM) == NF_INET_FORWARD &&
				 nftnl_chain_is_set(nl, NFTNL_CHAIN_POLICY) &&
				 nftnl_chain_get_u32(nl, NFTNL_CHAIN_POLICY) == NF_DROP;
out:
	nftnl_chain_free(nl);
	return MNL_CB_OK;
}

/* ------------------------------------------------------------------ rules */

/* What an expression before has loaded, for the one that compares it. */
enum loaded {
	LOADED_OTHER,
	LOADED_IN,
	LOADED_OUT,
	LOADED_CONNECTION,
};

struct rule_reader {
	struct xnm_foreign_rule *rule;
	enum loaded loaded;
	bool is_index; /* an interface's number, not its name */
};

static void read_meta(struct rule_reader *reader, const struct nftnl_expr *expr)
{
	uint32_t key = nftnl_expr_get_u32(expr, NFTNL_EXPR_META_KEY);

	reader->is_index = key == NFT_META_IIF || key == NFT_META_OIF;
	if (key == NFT_META_IIFNAME || key == NFT_META_IIF)
		reader->loaded = LOADED_IN;
	else if (key == NFT_META_OIFNAME || key == NFT_META_OIF)
		reader->loaded = LOADED_OUT;
	else
		reader->loaded = LOADED_OTHER;
}

static void read_ifname(const struct rule_reader *reader, struct xnm_foreign_match *match,
			const void *data, uint32_t len)
{
	uint32_t ifindex = 0;

	if (reader->is_index) {
		if (len == sizeof(ifindex))
			memcpy(&ifindex, data, sizeof(ifindex));
		/* the device does not exist any more */
		if (!if_indextoname(ifindex, match->ifname))
			reader->rule->other = true;
		return;
	}
	match->is_prefix = !memchr(data, '\0', len);
	memcpy(match->ifname, data, len < IFNAMSIZ ? len : IFNAMSIZ - 1);
}

static void read_compare(struct rule_reader *reader, const struct nftnl_expr *expr)
{
	struct xnm_foreign_rule *rule = reader->rule;
	uint32_t len = 0;
	const void *data = nftnl_expr_get(expr, NFTNL_EXPR_CMP_DATA, &len);
	bool equal = nftnl_expr_get_u32(expr, NFTNL_EXPR_CMP_OP) == NFT_CMP_EQ;

	if (reader->loaded == LOADED_CONNECTION)
		return;
	if (!equal || !data || reader->loaded == LOADED_OTHER)
		rule->other = true;
	else
		read_ifname(reader, reader->loaded == LOADED_IN ? &rule->in : &rule->out, data,
			    len);
}

static void read_verdict(struct xnm_foreign_rule *rule, const struct nftnl_expr *expr)
{
	int32_t verdict;

	if (!nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_VERDICT))
		return;
	verdict = (int32_t)nftnl_expr_get_u32(expr, NFTNL_EXPR_IMM_VERDICT);
	rule->accepts = verdict == NF_ACCEPT;
	if (verdict == NFT_JUMP || verdict == NFT_GOTO)
		copy(rule->target, sizeof(rule->target),
		     nftnl_expr_get_str(expr, NFTNL_EXPR_IMM_CHAIN));
}

/* A match of iptables that nftables only passes on. */
static void read_match(struct rule_reader *reader, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_MT_NAME);

	if (name && (strcmp(name, "conntrack") == 0 || strcmp(name, "state") == 0))
		reader->rule->known_connections = true;
	else if (!name || strcmp(name, "comment") != 0)
		reader->rule->other = true;
}

static int read_expr(struct nftnl_expr *expr, void *arg)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);
	struct rule_reader *reader = arg;
	struct xnm_foreign_rule *rule = reader->rule;

	if (strcmp(name, "meta") == 0) {
		read_meta(reader, expr);
	} else if (strcmp(name, "ct") == 0) {
		reader->loaded = LOADED_CONNECTION;
		rule->known_connections = true;
	} else if (strcmp(name, "cmp") == 0) {
		read_compare(reader, expr);
	} else if (strcmp(name, "immediate") == 0) {
		read_verdict(rule, expr);
	} else if (strcmp(name, "match") == 0) {
		read_match(reader, expr);
	} else if (strcmp(name, "lookup") == 0 || strcmp(name, "bitwise") == 0) {
		rule->other |= reader->loaded != LOADED_CONNECTION;
	} else if (strcmp(name, "counter") != 0 && strcmp(name, "log") != 0) {
		reader->loaded = LOADED_OTHER;
		rule->other = true;
	}
	return MNL_CB_OK;
}

static int read_rule(const struct nlmsghdr *hdr, void *arg)
{
	struct dump *dump = arg;
	struct nftnl_rule *nl = nftnl_rule_alloc();
	struct rule_reader reader = { .loaded = LOADED_OTHER };
	struct xnm_foreign_rule *rule;

	if (!nl || nftnl_rule_nlmsg_parse(hdr, nl) < 0)
		goto out;
	rule = xnm_foreign_add_rule(dump->foreign);
	if (!rule) {
		dump->rc = -ENOMEM;
		goto out;
	}
	rule->family = (uint8_t)nftnl_rule_get_u32(nl, NFTNL_RULE_FAMILY);
	copy(rule->table, sizeof(rule->table), nftnl_rule_get_str(nl, NFTNL_RULE_TABLE));
	copy(rule->chain, sizeof(rule->chain), nftnl_rule_get_str(nl, NFTNL_RULE_CHAIN));
	reader.rule = rule;
	(void)nftnl_expr_foreach(nl, read_expr, &reader);
out:
	nftnl_rule_free(nl);
	return MNL_CB_OK;
}

/* ------------------------------------------------------------------- dump */

struct handler {
	struct dump *dump;
	mnl_cb_t fn;
};

static int hand_over(void *arg, struct nlmsghdr *hdr)
{
	const struct handler *handler = arg;

	(void)handler->fn(hdr, handler->dump);
	return handler->dump->rc;
}

static int read_error(void *arg, struct nlmsghdr *hdr)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(hdr);

	(void)arg;
	return mnl_nlmsg_get_payload_len(hdr) < sizeof(*err) ? -EPROTO : err->error;
}

/* Returns 0 or -errno; -EAGAIN when something has changed meanwhile. */
static int dump_all(struct dump *dump, uint16_t type, uint8_t family, const char *table,
		    mnl_cb_t fn)
{
	static uint8_t buf[64 * 1024] __attribute__((aligned(8)));
	uint8_t request[256] __attribute__((aligned(8)));
	struct nlmsghdr *hdr =
		nftnl_nlmsg_build_hdr((char *)request, type, family, NLM_F_DUMP, ++dump->seq);
	struct handler handler = { dump, fn };
	const struct netlink_talk talk = {
		.fd = mnl_socket_get_fd(dump->sock),
		.request = hdr,
		.buf = buf,
		.buf_size = sizeof(buf),
		.fn = hand_over,
		.arg = &handler,
		.error = read_error,
	};

	if (table)
		mnl_attr_put_strz(hdr, NFTA_RULE_TABLE, table);
	if (mnl_socket_sendto(dump->sock, hdr, hdr->nlmsg_len) < 0)
		return -errno;
	return netlink_read(&talk);
}

static bool has_rules_of(const struct xnm_foreign *foreign, const struct xnm_foreign_chain *chain)
{
	for (unsigned int i = 0; i < foreign->n_rules; i++) {
		if (foreign->rules[i].family == chain->family &&
		    strcmp(foreign->rules[i].table, chain->table) == 0)
			return true;
	}
	return false;
}

static int read_all(struct dump *dump, bool (*wanted)(const struct xnm_foreign_chain *chain))
{
	struct xnm_foreign *foreign = dump->foreign;
	int rc;

	foreign->n_chains = foreign->n_rules = 0;
	rc = dump_all(dump, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, NULL, read_chain);
	for (unsigned int i = 0; rc == 0 && i < foreign->n_chains; i++) {
		const struct xnm_foreign_chain *chain = &foreign->chains[i];

		if (wanted(chain) && !has_rules_of(foreign, chain))
			rc = dump_all(dump, NFT_MSG_GETRULE, chain->family, chain->table,
				      read_rule);
	}
	return rc;
}

int xnm_foreign_read(struct xnm_foreign *foreign,
		     bool (*wanted)(const struct xnm_foreign_chain *chain))
{
	struct dump dump = { .foreign = foreign };
	int rc;

	dump.sock = mnl_socket_open(NETLINK_NETFILTER);
	if (!dump.sock)
		return -errno;
	rc = mnl_socket_bind(dump.sock, 0, MNL_SOCKET_AUTOPID) ? -errno : 0;
	netlink_limit_wait(mnl_socket_get_fd(dump.sock));
	for (unsigned int i = 0; rc == 0; i++) {
		rc = read_all(&dump, wanted);
		if (!netlink_again(rc, i))
			break;
		rc = dump.rc = 0;
	}
	(void)mnl_socket_close(dump.sock);
	return rc;
}
