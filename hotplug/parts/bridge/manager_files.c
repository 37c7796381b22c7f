/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_files.c - whether connman, wicked or dhcpcd manages an interface, by their files; helpers to read files. */
#include "hotplug/parts/bridge/manager_parts.h"

#include <ctype.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
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

/* By the beginnings of names. */
bool xnm_connman_manages(const struct xnm_card *card, bool runs)
{
	static const char *const names[] = { "connman" };
	_cleanup_fclose_ FILE *file = NULL;
	char line[1024], *value, *rest = NULL;

	if (!runs && !xnm_manager_is_enabled(card, names, XNM_N_ELEMENTS(names)))
		return false;
	file = xnm_manager_open(card, "/etc/connman/main.conf");
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

/* Whether it starts DHCP on the interface when it starts. */
static bool wicked_will_ask(const struct xnm_card *card)
{
	_cleanup_fclose_ FILE *file = NULL;
	bool asks = false;
	char path[96], line[512], *value;

	(void)snprintf(path, sizeof(path), "/etc/sysconfig/network/ifcfg-%s", card->name);
	file = xnm_manager_open(card, path);
	while (file && xnm_manager_line(file, line, sizeof(line))) {
		value = xnm_manager_value(line, "BOOTPROTO");
		if (value)
			asks = strstr(value, "dhcp") != NULL;
	}
	return asks;
}

/* Static addresses just stay; a lease is renewed. */
bool xnm_wicked_manages(const struct xnm_card *card, bool runs)
{
	static const char *const names[] = { "wicked", "wickedd" };
	char path[96];

	if (!runs)
		return xnm_manager_is_enabled(card, names, XNM_N_ELEMENTS(names)) &&
		       wicked_will_ask(card);
	(void)snprintf(path, sizeof(path), "/run/wicked/leaseinfo.%s.dhcp.ipv4", card->name);
	if (xnm_manager_has(card, path))
		return true;
	(void)snprintf(path, sizeof(path), "/run/wicked/leaseinfo.%s.dhcp.ipv6", card->name);
	return xnm_manager_has(card, path);
}

/* It manages all interfaces but the denied ones, or only the allowed ones. */
bool xnm_dhcpcd_manages(const struct xnm_card *card, bool runs)
{
	char of_card[IFNAMSIZ + 8], line[1024];
	const char *const names[] = { "dhcpcd", of_card };
	_cleanup_fclose_ FILE *file = NULL;
	bool has_allowed = false, allowed = false;

	(void)snprintf(of_card, sizeof(of_card), "dhcpcd@%.15s", card->name);
	if (!runs && !xnm_manager_is_enabled(card, names, XNM_N_ELEMENTS(names)))
		return false;
	file = xnm_manager_open(card, "/etc/dhcpcd.conf");
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
