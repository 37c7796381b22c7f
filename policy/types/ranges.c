/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ranges.c - read and count the ranges of a pool, and the words of address=. */
#include "policy/pool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/types/types.h"

static size_t address_len(uint8_t family)
{
	return family == AF_INET ? 4 : 16;
}

bool xnm_range_has(const struct xnm_range *range, const struct xnm_cidr *address)
{
	return range->family == address->family &&
	       memcmp(range->first, address->addr, sizeof(range->first)) <= 0 &&
	       memcmp(address->addr, range->last, sizeof(range->last)) <= 0;
}

bool xnm_ranges_overlap(const struct xnm_range *a, const struct xnm_range *b)
{
	return a->family == b->family && memcmp(a->first, b->last, sizeof(a->first)) <= 0 &&
	       memcmp(b->first, a->last, sizeof(b->first)) <= 0;
}

void xnm_range_format(const struct xnm_range *range, char *text)
{
	char first[INET6_ADDRSTRLEN] = "", last[INET6_ADDRSTRLEN] = "";

	(void)inet_ntop(range->family, range->first, first, sizeof(first));
	(void)inet_ntop(range->family, range->last, last, sizeof(last));
	(void)snprintf(text, XNM_RANGE_TEXT_LEN, "%s-%s", first, last);
}

/* last - first + 1, but not more than XNM_RANGE_SIZE_MAX. */
static uint64_t range_size(const struct xnm_range *range)
{
	size_t len = address_len(range->family);
	uint64_t size = 0;

	for (size_t i = 0; i < len; i++) {
		/* above the limit, the bytes that follow cannot bring the size below it */
		if (size > XNM_RANGE_SIZE_MAX)
			return XNM_RANGE_SIZE_MAX;
		size = size * 256 + range->last[i] - range->first[i];
	}
	return size + 1 < XNM_RANGE_SIZE_MAX ? size + 1 : XNM_RANGE_SIZE_MAX;
}

uint64_t xnm_pool_size(const struct xnm_pool *pool, uint8_t family)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < pool->n_ranges; i++) {
		if (pool->ranges[i].family == family)
			size += range_size(&pool->ranges[i]);
	}
	return size;
}

static void add(uint8_t *addr, size_t len, uint64_t n)
{
	for (size_t i = len; i-- > 0 && n;) {
		n += addr[i];
		addr[i] = (uint8_t)n;
		n >>= 8;
	}
}

void xnm_pool_address(const struct xnm_pool *pool, uint8_t family, uint64_t place,
		      struct xnm_cidr *out)
{
	memset(out, 0, sizeof(*out));
	out->family = family;
	out->prefix_len = (uint8_t)(8 * address_len(family));
	for (unsigned int i = 0; i < pool->n_ranges; i++) {
		const struct xnm_range *range = &pool->ranges[i];
		uint64_t size = range->family == family ? range_size(range) : 0;

		if (place >= size) {
			place -= size;
			continue;
		}
		memcpy(out->addr, range->first, sizeof(out->addr));
		add(out->addr, address_len(family), place);
		return;
	}
}

bool xnm_pool_has(const struct xnm_pool *pool, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < pool->n_ranges; i++) {
		if (xnm_range_has(&pool->ranges[i], address))
			return true;
	}
	return false;
}

uint64_t xnm_pool_place(const struct xnm_mac *mac, uint64_t size)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < sizeof(mac->b); i++)
		hash = (hash ^ mac->b[i]) * 1099511628211u;
	/* MAC addresses of a host differ in their low bits alone: mix them before the division */
	hash ^= hash >> 32;
	return size ? hash % size : 0;
}

static int parse_one(const char *text, struct xnm_cidr *out, const char **reason)
{
	return xnm_parse_host(text, out, sizeof(*out), reason);
}

/* A prefix; its subnet's own address is one that no interface can have, but a range may. */
static int parse_prefix(const char *text, struct xnm_range *range, const char **reason)
{
	struct xnm_cidr cidr;

	if (xnm_parse_address(text, &cidr, sizeof(cidr), reason))
		return -EINVAL;
	if (xnm_cidr_has_host_bits(&cidr)) {
		*reason = "is an address with the length of its subnet; write the subnet's first "
			  "address, or FIRST-LAST";
		return -EINVAL;
	}
	range->family = cidr.family;
	memcpy(range->first, cidr.addr, sizeof(range->first));
	memcpy(range->last, cidr.addr, sizeof(range->last));
	for (size_t bit = cidr.prefix_len; bit < 8 * address_len(cidr.family); bit++)
		range->last[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return 0;
}

int xnm_parse_range(const char *text, void *out, size_t size, const char **reason)
{
	const char *dash = strchr(text, '-');
	struct xnm_range *range = out;
	size_t len = dash ? (size_t)(dash - text) : strlen(text);
	struct xnm_cidr first, last;
	char word[INET6_ADDRSTRLEN];

	(void)size;
	if (!dash && strchr(text, '/'))
		return parse_prefix(text, range, reason);
	if (len >= sizeof(word))
		return -EINVAL;
	memcpy(word, text, len);
	word[len] = '\0';
	if (parse_one(word, &first, reason) || parse_one(dash ? dash + 1 : text, &last, reason))
		return -EINVAL;
	if (first.family != last.family)
		return -EINVAL;
	if (memcmp(first.addr, last.addr, sizeof(first.addr)) > 0) {
		*reason = "ends before it begins";
		return -EINVAL;
	}
	range->family = first.family;
	memcpy(range->first, first.addr, sizeof(range->first));
	memcpy(range->last, last.addr, sizeof(range->last));
	return 0;
}

int xnm_parse_own(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_own_addresses *own = out;

	(void)size;
	if (own->expects_pool) {
		own->expects_pool = false;
		if (own->pool[0]) {
			*reason = "is one pool too many: a vif gets its addresses from one";
			return -EINVAL;
		}
		*reason = "must be the name of a pool: letters, digits or . _ -";
		return xnm_parse_name(text, own->pool, sizeof(own->pool), reason);
	}
	if (strcmp(text, "auto") == 0) {
		own->expects_pool = true;
		return 0;
	}
	if (strcmp(text, "eui64") == 0) {
		own->eui64 = true;
		return 0;
	}
	if (own->n == XNM_MAX_ADDRESSES) {
		*reason = "one value too many, at most 16 are possible";
		return -EINVAL;
	}
	if (xnm_parse_own_address(text, &own->list[own->n], sizeof(own->list[0]), reason))
		return -EINVAL;
	own->n++;
	return 0;
}
