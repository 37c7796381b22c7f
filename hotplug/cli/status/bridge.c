/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.c - the bridge that a vif belongs to, and its VLANs there. */
#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/vif.h"

static void bridge_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	xnm_columns_add(columns, "%s", row->state->bridge.name);
}

static void vlan_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	xnm_columns_add(columns, "%s", row->state->bridge.vlan);
}

static void bridge_json(struct json_object *vif, const struct xnm_row *row)
{
	xnm_json_text(vif, "bridge", row->state->bridge.name);
	xnm_json_text(vif, "vlan", row->state->bridge.vlan);
}

const struct xnm_status_part xnm_status_bridge = {
	.name = "bridge",
	.vif_columns = { { "BRIDGE", bridge_cell }, { "VLAN", vlan_cell } },
	.vif_json = bridge_json,
};
