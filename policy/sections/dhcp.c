/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp.c - read and check what a network says of DHCP and router advertisements. */
#include "policy/sections/resolve.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/types/types.h"

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

int xnm_parse_directory(const char *text, void *out, size_t size, const char **reason)
{
	size_t len = strlen(text);

	(void)reason;
	/* dnsmasq takes what stands behind a comma or '#' for something else */
	if (text[0] != '/' || len >= size || strspn(text, LETTERS_AND_DIGITS "/._+:@-") != len)
		return -EINVAL;
	memcpy(out, text, len + 1);
	return 0;
}

/* Labels of letters, digits and '-' (RFC 1123), with dots between them. */
int xnm_parse_domain(const char *text, void *out, size_t size, const char **reason)
{
	size_t len = strlen(text);
	const char *label = text;

	(void)reason;
	if (len >= size)
		return -EINVAL;
	for (;;) {
		size_t n = strspn(label, LETTERS_AND_DIGITS "-");

		if (n == 0 || n > 63 || label[0] == '-' || label[n - 1] == '-')
			return -EINVAL;
		if (label[n] == '\0')
			break;
		if (label[n] != '.')
			return -EINVAL;
		label += n + 1;
	}
	memcpy(out, text, len + 1);
	return 0;
}

#define LEASE_TIME_MIN_S 120 /* what dnsmasq makes of a shorter one */

int xnm_parse_lease_time(const char *text, void *out, size_t size, const char **reason)
{
	static const char units[] = "smhdw";
	static const uint32_t seconds[] = { 1, 60, 3600, 86400, 604800 };
	uint32_t number, *time_s = out;
	size_t len = strlen(text);
	char digits[12];
	const char *unit;

	(void)size;
	(void)reason;
	if (strcmp(text, "infinite") == 0) {
		*time_s = XNM_LEASE_INFINITE;
		return 0;
	}
	unit = len ? strchr(units, text[len - 1]) : NULL;
	if (!unit || len > sizeof(digits))
		return -EINVAL;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)len - 1, text);
	if (xnm_parse_u32(digits, 1, (XNM_LEASE_INFINITE - 1) / seconds[unit - units], &number) ||
	    number * seconds[unit - units] < LEASE_TIME_MIN_S)
		return -EINVAL;
	*time_s = number * seconds[unit - units];
	return 0;
}

static bool has_subnet(const struct xnm_network *network, uint8_t family)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (network->addresses[i].family == family &&
		    !xnm_cidr_is_link_local(&network->addresses[i]))
			return true;
	}
	return false;
}

void xnm_resolve_dhcp(const struct xnm_resolver *r, const struct xnm_network *network)
{
	if (network->backend == XNM_BACKEND_ROUTE || XNM_KEY_REFUSED(r, network, NETWORK, ADDRESS))
		return;
	if (network->dhcp == XNM_SERVER_DNSMASQ && !has_subnet(network, AF_INET) &&
	    !has_subnet(network, AF_INET6))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, DHCP),
			       "dhcp=dnsmasq needs address=, for dnsmasq to answer with");
	if (network->ipv6_ra == XNM_SERVER_DNSMASQ && !has_subnet(network, AF_INET6))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, IPV6_RA),
			       "ipv6-ra=dnsmasq needs an IPv6 address=, whose subnet is announced");
}
