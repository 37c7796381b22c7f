/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program.c - whether this machine has a program. */
#include "policy/sections/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_in(const char *dir, size_t dir_len, const char *name)
{
	char path[256];
	int len = snprintf(path, sizeof(path), "%.*s/%s", (int)dir_len, dir, name);

	return len > 0 && (size_t)len < sizeof(path) && access(path, X_OK) == 0;
}

static bool is_in_list(const char *list, const char *name)
{
	while (list && *list) {
		size_t len = strcspn(list, ":");

		if (is_in(list, len, name))
			return true;
		list += len + (list[len] == ':');
	}
	return false;
}

bool xnm_has_program(const char *name)
{
	return is_in_list(getenv("PATH"), name) ||
	       is_in_list("/usr/sbin:/sbin:/usr/local/sbin", name);
}
