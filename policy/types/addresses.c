/* SPDX-License-Identifier: GPL-2.0-or-later */
/* addresses.c - read addresses, subnets and what a [forward] leads to. */
#include "policy/types/types.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/policy.h"

#define DEVID_MAX      65535
#define SUBNET_LEN_MIN 8 /* 10.0.0.0/8 and fd00::/8 are the largest that anybody has */

/* Whether an interface can have the address: not "any", loopback or multicast. */
static bool address_usable(const struct xnm_cidr *cidr)
{
	static const uint8_t any_or_loopback[15];
	const uint8_t *a = cidr->addr;

	if (cidr->family == AF_INET)
		return a[0] != 0 && a[0] != 127 && a[0] < 224;
	return a[0] != 0xff && !(memcmp(a, any_or_loopback, 15) == 0 && a[15] <= 1);
}

int xnm_parse_address(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_cidr cidr;

	(void)size;
	if (xnm_parse_cidr(text, &cidr))
		return -EINVAL;
	if (!address_usable(&cidr)) {
		*reason = "is no address that an interface can have";
		return -EINVAL;
	}
	memcpy(out, &cidr, sizeof(cidr));
	return 0;
}

/* Refuses prefix lengths that no subnet has, and broadcast addresses. */
static int check_length(const struct xnm_cidr *cidr, const char **reason)
{
	if (cidr->prefix_len < SUBNET_LEN_MIN)
		*reason = "has a length that no subnet has; write the subnet's own, as in /24 or "
			  "/64";
	else if (xnm_cidr_is_broadcast(cidr))
		*reason = "is the broadcast address of its subnet; write an address of a host in "
			  "it, or another length";
	else
		return 0;
	return -EINVAL;
}

int xnm_parse_own_address(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_cidr cidr;

	if (xnm_parse_address(text, &cidr, size, reason) || check_length(&cidr, reason))
		return -EINVAL;
	xnm_cidr_settle(&cidr);
	memcpy(out, &cidr, sizeof(cidr));
	return 0;
}

/* Whether all bits behind the prefix are zero: the subnet's own address, no host's. */
static bool is_subnet_itself(const struct xnm_cidr *cidr)
{
	unsigned int bits = cidr->family == AF_INET ? 32 : 128;

	return cidr->prefix_len + 1u < bits && !xnm_cidr_has_host_bits(cidr);
}

int xnm_parse_subnet(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_cidr cidr;

	if (xnm_parse_address(text, &cidr, sizeof(cidr), reason))
		return -EINVAL;
	if (!strchr(text, '/'))
		return -EINVAL;
	if (is_subnet_itself(&cidr)) {
		*reason = "is the subnet itself; write the host's address in it, often the first";
		return -EINVAL;
	}
	if (check_length(&cidr, reason))
		return -EINVAL;
	(void)size;
	memcpy(out, &cidr, sizeof(cidr));
	return 0;
}

int xnm_parse_host(const char *text, void *out, size_t size, const char **reason)
{
	if (strchr(text, '/')) {
		*reason = "must be one address, without a prefix length";
		return -EINVAL;
	}
	return xnm_parse_address(text, out, size, reason);
}

static int parse_allowed(const char *text, uint8_t family, struct xnm_cidr *out,
			 const char **reason)
{
	struct xnm_cidr cidr = { .family = family };

	if (strcmp(text, "any") != 0 && (xnm_parse_cidr(text, &cidr) || cidr.family != family))
		return -EINVAL;
	if (cidr.prefix_len > 0 && !address_usable(&cidr)) {
		*reason = "is no address that an interface can have";
		return -EINVAL;
	}
	if (xnm_cidr_has_host_bits(&cidr)) {
		*reason = "is an address with the length of its subnet; remove the length, or "
			  "write the subnet's first address";
		return -EINVAL;
	}
	*out = cidr;
	return 0;
}

int xnm_parse_allowed4(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	return parse_allowed(text, AF_INET, out, reason);
}

int xnm_parse_allowed6(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	return parse_allowed(text, AF_INET6, out, reason);
}

/* Whether text was meant as an address, and is none. */
static bool looks_like_address(const char *text, size_t len)
{
	return memchr(text, ':', len) ||
	       (memchr(text, '.', len) && strspn(text, "0123456789.") >= len);
}

/* DOMAIN or DOMAIN/DEVID. */
static int check_domain(const char *text, const char **reason)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	uint32_t devid;

	if (looks_like_address(text, len)) {
		if (slash)
			*reason = "must be one address, without a prefix length";
		return -EINVAL;
	}
	if (strpbrk(text, "*?[ \t")) {
		*reason = "must be the name of one domain; patterns and blanks are not possible";
		return -EINVAL;
	}
	if (len == 0) {
		*reason = "a domain's name must come before the slash";
		return -EINVAL;
	}
	if (slash && xnm_parse_u32(slash + 1, 0, DEVID_MAX, &devid)) {
		*reason = "the number of a vif must follow the slash";
		return -EINVAL;
	}
	return 0;
}

/* Only checks: sections/forwards.c takes it apart once all files are read. */
int xnm_parse_target(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_cidr cidr;
	size_t len = strlen(text);

	if (len >= size)
		return -EINVAL;
	if (strchr(text, '/') || xnm_parse_cidr(text, &cidr)) {
		if (check_domain(text, reason))
			return -EINVAL;
	} else if (!address_usable(&cidr)) {
		*reason = "is no address that an interface can have";
		return -EINVAL;
	}
	memcpy(out, text, len + 1);
	return 0;
}
