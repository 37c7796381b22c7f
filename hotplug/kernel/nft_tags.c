/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_tags.c - tell whether the kernel's nftables can change a VLAN tag. */
#include "hotplug/kernel/nft_rule.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "hotplug/base/util.h"

/* Since which release; those of long-term kernels got it with a later patch. */
static const struct {
	unsigned int major, minor, patch;
} since[] = { { 6, 1, 93 }, { 6, 6, 33 }, { 6, 9, 4 } };

static bool can(unsigned int major, unsigned int minor, unsigned int patch)
{
	if (major > 6 || (major == 6 && minor >= 10))
		return true;
	for (size_t i = 0; i < XNM_N_ELEMENTS(since); i++) {
		if (since[i].major == major && since[i].minor == minor)
			return patch >= since[i].patch;
	}
	return false;
}

/* Debian's release is that of its modules, "6.1.0-56-amd64"; the version has the kernel's own. */
bool xnm_nft_release_sets_tags(const char *release, const char *version)
{
	const char *debian = strstr(version, " Debian ");
	unsigned int major, minor, patch = 0;

	if (debian && sscanf(debian, " Debian %u.%u.%u", &major, &minor, &patch) >= 2)
		return can(major, minor, patch);
	return sscanf(release, "%u.%u.%u", &major, &minor, &patch) >= 2 && can(major, minor, patch);
}

bool xnm_nft_sets_tags(void)
{
	struct utsname name;

	return uname(&name) == 0 && xnm_nft_release_sets_tags(name.release, name.version);
}
