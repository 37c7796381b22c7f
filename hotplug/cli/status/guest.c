/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest.c - the domain of a vif: its name, and what the hypervisor says of it. */
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/vif.h"
#include "hotplug/xen/xl.h"

static void ask_hypervisor(const struct xnm_status *status, struct xnm_row *row)
{
	(void)status;
	row->guest_state = xnm_xl_domain_state(row->domid);
}

/* The state only if it is an unusual one. */
static void guest_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	const char *state = row->guest_state;

	if (strcmp(state, "running") != 0 && strcmp(state, "unknown") != 0)
		xnm_columns_add(columns, "%s (%s)", row->state->domain_name, state);
	else
		xnm_columns_add(columns, "%s", row->state->domain_name);
}

static void guest_json(struct json_object *vif, const struct xnm_row *row)
{
	xnm_json_text(vif, "guest", row->state->domain_name);
	xnm_json_text(vif, "guest_state", row->guest_state);
}

const struct xnm_status_part xnm_status_guest = {
	.name = "guest",
	.look = ask_hypervisor,
	.vif_columns = { { "GUEST", guest_cell } },
	.vif_json = guest_json,
};
