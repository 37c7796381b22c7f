/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_foreign_rule.c - one rule that lets a device through, as iptables-nft writes and reads it. */
#include "hotplug/kernel/nft_foreign_rule.h"

#include <arpa/inet.h>
#include <string.h>

#include <libnftnl/rule.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include "hotplug/kernel/nft_core.h"
#include "hotplug/kernel/nft_rule_core.h"

/* A type, a length, and the text with its NUL: what nft(8) and iptables-nft show as a comment. */
static const uint8_t our_mark[] = {
	NFTNL_UDATA_RULE_COMMENT, sizeof(NFT_OUR_COMMENT), 'x', 'n', 'm', '\0'
};

/* With the NUL and no more: by its length iptables-nft tells a name from a "br+" */
static void put_match(struct xnm_rule *rule, enum xnm_field field, const char *dev)
{
	xnm_load(rule, field);
	xnm_compare(rule, XNM_EQ, dev, (unsigned int)strlen(dev) + 1);
}

void nft_put_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
		     unsigned int which)
{
	struct nlmsghdr *hdr;
	struct xnm_rule rule;

	xnm_rule_begin(&rule, nft, family, chain);
	if (!rule.nl)
		return;
	nftnl_rule_set_str(rule.nl, NFTNL_RULE_TABLE, XNM_FOREIGN_TABLE);
	nftnl_rule_set_data(rule.nl, NFTNL_RULE_USERDATA, our_mark, sizeof(our_mark));
	if (which != XNM_THROUGH_TO)
		put_match(&rule, XNM_IIFNAME, dev);
	if (which != XNM_THROUGH_FROM)
		put_match(&rule, XNM_OIFNAME, dev);
	xnm_counter(&rule);
	xnm_accept(&rule);
	/* without NLM_F_APPEND: before all others */
	hdr = nft_put_message(nft, NFT_MSG_NEWRULE, family, NLM_F_CREATE);
	if (hdr) {
		nftnl_rule_nlmsg_build_payload(hdr, rule.nl);
		nft_end_message(nft, hdr);
	}
	nftnl_rule_free(rule.nl);
}

/*
 * A rule is parsed without libnftnl: every online on a host with Docker does it, and
 * libnftnl costs page faults for its code and heap.
 */

static bool is_u32(const struct nlattr *attr, uint32_t value)
{
	return attr && mnl_attr_get_payload_len(attr) == sizeof(value) &&
	       ntohl(mnl_attr_get_u32(attr)) == value;
}

/* Text with a NUL, and perhaps more behind that. */
static bool begins_with(const struct nlattr *attr, const char *text)
{
	size_t len = strlen(text) + 1;

	return attr && mnl_attr_get_payload_len(attr) >= len &&
	       memcmp(mnl_attr_get_payload(attr), text, len) == 0;
}

/* What is known of a rule after some of its statements. */
struct reading {
	char *dev; /* "": none yet */
	unsigned int field; /* the field that the register has; 0: none that we look at */
	bool from, to, marked, accepted;
};

static bool read_meta(struct reading *reading, const struct nlattr *data)
{
	const struct nlattr *key = nft_inside(data, NFTA_META_KEY);

	reading->field = is_u32(key, NFT_META_IIFNAME)	 ? XNM_THROUGH_FROM
			 : is_u32(key, NFT_META_OIFNAME) ? XNM_THROUGH_TO
							 : 0;
	return reading->field != 0;
}

/* nft(8) fills a name up with NULs and iptables-nft ends it with one; "br+" has none. */
static bool read_cmp(struct reading *reading, const struct nlattr *data)
{
	const struct nlattr *value = nft_inside(nft_inside(data, NFTA_CMP_DATA), NFTA_DATA_VALUE);
	const char *name = value ? mnl_attr_get_payload(value) : "";
	size_t len = value ? mnl_attr_get_payload_len(value) : 0;

	if (!reading->field || !is_u32(nft_inside(data, NFTA_CMP_OP), NFT_CMP_EQ) ||
	    len > IFNAMSIZ || !memchr(name, '\0', len) || name[0] == '\0')
		return false;
	/* both names must be those of one device */
	if (reading->dev[0] && strcmp(reading->dev, name) != 0)
		return false;
	memcpy(reading->dev, name, strlen(name) + 1);
	reading->from |= reading->field == XNM_THROUGH_FROM;
	reading->to |= reading->field == XNM_THROUGH_TO;
	return true;
}

/* Reads the match "comment", which iptables-restore makes of our comment. */
static bool read_match(struct reading *reading, const struct nlattr *data)
{
	reading->marked = begins_with(nft_inside(data, NFTA_MATCH_NAME), "comment") &&
			  begins_with(nft_inside(data, NFTA_MATCH_INFO), NFT_OUR_COMMENT);
	return reading->marked;
}

static bool read_verdict(struct reading *reading, const struct nlattr *data)
{
	const struct nlattr *verdict =
		nft_inside(nft_inside(data, NFTA_IMMEDIATE_DATA), NFTA_DATA_VERDICT);

	reading->accepted = is_u32(nft_inside(verdict, NFTA_VERDICT_CODE), NF_ACCEPT);
	return reading->accepted;
}

static bool read_statement(struct reading *reading, const struct nlattr *statement)
{
	const struct nlattr *name = nft_inside(statement, NFTA_EXPR_NAME);
	const struct nlattr *data = nft_inside(statement, NFTA_EXPR_DATA);

	if (reading->accepted)
		return false;
	if (begins_with(name, "meta"))
		return read_meta(reading, data);
	if (begins_with(name, "cmp"))
		return read_cmp(reading, data);
	if (begins_with(name, "match"))
		return read_match(reading, data);
	if (begins_with(name, "immediate"))
		return read_verdict(reading, data);
	return begins_with(name, "counter");
}

static bool is_mark(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) == sizeof(our_mark) &&
	       memcmp(mnl_attr_get_payload(attr), our_mark, sizeof(our_mark)) == 0;
}

unsigned int nft_parse_through(const struct nlattr *statements, const struct nlattr *userdata,
			       char dev[IFNAMSIZ])
{
	struct reading reading = { .dev = dev, .marked = is_mark(userdata) };
	const struct nlattr *statement;

	dev[0] = '\0';
	if (!statements)
		return 0;
	mnl_attr_for_each_nested(statement, statements)
	{
		if (!read_statement(&reading, statement))
			return 0;
	}
	if (!reading.marked || !reading.accepted)
		return 0;
	if (reading.from && reading.to)
		return XNM_THROUGH_WITHIN;
	return reading.from ? XNM_THROUGH_FROM : reading.to ? XNM_THROUGH_TO : 0;
}
