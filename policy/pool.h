/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool.h - addresses that vifs get by their MAC address: ranges, and how an address is found in them. */
#ifndef XNM_POOL_H
#define XNM_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"
#include "policy/written.h"

#define XNM_MAX_ADDRESSES  16 /* per section */
#define XNM_MAX_POOLS	   64
#define XNM_MAX_RANGES	   16 /* per pool */
#define XNM_RANGE_SIZE_MAX (1ull << 32) /* of a larger one, only the first addresses count */

/* All addresses from first to last, both included. */
struct xnm_range {
	uint8_t family;
	uint8_t first[16], last[16]; /* network order; the first 4 bytes for AF_INET */
};

struct xnm_pool {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	char network[XNM_NAME_LEN];
	unsigned int n_ranges;
	struct xnm_range ranges[XNM_MAX_RANGES];
	struct xnm_written written;
};

/* What address= of a [vif] says. */
struct xnm_own_addresses {
	unsigned int n;
	struct xnm_cidr list[XNM_MAX_ADDRESSES];
	char pool[XNM_NAME_LEN]; /* of "auto POOL"; "": none */
	bool expects_pool; /* "auto" was read, but no name yet */
	bool eui64;
};

/* Whether address= says anything: then the guest's own ip= does not count. */
static inline bool xnm_own_is_set(const struct xnm_own_addresses *own)
{
	return own->n || own->pool[0] || own->eui64;
}

bool xnm_range_has(const struct xnm_range *range, const struct xnm_cidr *address);
bool xnm_ranges_overlap(const struct xnm_range *a, const struct xnm_range *b);

/* Writes "A-B" to text, which holds XNM_RANGE_TEXT_LEN bytes. */
#define XNM_RANGE_TEXT_LEN (2 * XNM_CIDR_TEXT_LEN)
void xnm_range_format(const struct xnm_range *range, char *text);

/* How many addresses of a family the pool has, each range counted up to XNM_RANGE_SIZE_MAX. */
uint64_t xnm_pool_size(const struct xnm_pool *pool, uint8_t family);
/* The one at a place below that size. */
void xnm_pool_address(const struct xnm_pool *pool, uint8_t family, uint64_t place,
		      struct xnm_cidr *out);
bool xnm_pool_has(const struct xnm_pool *pool, const struct xnm_cidr *address);

/* Where the search for a MAC address' first address begins, below size: always the same place. */
uint64_t xnm_pool_place(const struct xnm_mac *mac, uint64_t size);

#endif
