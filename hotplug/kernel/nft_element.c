/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_element.c - add, remove and look for the elements of sets and maps. */
#include "hotplug/kernel/nft_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <endian.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

static void put_value(struct nlmsghdr *hdr, uint16_t attr, const uint8_t *value, unsigned int len)
{
	struct nlattr *nest = mnl_attr_nest_start(hdr, attr);

	mnl_attr_put(hdr, NFTA_DATA_VALUE, len, value);
	mnl_attr_nest_end(hdr, nest);
}

static void put_data(struct nlmsghdr *hdr, const struct xnm_set *set,
		     const struct xnm_element *element)
{
	struct nlattr *nest, *verdict;

	if (set->data[0] != XNM_NFT_VERDICT) {
		put_value(hdr, NFTA_SET_ELEM_DATA, element->data, xnm_fields_size(set->data));
		return;
	}
	nest = mnl_attr_nest_start(hdr, NFTA_SET_ELEM_DATA);
	verdict = mnl_attr_nest_start(hdr, NFTA_DATA_VERDICT);
	/* NFT_JUMP for an access list, as its chain returns; NFT_GOTO for all others */
	mnl_attr_put_u32(hdr, NFTA_VERDICT_CODE,
			 htonl((uint32_t)(element->set >= XNM_SET_ACL_FROM ? NFT_JUMP : NFT_GOTO)));
	mnl_attr_put_strz(hdr, NFTA_VERDICT_CHAIN, (const char *)element->data);
	mnl_attr_nest_end(hdr, verdict);
	mnl_attr_nest_end(hdr, nest);
}

/* Computes the key behind a range; false: the range ends with the last key that there is. */
static bool next_key(uint8_t *out, const uint8_t *key, unsigned int len)
{
	memcpy(out, key, len);
	while (len-- > 0) {
		if (++out[len] != 0)
			return true;
	}
	return false;
}

/*
 * A set with a single field keeps a range as its first key and the key behind its last one
 * (nft_set_rbtree.c).
 */
static void put_plain_range(struct nlmsghdr *hdr, const struct xnm_set *set,
			    const struct xnm_element *element)
{
	unsigned int len = xnm_fields_size(set->key);
	uint8_t after[XNM_KEY_MAX];
	struct nlattr *nest;

	nest = mnl_attr_nest_start(hdr, NFTA_LIST_ELEM);
	put_value(hdr, NFTA_SET_ELEM_KEY, element->key, len);
	mnl_attr_nest_end(hdr, nest);
	if (!next_key(after, element->end, len))
		return;
	nest = mnl_attr_nest_start(hdr, NFTA_LIST_ELEM);
	put_value(hdr, NFTA_SET_ELEM_KEY, after, len);
	mnl_attr_put_u32(hdr, NFTA_SET_ELEM_FLAGS, htonl(NFT_SET_ELEM_INTERVAL_END));
	mnl_attr_nest_end(hdr, nest);
}

static void put_timeout(struct nlmsghdr *hdr, const struct xnm_element *element)
{
	uint32_t seconds;

	memcpy(&seconds, element->data, sizeof(seconds));
	mnl_attr_put_u64(hdr, NFTA_SET_ELEM_TIMEOUT, htobe64(1000ull * seconds));
}

void nft_put_elements(struct nlmsghdr *hdr, const struct xnm_set *set,
		      const struct xnm_element *element, bool with_data)
{
	unsigned int len = xnm_fields_size(set->key);
	struct nlattr *list, *nest;

	mnl_attr_put_strz(hdr, NFTA_SET_ELEM_LIST_TABLE, XNM_NFT_TABLE);
	mnl_attr_put_strz(hdr, NFTA_SET_ELEM_LIST_SET, set->name);
	list = mnl_attr_nest_start(hdr, NFTA_SET_ELEM_LIST_ELEMENTS);
	if (set->flags & XNM_SET_INTERVAL && !xnm_set_is_concat(set)) {
		put_plain_range(hdr, set, element);
	} else {
		nest = mnl_attr_nest_start(hdr, NFTA_LIST_ELEM);
		put_value(hdr, NFTA_SET_ELEM_KEY, element->key, len);
		if (set->flags & XNM_SET_INTERVAL)
			put_value(hdr, NFTA_SET_ELEM_KEY_END, element->end, len);
		if (with_data && set->data[0] != XNM_NFT_NONE)
			put_data(hdr, set, element);
		if (with_data && set->flags & XNM_SET_TIMEOUT)
			put_timeout(hdr, element);
		mnl_attr_nest_end(hdr, nest);
	}
	mnl_attr_nest_end(hdr, list);
}

static void put_element(struct xnm_nft *nft, uint16_t type, uint16_t flags,
			const struct xnm_element *element)
{
	const struct xnm_set *set = &xnm_sets[element->set];
	struct nlmsghdr *hdr = nft_put_message(nft, type, set->family, flags);

	if (!hdr)
		return;
	nft_put_elements(hdr, set, element, type == NFT_MSG_NEWSETELEM);
	nft_end_message(nft, hdr);
}

void xnm_nft_add_element(struct xnm_nft *nft, const struct xnm_element *element)
{
	put_element(nft, NFT_MSG_NEWSETELEM, NLM_F_CREATE, element);
}

void xnm_nft_del_element(struct xnm_nft *nft, const struct xnm_element *element)
{
	/* Linux before 6.3 has no NFT_MSG_DESTROYSETELEM, and the delete of what is not there
	 * would fail the whole batch */
	put_element(nft, NFT_MSG_NEWSETELEM, NLM_F_CREATE, element);
	put_element(nft, NFT_MSG_DELSETELEM, 0, element);
}

#define FIND_AT_ONCE 64 /* bits of a uint64_t */

/*
 * Reads the answer to one of the requests from seq first on: the element, or an error, of
 * which -ENOENT says that the element, its set or its table is not there.
 */
static int note_found(const struct nlmsghdr *hdr, uint32_t first, unsigned int n, bool *present)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(hdr);

	if (hdr->nlmsg_seq < first || hdr->nlmsg_seq - first >= n)
		return 0;
	if (hdr->nlmsg_type != NLMSG_ERROR)
		present[hdr->nlmsg_seq - first] = true;
	else if (mnl_nlmsg_get_payload_len(hdr) >= sizeof(*error) && error->error != -ENOENT)
		return error->error;
	return 0;
}

/* Sends the requests for some elements together: the answers come in the same order. */
static int find_some(struct xnm_nft *nft, const struct xnm_element *elements, unsigned int n,
		     bool *present)
{
	static uint8_t answer[32 * 1024] __attribute__((aligned(8)));
	uint32_t first = nft->seq + 1;
	uint64_t unanswered = n < FIND_AT_ONCE ? (1ull << n) - 1 : UINT64_MAX;
	size_t len = 0;
	int rc = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct xnm_set *set = &xnm_sets[elements[i].set];
		struct nlmsghdr *hdr = nftnl_nlmsg_build_hdr(
			(char *)nft->batch + len, NFT_MSG_GETSETELEM, set->family, 0, ++nft->seq);

		nft_put_elements(hdr, set, &elements[i], false);
		len += MNL_ALIGN(hdr->nlmsg_len);
		present[i] = false;
	}
	if (mnl_socket_sendto(nft->sock, nft->batch, len) < 0)
		return -errno;
	for (;;) {
		ssize_t got = recv(mnl_socket_get_fd(nft->sock), answer, sizeof(answer),
				   MSG_DONTWAIT | MSG_TRUNC);
		int left = (int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno != EAGAIN)
			return -errno;
		/* a lost answer does not mean that the element is not there */
		if (got < 0)
			return rc || !unanswered ? rc : -EPROTO;
		if ((size_t)got > sizeof(answer))
			return -EMSGSIZE;
		for (const struct nlmsghdr *hdr = (void *)answer; mnl_nlmsg_ok(hdr, left);
		     hdr = mnl_nlmsg_next(hdr, &left)) {
			if (hdr->nlmsg_seq >= first && hdr->nlmsg_seq - first < n)
				unanswered &= ~(1ull << (hdr->nlmsg_seq - first));
			if (rc == 0)
				rc = note_found(hdr, first, n, present);
		}
	}
}

int xnm_nft_find_elements(struct xnm_nft *nft, const struct xnm_element *elements, unsigned int n,
			  bool *present)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < n; i += FIND_AT_ONCE)
		rc = find_some(nft, elements + i, n - i < FIND_AT_ONCE ? n - i : FIND_AT_ONCE,
			       present + i);
	return rc;
}
