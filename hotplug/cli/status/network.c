/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c - the table of the networks that the vifs are in, with the columns of all parts. */
#include <errno.h>
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/vif.h"
#include "policy/policy.h"

static void add_uplink(struct xnm_network_row *row, const char *ifname)
{
	if (row->n_uplinks < XNM_N_ELEMENTS(row->uplinks))
		memcpy(row->uplinks[row->n_uplinks++], ifname, IFNAMSIZ);
}

static void fill_network(struct xnm_network_row *row, const struct xnm_policy *policy)
{
	const struct xnm_network *network = xnm_policy_network(policy, row->name);

	/* the policy may have changed since */
	if (!network || strcmp(network->name, row->name) != 0)
		return;
	row->forward = xnm_forward_word(network->forward);
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

		if (uplink)
			add_uplink(row, uplink->device);
	}
	for (unsigned int i = 0;
	     network->forward == XNM_FORWARD_BRIDGE && i < network->n_interfaces; i++)
		add_uplink(row, network->interfaces[i]);
	row->any_uplink = row->n_uplinks == 0 && (network->forward == XNM_FORWARD_NAT ||
						  network->forward == XNM_FORWARD_ROUTE);
}

static struct xnm_network_row *get_network(struct xnm_status *status,
					   const struct xnm_vif_note *state,
					   const struct xnm_policy *policy)
{
	struct xnm_network_row *rows = status->networks;

	for (unsigned int i = 0; i < status->n_networks; i++) {
		if (strcmp(rows[i].name, state->network.name) == 0)
			return &rows[i];
	}
	rows = reallocarray(rows, status->n_networks + 1, sizeof(*rows));
	if (!rows)
		return NULL;
	status->networks = rows;
	rows += status->n_networks++;
	*rows = (struct xnm_network_row){ .forward = "" };
	memcpy(rows->name, state->network.name, sizeof(rows->name));
	memcpy(rows->bridge, state->bridge.name, sizeof(rows->bridge));
	if (policy)
		fill_network(rows, policy);
	return rows;
}

static int by_name(const void *a, const void *b)
{
	const struct xnm_network_row *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int read_networks(struct xnm_status *status, const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < status->n; i++) {
		const struct xnm_row *row = &status->rows[i];
		struct xnm_network_row *network;

		if (row->verdict == XNM_VERDICT_GONE || !row->has_note ||
		    !row->state->network.name[0])
			continue;
		network = get_network(status, row->state, policy);
		if (!network)
			return -ENOMEM;
		network->n_vifs++;
	}
	if (status->n_networks)
		qsort(status->networks, status->n_networks, sizeof(*status->networks), by_name);
	return 0;
}

/* ----------------------------------------------------------------- table */

static void add_headings(struct xnm_columns *columns)
{
	for (unsigned int i = 0; i < xnm_n_status_parts; i++) {
		const struct xnm_network_column *column = xnm_status_parts[i]->network_columns;

		for (; column->heading; column++, columns->n_columns++)
			xnm_columns_add(columns, "%s", column->heading);
	}
}

static void add_row(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	for (unsigned int i = 0; i < xnm_n_status_parts; i++) {
		const struct xnm_network_column *column = xnm_status_parts[i]->network_columns;

		for (; column->heading; column++)
			column->cell(columns, network);
	}
}

static void print_networks(const struct xnm_status *status, FILE *stream)
{
	struct xnm_columns columns = { 0 };

	if (status->n_networks == 0)
		return;
	add_headings(&columns);
	for (unsigned int i = 0; i < status->n_networks; i++)
		add_row(&columns, &status->networks[i]);
	fputc('\n', stream);
	xnm_columns_print(&columns, stream);
}

static void networks_json(struct json_object *all, const struct xnm_status *status)
{
	struct json_object *list = xnm_json_list(all, "networks");

	for (unsigned int i = 0; i < status->n_networks; i++) {
		struct json_object *network = json_object_new_object();

		for (unsigned int k = 0; k < xnm_n_status_parts; k++) {
			if (xnm_status_parts[k]->network_json)
				xnm_status_parts[k]->network_json(network, &status->networks[i]);
		}
		json_object_array_add(list, network);
	}
}

/* --------------------------------------------------------------- columns */

static void name_cell(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	xnm_columns_add(columns, "%s", network->name);
}

static void bridge_cell(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	xnm_columns_add(columns, "%s", network->bridge);
}

static void forward_cell(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	xnm_columns_add(columns, "%s", network->forward);
}

static void uplinks_cell(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	char text[XNM_MAX_NETWORK_UPLINKS * IFNAMSIZ] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < network->n_uplinks; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? "," : "",
					network->uplinks[i]);
	xnm_columns_add(columns, "%s", network->any_uplink ? "any" : text);
}

static void vifs_cell(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	xnm_columns_add(columns, "%u", network->n_vifs);
}

static void network_json(struct json_object *object, const struct xnm_network_row *network)
{
	struct json_object *uplinks;

	xnm_json_text(object, "network", network->name);
	xnm_json_text(object, "bridge", network->bridge);
	xnm_json_text(object, "forward", network->forward);
	uplinks = xnm_json_list(object, "uplinks");
	for (unsigned int i = 0; i < network->n_uplinks; i++)
		json_object_array_add(uplinks, json_object_new_string(network->uplinks[i]));
	xnm_json_number(object, "vifs", network->n_vifs);
}

static void vif_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	xnm_columns_add(columns, "%s", row->state->network.name);
}

static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	xnm_json_text(vif, "network", row->state->network.name);
}

const struct xnm_status_part xnm_status_network = {
	.name = "network",
	.read = read_networks,
	.vif_columns = { { "NETWORK", vif_cell } },
	.vif_json = vif_json,
	.network_columns = { { "NETWORK", name_cell },
			     { "BRIDGE", bridge_cell },
			     { "FORWARD", forward_cell },
			     { "UPLINKS", uplinks_cell },
			     { "VIFS", vifs_cell } },
	.network_json = network_json,
	.print = print_networks,
	.json = networks_json,
};
