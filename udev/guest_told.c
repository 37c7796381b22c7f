/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_told.c - check what dom0 says, as strictly as any input from outside. */
#include "udev/guest.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/types/types.h"

#define MAX_TEXT 1024

static int bad(struct xnm_err *err, const char *key, const char *value, const char *why)
{
	char shown[80];

	return xnm_fail(err, -EINVAL, "%s='%s' %s", key, xnm_printable(value, shown, sizeof(shown)),
			why);
}

static bool name_ok(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len < XNM_NAME_LEN &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		       len;
}

/* Addresses separated by one blank, without duplicates. */
static int read_list(const char *key, const char *value, xnm_value_parser *parse,
		     struct xnm_cidr *list, unsigned int max, unsigned int *n, struct xnm_err *err)
{
	char text[MAX_TEXT], *word = text, *end;
	const char *why;

	if (snprintf(text, sizeof(text), "%s", value) >= (int)sizeof(text))
		return bad(err, key, value, "is too long");
	for (*n = 0; word; word = end) {
		why = "is not an address that is allowed here";
		end = strchr(word, ' ');
		if (end)
			*end++ = '\0';
		if (*n == max)
			return bad(err, key, word, "is one address too many");
		if (parse(word, &list[*n], sizeof(list[*n]), &why))
			return bad(err, key, word, why);
		for (unsigned int i = 0; i < *n; i++) {
			if (xnm_cidr_same_host(&list[i], &list[*n]))
				return bad(err, key, word, "is given twice");
		}
		(*n)++;
	}
	return 0;
}

/* Interface names, or prefixes with '*', separated by one blank, without duplicates. */
static int read_share_to(struct guest_told *told, const char *value, struct xnm_err *err)
{
	const char *word = value;

	for (told->n_share_to = 0; word; told->n_share_to++) {
		size_t len = strcspn(word, " ");
		const char *why = "is not the name of an interface";
		char text[64];

		if (told->n_share_to == XNM_MAX_SHARE_TO)
			return bad(err, "share-to", word, "is one interface too many");
		(void)snprintf(text, sizeof(text), "%.*s",
			       (int)(len < sizeof(text) ? len : sizeof(text)), word);
		if (xnm_parse_share_to(text, told->share_to[told->n_share_to], IFNAMSIZ, &why))
			return bad(err, "share-to", text, why);
		for (unsigned int i = 0; i < told->n_share_to; i++) {
			if (strcmp(told->share_to[i], text) == 0)
				return bad(err, "share-to", text, "is given twice");
		}
		word = word[len] ? word + len + 1 : NULL;
	}
	return 0;
}

int guest_told_key(struct guest_told *told, const char *key, const char *value, struct xnm_err *err)
{
	told->present = true;
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &told->mac)
			       ? bad(err, key, value, "is not a MAC address")
			       : 0;
	if (strcmp(key, "net") == 0) {
		if (!name_ok(value))
			return bad(err, key, value, "is not the name of a network");
		memcpy(told->net, value, strlen(value) + 1);
		return 0;
	}
	if (strcmp(key, "ip") == 0)
		return read_list(key, value, xnm_parse_subnet, told->addresses, XNM_MAX_ADDRESSES,
				 &told->n_addresses, err);
	if (strcmp(key, "gateway") == 0)
		return read_list(key, value, xnm_parse_host, told->gateways, 2, &told->n_gateways,
				 err);
	if (strcmp(key, "dns") == 0)
		return read_list(key, value, xnm_parse_host, told->dns, GUEST_MAX_DNS, &told->n_dns,
				 err);
	if (strcmp(key, "mtu") == 0)
		return xnm_parse_u32(value, XNM_MTU_MIN, XNM_MTU_MAX, &told->mtu_bytes)
			       ? bad(err, key, value, "is not a number from 68 to 65535")
			       : 0;
	if (strcmp(key, "share") == 0)
		return xnm_parse_bool(value, &told->share)
			       ? bad(err, key, value, "is neither yes nor no")
			       : 0;
	if (strcmp(key, "share-to") == 0)
		return read_share_to(told, value, err);
	/* a key of a newer dom0 */
	return 0;
}

static bool has_family(const struct guest_told *told, uint8_t family)
{
	for (unsigned int i = 0; i < told->n_addresses; i++) {
		if (told->addresses[i].family == family)
			return true;
	}
	return false;
}

static int check_gateway(const struct guest_told *told, unsigned int n, struct xnm_err *err)
{
	const struct xnm_cidr *gateway = &told->gateways[n];
	char text[XNM_CIDR_TEXT_LEN];

	xnm_cidr_format_host(gateway, text);
	if (n > 0 && told->gateways[0].family == gateway->family)
		return bad(err, "gateway", text, "is a second one of its family");
	if (!has_family(told, gateway->family))
		return bad(err, "gateway", text, "has no address of its family beside it in ip");
	for (unsigned int i = 0; i < told->n_addresses; i++) {
		if (xnm_cidr_same_host(&told->addresses[i], gateway))
			return bad(err, "gateway", text, "is our own address");
	}
	return 0;
}

int guest_told_check(const struct guest_told *told, const struct xnm_mac *mac, const char *ifname,
		     struct xnm_err *err)
{
	static const struct xnm_mac none;
	char theirs[XNM_MAC_TEXT_LEN], ours[XNM_MAC_TEXT_LEN];
	int rc = 0;

	if (xnm_mac_equal(&told->mac, &none))
		return xnm_fail(err, -EINVAL, "mac is missing");
	if (!xnm_mac_equal(&told->mac, mac)) {
		xnm_format_mac(&told->mac, theirs);
		xnm_format_mac(mac, ours);
		return xnm_fail(err, -EINVAL, "mac='%s' is not that of %s, %s", theirs, ifname,
				ours);
	}
	if (has_family(told, AF_INET6) && told->mtu_bytes && told->mtu_bytes < XNM_MTU_IPV6)
		return xnm_fail(err, -EINVAL, "mtu='%u' is too small for IPv6", told->mtu_bytes);
	if (told->n_share_to && !told->share)
		return bad(err, "share-to", told->share_to[0], "has no share=yes beside it");
	for (unsigned int i = 0; i < told->n_share_to; i++) {
		if (strcmp(told->share_to[i], ifname) == 0)
			return bad(err, "share-to", ifname, "is the vif itself");
	}
	for (unsigned int i = 0; i < told->n_gateways && rc == 0; i++)
		rc = check_gateway(told, i, err);
	return rc;
}
