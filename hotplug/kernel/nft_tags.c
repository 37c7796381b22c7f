/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_tags.c - tell whether the kernel's nftables can change a VLAN tag. */
#include "hotplug/kernel/nft_rule.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "hotplug/base/util.h"

/* Since which release; those of long-term kernels got it with a later patch. */
static const struct {
	unsigned long major, minor, patch;
} since[] = { { 6, 1, 93 }, { 6, 6, 33 }, { 6, 9, 4 } };

static bool can(unsigned long major, unsigned long minor, unsigned long patch)
{
	if (major > 6 || (major == 6 && minor >= 10))
		return true;
	for (size_t i = 0; i < XNM_N_ELEMENTS(since); i++) {
		if (since[i].major == major && since[i].minor == minor)
			return patch >= since[i].patch;
	}
	return false;
}

/* "6.1.93-1" to its numbers, of which there are two at least. */
static bool read_version(const char *text, unsigned long parts[3])
{
	parts[2] = 0;
	for (unsigned int i = 0; i < 3; i++) {
		char *end;

		if (*text < '0' || *text > '9')
			return i >= 2;
		parts[i] = strtoul(text, &end, 10);
		text = *end == '.' ? end + 1 : "";
	}
	return true;
}

/* Debian's release is that of its modules, "6.1.0-56-amd64"; the version has the kernel's own. */
bool xnm_nft_release_sets_tags(const char *release, const char *version)
{
	const char *debian = strstr(version, " Debian ");
	unsigned long version_parts[3];

	if (debian && read_version(debian + strlen(" Debian "), version_parts))
		return can(version_parts[0], version_parts[1], version_parts[2]);
	return read_version(release, version_parts) &&
	       can(version_parts[0], version_parts[1], version_parts[2]);
}

bool xnm_nft_sets_tags(void)
{
	struct utsname name;

	return uname(&name) == 0 && xnm_nft_release_sets_tags(name.release, name.version);
}
