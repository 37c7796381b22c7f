/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device.c - the vif's netdev and its tap: the MTU, and whether it is up and where it belongs. */
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/vif.h"

static void mtu_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	if (row->state->device.mtu_bytes)
		xnm_columns_add(columns, "%u", row->state->device.mtu_bytes);
	else
		xnm_columns_add(columns, "%s", "");
}

static void device_json(struct json_object *vif, const struct xnm_row *row)
{
	xnm_json_number_if(vif, "mtu_bytes", row->state->device.mtu_bytes,
			   row->state->device.mtu_bytes != 0);
	xnm_json_text(vif, "tap", row->state->device.tap);
}

const struct xnm_status_part xnm_status_device = {
	.name = "device",
	.vif_columns = { { "MTU", mtu_cell } },
	.vif_json = device_json,
};

static const char *link_word(const struct xnm_row *row)
{
	if (row->link.ifindex == 0)
		return "missing";
	return row->link.up ? "up" : "down";
}

/* Where it is attached only if that is not where it belongs. */
static void link_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	const char *where = row->attached_to[0] ? row->attached_to : "alone";

	if (row->link.ifindex == 0 || strcmp(row->attached_to, row->state->bridge.name) == 0)
		xnm_columns_add(columns, "%s", link_word(row));
	else
		xnm_columns_add(columns, "%s, %s", link_word(row), where);
}

static void link_json(struct json_object *vif, const struct xnm_row *row)
{
	xnm_json_text(vif, "link", link_word(row));
	xnm_json_text(vif, "attached_to", row->attached_to);
}

const struct xnm_status_part xnm_status_link = {
	.name = "link",
	.vif_columns = { { "LINK", link_cell } },
	.vif_json = link_json,
};
