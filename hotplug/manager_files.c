/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_files.c - read whether NetworkManager, connman, wicked or dhcpcd has a card, from their files. */
#include "hotplug/manager_parts.h"

#include <ctype.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "hotplug/base/util.h"

void xnm_manager_path(const struct xnm_card *card, const char *path, char out[XNM_MANAGER_PATH])
{
	(void)snprintf(out, XNM_MANAGER_PATH, "%s%s", card->root, path);
}

FILE *xnm_manager_open(const struct xnm_card *card, const char *path)
{
	char full[XNM_MANAGER_PATH];

	xnm_manager_path(card, path, full);
	return fopen(full, "re");
}

bool xnm_manager_has(const struct xnm_card *card, const char *path)
{
	char full[XNM_MANAGER_PATH];

	xnm_manager_path(card, path, full);
	/* a link to a unit counts, wherever it leads to */
	return faccessat(AT_FDCWD, full, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool xnm_manager_line(FILE *file, char *line, size_t size)
{
	while (fgets(line, (int)size, file)) {
		size_t len = strlen(line), blanks = strspn(line, " \t");

		while (len > 0 && isspace((unsigned char)line[len - 1]))
			line[--len] = '\0';
		if (blanks >= len || strchr("#;", line[blanks]))
			continue;
		memmove(line, line + blanks, len - blanks + 1);
		return true;
	}
	return false;
}

char *xnm_manager_value(char *line, const char *key)
{
	size_t len = strlen(key);
	char *value;

	if (strncmp(line, key, len) != 0)
		return NULL;
	value = line + len + strspn(line + len, " \t");
	if (*value != '=')
		return NULL;
	value += 1 + strspn(value + 1, " \t\"'");
	value[strcspn(value, "\"'")] = '\0';
	return value;
}

bool xnm_manager_list_has(char *list, const char *separators, const char *name)
{
	char *rest = NULL;

	for (char *word = strtok_r(list, separators, &rest); word;
	     word = strtok_r(NULL, separators, &rest)) {
		if (fnmatch(word, name, 0) == 0)
			return true;
	}
	return false;
}

/* unmanaged-devices=interface-name:eth*;mac:00:16:3e:00:00:01;except:... */
static bool nm_leaves(const struct xnm_card *card, char *list)
{
	char mac[XNM_MAC_TEXT_LEN], *rest = NULL;
	bool leaves = false;

	xnm_format_mac(&card->mac, mac);
	for (char *word = strtok_r(list, ";, ", &rest); word; word = strtok_r(NULL, ";, ", &rest)) {
		bool except = strncmp(word, "except:", 7) == 0, fits;

		word += except ? 7 : 0;
		if (strncmp(word, "interface-name:", 15) == 0)
			fits = fnmatch(word + 15 + (word[15] == '='), card->name, 0) == 0;
		else if (strncmp(word, "mac:", 4) == 0)
			fits = strcasecmp(word + 4, mac) == 0;
		else
			fits = strcmp(word, "*") == 0 || strcmp(word, "type:ethernet") == 0;
		if (fits && except)
			return false;
		leaves |= fits;
	}
	return leaves;
}

static bool nm_file_leaves(const struct xnm_card *card, const char *path)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	char line[1024], *value;

	while (file && xnm_manager_line(file, line, sizeof(line))) {
		value = xnm_manager_value(line, "unmanaged-devices");
		if (value && nm_leaves(card, value))
			return true;
	}
	return false;
}

static bool nm_is_told_to_leave(const struct xnm_card *card)
{
	static const char *const patterns[] = { "/etc/NetworkManager/NetworkManager.conf",
						"/etc/NetworkManager/conf.d/*.conf",
						"/run/NetworkManager/conf.d/*.conf",
						"/usr/lib/NetworkManager/conf.d/*.conf" };
	char path[XNM_MANAGER_PATH];
	bool leaves = false;

	for (size_t i = 0; !leaves && i < XNM_N_ELEMENTS(patterns); i++) {
		glob_t found = { 0 };

		xnm_manager_path(card, patterns[i], path);
		if (glob(path, 0, NULL, &found) == 0) {
			for (size_t k = 0; !leaves && k < found.gl_pathc; k++)
				leaves = nm_file_leaves(card, found.gl_pathv[k]);
		}
		globfree(&found);
	}
	return leaves;
}

/* udev's rules may have said it: 60-xnm.rules does of vifs and bridges. */
static bool udev_says_unmanaged(const struct xnm_card *card)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[64], line[1024], *value;

	(void)snprintf(path, sizeof(path), "/run/udev/data/n%d", card->ifindex);
	file = xnm_manager_open(card, path);
	while (file && xnm_manager_line(file, line, sizeof(line))) {
		value = xnm_manager_value(line, "E:NM_UNMANAGED");
		if (value)
			return strcmp(value, "1") == 0;
	}
	return false;
}

/* Its file of the device says managed=true; without one it has not made up its mind yet. */
bool xnm_nm_manages(const struct xnm_card *card)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[64], line[512], *value;

	(void)snprintf(path, sizeof(path), "/run/NetworkManager/devices/%d", card->ifindex);
	file = xnm_manager_open(card, path);
	if (!file)
		return !udev_says_unmanaged(card) && !nm_is_told_to_leave(card);
	while (xnm_manager_line(file, line, sizeof(line))) {
		value = xnm_manager_value(line, "managed");
		if (value)
			return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
	}
	return false;
}

/* By the beginnings of names. */
bool xnm_connman_manages(const struct xnm_card *card)
{
	_cleanup_fclose_ FILE *file = xnm_manager_open(card, "/etc/connman/main.conf");
	char line[1024], *value, *rest = NULL;

	while (file && xnm_manager_line(file, line, sizeof(line))) {
		value = xnm_manager_value(line, "NetworkInterfaceBlacklist");
		for (char *word = value ? strtok_r(value, ", ", &rest) : NULL; word;
		     word = strtok_r(NULL, ", ", &rest)) {
			if (strncmp(card->name, word, strlen(word)) == 0)
				return false;
		}
	}
	return true;
}

/* What it has set once stays; a lease it renews. */
bool xnm_wicked_manages(const struct xnm_card *card)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "/run/wicked/leaseinfo.%s.dhcp.ipv4", card->name);
	if (xnm_manager_has(card, path))
		return true;
	(void)snprintf(path, sizeof(path), "/run/wicked/leaseinfo.%s.dhcp.ipv6", card->name);
	return xnm_manager_has(card, path);
}

/* One that takes all interfaces but these, or only those. */
bool xnm_dhcpcd_manages(const struct xnm_card *card)
{
	_cleanup_fclose_ FILE *file = xnm_manager_open(card, "/etc/dhcpcd.conf");
	bool has_allowed = false, allowed = false;
	char line[1024];

	while (file && xnm_manager_line(file, line, sizeof(line))) {
		line[strcspn(line, "#")] = '\0';
		if (strncmp(line, "denyinterfaces", 14) == 0) {
			if (xnm_manager_list_has(line + 14, " \t,", card->name))
				return false;
		} else if (strncmp(line, "allowinterfaces", 15) == 0) {
			has_allowed = true;
			allowed |= xnm_manager_list_has(line + 15, " \t,", card->name);
		}
	}
	return !has_allowed || allowed;
}
