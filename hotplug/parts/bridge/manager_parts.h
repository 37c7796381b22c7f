/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_parts.h - what the readers of other managers' files and processes share. */
#ifndef XNM_MANAGER_PARTS_H
#define XNM_MANAGER_PARTS_H

#include <stdio.h>

#include "hotplug/parts/bridge/manager.h"

#define XNM_MANAGER_PATH 512

/* Programs of this network namespace, as /proc has them. */
struct xnm_programs {
	bool networkd, nm, connmand, wickedd, dhcpcd_manager;
	int dhcpcd_pid;
	struct xnm_manager client; /* a DHCP client of this card */
};

void xnm_programs_read(const struct xnm_card *card, struct xnm_programs *programs);

/* A path below the given root, and a file there; NULL if it is missing or unreadable. */
void xnm_manager_path(const struct xnm_card *card, const char *path, char out[XNM_MANAGER_PATH]);
FILE *xnm_manager_open(const struct xnm_card *card, const char *path);
bool xnm_manager_has(const struct xnm_card *card, const char *path);

/* The next line without blanks at its ends; false at the end. Comments and empty lines are left out. */
bool xnm_manager_line(FILE *file, char *line, size_t size);
/* The value in a line KEY=VALUE, without quotes, or NULL. */
char *xnm_manager_value(char *line, const char *key);
/* Whether a list has a pattern that matches the interface's name. */
bool xnm_manager_list_has(char *list, const char *separators, const char *name);

/* manager_networkd.c: whether a .network file matches that does not leave the interface
 * unmanaged */
bool xnm_networkd_manages(const struct xnm_card *card, bool runs, char *what, size_t size);
/* With runs false: whether they will manage it, as their service is enabled. */
/* manager_nm.c */
bool xnm_nm_manages(const struct xnm_card *card, bool runs);
/* manager_files.c */
bool xnm_connman_manages(const struct xnm_card *card, bool runs);
bool xnm_wicked_manages(const struct xnm_card *card, bool runs);
bool xnm_dhcpcd_manages(const struct xnm_card *card, bool runs);
/* manager_ifupdown.c: an iface line with DHCP; and any iface line */
bool xnm_ifupdown_manages(const struct xnm_card *card, char *what, size_t size);
bool xnm_ifupdown_has(const struct xnm_card *card);
/* manager_enabled.c: whether one of the services starts at boot, with systemd, OpenRC or scripts */
bool xnm_manager_is_enabled(const struct xnm_card *card, const char *const names[], size_t n);

#endif
