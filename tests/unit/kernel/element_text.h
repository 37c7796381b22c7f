/* SPDX-License-Identifier: GPL-2.0-or-later */
/* element_text.h - elements of our sets as text that a test can be compared with. */
#ifndef XNM_ELEMENT_TEXT_H
#define XNM_ELEMENT_TEXT_H

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>

#include "hotplug/base/scope.h"
#include "hotplug/kernel/nft_sets.h"

/* The scope that a device's group stands for, in either order of its bytes. */
static inline void group_text(const uint8_t *bytes, char out[64])
{
	static const char *const scopes[] = { "-",    "lan",	"lan*",	  "lan.10", "lan.20", "br0",
					      "br0*", "br0.10", "br0.20", "other0", "other0*" };
	uint32_t group;

	memcpy(&group, bytes, sizeof(group));
	(void)snprintf(out, 64, "group %u", group);
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (xnm_scope_group(scopes[i]) == group ||
		    htonl(xnm_scope_group(scopes[i])) == group)
			(void)snprintf(out, 64, "%s", scopes[i]);
	}
}

/* One field of a key or value. */
static inline void field_text(uint8_t type, const uint8_t *bytes, char out[64])
{
	uint16_t port;

	switch (type) {
	case XNM_NFT_IFNAME:
	case XNM_NFT_VERDICT:
		(void)snprintf(out, 64, "%.31s", (const char *)bytes);
		break;
	case XNM_NFT_ETHER:
	case XNM_NFT_CHADDR:
		(void)snprintf(out, 64, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1],
			       bytes[2], bytes[3], bytes[4], bytes[5]);
		break;
	case XNM_NFT_IPV4:
	case XNM_NFT_IPV6:
	case XNM_NFT_ND_TARGET:
		(void)inet_ntop(type == XNM_NFT_IPV4 ? AF_INET : AF_INET6, bytes, out, 64);
		break;
	case XNM_NFT_DEVGROUP:
		group_text(bytes, out);
		break;
	case XNM_NFT_PROTO:
		(void)snprintf(out, 64, "%s", bytes[0] == 6 ? "tcp" : bytes[0] == 17 ? "udp" : "?");
		break;
	case XNM_NFT_SERVICE:
		memcpy(&port, bytes, sizeof(port));
		(void)snprintf(out, 64, "%u", ntohs(port));
		break;
	default:
		(void)snprintf(out, 64, "type %u", type);
		break;
	}
}

/* All fields of a key, those of a range as FIRST-LAST. */
static inline size_t fields_text(const uint8_t *types, const uint8_t *first, const uint8_t *last,
				 char *out, size_t out_size)
{
	size_t len = 0;

	for (int i = 0; i < XNM_MAX_FIELDS && types[i] != XNM_NFT_NONE; i++) {
		unsigned int size = (xnm_datatype_size(types[i]) + 3) & ~3u;
		char from[64], to[64];

		field_text(types[i], first, from);
		field_text(types[i], last, to);
		len += (size_t)snprintf(out + len, out_size - len, " %s%s%s", from,
					strcmp(from, to) == 0 ? "" : "-",
					strcmp(from, to) == 0 ? "" : to);
		first += size;
		last += size;
	}
	return len;
}

/* "macs vif1.0 00:16:3e:00:00:01"; of the inet table's own guard "inet/macs ..." */
static inline size_t element_text(const struct xnm_element *element, char *out, size_t out_size)
{
	const struct xnm_set *set = &xnm_sets[element->set];
	bool routed_guard = element->set >= XNM_SET_INET_DROPS && element->set < XNM_SET_INSIDE;
	size_t len =
		(size_t)snprintf(out, out_size, "%s%s", routed_guard ? "inet/" : "", set->name);

	len += fields_text(set->key, element->key, element->end, out + len, out_size - len);
	if (set->data[0] == XNM_NFT_NONE)
		return len;
	len += (size_t)snprintf(out + len, out_size - len, " :");
	return len +
	       fields_text(set->data, element->data, element->data, out + len, out_size - len);
}

/* One line each. */
static inline const char *elements_text(const struct xnm_elements *elements)
{
	static char text[65536];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < elements->n; i++) {
		len += element_text(&elements->list[i], text + len, sizeof(text) - len);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "\n");
	}
	return text;
}

#endif
