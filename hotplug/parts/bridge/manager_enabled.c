/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_enabled.c - read whether a service starts with this boot, or a later one, where it does not run yet. */
#include "hotplug/parts/bridge/manager_parts.h"

#include <glob.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/base/util.h"

static bool has_some(const struct xnm_card *card, const char *pattern, const char *name,
		     const char *end)
{
	char path[XNM_MANAGER_PATH], full[XNM_MANAGER_PATH];
	glob_t found = { 0 };
	bool has;

	(void)snprintf(path, sizeof(path), "%s%s%s", pattern, name, end);
	xnm_manager_path(card, path, full);
	/* a link to a unit counts, wherever it leads to */
	has = glob(full, 0, NULL, &found) == 0 && found.gl_pathc > 0;
	globfree(&found);
	return has;
}

/* A link to /dev/null in the place of a unit. */
static bool is_masked(const struct xnm_card *card, const char *name)
{
	static const char *const folders[] = { "/etc/systemd/system/", "/run/systemd/system/" };
	char path[XNM_MANAGER_PATH], full[XNM_MANAGER_PATH], target[PATH_MAX];

	for (size_t i = 0; i < XNM_N_ELEMENTS(folders); i++) {
		ssize_t len;

		(void)snprintf(path, sizeof(path), "%s%s.service", folders[i], name);
		xnm_manager_path(card, path, full);
		len = readlink(full, target, sizeof(target) - 1);
		if (len == (ssize_t)strlen("/dev/null") &&
		    memcmp(target, "/dev/null", (size_t)len) == 0)
			return true;
	}
	return false;
}

/* Generators are programs such as netplan's. */
static bool is_wanted(const struct xnm_card *card, const char *name)
{
	static const char *const folders[] = {
		"/etc/systemd/system/*.wants/",	    "/run/systemd/system/*.wants/",
		"/run/systemd/generator*/*.wants/", "/usr/lib/systemd/system/*.wants/",
		"/etc/systemd/system/*.requires/",
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(folders); i++) {
		if (has_some(card, folders[i], name, ".service"))
			return !is_masked(card, name);
	}
	return false;
}

bool xnm_manager_is_enabled(const struct xnm_card *card, const char *const names[], size_t n)
{
	bool systemd = xnm_manager_has(card, "/run/systemd/system");
	bool openrc = xnm_manager_has(card, "/run/openrc");

	for (size_t i = 0; i < n; i++) {
		if (systemd  ? is_wanted(card, names[i])
		    : openrc ? has_some(card, "/etc/runlevels/*/", names[i], "")
			     : xnm_manager_has(card, "/run/initctl") &&
				       has_some(card, "/etc/rc[2-5S].d/S[0-9][0-9]", names[i], ""))
			return true;
	}
	return false;
}
