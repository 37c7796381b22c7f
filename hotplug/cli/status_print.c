/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status_print.c - print what `xnm status` found out: a table for people, JSON for programs. */
#include "hotplug/cli/status.h"

#include <errno.h>
#include <json.h>
#include <string.h>

/* The word for a verdict in JSON, and in the table. */
static const struct {
	const char *json;
	const char *table;
} verdicts[] = {
	[XNM_VERDICT_UNKNOWN] = { "unknown", "-" },
	[XNM_VERDICT_OK] = { "ok", "ok" },
	[XNM_VERDICT_DRIFT] = { "drift", "drift" },
	[XNM_VERDICT_ERROR] = { "error", "error" },
	[XNM_VERDICT_GONE] = { "gone", "gone" },
	[XNM_VERDICT_UNMANAGED] = { "unmanaged", "not managed" },
};

static const char *link_word(const struct xnm_row *row)
{
	if (row->link.ifindex == 0)
		return "missing";
	return row->link.up ? "up" : "down";
}

/* ------------------------------------------------------------------ table */

enum column {
	COLUMN_VIF,
	COLUMN_GUEST,
	COLUMN_NETWORK,
	COLUMN_BRIDGE,
	COLUMN_VLAN,
	COLUMN_MAC,
	COLUMN_ADDRESSES,
	COLUMN_MTU,
	COLUMN_LINK,
	COLUMN_STATE,
	N_COLUMNS,
};

static const char *const headings[N_COLUMNS] = {
	"VIF", "GUEST", "NETWORK", "BRIDGE", "VLAN", "MAC", "ADDRESSES", "MTU", "LINK", "STATE",
};

struct line {
	char cells[N_COLUMNS][XNM_MAX_ADDRESSES * XNM_CIDR_TEXT_LEN];
};

#define CELL_SIZE sizeof(((struct line *)0)->cells[0])

static void set_cell(struct line *line, enum column column, const char *text)
{
	(void)snprintf(line->cells[column], CELL_SIZE, "%s", text[0] ? text : "-");
}

static void set_vif(struct line *line, const struct xnm_row *row)
{
	char vif[IFNAMSIZ];

	(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
	if (row->state.ifname[0] && strcmp(row->state.ifname, vif) != 0)
		(void)snprintf(line->cells[COLUMN_VIF], CELL_SIZE, "%s (%s)", row->state.ifname,
			       vif);
	else
		set_cell(line, COLUMN_VIF, vif);
}

static void set_guest(struct line *line, const struct xnm_row *row)
{
	const char *state = row->guest_state;

	set_cell(line, COLUMN_GUEST, row->state.domain_name);
	/* what is as usual is not worth a column */
	if (strcmp(state, "running") != 0 && strcmp(state, "unknown") != 0)
		(void)snprintf(line->cells[COLUMN_GUEST], CELL_SIZE, "%s (%s)",
			       row->state.domain_name, state);
}

static void set_addresses(struct line *line, const struct xnm_row *row)
{
	char *cell = line->cells[COLUMN_ADDRESSES];
	size_t len = 0;

	set_cell(line, COLUMN_ADDRESSES, "");
	for (unsigned int i = 0; i < row->state.n_addresses; i++) {
		if (i)
			cell[len++] = ',';
		xnm_format_cidr(&row->state.addresses[i], cell + len);
		len += strlen(cell + len);
	}
}

/* Where it is attached only if that is not where it should be. */
static void set_link(struct line *line, const struct xnm_row *row)
{
	const char *where = row->attached_to[0] ? row->attached_to : "alone";

	if (row->link.ifindex == 0 || strcmp(row->attached_to, row->state.bridge) == 0)
		set_cell(line, COLUMN_LINK, link_word(row));
	else
		(void)snprintf(line->cells[COLUMN_LINK], CELL_SIZE, "%s, %s", link_word(row),
			       where);
}

static void fill_line(struct line *line, const struct xnm_row *row)
{
	static const struct xnm_mac no_mac;
	char mac[XNM_MAC_TEXT_LEN] = "", mtu[11] = "";

	if (!xnm_mac_equal(&row->state.mac, &no_mac))
		xnm_format_mac(&row->state.mac, mac);
	if (row->state.mtu_bytes)
		(void)snprintf(mtu, sizeof(mtu), "%u", row->state.mtu_bytes);
	set_vif(line, row);
	set_guest(line, row);
	set_cell(line, COLUMN_NETWORK, row->state.network);
	set_cell(line, COLUMN_BRIDGE, row->state.bridge);
	set_cell(line, COLUMN_VLAN, row->state.vlan);
	set_cell(line, COLUMN_MAC, mac);
	set_addresses(line, row);
	set_cell(line, COLUMN_MTU, mtu);
	set_link(line, row);
	if (row->verdict == XNM_VERDICT_ERROR)
		(void)snprintf(line->cells[COLUMN_STATE], CELL_SIZE, "error: %s", row->error.text);
	else
		set_cell(line, COLUMN_STATE, verdicts[row->verdict].table);
}

static void print_line(const struct line *line, const int widths[N_COLUMNS], FILE *stream)
{
	for (int c = 0; c < N_COLUMNS - 1; c++)
		fprintf(stream, "%-*s  ", widths[c], line->cells[c]);
	fprintf(stream, "%s\n", line->cells[N_COLUMNS - 1]);
}

/* What the row's last column is too narrow for. */
static void print_details(const struct xnm_row *row, FILE *stream)
{
	if (row->n_drift)
		fprintf(stream, "\nxnm-vif reapply %u.%u would:\n", row->domid, row->devid);
	for (unsigned int i = 0; i < row->n_drift; i++)
		fprintf(stream, "  %-54s # %s\n", row->drift[i].operation, row->drift[i].why);
}

void xnm_status_print_table(const struct xnm_status *status, FILE *stream)
{
	_cleanup_free_ struct line *lines = calloc(status->n + 1, sizeof(*lines));
	int widths[N_COLUMNS] = { 0 };

	if (!lines)
		return;
	for (int c = 0; c < N_COLUMNS; c++)
		set_cell(&lines[0], c, headings[c]);
	for (unsigned int i = 0; i < status->n; i++)
		fill_line(&lines[i + 1], &status->rows[i]);
	for (unsigned int i = 0; i <= status->n; i++) {
		for (int c = 0; c < N_COLUMNS; c++) {
			int len = (int)strlen(lines[i].cells[c]);

			if (len > widths[c])
				widths[c] = len;
		}
	}
	for (unsigned int i = 0; i <= status->n; i++)
		print_line(&lines[i], widths, stream);
	for (unsigned int i = 0; i < status->n; i++)
		print_details(&status->rows[i], stream);
}

/* ------------------------------------------------------------------- JSON */

/* json-c takes NULL for the JSON value null. */
static void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, text[0] ? json_object_new_string(text) : NULL);
}

static struct json_object *addresses_json(const struct xnm_state *state)
{
	struct json_object *list = json_object_new_array();
	char text[XNM_CIDR_TEXT_LEN];

	for (unsigned int i = 0; i < state->n_addresses; i++) {
		xnm_format_cidr(&state->addresses[i], text);
		json_object_array_add(list, json_object_new_string(text));
	}
	return list;
}

static struct json_object *drift_json(const struct xnm_row *row)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < row->n_drift; i++) {
		struct json_object *operation = json_object_new_object();

		add_text(operation, "operation", row->drift[i].operation);
		add_text(operation, "why", row->drift[i].why);
		json_object_array_add(list, operation);
	}
	return list;
}

static void add_numbers(struct json_object *object, const struct xnm_row *row)
{
	char vif[IFNAMSIZ];

	(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
	add_text(object, "vif", vif);
	add_text(object, "ifname", row->state.ifname);
	json_object_object_add(object, "domid", json_object_new_int((int)row->domid));
	json_object_object_add(object, "devid", json_object_new_int((int)row->devid));
}

static struct json_object *row_json(const struct xnm_row *row)
{
	struct json_object *object = json_object_new_object();
	const struct xnm_state *state = &row->state;
	static const struct xnm_mac no_mac;
	char mac[XNM_MAC_TEXT_LEN] = "";

	if (!xnm_mac_equal(&state->mac, &no_mac))
		xnm_format_mac(&state->mac, mac);
	add_numbers(object, row);
	add_text(object, "guest", state->domain_name);
	add_text(object, "guest_state", row->guest_state);
	add_text(object, "network", state->network);
	add_text(object, "bridge", state->bridge);
	add_text(object, "vlan", state->vlan);
	add_text(object, "mac", mac);
	json_object_object_add(object, "addresses", addresses_json(state));
	json_object_object_add(object, "mtu_bytes",
			       state->mtu_bytes ? json_object_new_int((int)state->mtu_bytes)
						: NULL);
	add_text(object, "tap", state->tap);
	add_text(object, "link", link_word(row));
	add_text(object, "attached_to", row->attached_to);
	add_text(object, "state", verdicts[row->verdict].json);
	json_object_object_add(object, "drift", drift_json(row));
	add_text(object, "error", row->error.text);
	return object;
}

int xnm_status_print_json(const struct xnm_status *status, FILE *stream)
{
	struct json_object *object = json_object_new_object();
	struct json_object *vifs = json_object_new_array();
	const char *text;

	json_object_object_add(object, "vifs", vifs);
	for (unsigned int i = 0; i < status->n; i++)
		json_object_array_add(vifs, row_json(&status->rows[i]));
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
							      JSON_C_TO_STRING_SPACED |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		fprintf(stream, "%s\n", text);
	json_object_put(object);
	return text ? 0 : -ENOMEM;
}
