/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_object.c - tables, chains and named sets: put them into a batch, and read a table back. */
#include "hotplug/kernel/nft_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <endian.h>
#include <libnftnl/chain.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "hotplug/kernel/netlink.h"

/* nft(8)'s notes to itself, by which it lists a set as it was written (nftables, include/utils.h
 * and datatype.h: enum byteorder). */
#define BYTEORDER_HOST 1
#define BYTEORDER_BIG  2

static void put_comment(struct nftnl_table *table, const char *comment)
{
	struct nftnl_udata_buf *udata = nftnl_udata_buf_alloc(NFT_USERDATA_MAXLEN);

	if (!udata)
		return;
	if (nftnl_udata_put_strz(udata, NFTNL_UDATA_TABLE_COMMENT, comment))
		nftnl_table_set_data(table, NFTNL_TABLE_USERDATA, nftnl_udata_buf_data(udata),
				     nftnl_udata_buf_len(udata));
	nftnl_udata_buf_free(udata);
}

static void put_table(struct xnm_nft *nft, uint16_t type, uint8_t family, const char *name,
		      const char *comment)
{
	uint16_t flags = type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0;
	struct nlmsghdr *hdr = nft_put_message(nft, type, family, flags);
	struct nftnl_table *table = nftnl_table_alloc();

	if (!table)
		nft->rc = -ENOMEM;
	if (!hdr || !table)
		goto out;
	nftnl_table_set_str(table, NFTNL_TABLE_NAME, name);
	if (comment)
		put_comment(table, comment);
	nftnl_table_nlmsg_build_payload(hdr, table);
	nft_end_message(nft, hdr);
out:
	nftnl_table_free(table);
}

void xnm_nft_add_table(struct xnm_nft *nft, uint8_t family, const char *table, const char *comment)
{
	put_table(nft, NFT_MSG_NEWTABLE, family, table, comment);
}

void xnm_nft_del_table(struct xnm_nft *nft, uint8_t family, const char *table)
{
	put_table(nft, NFT_MSG_DELTABLE, family, table, NULL);
}

static void put_chain(struct xnm_nft *nft, struct nftnl_chain *chain, uint8_t family,
		      const char *table, const char *name)
{
	struct nlmsghdr *hdr = nft_put_message(nft, NFT_MSG_NEWCHAIN, family, NLM_F_CREATE);

	if (!hdr)
		return;
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, table);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
	nftnl_chain_nlmsg_build_payload(hdr, chain);
	nft_end_message(nft, hdr);
}

void xnm_nft_add_chain(struct xnm_nft *nft, uint8_t family, const char *table, const char *name)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (chain)
		put_chain(nft, chain, family, table, name);
	else
		nft->rc = -ENOMEM;
	nftnl_chain_free(chain);
}

void xnm_nft_add_base_chain(struct xnm_nft *nft, uint8_t family, const char *table,
			    const char *name, const char *type, uint32_t hook, int32_t priority)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (chain) {
		nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, type);
		nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook);
		nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, priority);
		nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
		put_chain(nft, chain, family, table, name);
	} else {
		nft->rc = -ENOMEM;
	}
	nftnl_chain_free(chain);
}

/* How nft(8) numbers its types, expressions and headers (nftables, include/datatype.h, expression.h, proto.h). */
#define TYPE_INTEGER	      4
#define EXPR_PAYLOAD	      7
#define EXPR_META	      9
#define EXPR_CONCAT	      13
#define BASE_TRANSPORT_HEADER 3

/* The number of a type, or of a concatenation: six bits for each (nftables, concat_subtype_add()). */
static uint32_t type_number(const uint8_t fields[XNM_MAX_FIELDS])
{
	uint32_t number = 0;

	if (fields[0] == XNM_NFT_VERDICT)
		return NFT_DATA_VERDICT;
	for (int i = 0; i < XNM_MAX_FIELDS && fields[i]; i++)
		number = number << 6 | (fields[i] < XNM_NFT_BYTES ? fields[i] : TYPE_INTEGER);
	return number;
}

static bool has_bytes(const struct xnm_set *set)
{
	for (int i = 0; i < XNM_MAX_FIELDS && set->key[i]; i++) {
		if (set->key[i] >= XNM_NFT_BYTES)
			return true;
	}
	return false;
}

/* "iifname", "@th,64,128": what one field of a key is (nftables, payload.c: payload_expr_build_udata()). */
static void put_typeof_field(struct nftnl_udata_buf *udata, uint8_t type)
{
	static const uint32_t offset_bits[] = {
		[XNM_NFT_ND_TARGET - XNM_NFT_BYTES] = 64,
		[XNM_NFT_CHADDR - XNM_NFT_BYTES] = 288,
	};
	bool bytes = type >= XNM_NFT_BYTES;
	struct nftnl_udata *nest;

	(void)nftnl_udata_put_u32(udata, 0, bytes ? EXPR_PAYLOAD : EXPR_META);
	nest = nftnl_udata_nest_start(udata, 1);
	if (bytes) {
		/* no protocol and no field of it: these bytes have no name */
		(void)nftnl_udata_put_u32(udata, 0, 0);
		(void)nftnl_udata_put_u32(udata, 1, 0);
		(void)nftnl_udata_put_u32(udata, 2, BASE_TRANSPORT_HEADER);
		(void)nftnl_udata_put_u32(udata, 3, offset_bits[type - XNM_NFT_BYTES]);
		(void)nftnl_udata_put_u32(udata, 4, xnm_datatype_size(type) * 8);
	} else {
		(void)nftnl_udata_put_u32(
			udata, 0, type == XNM_NFT_DEVGROUP ? NFT_META_IIFGROUP : NFT_META_IIFNAME);
	}
	nftnl_udata_nest_end(udata, nest);
}

/* "typeof iifname . @th,64,128" (nftables, mnl.c: set_key_expression()) */
static void put_typeof(struct nftnl_udata_buf *udata, const struct xnm_set *set)
{
	struct nftnl_udata *nest = nftnl_udata_nest_start(udata, NFTNL_UDATA_SET_KEY_TYPEOF);
	struct nftnl_udata *fields, *field;

	(void)nftnl_udata_put_u32(udata, NFTNL_UDATA_SET_TYPEOF_EXPR, EXPR_CONCAT);
	fields = nftnl_udata_nest_start(udata, NFTNL_UDATA_SET_TYPEOF_DATA);
	for (uint8_t i = 0; i < XNM_MAX_FIELDS && set->key[i]; i++) {
		field = nftnl_udata_nest_start(udata, i);
		put_typeof_field(udata, set->key[i]);
		nftnl_udata_nest_end(udata, field);
	}
	nftnl_udata_nest_end(udata, fields);
	nftnl_udata_nest_end(udata, nest);
}

static uint32_t byteorder(const uint8_t fields[XNM_MAX_FIELDS])
{
	if (fields[1] != XNM_NFT_NONE || fields[0] == XNM_NFT_VERDICT)
		return 0;
	return fields[0] == XNM_NFT_IFNAME || fields[0] == XNM_NFT_PROTO ||
			       fields[0] == XNM_NFT_CLASSID
		       ? BYTEORDER_HOST
		       : BYTEORDER_BIG;
}

static void put_set_notes(struct nftnl_set *nl, const struct xnm_set *set)
{
	struct nftnl_udata_buf *udata = nftnl_udata_buf_alloc(NFT_USERDATA_MAXLEN);

	if (!udata)
		return;
	(void)nftnl_udata_put_u32(udata, NFTNL_UDATA_SET_KEYBYTEORDER, byteorder(set->key));
	if (set->data[0] != XNM_NFT_NONE)
		(void)nftnl_udata_put_u32(udata, NFTNL_UDATA_SET_DATABYTEORDER,
					  byteorder(set->data));
	if (has_bytes(set))
		put_typeof(udata, set);
	nftnl_set_set_data(nl, NFTNL_SET_USERDATA, nftnl_udata_buf_data(udata),
			   nftnl_udata_buf_len(udata));
	nftnl_udata_buf_free(udata);
}

static void fill_set(struct nftnl_set *nl, const struct xnm_set *set)
{
	uint8_t lengths[XNM_MAX_FIELDS];
	uint32_t flags = 0;
	unsigned int n = 0;

	if (set->flags & XNM_SET_INTERVAL)
		flags |= NFT_SET_INTERVAL | (xnm_set_is_concat(set) ? NFT_SET_CONCAT : 0);
	if (set->flags & XNM_SET_DYNAMIC)
		flags |= NFT_SET_EVAL;
	if (set->flags & XNM_SET_TIMEOUT)
		flags |= NFT_SET_TIMEOUT;
	if (set->data[0] != XNM_NFT_NONE) {
		flags |= NFT_SET_MAP;
		nftnl_set_set_u32(nl, NFTNL_SET_DATA_TYPE, type_number(set->data));
		nftnl_set_set_u32(nl, NFTNL_SET_DATA_LEN, xnm_fields_size(set->data));
	}
	nftnl_set_set_str(nl, NFTNL_SET_TABLE, XNM_NFT_TABLE);
	nftnl_set_set_str(nl, NFTNL_SET_NAME, set->name);
	nftnl_set_set_u32(nl, NFTNL_SET_FAMILY, set->family);
	nftnl_set_set_u32(nl, NFTNL_SET_FLAGS, flags);
	nftnl_set_set_u32(nl, NFTNL_SET_KEY_TYPE, type_number(set->key));
	nftnl_set_set_u32(nl, NFTNL_SET_KEY_LEN, xnm_fields_size(set->key));
	if (set->flags & XNM_SET_DYNAMIC)
		nftnl_set_set_u32(nl, NFTNL_SET_DESC_SIZE, XNM_NFT_DYNAMIC_SIZE);
	while (n < XNM_MAX_FIELDS && set->key[n]) {
		lengths[n] = (uint8_t)xnm_datatype_size(set->key[n]);
		n++;
	}
	if (flags & NFT_SET_CONCAT)
		nftnl_set_set_data(nl, NFTNL_SET_DESC_CONCAT, lengths, n);
	put_set_notes(nl, set);
}

void xnm_nft_add_set(struct xnm_nft *nft, const struct xnm_set *set)
{
	struct nlmsghdr *hdr = nft_put_message(nft, NFT_MSG_NEWSET, set->family, NLM_F_CREATE);
	struct nftnl_set *nl = nftnl_set_alloc();

	if (!nl)
		nft->rc = -ENOMEM;
	if (!hdr || !nl)
		goto out;
	fill_set(nl, set);
	nftnl_set_set_u32(nl, NFTNL_SET_ID, ++nft->set_id);
	nftnl_set_nlmsg_build_payload(hdr, nl);
	nft_end_message(nft, hdr);
out:
	nftnl_set_free(nl);
}

static int read_comment(const struct nlmsghdr *hdr, void *arg)
{
	struct xnm_nft_table *out = arg;
	const struct nlattr *attr;
	const uint8_t *udata;

	out->exists = true;
	mnl_attr_for_each(attr, hdr, sizeof(struct nfgenmsg))
	{
		unsigned int len = mnl_attr_get_payload_len(attr);

		/* a dormant table has all of its rules, and the kernel asks none of them */
		if (mnl_attr_get_type(attr) == NFTA_TABLE_FLAGS && len == sizeof(uint32_t))
			out->is_off = ntohl(mnl_attr_get_u32(attr)) & NFT_TABLE_F_DORMANT;
		udata = mnl_attr_get_payload(attr);
		/* a type, a length, and a text with its NUL */
		if (mnl_attr_get_type(attr) == NFTA_TABLE_USERDATA && len > 2 &&
		    udata[0] == NFTNL_UDATA_TABLE_COMMENT && udata[1] + 2u <= len &&
		    udata[1] <= sizeof(out->comment) && udata[1 + udata[1]] == '\0')
			memcpy(out->comment, udata + 2, udata[1]);
	}
	return MNL_CB_OK;
}

/* FNV-1a, of 64 bits */
static uint64_t digest(uint64_t value, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		value = (value ^ bytes[i]) * 1099511628211ull;
	return value;
}

/* Covers all statements of a rule, but for the values of its counters. */
static uint64_t digest_expressions(uint64_t value, const struct nlattr *list)
{
	const struct nlattr *expr;

	mnl_attr_for_each_nested(expr, list)
	{
		const struct nlattr *name = nft_inside(expr, NFTA_EXPR_NAME);

		if (name && strcmp(mnl_attr_get_str(name), "counter") == 0)
			value = digest(value, "counter", sizeof("counter"));
		else
			value = digest(value, mnl_attr_get_payload(expr),
				       mnl_attr_get_payload_len(expr));
	}
	return value;
}

static int count_rule(const struct nlmsghdr *hdr, void *arg)
{
	struct xnm_nft_table *out = arg;
	const struct nlattr *attr;

	out->n_rules++;
	mnl_attr_for_each(attr, hdr, sizeof(struct nfgenmsg))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type == NFTA_RULE_EXPRESSIONS)
			out->digest = digest_expressions(out->digest, attr);
		else if (type == NFTA_RULE_CHAIN || type == NFTA_RULE_HANDLE)
			out->digest = digest(out->digest, mnl_attr_get_payload(attr),
					     mnl_attr_get_payload_len(attr));
	}
	return MNL_CB_OK;
}

int xnm_nft_read_table(struct xnm_nft *nft, uint8_t family, const char *table, bool count,
		       struct xnm_nft_table *out)
{
	uint8_t buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *hdr;
	int rc;

	memset(out, 0, sizeof(*out));
	hdr = nftnl_nlmsg_build_hdr((char *)buf, NFT_MSG_GETTABLE, family, 0, ++nft->seq);
	mnl_attr_put_strz(hdr, NFTA_TABLE_NAME, table);
	rc = nft_request(nft, hdr, read_comment, out);
	if (rc == -ENOENT)
		return 0;
	if (rc || !count)
		return rc;
	/* a transaction of somebody else during the dump makes it worthless: repeat it */
	for (unsigned int i = 0;; i++) {
		out->n_rules = 0;
		out->digest = 14695981039346656037ull;
		hdr = nftnl_nlmsg_build_hdr((char *)buf, NFT_MSG_GETRULE, family, NLM_F_DUMP,
					    ++nft->seq);
		mnl_attr_put_strz(hdr, NFTA_RULE_TABLE, table);
		rc = nft_request(nft, hdr, count_rule, out);
		if (!netlink_again(rc, i))
			return rc;
	}
}
