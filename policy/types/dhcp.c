/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp.c - read the folder of reservations, the DNS domain and the lease time of a network. */
#include "policy/types/types.h"

#include <errno.h>
#include <string.h>

#include "policy/policy.h"

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
