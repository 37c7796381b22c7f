/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.c - the guest's MAC and IP addresses. */
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/vif.h"

/* "" if it is not known. */
static const char *mac_text(const struct xnm_row *row, char out[XNM_MAC_TEXT_LEN])
{
	static const struct xnm_mac no_mac;

	out[0] = '\0';
	if (!xnm_mac_equal(&row->state->address.mac, &no_mac))
		xnm_format_mac(&row->state->address.mac, out);
	return out;
}

static void mac_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	char mac[XNM_MAC_TEXT_LEN];

	xnm_columns_add(columns, "%s", mac_text(row, mac));
}

static void addresses_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	char text[XNM_MAX_ADDRESSES * XNM_CIDR_TEXT_LEN] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < row->state->address.n; i++) {
		if (i)
			text[len++] = ',';
		xnm_format_cidr(&row->state->address.list[i], text + len);
		len += strlen(text + len);
	}
	xnm_columns_add(columns, "%s", text);
}

static void addresses_json(struct json_object *vif, const struct xnm_row *row)
{
	char mac[XNM_MAC_TEXT_LEN], text[XNM_CIDR_TEXT_LEN];
	struct json_object *list;

	xnm_json_text(vif, "mac", mac_text(row, mac));
	list = xnm_json_list(vif, "addresses");
	for (unsigned int i = 0; i < row->state->address.n; i++) {
		xnm_format_cidr(&row->state->address.list[i], text);
		json_object_array_add(list, json_object_new_string(text));
	}
}

const struct xnm_status_part xnm_status_address = {
	.name = "address",
	.vif_columns = { { "MAC", mac_cell }, { "ADDRESSES", addresses_cell } },
	.vif_json = addresses_json,
};
