/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif_types.c - how a value of each type that vif.def names is read, written and compared. */
#include "hotplug/notes/vif_types.h"

#include <string.h>

#include "hotplug/base/event.h"
#include "hotplug/kernel/nft_sets.h"
#include "hotplug/notes/files.h"
#include "policy/policy.h"

static bool read_text(void *member, size_t size, const char *value)
{
	xnm_copy(member, size, value);
	return true;
}

static void write_text(FILE *out, const char *key, const void *member)
{
	if (*(const char *)member)
		fprintf(out, "%s=%s\n", key, (const char *)member);
}

static bool equal_text(const void *a, const void *b)
{
	return strcmp(a, b) == 0;
}

/* A name that is none must not reach the kernel. */
static bool read_ifname(void *member, size_t size, const char *value)
{
	return (value[0] == '\0' || xnm_ifname_ok(value)) && read_text(member, size, value);
}

/* The name of a file or a folder below a folder of ours. */
static bool read_file(void *member, size_t size, const char *value)
{
	return value[0] != '.' && !strchr(value, '/') && read_text(member, size, value);
}

static bool read_mac(void *member, size_t size, const char *value)
{
	(void)size;
	return xnm_parse_mac(value, member) == 0;
}

/* Written also if it is zero: every vif has a MAC address. */
static void write_mac(FILE *out, const char *key, const void *member)
{
	char text[XNM_MAC_TEXT_LEN];

	xnm_format_mac(member, text);
	fprintf(out, "%s=%s\n", key, text);
}

static bool equal_mac(const void *a, const void *b)
{
	return xnm_mac_equal(a, b);
}

static bool read_domid(void *member, size_t size, const char *value)
{
	(void)size;
	return xnm_parse_u32(value, 0, XNM_DOMID_MAX, member) == 0;
}

static bool read_mtu(void *member, size_t size, const char *value)
{
	(void)size;
	return xnm_parse_u32(value, 0, XNM_MTU_MAX, member) == 0;
}

static bool read_number(void *member, size_t size, const char *value)
{
	(void)size;
	return xnm_parse_u32(value, 0, UINT32_MAX, member) == 0;
}

static void write_number(FILE *out, const char *key, const void *member)
{
	uint32_t value = *(const uint32_t *)member;

	if (value)
		fprintf(out, "%s=%u\n", key, value);
}

static bool equal_number(const void *a, const void *b)
{
	return *(const uint32_t *)a == *(const uint32_t *)b;
}

static bool read_flags(void *member, size_t size, const char *value)
{
	uint32_t flags;

	(void)size;
	if (xnm_parse_u32(value, 0, UINT16_MAX, &flags))
		return false;
	*(uint16_t *)member = (uint16_t)flags;
	return true;
}

static void write_flags(FILE *out, const char *key, const void *member)
{
	uint32_t flags = *(const uint16_t *)member;

	write_number(out, key, &flags);
}

static bool equal_flags(const void *a, const void *b)
{
	return *(const uint16_t *)a == *(const uint16_t *)b;
}

static bool read_bool(void *member, size_t size, const char *value)
{
	(void)size;
	return xnm_parse_bool(value, member) == 0;
}

static void write_bool(FILE *out, const char *key, const void *member)
{
	if (*(const bool *)member)
		fprintf(out, "%s=yes\n", key);
}

static bool equal_bool(const void *a, const void *b)
{
	return *(const bool *)a == *(const bool *)b;
}

/* "bridge": the vif's MTU is that of its bridge; no such key: somebody has asked for it. */
static bool read_mtu_from(void *member, size_t size, const char *value)
{
	(void)size;
	*(bool *)member = strcmp(value, "bridge") == 0;
	return true;
}

static void write_mtu_from(FILE *out, const char *key, const void *member)
{
	if (*(const bool *)member)
		fprintf(out, "%s=bridge\n", key);
}

static bool read_vif(void *member, size_t size, const char *value)
{
	struct xnm_owner *vif = member;

	(void)size;
	return xnm_vif_id_parse(value, &vif->domid, &vif->devid) == 0;
}

static void write_vif(FILE *out, const char *key, const void *member)
{
	const struct xnm_owner *vif = member;

	fprintf(out, "%s=%u.%u\n", key, vif->domid, vif->devid);
}

static bool equal_vif(const void *a, const void *b)
{
	return xnm_owner_equal(a, b);
}

static bool read_address(void *member, size_t size, const char *value)
{
	(void)size;
	return xnm_parse_cidr(value, member) == 0;
}

static bool read_told_len(void *member, size_t size, const char *value)
{
	uint32_t len;

	(void)size;
	if (xnm_parse_u32(value, 0, 128, &len))
		return false;
	((struct xnm_cidr *)member)->told_len = (uint8_t)len;
	return true;
}

static void write_address(FILE *out, const char *key, const void *member)
{
	const struct xnm_cidr *address = member;
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(address, text);
	fprintf(out, "%s=%s\n", key, text);
	if (address->told_len)
		fprintf(out, "%s-length=%u\n", key, address->told_len);
}

static bool equal_address(const void *a, const void *b)
{
	return xnm_cidr_equal(a, b) &&
	       ((const struct xnm_cidr *)a)->told_len == ((const struct xnm_cidr *)b)->told_len;
}

static bool read_element(void *member, size_t size, const char *value)
{
	struct xnm_elements *elements = member;
	struct xnm_element element;

	(void)size;
	if (elements->n == XNM_MAX_ELEMENTS || xnm_element_parse(value, &element))
		return false;
	elements->list[elements->n++] = element;
	return true;
}

static void write_elements(FILE *out, const char *key, const void *member)
{
	const struct xnm_elements *elements = member;
	char text[XNM_ELEMENT_TEXT_LEN];

	for (unsigned int i = 0; i < elements->n; i++) {
		xnm_element_format(&elements->list[i], text);
		fprintf(out, "%s=%s\n", key, text);
	}
}

static bool equal_elements(const void *a, const void *b)
{
	return xnm_elements_equal(a, b);
}

/* Only the number: the list is long, and nobody looks at what is beyond it. */
static void clear_elements(void *member)
{
	struct xnm_elements *elements = member;

	elements->n = 0;
	elements->full = false;
}

static void copy_elements(void *to, const void *from)
{
	xnm_elements_copy(to, from);
}

const struct xnm_note_type xnm_note_types[XNM_N_NOTE_TYPES] = {
	[XNM_NOTE_TEXT] = { .read = read_text, .write = write_text, .equal = equal_text },
	[XNM_NOTE_IFNAME] = { .read = read_ifname, .write = write_text, .equal = equal_text },
	[XNM_NOTE_FILE] = { .read = read_file, .write = write_text, .equal = equal_text },
	[XNM_NOTE_MAC] = { .read = read_mac, .write = write_mac, .equal = equal_mac },
	[XNM_NOTE_DOMID] = { .read = read_domid, .write = write_number, .equal = equal_number },
	[XNM_NOTE_MTU] = { .read = read_mtu, .write = write_number, .equal = equal_number },
	[XNM_NOTE_MTU_FROM] = { .read = read_mtu_from,
				.write = write_mtu_from,
				.equal = equal_bool },
	[XNM_NOTE_NUMBER] = { .read = read_number, .write = write_number, .equal = equal_number },
	[XNM_NOTE_FLAGS] = { .read = read_flags, .write = write_flags, .equal = equal_flags },
	[XNM_NOTE_BOOL] = { .read = read_bool, .write = write_bool, .equal = equal_bool },
	[XNM_NOTE_VIF] = { .read = read_vif, .write = write_vif, .equal = equal_vif },
	[XNM_NOTE_ADDRESS] = { .read = read_address,
			       .write = write_address,
			       .equal = equal_address },
	[XNM_NOTE_TOLD_LEN] = { .read = read_told_len, .of_last = true },
	[XNM_NOTE_ELEMENTS] = { .read = read_element,
				.write = write_elements,
				.equal = equal_elements,
				.clear = clear_elements,
				.copy = copy_elements },
};
