// SPDX-License-Identifier: GPL-2.0-only
/* ident.c - read who may be behind a vif, as dom0 writes it. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/inet.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "table.h"

/* addresses with spaces between them, or "*" */
static int ips_read(char *text, struct xnm_ident *id)
{
	char *word;

	while ((word = strsep(&text, " "))) {
		struct in6_addr *ip = &id->ip[id->n_ip];
		__be32 v4;

		if (!*word)
			continue;
		/* Nobody knows its addresses. It may use any that no other guest has, and only dom0
		 * knows which these are: what it sends goes by dom0.
		 */
		if (!strcmp(word, XNM_FP_ANY_IP))
			continue;
		/* the length of the prefix is for xnm-guest */
		strreplace(word, '/', '\0');
		if (id->n_ip == XNM_FP_MAX_IPS)
			return -E2BIG;
		if (in4_pton(word, -1, (u8 *)&v4, -1, NULL))
			ipv6_addr_set_v4mapped(v4, ip);
		else if (!in6_pton(word, -1, ip->s6_addr, -1, NULL))
			return -EINVAL;
		id->n_ip++;
	}
	return 0;
}

/* the value of a word KEY=VALUE, or NULL if it has another key */
static char *value_of(char *word, const char *key)
{
	size_t len = str_has_prefix(word, key);

	return len ? word + len : NULL;
}

static int word_read(char *word, struct xnm_ident *id, bool *has_mac)
{
	const char *value = value_of(word, XNM_FP_KEY_MAC);

	if (value) {
		*has_mac = mac_pton(value, id->mac) && is_valid_ether_addr(id->mac);
		return *has_mac ? 0 : -EINVAL;
	}
	value = value_of(word, XNM_FP_KEY_NET);
	if (value)
		return *value && strscpy(id->net, value, sizeof(id->net)) >= 0 ? 0 : -EINVAL;
	/* there may be several spaces between two words */
	return *word ? -EINVAL : 0;
}

/**
 * xnm_ident_parse - read what the table says of a vif
 * @text: the node's text; is cut up
 * @id: zeroed; where it goes
 *
 * Return: 0, or -EINVAL if something is missing or not understood.
 */
int xnm_ident_parse(char *text, struct xnm_ident *id)
{
	bool has_mac = false;
	char *ips;
	int rc;

	while (text && *text) {
		/* the list of addresses has spaces of its own, so it is the last */
		ips = value_of(text, XNM_FP_KEY_IP);
		if (ips)
			return has_mac && id->net[0] ? ips_read(ips, id) : -EINVAL;
		rc = word_read(strsep(&text, " "), id, &has_mac);
		if (rc)
			return rc;
	}
	return -EINVAL;
}

/**
 * xnm_ident_has - whether a vif may send from an address
 * @id: the vif
 * @ip: the address
 */
bool xnm_ident_has(const struct xnm_ident *id, const struct in6_addr *ip)
{
	unsigned int i;

	for (i = 0; i < id->n_ip; i++)
		if (ipv6_addr_equal(&id->ip[i], ip))
			return true;
	return false;
}
