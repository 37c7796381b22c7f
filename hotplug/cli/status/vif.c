/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.c - the table of vifs: which there are, and the columns of all parts. */
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/vif.h"

static int read_vifs(struct xnm_status *status, const struct xnm_policy *policy)
{
	int rc = xnm_status_read_notes(status);

	(void)policy;
	if (rc)
		return rc;
	status->has_store = xnm_status_read_store(status) == 0;
	return xnm_status_read_links(status);
}

static void add_headings(struct xnm_columns *columns)
{
	for (unsigned int i = 0; i < xnm_n_status_parts; i++) {
		const struct xnm_vif_column *column = xnm_status_parts[i]->vif_columns;

		for (; column->heading; column++, columns->n_columns++)
			xnm_columns_add(columns, "%s", column->heading);
	}
}

static void add_row(struct xnm_columns *columns, const struct xnm_row *row)
{
	for (unsigned int i = 0; i < xnm_n_status_parts; i++) {
		const struct xnm_vif_column *column = xnm_status_parts[i]->vif_columns;

		for (; column->heading; column++)
			column->cell(columns, row);
	}
}

static void print_vifs(const struct xnm_status *status, FILE *stream)
{
	struct xnm_columns columns = { 0 };

	add_headings(&columns);
	for (unsigned int i = 0; i < status->n; i++)
		add_row(&columns, &status->rows[i]);
	xnm_columns_print(&columns, stream);
}

static struct json_object *row_json(const struct xnm_row *row)
{
	struct json_object *vif = json_object_new_object();

	for (unsigned int i = 0; i < xnm_n_status_parts; i++) {
		if (xnm_status_parts[i]->vif_json)
			xnm_status_parts[i]->vif_json(vif, row);
	}
	return vif;
}

static void vifs_json(struct json_object *all, const struct xnm_status *status)
{
	struct json_object *vifs = xnm_json_list(all, "vifs");

	for (unsigned int i = 0; i < status->n; i++)
		json_object_array_add(vifs, row_json(&status->rows[i]));
}

/* What netback calls it, unless it was renamed. */
static void vif_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	char vif[IFNAMSIZ];

	(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
	if (row->state->device.ifname[0] && strcmp(row->state->device.ifname, vif) != 0)
		xnm_columns_add(columns, "%s (%s)", row->state->device.ifname, vif);
	else
		xnm_columns_add(columns, "%s", vif);
}

static void vif_json(struct json_object *object, const struct xnm_row *row)
{
	char vif[IFNAMSIZ];

	(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
	xnm_json_text(object, "vif", vif);
	xnm_json_text(object, "ifname", row->state->device.ifname);
	xnm_json_number(object, "domid", row->domid);
	xnm_json_number(object, "devid", row->devid);
}

const struct xnm_status_part xnm_status_vif = {
	.name = "vif",
	.read = read_vifs,
	.vif_columns = { { "VIF", vif_cell } },
	.vif_json = vif_json,
	.print = print_vifs,
	.json = vifs_json,
};
