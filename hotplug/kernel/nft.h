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
 * Closes it. After deletes the kernel may make this wait for 5 to 34 ms, for
 * its own deferred work (nft_rcv_nl_event()): nobody should still wait for us.
 */
void xnm_nft_close(struct xnm_nft *nft);
/* Whether a deletion was sent since it was opened, for which the kernel lets those wait who close it. */
bool xnm_nft_has_deleted(const struct xnm_nft *nft);

/* What the kernel said about the last failure, perhaps "". */
const char *xnm_nft_reason(const struct xnm_nft *nft);

/* The number of the present generation: every transaction of anybody adds one. */
int xnm_nft_generation(struct xnm_nft *nft, uint32_t *generation);

/* Begins a batch. With only_if the commit fails with -ESTALE unless that generation is still
 * the present one; 0: whatever it is. */
void xnm_nft_begin(struct xnm_nft *nft, uint32_t only_if);

/* Sends the batch. Returns 0 or -errno: -E2BIG when it did not fit, -ESTALE as above. */
int xnm_nft_commit(struct xnm_nft *nft);

/* The number of the generation that the last one has made; 0: one that says nothing new makes none. */
uint32_t xnm_nft_new_generation(const struct xnm_nft *nft);

/* A place in the batch to go back to. */
struct xnm_nft_mark {
	void *last;
	size_t len;
	uint32_t seq, set_id, n_rules;
};
void xnm_nft_mark(const struct xnm_nft *nft, struct xnm_nft_mark *mark);
/* Forgets what was put after the mark. Returns how many rules that were. */
uint32_t xnm_nft_rewind(struct xnm_nft *nft, const struct xnm_nft_mark *mark);

/*
 * What follows needs an option of the kernel, such as "CONFIG_NFT_NAT": a
 * commit that fails there names it in its reason. NULL: nothing special. Keeps
 * the pointer.
 */
void xnm_nft_needs(struct xnm_nft *nft, const char *option);

/* What can stand in a batch. Failures to build it come out of the commit. */
void xnm_nft_add_table(struct xnm_nft *nft, uint8_t family, const char *table, const char *comment);
void xnm_nft_del_table(struct xnm_nft *nft, uint8_t family, const char *table);
void xnm_nft_add_chain(struct xnm_nft *nft, uint8_t family, const char *table, const char *name);
/* type "filter" or "nat"; hook and priority as in linux/netfilter.h. Policy accept. */
void xnm_nft_add_base_chain(struct xnm_nft *nft, uint8_t family, const char *table,
			    const char *name, const char *type, uint32_t hook, int32_t priority);
void xnm_nft_add_set(struct xnm_nft *nft, const struct xnm_set *set);
/* That it is there already is no error. */
void xnm_nft_add_element(struct xnm_nft *nft, const struct xnm_element *element);
/* That it is not there is no error: it is added first, which does nothing to one that is. */
void xnm_nft_del_element(struct xnm_nft *nft, const struct xnm_element *element);

/* Which of n elements are there; present[i] is set for each. Returns 0 or -errno. */
int xnm_nft_find_elements(struct xnm_nft *nft, const struct xnm_element *elements, unsigned int n,
			  bool *present);

/* A table as the kernel has it. */
struct xnm_nft_table {
	bool exists;
	char comment[64];
	uint32_t n_rules; /* only if asked to count */
	uint64_t digest; /* of what all rules say, in their order; as above */
	bool is_off; /* dormant */
};
int xnm_nft_read_table(struct xnm_nft *nft, uint8_t family, const char *table, bool count,
		       struct xnm_nft_table *out);

/* Calls fn for each element of a set with its key and, if it counts, its packets and bytes. */
int xnm_nft_each_element(struct xnm_nft *nft, const struct xnm_set *set,
			 void (*fn)(void *arg, const uint8_t *key, uint64_t packets,
				    uint64_t bytes),
			 void *arg);

/* The same for each with all that is needed to delete it. */
int xnm_nft_each_whole(struct xnm_nft *nft, enum xnm_set_id set,
		       void (*fn)(void *arg, const struct xnm_element *element), void *arg);

/*
 * Adds to out what every set whose keys begin with an interface's name has for
 * this one, drop counters aside: for who has lost his notes. Returns 0 or -errno.
 */
int xnm_nft_read_device(struct xnm_nft *nft, const char *ifname, struct xnm_elements *out);

#endif
