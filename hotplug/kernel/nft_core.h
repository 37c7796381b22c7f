/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_core.h - the batch under construction, for the files of hotplug/kernel that put messages in. */
#ifndef XNM_NFT_CORE_H
#define XNM_NFT_CORE_H

#include "hotplug/kernel/nft.h"

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>

#define NFT_BATCH_MAX	(512 * 1024)
#define NFT_MESSAGE_MAX (16 * 1024) /* the largest message: a rule, or a set's elements */

#define NFT_MAX_NEEDS 64

struct xnm_nft {
	struct mnl_socket *sock;
	uint32_t portid;
	uint32_t seq;
	uint32_t set_id; /* of the last set in the batch */
	uint32_t n_rules; /* in the batch */
	bool has_deleted; /* a deletion was sent since the socket was opened */
	uint32_t new_generation; /* made by the last transaction */
	int rc; /* the first failure to put the batch together */
	size_t len; /* of the batch */
	struct nlmsghdr *last; /* its last message */
	char reason[160];
	/* from message needs[i].seq on, a refusal means that the kernel lacks needs[i].option */
	unsigned int n_needs;
	struct {
		uint32_t seq;
		const char *option;
	} needs[NFT_MAX_NEEDS];
	uint8_t batch[NFT_BATCH_MAX] __attribute__((aligned(8)));
};

/* Begins a message at the end of the batch, or returns NULL when it cannot fit (nft->rc is set). */
struct nlmsghdr *nft_put_message(struct xnm_nft *nft, uint16_t type, uint8_t family,
				 uint16_t flags);
/* Ends the message, which becomes part of the batch. */
void nft_end_message(struct xnm_nft *nft, struct nlmsghdr *hdr);

/*
 * Sends one request and hands every answer to fn (which may be NULL); stops at
 * the end of a dump, an acknowledgement or an error. Returns 0 or -errno, of
 * which those of netlink_read() say that the answer is not whole.
 */
int nft_request(struct xnm_nft *nft, struct nlmsghdr *request, mnl_cb_t fn, void *arg);

/* Reads an NLMSG_ERROR: 0 for an acknowledgement, -errno with the kernel's reason kept. */
int nft_read_error(struct xnm_nft *nft, const struct nlmsghdr *hdr);

/* Puts the attributes of an element into a message of a batch or of a request. */
void nft_put_elements(struct nlmsghdr *hdr, const struct xnm_set *set,
		      const struct xnm_element *element, bool with_data);

/* The attribute of that type in a nest; NULL: there is none. */
static inline const struct nlattr *nft_inside(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (!nest)
		return NULL;
	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

#endif
