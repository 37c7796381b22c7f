/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity.c - whether two vifs are of one guest, on its way in or out of this host. */
#include "hotplug/core/identity.h"

#include <ctype.h>
#include <string.h>

#include "hotplug/base/util.h"

struct xnm_identity xnm_identity_of_guest(const struct xnm_guest *guest, uint32_t domid)
{
	return (struct xnm_identity){
		.domid = domid,
		.target = guest->target,
		.mac = guest->mac,
		.name = guest->domain_name,
		.uuid = guest->target ? guest->target_uuid : guest->uuid,
	};
}

struct xnm_identity xnm_identity_of_notes(const struct xnm_vif_note *state)
{
	return (struct xnm_identity){
		.domid = state->domid,
		.target = state->target,
		.mac = state->address.mac,
		.name = state->domain_name,
		.uuid = state->uuid,
	};
}

/* What is known of both. A stub domain's name is its guest's with a suffix. */
static bool have_uuids(const struct xnm_identity *a, const struct xnm_identity *b)
{
	return a->uuid[0] && b->uuid[0];
}

static bool have_names(const struct xnm_identity *a, const struct xnm_identity *b)
{
	return a->name[0] && b->name[0] && !a->target && !b->target;
}

static bool is_stub_of(const struct xnm_identity *a, const struct xnm_identity *b)
{
	return (a->target && a->target == b->domid) || (b->target && b->target == a->domid);
}

bool xnm_same_guest(const struct xnm_identity *a, const struct xnm_identity *b)
{
	if (a->domid == b->domid || !xnm_mac_equal(&a->mac, &b->mac))
		return false;
	if (is_stub_of(a, b))
		return true;
	if (have_uuids(a, b) && strcmp(a->uuid, b->uuid) != 0)
		return false;
	if (have_names(a, b) && strcmp(a->name, b->name) != 0)
		return false;
	return have_uuids(a, b) || have_names(a, b);
}

bool xnm_follows_guest(const struct xnm_identity *a, const struct xnm_identity *b)
{
	if (a->domid == b->domid || !xnm_mac_equal(&a->mac, &b->mac))
		return false;
	if (!have_uuids(a, b) && !have_names(a, b))
		return true;
	return (have_uuids(a, b) && strcmp(a->uuid, b->uuid) == 0) ||
	       (have_names(a, b) && strcmp(a->name, b->name) == 0);
}

bool xnm_strip_migration_suffix(char *name)
{
	static const char *const suffixes[] = { "--incoming", "--migratedaway" };
	size_t len = strlen(name);

	for (size_t i = 0; i < XNM_N_ELEMENTS(suffixes); i++) {
		size_t suffix_len = strlen(suffixes[i]);

		if (len > suffix_len && strcmp(name + len - suffix_len, suffixes[i]) == 0) {
			name[len - suffix_len] = '\0';
			return true;
		}
	}
	return false;
}

static bool is_uuid_char(unsigned int i, char c)
{
	return i == 8 || i == 13 || i == 18 || i == 23 ? c == '-' : isxdigit((unsigned char)c) != 0;
}

void xnm_uuid_of_vm(const char *vm, char out[XNM_UUID_TEXT_LEN])
{
	const char *rest;

	out[0] = '\0';
	vm += vm[0] == '/';
	if (strncmp(vm, "vm/", 3) != 0)
		return;
	vm += 3;
	/* a NUL is no character of one, so that it ends here at the latest */
	for (unsigned int i = 0; i < XNM_UUID_TEXT_LEN - 1; i++) {
		if (!is_uuid_char(i, vm[i]))
			return;
	}
	rest = vm + XNM_UUID_TEXT_LEN - 1;
	if (*rest == '-' && isdigit((unsigned char)rest[1]))
		rest += 1 + strspn(rest + 1, "0123456789");
	if (*rest != '\0')
		return;
	for (unsigned int i = 0; i < XNM_UUID_TEXT_LEN - 1; i++)
		out[i] = (char)tolower((unsigned char)vm[i]);
	out[XNM_UUID_TEXT_LEN - 1] = '\0';
}

const char *xnm_name_or_unknown(const char *name)
{
	return name[0] ? name : "name not known";
}
