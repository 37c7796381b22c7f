/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_ifupdown.c - read whether ifupdown starts a DHCP client for a card, from /etc/network/interfaces. */
#include "hotplug/manager_parts.h"

#include <glob.h>
#include <string.h>

#include "hotplug/base/util.h"

struct reading {
	const struct xnm_card *card;
	char *what;
	size_t size;
};

/* iface NAME inet dhcp */
static bool is_dhcp(const struct reading *reading, char *line)
{
	char *rest = NULL, *word = strtok_r(line, " \t", &rest);
	char *name = strtok_r(NULL, " \t", &rest), *family = strtok_r(NULL, " \t", &rest);
	char *method = strtok_r(NULL, " \t", &rest);

	if (!word || !method || strcmp(word, "iface") != 0 ||
	    strcmp(name, reading->card->name) != 0 ||
	    (strcmp(method, "dhcp") != 0 && strcmp(method, "bootp") != 0))
		return false;
	(void)snprintf(reading->what, reading->size, "iface %s %.16s %.16s", name, family, method);
	return true;
}

static bool file_has(const struct reading *reading, const char *path)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	char line[512];

	while (file && xnm_manager_line(file, line, sizeof(line))) {
		if (is_dhcp(reading, line))
			return true;
	}
	return false;
}

/* Paths without a slash at their beginning are those beside the main file. */
static bool sourced_has(const struct reading *reading, const char *pattern, bool is_folder)
{
	char path[XNM_MANAGER_PATH];
	bool found = false;
	glob_t files = { 0 };

	(void)snprintf(path, sizeof(path), "%s%s%s%s", reading->card->root,
		       pattern[0] == '/' ? "" : "/etc/network/", pattern, is_folder ? "/*" : "");
	if (glob(path, 0, NULL, &files) == 0) {
		for (size_t i = 0; !found && i < files.gl_pathc; i++)
			found = file_has(reading, files.gl_pathv[i]);
	}
	globfree(&files);
	return found;
}

/* "source PATTERN" and "source-directory FOLDER" of the main file; those that it brings have none. */
static bool line_has(const struct reading *reading, char *line)
{
	size_t len = strcspn(line, " \t");
	const char *path = line + len + strspn(line + len, " \t");

	if (len == strlen("source") && strncmp(line, "source", len) == 0)
		return sourced_has(reading, path, false);
	if (len == strlen("source-directory") && strncmp(line, "source-directory", len) == 0)
		return sourced_has(reading, path, true);
	return is_dhcp(reading, line);
}

/* A card that it sets up without DHCP has what it has: nobody acts until somebody calls ifup. */
bool xnm_ifupdown_manages(const struct xnm_card *card, char *what, size_t size)
{
	const struct reading reading = { .card = card, .what = what, .size = size };
	_cleanup_fclose_ FILE *file = NULL;
	char line[512];

	if (!xnm_manager_has(card, "/sbin/ifup") && !xnm_manager_has(card, "/usr/sbin/ifup"))
		return false;
	file = xnm_manager_open(card, "/etc/network/interfaces");
	while (file && xnm_manager_line(file, line, sizeof(line))) {
		if (line_has(&reading, line))
			return true;
	}
	return false;
}
