/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quality.c - read what an [uplink] says of its routers and of how good it must be. */
#include "policy/types/types.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "policy/policy.h"

#define METRIC_MAX  1000000
#define COUNT_MAX   100
#define TIME_MAX_MS 3600000

int xnm_parse_metric(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	(void)reason;
	return xnm_parse_u32(text, 1, METRIC_MAX, out) ? -EINVAL : 0;
}

int xnm_parse_count(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	(void)reason;
	return xnm_parse_u32(text, 1, COUNT_MAX, out) ? -EINVAL : 0;
}

int xnm_parse_time(const char *text, void *out, size_t size, const char **reason)
{
	static const struct {
		const char *name;
		uint32_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60000 } };
	size_t digits = strspn(text, "0123456789");
	char number[12];
	uint32_t value;

	(void)size;
	if (digits == 0 || digits >= sizeof(number))
		return -EINVAL;
	if (text[digits] == '\0') {
		*reason = "needs a unit, as in 500ms, 10s or 1min";
		return -EINVAL;
	}
	memcpy(number, text, digits);
	number[digits] = '\0';
	for (size_t i = 0; i < XNM_N_ELEMENTS(units); i++) {
		if (strcmp(text + digits, units[i].name) != 0)
			continue;
		if (xnm_parse_u32(number, 1, TIME_MAX_MS / units[i].ms, &value))
			return -EINVAL;
		*(uint32_t *)out = value * units[i].ms;
		return 0;
	}
	return -EINVAL;
}

static int parse_percent(const char *text, uint32_t min, uint32_t *out, const char **reason)
{
	size_t digits = strspn(text, "0123456789");
	char number[4];

	if (digits == 0 || digits >= sizeof(number))
		return -EINVAL;
	if (text[digits] == '\0') {
		*reason = "needs its unit, as in 40%";
		return -EINVAL;
	}
	memcpy(number, text, digits);
	number[digits] = '\0';
	return strcmp(text + digits, "%") != 0 || xnm_parse_u32(number, min, 100, out) ? -EINVAL
										       : 0;
}

int xnm_parse_percent(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	return parse_percent(text, 0, out, reason);
}

int xnm_parse_percent1(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	return parse_percent(text, 1, out, reason);
}

static int add_gateway(struct xnm_gateways *gateways, const struct xnm_cidr *host,
		       const char **reason)
{
	for (unsigned int i = 0; i < gateways->n; i++) {
		if (gateways->list[i].family != host->family)
			continue;
		*reason = "is the second of its family; only one IPv4 and one IPv6 address are "
			  "possible";
		return -EINVAL;
	}
	gateways->list[gateways->n++] = *host;
	return 0;
}

#define MIN_EXPECTED 8 /* a shorter prefix restricts too little */
#define MAX_EXPECTED 30

/* What stands behind dhcp: "192.168.43.0/24". */
static int parse_expected(const char *text, struct xnm_gateways *gateways, const char **reason)
{
	struct xnm_cidr prefix;

	if (gateways->expected.family)
		*reason = "is a second prefix; dhcp takes one, that of the server's addresses";
	else if (xnm_parse_cidr(text, &prefix) || prefix.family != AF_INET ||
		 prefix.prefix_len < MIN_EXPECTED || prefix.prefix_len > MAX_EXPECTED)
		*reason = "must be an IPv4 prefix of 8 to 30 bits, as in dhcp 192.168.43.0/24";
	else if (xnm_cidr_has_host_bits(&prefix))
		*reason = "has bits set behind its prefix length, where 192.168.43.0/24 has none";
	else if (!xnm_is_leasable(&prefix))
		*reason = "is no prefix that a DHCP server can give out";
	else {
		gateways->expected = prefix;
		return 0;
	}
	return -EINVAL;
}

int xnm_parse_uplink_gateway(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_gateways *gateways = out;
	bool dhcp = strcmp(text, "dhcp") == 0, none = strcmp(text, "none") == 0;
	struct xnm_cidr host;
	int rc;

	if ((dhcp || none) && (gateways->n || gateways->dhcp || gateways->none)) {
		*reason = "must be the only word";
		return -EINVAL;
	}
	if (gateways->dhcp && strchr(text, '/'))
		return parse_expected(text, gateways, reason);
	if (gateways->dhcp || gateways->none) {
		*reason = "dhcp and none must stand alone, but for the prefix behind dhcp, as in "
			  "dhcp 192.168.43.0/24";
		return -EINVAL;
	}
	gateways->dhcp = dhcp;
	gateways->none = none;
	if (dhcp || none)
		return 0;
	rc = xnm_parse_host(text, &host, sizeof(host), reason);
	(void)size;
	return rc ? rc : add_gateway(gateways, &host, reason);
}
