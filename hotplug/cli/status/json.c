/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.c - print what `xnm status` found out as JSON for programs. */
#include "hotplug/cli/status/status.h"

#include <errno.h>
#include <json.h>
#include <string.h>

#include "hotplug/cli/status/uplink.h"

static const char *const verdicts[] = {
	[XNM_VERDICT_UNKNOWN] = "unknown", [XNM_VERDICT_OK] = "ok",
	[XNM_VERDICT_DRIFT] = "drift",	   [XNM_VERDICT_ERROR] = "error",
	[XNM_VERDICT_GONE] = "gone",	   [XNM_VERDICT_UNMANAGED] = "unmanaged",
};

static const char *const filter_states[] = {
	[XNM_FILTER_UNKNOWN] = "unknown",
	[XNM_FILTER_NONE] = "none",
	[XNM_FILTER_OK] = "ok",
	[XNM_FILTER_WRONG] = "drift",
};

/* json-c takes NULL for the JSON value null. */
static void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, text[0] ? json_object_new_string(text) : NULL);
}

static struct json_object *addresses_json(const struct xnm_vif_note *state)
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

static void add_filter(struct json_object *object, const struct xnm_filter_check *filter)
{
	add_text(object, "filter", filter_states[filter->state]);
	add_text(object, "filter_problem",
		 filter->state == XNM_FILTER_WRONG ? filter->problem : "");
}

/* null: nobody can say. */
static void add_drops(struct json_object *object, const struct xnm_drops *drops)
{
	struct json_object *list = drops->known ? json_object_new_array() : NULL;

	for (unsigned int i = 0; i < drops->n && list; i++) {
		struct json_object *drop = json_object_new_object();

		add_text(drop, "reason", drops->list[i].reason);
		json_object_object_add(drop, "packets",
				       json_object_new_int64((int64_t)drops->list[i].packets));
		json_object_object_add(drop, "bytes",
				       json_object_new_int64((int64_t)drops->list[i].bytes));
		json_object_array_add(list, drop);
	}
	json_object_object_add(object, "dropped", list);
}

static void add_numbers(struct json_object *object, const struct xnm_row *row)
{
	char vif[IFNAMSIZ];

	(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
	add_text(object, "vif", vif);
	add_text(object, "ifname", row->state->ifname);
	json_object_object_add(object, "domid", json_object_new_int((int)row->domid));
	json_object_object_add(object, "devid", json_object_new_int((int)row->devid));
}

static struct json_object *fastpath_json(const struct xnm_row *row)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "published",
			       json_object_new_boolean(row->unpublished[0] == '\0'));
	add_text(object, "segment", row->unpublished[0] ? "" : row->state->segment);
	add_text(object, "reason", row->unpublished);
	return object;
}

static struct json_object *row_json(const struct xnm_row *row)
{
	struct json_object *object = json_object_new_object();
	const struct xnm_vif_note *state = row->state;
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
	add_text(object, "locking", xnm_locking_word(row->locking));
	add_filter(object, &row->filter);
	add_drops(object, &row->drops);
	json_object_object_add(object, "fastpath", fastpath_json(row));
	add_text(object, "link", xnm_link_word(row));
	add_text(object, "attached_to", row->attached_to);
	add_text(object, "state", verdicts[row->verdict]);
	json_object_object_add(object, "drift", drift_json(row));
	add_text(object, "error", row->error.text);
	return object;
}

static struct json_object *network_json(const struct xnm_network_row *network)
{
	struct json_object *object = json_object_new_object();
	struct json_object *uplinks = json_object_new_array();

	for (unsigned int i = 0; i < network->n_uplinks; i++)
		json_object_array_add(uplinks, json_object_new_string(network->uplinks[i]));
	add_text(object, "network", network->name);
	add_text(object, "bridge", network->bridge);
	add_text(object, "forward", network->forward);
	json_object_object_add(object, "uplinks", uplinks);
	json_object_object_add(object, "vifs", json_object_new_int((int)network->n_vifs));
	add_filter(object, &network->filter);
	add_drops(object, &network->drops);
	return object;
}

static struct json_object *uplink_json(const struct xnm_status *status,
				       const struct xnm_uplink_report *report)
{
	struct json_object *object = json_object_new_object();
	const struct xnm_health *health = &report->note.health;
	char text[2 * XNM_CIDR_TEXT_LEN + 8];

	add_text(object, "uplink", report->uplink->name);
	add_text(object, "interface", report->uplink->device);
	add_text(object, "guest", report->uplink->guest);
	add_text(object, "gateway", xnm_uplink_gateways(report, text, sizeof(text)));
	json_object_object_add(object, "metric",
			       report->note.n_routes
				       ? json_object_new_int((int)report->note.routes[0].metric)
				       : NULL);
	add_text(object, "state", xnm_uplink_word(report));
	json_object_object_add(object, "loss_percent",
			       health->known ? json_object_new_int((int)health->loss_percent)
					     : NULL);
	json_object_object_add(object, "latency_us",
			       health->known && health->loss_percent < 100
				       ? json_object_new_int((int)health->latency_us)
				       : NULL);
	add_text(object, "in_use", xnm_uplink_use(status->uplinks, status->n_uplinks, report));
	return object;
}

int xnm_status_print_json(const struct xnm_status *status, FILE *stream)
{
	struct json_object *object = json_object_new_object();
	struct json_object *vifs = json_object_new_array();
	struct json_object *networks = json_object_new_array();
	struct json_object *uplinks = json_object_new_array();
	struct json_object *outside = json_object_new_object();
	struct json_object *open = json_object_new_object();
	const char *text;

	json_object_object_add(object, "not_held", open);
	json_object_object_add(open, "vifs", json_object_new_int((int)status->open.n_vifs));
	json_object_object_add(open, "networks", json_object_new_int((int)status->open.n_networks));
	add_text(open, "why", status->open.why);
	json_object_object_add(object, "vifs", vifs);
	for (unsigned int i = 0; i < status->n; i++)
		json_object_array_add(vifs, row_json(&status->rows[i]));
	json_object_object_add(object, "networks", networks);
	for (unsigned int i = 0; i < status->n_networks; i++)
		json_object_array_add(networks, network_json(&status->networks[i]));
	json_object_object_add(object, "uplinks", uplinks);
	for (unsigned int i = 0; i < status->n_uplinks; i++)
		json_object_array_add(uplinks, uplink_json(status, &status->uplinks[i]));
	json_object_object_add(object, "outside", outside);
	add_drops(outside, &status->outside);
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
							      JSON_C_TO_STRING_SPACED |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		fprintf(stream, "%s\n", text);
	json_object_put(object);
	return text ? 0 : -ENOMEM;
}
