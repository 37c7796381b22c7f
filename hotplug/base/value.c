/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value.c - parse and print numbers, MAC addresses, IP addresses and device names. */
#include "hotplug/base/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *const xnm_ip_names[XNM_N_IP] = { "ip", "ip6" };
const uint8_t xnm_ip_families[XNM_N_IP] = { AF_INET, AF_INET6 };

/* The ctype(3) functions depend on the locale and on the sign of char: these do not. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * A leading zero is refused: it would be octal to some readers, and one number
 * must not have two spellings where it is part of a name, as in vif1.0.
 */
int xnm_parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *out)
{
	uint64_t value = 0;
	const char *p = text;

	if (!is_digit(*p) || (*p == '0' && p[1] != '\0'))
		return -EINVAL;
	for (; *p != '\0'; p++) {
		if (!is_digit(*p))
			return -EINVAL;
		if (value <= UINT32_MAX)
			value = value * 10 + (uint64_t)(*p - '0');
	}
	if (value < min || value > max)
		return -ERANGE;
	*out = (uint32_t)value;
	return 0;
}

int xnm_parse_bool(const char *text, bool *out)
{
	static const char *const words[2][4] = {
		{ "no", "false", "off", "0" },
		{ "yes", "true", "on", "1" },
	};

	for (unsigned int value = 0; value < 2; value++) {
		for (unsigned int i = 0; i < 4; i++) {
			if (strcmp(text, words[value][i]) == 0) {
				*out = value == 1;
				return 0;
			}
		}
	}
	return -EINVAL;
}

int xnm_parse_mac(const char *text, struct xnm_mac *out)
{
	struct xnm_mac mac;
	uint8_t any = 0;

	for (unsigned int i = 0; i < XNM_MAC_LEN; i++, text += 3) {
		int high = hex_value(text[0]);
		int low = high < 0 ? -1 : hex_value(text[1]);

		if (low < 0 || text[2] != (i + 1 < XNM_MAC_LEN ? ':' : '\0'))
			return -EINVAL;
		mac.b[i] = (uint8_t)(high << 4 | low);
		any |= mac.b[i];
	}
	if (any == 0 || (mac.b[0] & 1))
		return -ERANGE;
	*out = mac;
	return 0;
}

void xnm_format_mac(const struct xnm_mac *mac, char *text)
{
	const uint8_t *b = mac->b;

	(void)snprintf(text, XNM_MAC_TEXT_LEN, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2],
		       b[3], b[4], b[5]);
}

bool xnm_mac_equal(const struct xnm_mac *a, const struct xnm_mac *b)
{
	return memcmp(a->b, b->b, XNM_MAC_LEN) == 0;
}

int xnm_parse_cidr(const char *text, struct xnm_cidr *out)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	struct xnm_cidr cidr = { 0 };
	char addr[INET6_ADDRSTRLEN];
	uint32_t prefix_len;
	int rc;

	if (len >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, len);
	addr[len] = '\0';

	cidr.family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(cidr.family, addr, cidr.addr) != 1)
		return -EINVAL;
	prefix_len = cidr.family == AF_INET6 ? 128 : 32;
	if (slash) {
		rc = xnm_parse_u32(slash + 1, 0, prefix_len, &prefix_len);
		if (rc)
			return rc;
	}
	cidr.prefix_len = (uint8_t)prefix_len;
	*out = cidr;
	return 0;
}

void xnm_format_cidr(const struct xnm_cidr *cidr, char *text)
{
	char addr[INET6_ADDRSTRLEN] = "";

	(void)inet_ntop(cidr->family, cidr->addr, addr, sizeof(addr));
	(void)snprintf(text, XNM_CIDR_TEXT_LEN, "%s/%u", addr, cidr->prefix_len);
}

/* The bytes behind an IPv4 address are zero in all that xnm_parse_cidr() gives. */
bool xnm_cidr_equal(const struct xnm_cidr *a, const struct xnm_cidr *b)
{
	return a->family == b->family && a->prefix_len == b->prefix_len &&
	       memcmp(a->addr, b->addr, a->family == AF_INET ? 4 : sizeof(a->addr)) == 0;
}

bool xnm_ifname_ok(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len >= IFNAMSIZ || text[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_letter(text[i]) && !is_digit(text[i]) && !strchr("_.@-", text[i]))
			return false;
	}
	return strcmp(text, ".") != 0 && strcmp(text, "..") != 0 && strcmp(text, "all") != 0 &&
	       strcmp(text, "default") != 0;
}

static const char *skip_digits(const char *p)
{
	while (is_digit(*p))
		p++;
	return p;
}

bool xnm_ifname_is_vif(const char *text)
{
	const char *p, *end;

	if (strncmp(text, "vif", 3) != 0)
		return false;
	p = skip_digits(text + 3);
	if (p == text + 3 || *p != '.')
		return false;
	end = skip_digits(++p);
	return end != p && (*end == '\0' || strcmp(end, "-emu") == 0);
}

static bool is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

bool xnm_text_ok(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_printable(text[i]))
			return false;
	}
	return true;
}

const char *xnm_printable(const char *text, char *out, size_t out_size)
{
	size_t len = strnlen(text, out_size);
	size_t dots = len < out_size ? 0 : 3;

	if (out_size == 0)
		return "";
	if (len >= out_size)
		len = out_size - 1;
	for (size_t i = 0; i < len; i++)
		out[i] = is_printable(text[i]) ? text[i] : '?';
	for (size_t i = 0; i < dots && i < len; i++)
		out[len - 1 - i] = '.';
	out[len] = '\0';
	return out;
}
