/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft.h - verbs toward nftables: one batch of changes is one transaction of the kernel. */
#ifndef XNM_NFT_H
#define XNM_NFT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hotplug/kernel/nft_sets.h"

/*
 * The transport is libmnl, the messages of tables, chains, sets and rules are
 * libnftnl's. Elements, which every event sends, are put together here without
 * a heap. Nothing is changed before xnm_nft_commit(), and then all or nothing
 * (net/netfilter/nfnetlink.c, nfnetlink_rcv_batch()).
 */
struct xnm_nft;

/* Opens the socket. Returns 0 or -errno; the one object is static. */
int xnm_nft_open(struct xnm_nft **nft);

/*
 * Closes it. After deletions the kernel may block close() for 5 to 34 ms, until its own
 * deferred work is done (nft_rcv_nl_event()): call it when nobody waits for us any more.
 */
void xnm_nft_close(struct xnm_nft *nft);
/* Whether a deletion was sent since it was opened, so that closing it may block. */
bool xnm_nft_has_deleted(const struct xnm_nft *nft);

/* What the kernel said about the last failure, perhaps "". */
const char *xnm_nft_reason(const struct xnm_nft *nft);

/* Reads the generation of the ruleset, which every transaction of anybody increments. */
int xnm_nft_generation(struct xnm_nft *nft, uint32_t *generation);

/*
 * Begins a batch. With only_if the commit fails with -ESTALE unless the ruleset is still
 * of that generation; 0: it may be of any.
 */
void xnm_nft_begin(struct xnm_nft *nft, uint32_t only_if);

/* Sends the batch. Returns 0 or -errno: -E2BIG when it did not fit, -ESTALE as above. */
int xnm_nft_commit(struct xnm_nft *nft);

/* The generation that the last commit has made; 0: it changed nothing, and so made none. */
uint32_t xnm_nft_new_generation(const struct xnm_nft *nft);

/* An end of the batch, to which xnm_nft_rewind() can go back. */
struct xnm_nft_mark {
	void *last;
	size_t len;
	uint32_t seq, set_id, n_rules;
};
void xnm_nft_mark(const struct xnm_nft *nft, struct xnm_nft_mark *mark);
/* Drops the messages behind the mark. Returns how many rules were among them. */
uint32_t xnm_nft_rewind(struct xnm_nft *nft, const struct xnm_nft_mark *mark);

/*
 * The messages that follow need an option of the kernel, such as "CONFIG_NFT_NAT": if one
 * of them is refused, the reason names it. NULL: they need none. Keeps the pointer.
 */
void xnm_nft_needs(struct xnm_nft *nft, const char *option);

/* These put messages into the batch. A failure to build one is returned by the commit. */
void xnm_nft_add_table(struct xnm_nft *nft, uint8_t family, const char *table, const char *comment);
void xnm_nft_del_table(struct xnm_nft *nft, uint8_t family, const char *table);
void xnm_nft_add_chain(struct xnm_nft *nft, uint8_t family, const char *table, const char *name);
/* type "filter" or "nat"; hook and priority as in linux/netfilter.h. Policy accept. */
void xnm_nft_add_base_chain(struct xnm_nft *nft, uint8_t family, const char *table,
			    const char *name, const char *type, uint32_t hook, int32_t priority);
void xnm_nft_add_set(struct xnm_nft *nft, const struct xnm_set *set);
/* An element that is there already is no error. */
void xnm_nft_add_element(struct xnm_nft *nft, const struct xnm_element *element);
/*
 * An element that is not there is no error: it is added first, which changes nothing if it
 * is there.
 */
void xnm_nft_del_element(struct xnm_nft *nft, const struct xnm_element *element);

/* Which of n elements are there; present[i] is set for each. Returns 0 or -errno. */
int xnm_nft_find_elements(struct xnm_nft *nft, const struct xnm_element *elements, unsigned int n,
			  bool *present);

/* A table as the kernel has it. */
#define XNM_TABLE_COMMENT_LEN 96
struct xnm_nft_table {
	bool exists;
	char comment[XNM_TABLE_COMMENT_LEN];
	uint32_t n_rules; /* only if asked to count */
	uint64_t digest; /* of the statements of all rules, only if asked to count */
	bool is_off; /* dormant */
};
int xnm_nft_read_table(struct xnm_nft *nft, uint8_t family, const char *table, bool count,
		       struct xnm_nft_table *out);

/* Calls fn for each element of a set with its key and, if it counts, its packets and bytes. */
int xnm_nft_each_element(struct xnm_nft *nft, const struct xnm_set *set,
			 void (*fn)(void *arg, const uint8_t *key, uint64_t packets,
				    uint64_t bytes),
			 void *arg);

/* Calls fn for each element of a set with its end and its value, as a deletion needs them. */
int xnm_nft_each_whole(struct xnm_nft *nft, enum xnm_set_id set,
		       void (*fn)(void *arg, const struct xnm_element *element), void *arg);

/*
 * Adds to out the elements of ifname from all sets whose keys begin with the name of an
 * interface, but for drop counters: for a vif whose note was lost. Returns 0 or -errno.
 */
int xnm_nft_read_device(struct xnm_nft *nft, const char *ifname, struct xnm_elements *out);

#endif
