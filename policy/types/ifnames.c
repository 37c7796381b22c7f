/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifnames.c - read which interfaces a guest shares: names, or beginnings with an asterisk. */
#include "policy/types/ifnames.h"
#include "policy/types/types.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/value.h"

/* The name without its asterisk must be one by itself: "*" alone would be all of them. */
int xnm_parse_share_to(const char *text, void *out, size_t size, const char **reason)
{
	size_t len = strlen(text);
	char name[IFNAMSIZ];

	if (len == 0 || len >= sizeof(name) || len >= size)
		return -EINVAL;
	memcpy(name, text, len + 1);
	if (name[len - 1] == '*')
		name[len - 1] = '\0';
	if (strcmp(text, "lo") == 0) {
		*reason = "leads nowhere";
		return -EINVAL;
	}
	if (!xnm_ifname_ok(name))
		return -EINVAL;
	memcpy(out, text, len + 1);
	return 0;
}

bool xnm_shares_to(const char *pattern, const char *ifname)
{
	size_t len = strlen(pattern);

	if (len && pattern[len - 1] == '*')
		return strncmp(pattern, ifname, len - 1) == 0 && strcmp(ifname, "lo") != 0;
	return strcmp(pattern, ifname) == 0;
}
