/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part.h - a part of `xnm status`: what it reads, and what it adds to the tables and to the JSON. */
#ifndef XNM_STATUS_PART_H
#define XNM_STATUS_PART_H

#include "hotplug/cli/columns.h"
#include "hotplug/cli/status/status.h"

struct json_object;

/* A column of the table of vifs; cell adds one cell. */
struct xnm_vif_column {
	const char *heading;
	void (*cell)(struct xnm_columns *columns, const struct xnm_row *row);
};

/* A column of the table of networks. */
struct xnm_network_column {
	const char *heading;
	void (*cell)(struct xnm_columns *columns, const struct xnm_network_row *network);
};

#define XNM_MAX_PART_COLUMNS 5

/* A part is a row like this in a file of its own, and one line in table.c. NULL: nothing. */
struct xnm_status_part {
	const char *name;
	/* Of all vifs, before those that nobody asked for are left out. Returns 0 or -errno. */
	int (*read)(struct xnm_status *status, const struct xnm_policy *policy);
	/* Of one vif that is printed. */
	void (*look)(const struct xnm_status *status, struct xnm_row *row);
	/* Each vif: its columns, up to the first without a heading, and its members in JSON. */
	struct xnm_vif_column vif_columns[XNM_MAX_PART_COLUMNS + 1];
	void (*vif_json)(struct json_object *vif, const struct xnm_row *row);
	/* Each network: the same. */
	struct xnm_network_column network_columns[XNM_MAX_PART_COLUMNS + 1];
	void (*network_json)(struct json_object *object, const struct xnm_network_row *network);
	/* Tables and lines of its own, and members of the outermost object. */
	void (*print)(const struct xnm_status *status, FILE *stream);
	void (*json)(struct json_object *all, const struct xnm_status *status);
};

/* table.c: all parts, in the order in which they read, and in which their output stands. */
extern const struct xnm_status_part *const xnm_status_parts[];
extern const unsigned int xnm_n_status_parts;

#endif
