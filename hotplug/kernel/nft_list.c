/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_list.c - list the elements of sets and maps. */
#include "hotplug/kernel/nft_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <endian.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "hotplug/kernel/netlink.h"

struct each_element {
	void (*fn)(void *arg, const uint8_t *key, uint64_t packets, uint64_t bytes);
	void *arg;
	/* for xnm_nft_each_whole() */
	void (*whole)(void *arg, const struct xnm_element *element);
	/* for xnm_nft_read_device() */
	const char *ifname;
	enum xnm_set_id set;
	struct xnm_elements *out;
};

static int by_type(const struct nlattr *attr, void *arg)
{
	const struct nlattr **attrs = arg;

	if (mnl_attr_get_type(attr) <= NFTA_SET_ELEM_MAX)
		attrs[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static uint64_t counter_value(const struct nlattr *expr, uint16_t type)
{
	const struct nlattr *attr = nft_inside(nft_inside(expr, NFTA_EXPR_DATA), type);

	return attr && mnl_attr_get_payload_len(attr) == 8 ? be64toh(mnl_attr_get_u64(attr)) : 0;
}

/* Fills the key, the end and the value, as a deletion needs them. */
static void fill_element(struct xnm_element *element, const uint8_t *key,
			 const struct nlattr **attrs)
{
	const struct nlattr *end = nft_inside(attrs[NFTA_SET_ELEM_KEY_END], NFTA_DATA_VALUE);
	const struct nlattr *data = nft_inside(attrs[NFTA_SET_ELEM_DATA], NFTA_DATA_VALUE);
	const struct nlattr *verdict = nft_inside(attrs[NFTA_SET_ELEM_DATA], NFTA_DATA_VERDICT);
	const struct nlattr *chain = nft_inside(verdict, NFTA_VERDICT_CHAIN);

	memcpy(element->key, key, sizeof(element->key));
	memcpy(element->end, key, sizeof(element->end));
	if (end && mnl_attr_get_payload_len(end) <= sizeof(element->end))
		memcpy(element->end, mnl_attr_get_payload(end), mnl_attr_get_payload_len(end));
	if (data && mnl_attr_get_payload_len(data) <= sizeof(element->data))
		memcpy(element->data, mnl_attr_get_payload(data), mnl_attr_get_payload_len(data));
	if (chain)
		xnm_data_chain(element, mnl_attr_get_str(chain));
}

/* Whether it is the key behind a range, which a set with a single field has. */
static bool is_end(const struct nlattr **attrs)
{
	const struct nlattr *flags = attrs[NFTA_SET_ELEM_FLAGS];

	return flags && mnl_attr_get_payload_len(flags) == sizeof(uint32_t) &&
	       ntohl(mnl_attr_get_u32(flags)) & NFT_SET_ELEM_INTERVAL_END;
}

/* Skips an element with a key of another length: the set may be that of another version of xnm. */
static void read_whole(const struct each_element *each, const struct nlattr *value,
		       const uint8_t *key, const struct nlattr **attrs)
{
	struct xnm_element element = { .set = (uint8_t)each->set };

	if (mnl_attr_get_payload_len(value) != xnm_fields_size(xnm_sets[each->set].key) ||
	    is_end(attrs))
		return;
	fill_element(&element, key, attrs);
	each->whole(each->arg, &element);
}

static void read_one(const struct each_element *each, const struct nlattr *elem)
{
	const struct nlattr *attrs[NFTA_SET_ELEM_MAX + 1] = { NULL };
	uint8_t key[XNM_KEY_MAX] = { 0 };
	const struct nlattr *value, *expr;

	(void)mnl_attr_parse_nested(elem, by_type, attrs);
	value = nft_inside(attrs[NFTA_SET_ELEM_KEY], NFTA_DATA_VALUE);
	if (!value || mnl_attr_get_payload_len(value) > sizeof(key))
		return;
	memcpy(key, mnl_attr_get_payload(value), mnl_attr_get_payload_len(value));
	if (each->whole) {
		read_whole(each, value, key, attrs);
		return;
	}
	if (each->out) {
		if (strncmp((const char *)key, each->ifname, IFNAMSIZ) == 0)
			fill_element(xnm_elements_add(each->out, each->set), key, attrs);
		return;
	}
	expr = attrs[NFTA_SET_ELEM_EXPR];
	each->fn(each->arg, key, counter_value(expr, NFTA_COUNTER_PACKETS),
		 counter_value(expr, NFTA_COUNTER_BYTES));
}

static int read_elements(const struct nlmsghdr *hdr, void *arg)
{
	const struct nlattr *attr, *elem;

	mnl_attr_for_each(attr, hdr, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) != NFTA_SET_ELEM_LIST_ELEMENTS)
			continue;
		mnl_attr_for_each_nested(elem, attr)
		{
			read_one(arg, elem);
		}
	}
	return MNL_CB_OK;
}

static int list_set(struct xnm_nft *nft, const struct xnm_set *set, struct each_element *each)
{
	uint8_t buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *hdr = nftnl_nlmsg_build_hdr((char *)buf, NFT_MSG_GETSETELEM, set->family,
						     NLM_F_DUMP, ++nft->seq);

	mnl_attr_put_strz(hdr, NFTA_SET_ELEM_LIST_TABLE, XNM_NFT_TABLE);
	mnl_attr_put_strz(hdr, NFTA_SET_ELEM_LIST_SET, set->name);
	return nft_request(nft, hdr, read_elements, each);
}

int xnm_nft_each_element(struct xnm_nft *nft, const struct xnm_set *set,
			 void (*fn)(void *arg, const uint8_t *key, uint64_t packets,
				    uint64_t bytes),
			 void *arg)
{
	struct each_element each = { .fn = fn, .arg = arg };

	return list_set(nft, set, &each);
}

int xnm_nft_each_whole(struct xnm_nft *nft, enum xnm_set_id set,
		       void (*fn)(void *arg, const struct xnm_element *element), void *arg)
{
	struct each_element each = { .whole = fn, .arg = arg, .set = set };

	return list_set(nft, &xnm_sets[set], &each);
}

int xnm_nft_read_device(struct xnm_nft *nft, const char *ifname, struct xnm_elements *out)
{
	struct each_element each = { .ifname = ifname, .out = out };

	for (int i = 0; i < XNM_N_SETS; i++) {
		const struct xnm_set *set = &xnm_sets[i];
		unsigned int n = out->n;
		unsigned int attempt = 0;
		int rc;

		if (set->key[0] != XNM_NFT_IFNAME || set->flags & XNM_SET_DYNAMIC)
			continue;
		each.set = (enum xnm_set_id)i;
		do {
			out->n = n;
			rc = list_set(nft, set, &each);
		} while (netlink_again(rc, attempt++));
		/* a table that does not exist has no elements */
		if (rc && rc != -ENOENT)
			return rc;
	}
	return 0;
}
