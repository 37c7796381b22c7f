/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cidr.c - compare addresses and subnets. */
#include "hotplug/base/cidr.h"

#include <arpa/inet.h>
#include <string.h>

static unsigned int address_bits(const struct xnm_cidr *cidr)
{
	return cidr->family == AF_INET ? 32 : 128;
}

bool xnm_cidr_same_host(const struct xnm_cidr *a, const struct xnm_cidr *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

struct xnm_cidr xnm_cidr_host(const struct xnm_cidr *address)
{
	struct xnm_cidr host = *address;

	host.prefix_len = host.family == AF_INET ? 32 : 128;
	return host;
}

bool xnm_cidr_within(const struct xnm_cidr *host, const struct xnm_cidr *subnet)
{
	unsigned int bytes = subnet->prefix_len / 8;
	unsigned int bits = subnet->prefix_len % 8;

	if (host->family != subnet->family || memcmp(host->addr, subnet->addr, bytes) != 0)
		return false;
	return bits == 0 || ((host->addr[bytes] ^ subnet->addr[bytes]) & (0xff00 >> bits)) == 0;
}

bool xnm_cidr_overlap(const struct xnm_cidr *a, const struct xnm_cidr *b)
{
	return xnm_cidr_within(a, b) || xnm_cidr_within(b, a);
}

bool xnm_is_leasable(const struct xnm_cidr *address)
{
	const uint8_t *byte = address->addr;

	return address->family == AF_INET && byte[0] != 0 && byte[0] != 127 && byte[0] < 224 &&
	       !(byte[0] == 169 && byte[1] == 254);
}

bool xnm_cidr_has_host_bits(const struct xnm_cidr *cidr)
{
	for (unsigned int bit = cidr->prefix_len; bit < address_bits(cidr); bit++) {
		if (cidr->addr[bit / 8] & (0x80 >> bit % 8))
			return true;
	}
	return false;
}

bool xnm_cidr_is_broadcast(const struct xnm_cidr *cidr)
{
	if (cidr->family != AF_INET || cidr->prefix_len + 1u >= address_bits(cidr))
		return false;
	for (unsigned int bit = cidr->prefix_len; bit < address_bits(cidr); bit++) {
		if (!(cidr->addr[bit / 8] & (0x80 >> bit % 8)))
			return false;
	}
	return true;
}

void xnm_cidr_settle(struct xnm_cidr *cidr)
{
	unsigned int bits = address_bits(cidr);

	if (cidr->prefix_len >= bits ||
	    (cidr->prefix_len + 1u < bits && !xnm_cidr_has_host_bits(cidr)))
		return;
	cidr->told_len = cidr->prefix_len;
	cidr->prefix_len = (uint8_t)bits;
}

void xnm_cidr_format_told(const struct xnm_cidr *cidr, char *text)
{
	struct xnm_cidr told = *cidr;

	if (told.told_len)
		told.prefix_len = told.told_len;
	xnm_format_cidr(&told, text);
}

bool xnm_cidr_is_link_local(const struct xnm_cidr *cidr)
{
	return cidr->family == AF_INET6 && cidr->addr[0] == 0xfe && (cidr->addr[1] & 0xc0) == 0x80;
}

void xnm_cidr_format_host(const struct xnm_cidr *cidr, char *text)
{
	text[0] = '\0';
	(void)inet_ntop(cidr->family, cidr->addr, text, XNM_CIDR_TEXT_LEN);
}

bool xnm_is_eui64_subnet(const struct xnm_cidr *cidr)
{
	return cidr->family == AF_INET6 && cidr->prefix_len == 64 && !xnm_cidr_is_link_local(cidr);
}

void xnm_eui64(struct xnm_cidr *out, const struct xnm_cidr *prefix, const struct xnm_mac *mac)
{
	const uint8_t *b = mac->b;
	const uint8_t id[8] = { b[0] ^ 2, b[1], b[2], 0xff, 0xfe, b[3], b[4], b[5] };

	*out = *prefix;
	out->prefix_len = 128;
	memcpy(out->addr + 8, id, sizeof(id));
}

bool xnm_cidr_is_prefix(const struct xnm_cidr *cidr)
{
	return cidr->prefix_len < address_bits(cidr) && !xnm_cidr_has_host_bits(cidr);
}

void xnm_link_local(struct xnm_cidr *out, const struct xnm_mac *mac)
{
	static const struct xnm_cidr prefix = { .family = AF_INET6,
						.prefix_len = 64,
						.addr = { 0xfe, 0x80 } };

	xnm_eui64(out, &prefix, mac);
}

/* Whether inner is within outer, each as a prefix or a single address. */
static bool within(const struct xnm_cidr *inner, const struct xnm_cidr *outer)
{
	if (!xnm_cidr_is_prefix(outer) ||
	    (xnm_cidr_is_prefix(inner) && inner->prefix_len < outer->prefix_len))
		return false;
	return xnm_cidr_within(inner, outer);
}

bool xnm_cidr_is_covered(const struct xnm_cidr *all, unsigned int n, unsigned int i)
{
	for (unsigned int k = 0; k < n; k++) {
		if (k == i || !within(&all[i], &all[k]))
			continue;
		/* of two equal ones, the first is kept */
		if (!within(&all[k], &all[i]) || k < i)
			return true;
	}
	return false;
}

bool xnm_cidr_is_among(const struct xnm_cidr *list, unsigned int n, const struct xnm_cidr *cidr)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_equal(&list[i], cidr))
			return true;
	}
	return false;
}
