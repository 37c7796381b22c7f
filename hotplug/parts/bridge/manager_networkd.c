/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_networkd.c - read whether systemd-networkd sets a card up, from its state and its .network files. */
#include "hotplug/parts/bridge/manager_parts.h"

#include <dirent.h>
#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "hotplug/base/util.h"

/*
 * Theory of operation
 *
 * networkd goes on with a card that it has a .network file for: it renews
 * leases, gives the card its addresses again when the carrier comes back, and,
 * since 251, takes it out of any bridge that its file does not name, at each
 * reload or restart, unless the file says KeepMaster=yes. So static addresses
 * are no better than a lease.
 *
 * What it has decided stands in /run/systemd/netif/links. At boot udev tells of
 * cards before it runs; then its files are matched here.
 */

static const char *const folders[] = { "/etc/systemd/network", "/run/systemd/network",
				       "/usr/local/lib/systemd/network",
				       "/usr/lib/systemd/network" };

struct state {
	bool is_decided, has_left;
	char file[XNM_MANAGER_PATH], dropins[XNM_MANAGER_PATH];
};

/* The settings of a .network file and its drop-ins that matter here. */
struct setup {
	bool acts, keeps_master;
};

static bool is_no(const char *value)
{
	static const char *const words[] = { "", "no", "false", "off", "0", "n", "f", "none" };

	for (size_t i = 0; i < XNM_N_ELEMENTS(words); i++) {
		if (strcasecmp(value, words[i]) == 0)
			return true;
	}
	return false;
}

static void read_state(const struct xnm_card *card, struct state *state)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[64], line[XNM_MANAGER_PATH], *value;

	memset(state, 0, sizeof(*state));
	(void)snprintf(path, sizeof(path), "/run/systemd/netif/links/%d", card->ifindex);
	file = xnm_manager_open(card, path);
	while (file && xnm_manager_line(file, line, sizeof(line))) {
		value = xnm_manager_value(line, "ADMIN_STATE");
		if (value) {
			state->has_left = strcmp(value, "unmanaged") == 0;
			state->is_decided =
				strcmp(value, "pending") != 0 && strcmp(value, "initialized") != 0;
		}
		value = xnm_manager_value(line, "NETWORK_FILE");
		if (value)
			(void)snprintf(state->file, sizeof(state->file), "%s", value);
		value = xnm_manager_value(line, "NETWORK_FILE_DROPINS");
		if (value)
			(void)snprintf(state->dropins, sizeof(state->dropins), "%s", value);
	}
}

static void read_setup(const struct xnm_card *card, const char *path, struct setup *setup)
{
	static const char *const acting[] = { "Address", "Gateway", "Destination", "Bond", "VRF" };
	_cleanup_fclose_ FILE *file = xnm_manager_open(card, path);
	char line[XNM_MANAGER_PATH], *value;

	while (file && xnm_manager_line(file, line, sizeof(line))) {
		for (size_t i = 0; i < XNM_N_ELEMENTS(acting); i++) {
			value = xnm_manager_value(line, acting[i]);
			setup->acts |= value && value[0];
		}
		value = xnm_manager_value(line, "DHCP");
		if (value)
			setup->acts |= !is_no(value);
		value = xnm_manager_value(line, "KeepMaster");
		if (value)
			setup->keeps_master = !is_no(value);
		value = xnm_manager_value(line, "Bridge");
		if (value && strcmp(value, card->bridge) == 0)
			setup->keeps_master = true;
	}
}

static bool file_acts(const struct xnm_card *card, const char *file, char *dropins)
{
	struct setup setup = { false, false };
	char *rest = NULL;

	read_setup(card, file, &setup);
	for (char *path = strtok_r(dropins, ": ", &rest); path; path = strtok_r(NULL, ": ", &rest))
		read_setup(card, path, &setup);
	return setup.acts || !setup.keeps_master;
}

/* Words, of which a '!' at the beginning means all others. */
static bool words_fit(char *value, const char *name)
{
	bool others = value[0] == '!';

	return xnm_manager_list_has(value + others, " \t", name) != others;
}

static bool key_fits(const struct xnm_card *card, char *line)
{
	char mac[XNM_MAC_TEXT_LEN], *value;

	value = xnm_manager_value(line, "Name");
	if (value)
		return words_fit(value, card->name);
	value = xnm_manager_value(line, "MACAddress");
	if (!value)
		value = xnm_manager_value(line, "PermanentMACAddress");
	if (value) {
		xnm_format_mac(&card->mac, mac);
		return strcasestr(value, mac) != NULL;
	}
	value = xnm_manager_value(line, "Type");
	if (value)
		return words_fit(value, "ether");
	/* network cards have no Kind */
	value = xnm_manager_value(line, "Kind");
	if (value)
		return value[0] == '!';
	/* set by udev rules, as 60-xnm.rules does for vifs and bridges */
	return !xnm_manager_value(line, "Property");
}

static bool file_fits(const struct xnm_card *card, const char *path, bool *unmanaged)
{
	_cleanup_fclose_ FILE *file = xnm_manager_open(card, path);
	bool fits = true, matches = false, in_match = false;
	char line[XNM_MANAGER_PATH], *value;

	*unmanaged = false;
	while (file && xnm_manager_line(file, line, sizeof(line))) {
		if (line[0] == '[') {
			in_match = strcmp(line, "[Match]") == 0;
			continue;
		}
		value = xnm_manager_value(line, "Unmanaged");
		if (value)
			*unmanaged = !is_no(value);
		if (in_match) {
			matches = true;
			fits = fits && key_fits(card, line);
		}
	}
	return matches && fits;
}

static bool is_hidden(const struct xnm_card *card, size_t folder, const char *name)
{
	char path[XNM_MANAGER_PATH];

	for (size_t i = 0; i < folder; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		if (xnm_manager_has(card, path))
			return true;
	}
	return false;
}

static void find_in(const struct xnm_card *card, size_t folder, char best[XNM_MANAGER_PATH],
		    bool *unmanaged)
{
	char path[XNM_MANAGER_PATH];
	struct dirent *entry;
	DIR *dir;

	xnm_manager_path(card, folders[folder], path);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		const char *end = strrchr(entry->d_name, '.'), *name = strrchr(best, '/');
		bool leaves;

		if (!end || strcmp(end, ".network") != 0 ||
		    is_hidden(card, folder, entry->d_name) ||
		    (name && strcmp(name + 1, entry->d_name) < 0))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%.200s", folders[folder], entry->d_name);
		if (!file_fits(card, path, &leaves))
			continue;
		(void)snprintf(best, XNM_MANAGER_PATH, "%s", path);
		*unmanaged = leaves;
	}
	if (dir)
		(void)closedir(dir);
}

/* The first match by file name counts, whatever its folder. */
static bool is_configured(const struct xnm_card *card, char file[XNM_MANAGER_PATH])
{
	bool unmanaged = false;

	file[0] = '\0';
	for (size_t i = 0; i < XNM_N_ELEMENTS(folders); i++)
		find_in(card, i, file, &unmanaged);
	return file[0] && !unmanaged;
}

bool xnm_networkd_manages(const struct xnm_card *card, bool runs, char *what, size_t size)
{
	static const char *const names[] = { "systemd-networkd" };
	struct state state = { 0 };
	bool manages;

	if (runs)
		read_state(card, &state);
	else if (!xnm_manager_is_enabled(card, names, XNM_N_ELEMENTS(names)))
		return false;
	if (state.is_decided) {
		manages = !state.has_left && state.file[0];
	} else {
		state.dropins[0] = '\0';
		manages = is_configured(card, state.file);
	}
	if (!manages || !file_acts(card, state.file, state.dropins))
		return false;
	(void)snprintf(what, size, "%s", state.file);
	return true;
}
