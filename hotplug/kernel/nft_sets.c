/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_sets.c - put together, compare and note the elements of our nftables sets. */
#include "hotplug/kernel/nft_sets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

const struct xnm_set xnm_sets[XNM_N_SETS] = {
#define XNM_SET(id, family, name, flags, key, data) \
	[XNM_SET_##id] = { name, family, flags, key, data },
#include "hotplug/kernel/nft_sets.def"
};

unsigned int xnm_datatype_size(uint8_t type)
{
	switch (type) {
	case XNM_NFT_IPV4:
	case XNM_NFT_DEVGROUP:
	case XNM_NFT_CLASSID:
		return 4;
	case XNM_NFT_IPV6:
	case XNM_NFT_ND_TARGET:
		return 16;
	case XNM_NFT_ETHER:
	case XNM_NFT_CHADDR:
		return 6;
	case XNM_NFT_ETHERTYPE:
	case XNM_NFT_ARPOP:
	case XNM_NFT_SERVICE:
		return 2;
	case XNM_NFT_NFPROTO:
	case XNM_NFT_PROTO:
	case XNM_NFT_ICMPV6_TYPE:
	case XNM_NFT_IGMP_TYPE:
		return 1;
	case XNM_NFT_IFNAME:
		return IFNAMSIZ;
	default:
		return 0;
	}
}

/* Registers have four bytes. */
static unsigned int padded(uint8_t type)
{
	return (xnm_datatype_size(type) + 3) & ~3u;
}

bool xnm_set_is_of_owners(int set)
{
	return xnm_sets[set].key[0] == XNM_NFT_DEVGROUP;
}

bool xnm_set_is_concat(const struct xnm_set *set)
{
	return set->key[1] != XNM_NFT_NONE;
}

unsigned int xnm_fields_size(const uint8_t fields[XNM_MAX_FIELDS])
{
	unsigned int size = 0;

	if (fields[1] == XNM_NFT_NONE)
		return xnm_datatype_size(fields[0]);
	for (int i = 0; i < XNM_MAX_FIELDS && fields[i]; i++)
		size += padded(fields[i]);
	return size;
}

struct xnm_element *xnm_elements_add(struct xnm_elements *elements, enum xnm_set_id set)
{
	struct xnm_element *element;

	if (elements->n == XNM_MAX_ELEMENTS) {
		/* the caller fills the last entry once more; whoever sends the list checks full */
		elements->full = true;
		elements->n--;
	}
	element = &elements->list[elements->n++];
	memset(element, 0, sizeof(*element));
	element->set = (uint8_t)set;
	return element;
}

static unsigned int field_offset(const struct xnm_element *element, unsigned int i)
{
	const uint8_t *fields = xnm_sets[element->set].key;
	unsigned int offset = 0;

	for (unsigned int k = 0; k < i; k++)
		offset += padded(fields[k]);
	return offset;
}

static void put_key(struct xnm_element *element, unsigned int i, const void *first,
		    const void *last, size_t len)
{
	unsigned int offset = field_offset(element, i);

	memcpy(element->key + offset, first, len);
	memcpy(element->end + offset, last, len);
}

void xnm_key_ifname(struct xnm_element *element, unsigned int i, const char *ifname)
{
	char name[IFNAMSIZ] = "";

	memcpy(name, ifname, strnlen(ifname, IFNAMSIZ - 1));
	put_key(element, i, name, name, sizeof(name));
}

void xnm_key_group(struct xnm_element *element, unsigned int i, uint32_t group)
{
	/* in an interval set nft(8) has all fields in network order, else in host order */
	uint32_t value = xnm_sets[element->set].flags & XNM_SET_INTERVAL ? htonl(group) : group;

	put_key(element, i, &value, &value, sizeof(value));
}

void xnm_key_mac(struct xnm_element *element, unsigned int i, const struct xnm_mac *mac)
{
	put_key(element, i, mac->b, mac->b, sizeof(mac->b));
}

void xnm_key_address(struct xnm_element *element, unsigned int i, const struct xnm_cidr *address,
		     bool prefix)
{
	unsigned int len = address->family == AF_INET ? 4 : 16;
	uint8_t first[16], last[16];

	memcpy(first, address->addr, len);
	memcpy(last, address->addr, len);
	for (unsigned int bit = address->prefix_len; prefix && bit < len * 8; bit++) {
		uint8_t mask = (uint8_t)(0x80u >> (bit % 8));

		first[bit / 8] &= (uint8_t)~mask;
		last[bit / 8] |= mask;
	}
	put_key(element, i, first, last, len);
}

void xnm_key_protocol(struct xnm_element *element, unsigned int i, uint8_t protocol)
{
	put_key(element, i, &protocol, &protocol, 1);
}

void xnm_key_ports(struct xnm_element *element, unsigned int i, uint16_t first, uint16_t last)
{
	uint16_t from = htons(first), to = htons(last);

	put_key(element, i, &from, &to, sizeof(from));
}

void xnm_data_chain(struct xnm_element *element, const char *chain)
{
	memset(element->data, 0, sizeof(element->data));
	memcpy(element->data, chain, strnlen(chain, XNM_DATA_CHAIN_LEN - 1));
}

void xnm_data_classid(struct xnm_element *element, uint32_t classid)
{
	memcpy(element->data, &classid, sizeof(classid));
}

void xnm_data_seconds(struct xnm_element *element, uint32_t seconds)
{
	memcpy(element->data, &seconds, sizeof(seconds));
}

void xnm_data_ifindex(struct xnm_element *element, int ifindex)
{
	memcpy(element->data, &ifindex, sizeof(ifindex));
}

int xnm_element_ifindex(const struct xnm_element *element)
{
	int ifindex;

	memcpy(&ifindex, element->data, sizeof(ifindex));
	return ifindex;
}

void xnm_data_address(struct xnm_element *element, const struct xnm_cidr *address)
{
	memcpy(element->data, address->addr, address->family == AF_INET ? 4 : 16);
}

void xnm_data_address_port(struct xnm_element *element, const struct xnm_cidr *address,
			   uint16_t port)
{
	unsigned int len = address->family == AF_INET ? 4 : 16;
	uint16_t value = htons(port);

	memcpy(element->data, address->addr, len);
	memcpy(element->data + len, &value, sizeof(value));
}

bool xnm_element_equal(const struct xnm_element *a, const struct xnm_element *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

void xnm_elements_copy(struct xnm_elements *to, const struct xnm_elements *from)
{
	to->n = from->n;
	to->full = from->full;
	memcpy(to->list, from->list, from->n * sizeof(from->list[0]));
}

bool xnm_elements_have(const struct xnm_elements *elements, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (xnm_element_equal(&elements->list[i], element))
			return true;
	}
	return false;
}

bool xnm_elements_equal(const struct xnm_elements *a, const struct xnm_elements *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned int i = 0; i < a->n; i++) {
		if (!xnm_elements_have(b, &a->list[i]))
			return false;
	}
	return true;
}

/* Writes hex digits without the zero bytes at the end, of which most keys have many. */
static size_t hex(char *out, const uint8_t *bytes)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = XNM_KEY_MAX;

	while (len > 1 && bytes[len - 1] == 0)
		len--;
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	return 2 * len;
}

void xnm_element_format(const struct xnm_element *element, char text[XNM_ELEMENT_TEXT_LEN])
{
	const struct xnm_set *set = &xnm_sets[element->set];
	static const uint8_t none[XNM_KEY_MAX];
	size_t len;

	/* two names of at most 24, three times 88 digits and three more characters */
	len = (size_t)snprintf(text, 48, "%s/%s ",
			       set->family == NFPROTO_BRIDGE ? "bridge" : "inet", set->name);
	len += hex(text + len, element->key);
	if (memcmp(element->key, element->end, sizeof(element->key)) != 0) {
		text[len++] = '-';
		len += hex(text + len, element->end);
	}
	if (memcmp(element->data, none, sizeof(none)) != 0) {
		text[len++] = ':';
		len += hex(text + len, element->data);
	}
	text[len] = '\0';
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads hex up to the first other character. Returns where that is, or NULL. */
static const char *unhex(const char *text, uint8_t out[XNM_KEY_MAX])
{
	unsigned int n = 0;

	memset(out, 0, XNM_KEY_MAX);
	while (digit(text[0]) >= 0 && digit(text[1]) >= 0 && n < XNM_KEY_MAX) {
		out[n++] = (uint8_t)(digit(text[0]) * 16 + digit(text[1]));
		text += 2;
	}
	return n ? text : NULL;
}

static int find_set(const char *text, size_t len)
{
	for (int i = 0; i < XNM_N_SETS; i++) {
		const struct xnm_set *set = &xnm_sets[i];
		const char *family = set->family == NFPROTO_BRIDGE ? "bridge/" : "inet/";
		size_t skip = strlen(family);

		if (len == skip + strlen(set->name) && strncmp(text, family, skip) == 0 &&
		    strncmp(text + skip, set->name, len - skip) == 0)
			return i;
	}
	return -EINVAL;
}

int xnm_element_parse(const char *text, struct xnm_element *element)
{
	const char *space = strchr(text, ' ');
	int set = space ? find_set(text, (size_t)(space - text)) : -EINVAL;

	memset(element, 0, sizeof(*element));
	if (set < 0)
		return -EINVAL;
	element->set = (uint8_t)set;
	text = unhex(space + 1, element->key);
	memcpy(element->end, element->key, sizeof(element->end));
	if (text && *text == '-')
		text = unhex(text + 1, element->end);
	if (text && *text == ':')
		text = unhex(text + 1, element->data);
	element->data[XNM_KEY_MAX - 1] = 0;
	return text && *text == '\0' ? 0 : -EINVAL;
}

bool xnm_is_forward(const struct xnm_element *element)
{
	return element->set == XNM_SET_FORWARDS4 || element->set == XNM_SET_FORWARDS6 ||
	       element->set == XNM_SET_RANGES4 || element->set == XNM_SET_RANGES6;
}

enum xnm_table xnm_element_table(const struct xnm_element *element)
{
	return xnm_sets[element->set].family == NFPROTO_BRIDGE ? XNM_TABLE_BRIDGE : XNM_TABLE_INET;
}
