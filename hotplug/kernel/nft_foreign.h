/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_foreign.h - verbs toward somebody else's chain on the forward hook: rules of ours that let a device through. */
#ifndef XNM_NFT_FOREIGN_H
#define XNM_NFT_FOREIGN_H

#include "hotplug/kernel/nft.h"

/*
 * In nftables an accept of ours cannot save a packet that another table drops,
 * and Docker sets the policy of table filter's chain FORWARD to drop. What is
 * to pass must be accepted in that chain itself, or in DOCKER-USER, which
 * Docker asks first and leaves to others. Our rules there are as iptables-nft
 * would write them, and have the comment "xnm".
 */
#define XNM_FOREIGN_TABLE "filter"

/* Rules that let a device through, as bits. */
enum xnm_through {
	XNM_THROUGH_FROM = 1 << 0, /* iifname DEV counter accept */
	XNM_THROUGH_TO = 1 << 1, /* oifname DEV counter accept */
	XNM_THROUGH_WITHIN = 1 << 2, /* iifname DEV oifname DEV counter accept */
};
#define XNM_N_THROUGH 3

/*
 * Finds the chain of table filter (family NFPROTO_IPV4 or _IPV6) that would
 * drop what nobody accepts: DOCKER-USER if there is one, else a base chain on
 * the forward hook with policy drop. "": none. Returns 0 or -errno.
 */
int xnm_nft_find_forward(struct xnm_nft *nft, uint8_t family, char chain[XNM_CHAIN_LEN]);

/* Which rules of ours a chain has for the device. No such chain: none. Returns 0 or -errno. */
int xnm_nft_read_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
			 unsigned int *rules);

/*
 * Makes these the only rules of ours for the device in table filter, at the top
 * of the chain; none (rules 0) takes them away from wherever they are. One
 * transaction, and nobody else's rule is touched. Returns 0 or -errno: -ENOENT
 * when the chain has gone, -ESTALE when others change nftables all the time.
 */
int xnm_nft_let_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
			unsigned int rules);

/* Calls fn for the device of each rule of ours in table filter. Returns 0 or -errno. */
int xnm_nft_each_through(struct xnm_nft *nft, uint8_t family,
			 void (*fn)(void *arg, const char *dev), void *arg);

#endif
