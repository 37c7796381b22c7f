/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_nm.c - read whether NetworkManager manages an interface, or will, from its state and its files. */
#include "hotplug/parts/bridge/manager_parts.h"

#include <fnmatch.h>
#include <glob.h>
#include <string.h>
#include <strings.h>

#include "hotplug/base/util.h"

#define CONF_MAX 64 /* configuration files, in order of precedence */

/* What the configuration files say about the interface. */
struct nm_conf {
	bool leaves; /* unmanaged-devices=, or managed= of a [device] */
	bool no_default; /* no-auto-default= */
	bool ifupdown_leaves; /* interfaces in /etc/network/interfaces are not managed */
};

/* interface-name:eth*;mac:00:16:3e:00:00:01;except:... */
static bool list_fits(const struct xnm_card *card, char *list)
{
	char mac[XNM_MAC_TEXT_LEN], *rest = NULL;
	bool found = false;

	xnm_format_mac(&card->mac, mac);
	for (char *word = strtok_r(list, ";, ", &rest); word; word = strtok_r(NULL, ";, ", &rest)) {
		bool except = strncmp(word, "except:", 7) == 0, fits;

		word += except ? 7 : 0;
		if (strncmp(word, "interface-name:", 15) == 0)
			fits = fnmatch(word + 15 + (word[15] == '='), card->name, 0) == 0;
		else if (strncmp(word, "mac:", 4) == 0)
			fits = strcasecmp(word + 4, mac) == 0;
		else
			fits = strcmp(word, "*") == 0 || strcmp(word, "type:ethernet") == 0 ||
			       strcasecmp(word, mac) == 0 || strcmp(word, card->name) == 0;
		if (fits && except)
			return false;
		found |= fits;
	}
	return found;
}

static bool is_yes(const char *value)
{
	return strcasecmp(value, "true") == 0 || strcasecmp(value, "yes") == 0 ||
	       strcasecmp(value, "on") == 0 || strcmp(value, "1") == 0;
}

/* Reads one line of the section that it is in. */
struct section {
	char name[32];
	bool fits; /* match-device= of a [device-...] */
};

static void read_conf_line(const struct xnm_card *card, const struct section *section, char *line,
			   struct nm_conf *conf)
{
	char *value;

	value = xnm_manager_value(line, "unmanaged-devices");
	if (value)
		conf->leaves |= list_fits(card, value);
	value = xnm_manager_value(line, "no-auto-default");
	if (value)
		conf->no_default = list_fits(card, value);
	value = xnm_manager_value(line, "managed");
	if (value && strcmp(section->name, "[ifupdown]") == 0)
		conf->ifupdown_leaves = !is_yes(value);
	else if (value && strncmp(section->name, "[device", 7) == 0 && section->fits)
		conf->leaves |= !is_yes(value);
}

static void read_conf(const struct xnm_card *card, const char *path, struct nm_conf *conf)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	struct section section = { "", true };
	char line[1024], *value;

	while (file && xnm_manager_line(file, line, sizeof(line))) {
		if (line[0] == '[') {
			(void)snprintf(section.name, sizeof(section.name), "%.31s", line);
			section.fits = true;
			continue;
		}
		value = xnm_manager_value(line, "match-device");
		if (value)
			section.fits = list_fits(card, value);
		else
			read_conf_line(card, &section, line, conf);
	}
}

static void read_confs(const struct xnm_card *card, struct nm_conf *conf)
{
	static const char *const patterns[] = { "/usr/lib/NetworkManager/conf.d/*.conf",
						"/run/NetworkManager/conf.d/*.conf",
						"/etc/NetworkManager/NetworkManager.conf",
						"/etc/NetworkManager/conf.d/*.conf" };
	char path[XNM_MANAGER_PATH];

	memset(conf, 0, sizeof(*conf));
	for (size_t i = 0; i < XNM_N_ELEMENTS(patterns); i++) {
		glob_t found = { 0 };

		xnm_manager_path(card, patterns[i], path);
		if (glob(path, 0, NULL, &found) == 0) {
			for (size_t k = 0; k < found.gl_pathc && k < CONF_MAX; k++)
				read_conf(card, found.gl_pathv[k], conf);
		}
		globfree(&found);
	}
}

/* Whether a profile is of an Ethernet device, names this one or none, and has autoconnect. */
static bool profile_fits(const struct xnm_card *card, const char *path)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	bool ethernet = false, fits = true, begins = true;
	char line[1024], mac[XNM_MAC_TEXT_LEN], *value;

	xnm_format_mac(&card->mac, mac);
	while (file && xnm_manager_line(file, line, sizeof(line))) {
		value = xnm_manager_value(line, "type");
		if (value)
			ethernet |= strcmp(value, "ethernet") == 0 ||
				    strcmp(value, "802-3-ethernet") == 0;
		value = xnm_manager_value(line, "interface-name");
		if (value && strcmp(value, card->name) != 0)
			fits = false;
		value = xnm_manager_value(line, "mac-address");
		if (value && value[0] && strcasecmp(value, mac) != 0)
			fits = false;
		value = xnm_manager_value(line, "autoconnect");
		if (value)
			begins = is_yes(value);
	}
	return ethernet && fits && begins;
}

static bool has_profile(const struct xnm_card *card)
{
	static const char *const folders[] = { "/etc/NetworkManager/system-connections/*",
					       "/run/NetworkManager/system-connections/*",
					       "/usr/lib/NetworkManager/system-connections/*" };
	char path[XNM_MANAGER_PATH];
	bool has = false;

	for (size_t i = 0; !has && i < XNM_N_ELEMENTS(folders); i++) {
		glob_t found = { 0 };

		xnm_manager_path(card, folders[i], path);
		if (glob(path, 0, NULL, &found) == 0) {
			for (size_t k = 0; !has && k < found.gl_pathc; k++)
				has = profile_fits(card, found.gl_pathv[k]);
		}
		globfree(&found);
	}
	return has;
}

/* udev rules may have set it unmanaged, as 60-xnm.rules does for vifs and bridges. */
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

/* NetworkManager makes a DHCP profile for each Ethernet device without one, unless no-auto-default=
 * matches. */
static bool will_manage(const struct xnm_card *card, bool runs)
{
	struct nm_conf conf;

	read_confs(card, &conf);
	if (conf.leaves || udev_says_unmanaged(card) ||
	    (conf.ifupdown_leaves && xnm_ifupdown_has(card)))
		return false;
	return runs || !conf.no_default || has_profile(card);
}

/* Its state file of the device says managed=true; without one it has not decided yet. */
bool xnm_nm_manages(const struct xnm_card *card, bool runs)
{
	static const char *const names[] = { "NetworkManager", "network-manager" };
	_cleanup_fclose_ FILE *file = NULL;
	char path[64], line[512], *value;

	if (!runs)
		return xnm_manager_is_enabled(card, names, XNM_N_ELEMENTS(names)) &&
		       will_manage(card, false);
	(void)snprintf(path, sizeof(path), "/run/NetworkManager/devices/%d", card->ifindex);
	file = xnm_manager_open(card, path);
	if (!file)
		return will_manage(card, true);
	while (xnm_manager_line(file, line, sizeof(line))) {
		value = xnm_manager_value(line, "managed");
		if (value)
			return is_yes(value);
	}
	return false;
}
