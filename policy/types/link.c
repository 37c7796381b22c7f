/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.c - read the ends of a link: a vif, a network, a prefix, or any. */
#include "policy/types/link.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/types/types.h"

#define DEVID_MAX 65535

static int refuse(const char **reason, const char *text)
{
	*reason = text;
	return -EINVAL;
}

static int parse_network(struct xnm_link_end *out, const char *name, const char **reason)
{
	out->kind = XNM_END_NETWORK;
	if (*name == '\0' || xnm_parse_name(name, out->network, sizeof(out->network), reason))
		return refuse(reason, "net: must be followed by the name of a [network]");
	return 0;
}

static int check_prefix(const struct xnm_cidr *prefix, const char **reason)
{
	if (xnm_cidr_has_host_bits(prefix))
		return refuse(reason, "a prefix has bits set behind its length, where "
				      "192.168.10.0/24 has none");
	if (prefix->prefix_len == 0)
		return refuse(reason, "a prefix of length 0 is all of its family; write any");
	return 0;
}

static int parse_vif(struct xnm_link_end *out, const char *word, const char **reason)
{
	const char *slash = strchr(word, '/');
	size_t len = slash ? (size_t)(slash - word) : 0;
	struct xnm_cidr address;

	if (strpbrk(word, "*?["))
		return refuse(reason, "patterns are not possible here: name one vif as "
				      "DOMAIN/NUMBER, a net:NETWORK, a prefix or any");
	if (len == 0)
		return -EINVAL;
	out->kind = XNM_END_VIF;
	memcpy(out->domain, word, len);
	if (xnm_parse_cidr(out->domain, &address) == 0)
		return refuse(reason, "an address has a length that no prefix of its family has");
	return xnm_parse_u32(slash + 1, 0, DEVID_MAX, &out->devid) ? -EINVAL : 0;
}

int xnm_link_end_parse(struct xnm_link_end *out, const char *word, const char **reason)
{
	*out = (struct xnm_link_end){ .kind = XNM_END_ANY };
	if (strlen(word) >= sizeof(out->domain))
		return -EINVAL;
	if (strcmp(word, "any") == 0)
		return 0;
	if (strncmp(word, "net:", 4) == 0)
		return parse_network(out, word + 4, reason);
	if (xnm_parse_cidr(word, &out->prefix) == 0) {
		out->kind = XNM_END_PREFIX;
		return check_prefix(&out->prefix, reason);
	}
	return parse_vif(out, word, reason);
}

int xnm_link_split(const char *text, char a[XNM_NAME_LEN], char b[XNM_NAME_LEN])
{
	char more[2];

	return sscanf(text, "%63s %63s %1s", a, b, more) == 2 ? 0 : -EINVAL;
}

int xnm_parse_link(const char *text, void *out, size_t size, const char **reason)
{
	char a[XNM_NAME_LEN], b[XNM_NAME_LEN], name[2 * XNM_NAME_LEN];
	struct xnm_link_end end;

	if (xnm_link_split(text, a, b) || xnm_link_end_parse(&end, a, reason) ||
	    xnm_link_end_parse(&end, b, reason))
		return -EINVAL;
	(void)snprintf(name, sizeof(name), "%s %s", a, b);
	if (xnm_copy_text(name, out, size))
		return refuse(reason, "both ends together are longer than 62 bytes");
	return 0;
}
