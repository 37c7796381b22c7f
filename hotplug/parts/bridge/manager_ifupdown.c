/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_ifupdown.c - read whether ifupdown starts a DHCP client for a card, from /etc/network/interfaces. */
#include "hotplug/parts/bridge/manager_parts.h"

#include <glob.h>
#include <string.h>

#include "hotplug/base/util.h"

#define MAX_FILES 64

struct reading {
	const struct xnm_card *card;
	bool any; /* any iface line of the interface */
	char *what;
	size_t size;
	/* the last iface line: whether it is the interface's, and what it says */
	bool is_ours;
	char stanza[64];
	/* the main file, and those that it sources */
	size_t n_files;
	char files[MAX_FILES][XNM_MANAGER_PATH];
};

/* iface NAME [FAMILY METHOD] */
static bool is_dhcp(struct reading *reading, char *line)
{
	char *rest = NULL;
	const char *word = strtok_r(line, " \t", &rest), *name = strtok_r(NULL, " \t", &rest);
	const char *family = strtok_r(NULL, " \t", &rest), *method = strtok_r(NULL, " \t", &rest);

	if (strcmp(word, "iface") != 0) {
		/* "dhcp 1" of inet6 auto; "use dhcp" is ifupdown-ng's */
		if (reading->is_ours && name &&
		    ((strcmp(word, "dhcp") == 0 && strcmp(name, "1") == 0) ||
		     (strcmp(word, "use") == 0 && strcmp(name, "dhcp") == 0))) {
			(void)snprintf(reading->what, reading->size, "%s, %s %s", reading->stanza,
				       word, name);
			return true;
		}
		return false;
	}
	reading->is_ours = name && strcmp(name, reading->card->name) == 0;
	if (!reading->is_ours)
		return false;
	(void)snprintf(reading->stanza, sizeof(reading->stanza), "iface %.15s%s%.16s", name,
		       family ? " " : "", family ? family : "");
	if (!reading->any &&
	    (!method || (strcmp(method, "dhcp") != 0 && strcmp(method, "bootp") != 0)))
		return false;
	(void)snprintf(reading->what, reading->size, "%s%s%.16s", reading->stanza,
		       method ? " " : "", method ? method : "");
	return true;
}

/* A relative path is relative to the main file's folder. */
static void add_files(struct reading *reading, const char *pattern, bool is_folder)
{
	char path[XNM_MANAGER_PATH];
	glob_t files = { 0 };

	(void)snprintf(path, sizeof(path), "%s%s%s%s", reading->card->root,
		       pattern[0] == '/' ? "" : "/etc/network/", pattern, is_folder ? "/*" : "");
	if (glob(path, 0, NULL, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc && reading->n_files < MAX_FILES; i++)
			(void)snprintf(reading->files[reading->n_files++], XNM_MANAGER_PATH, "%s",
				       files.gl_pathv[i]);
	}
	globfree(&files);
}

/* "source PATTERN" and "source-directory FOLDER", also in sourced files. */
static bool line_has(struct reading *reading, char *line)
{
	size_t len = strcspn(line, " \t");
	const char *path = line + len + strspn(line + len, " \t");

	if (len == strlen("source") && strncmp(line, "source", len) == 0)
		add_files(reading, path, false);
	else if (len == strlen("source-directory") && strncmp(line, "source-directory", len) == 0)
		add_files(reading, path, true);
	else
		return is_dhcp(reading, line);
	return false;
}

static bool file_has(struct reading *reading, const char *path)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	char line[512];

	reading->is_ours = false;
	while (file && xnm_manager_line(file, line, sizeof(line))) {
		if (line_has(reading, line))
			return true;
	}
	return false;
}

/* Files that source each other are read until the list is full. */
static bool has(const struct xnm_card *card, bool any, char *what, size_t size)
{
	static struct reading reading;

	memset(&reading, 0, sizeof(reading));
	reading.card = card;
	reading.any = any;
	reading.what = what;
	reading.size = size;
	xnm_manager_path(card, "/etc/network/interfaces", reading.files[reading.n_files++]);
	for (size_t i = 0; i < reading.n_files; i++) {
		if (file_has(&reading, reading.files[i]))
			return true;
	}
	return false;
}

bool xnm_ifupdown_has(const struct xnm_card *card)
{
	char what[128];

	return has(card, true, what, sizeof(what));
}

/* Without DHCP, ifupdown does nothing more until somebody calls ifup. */
bool xnm_ifupdown_manages(const struct xnm_card *card, char *what, size_t size)
{
	return (xnm_manager_has(card, "/sbin/ifup") || xnm_manager_has(card, "/usr/sbin/ifup")) &&
	       has(card, false, what, size);
}
