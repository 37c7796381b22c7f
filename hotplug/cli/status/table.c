/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.c - print what `xnm status` found out as tables for people. */
#include "hotplug/cli/status/status.h"

#include <inttypes.h>
#include <string.h>

#include "hotplug/cli/columns.h"
#include "hotplug/cli/status/uplink.h"

static const char *const verdicts[] = {
	[XNM_VERDICT_UNKNOWN] = "-",   [XNM_VERDICT_OK] = "ok",
	[XNM_VERDICT_DRIFT] = "drift", [XNM_VERDICT_ERROR] = "error",
	[XNM_VERDICT_GONE] = "gone",   [XNM_VERDICT_UNMANAGED] = "not managed",
};

const char *xnm_link_word(const struct xnm_row *row)
{
	if (row->link.ifindex == 0)
		return "missing";
	return row->link.up ? "up" : "down";
}

const char *xnm_locking_word(enum xnm_locking locking)
{
	static const char *const words[] = {
		[XNM_LOCKING_NONE] = "",
		[XNM_LOCKING_UNLOCKED] = "unlocked",
		[XNM_LOCKING_MAC] = "mac-only",
		[XNM_LOCKING_LOCKED] = "locked",
	};

	return words[locking];
}

static void add_headings(struct xnm_columns *columns, const char *const *headings)
{
	for (unsigned int i = 0; i < columns->n_columns; i++)
		xnm_columns_add(columns, "%s", headings[i]);
}

/* ------------------------------------------------------------------- vifs */

static void add_vif(struct xnm_columns *columns, const struct xnm_row *row)
{
	char vif[IFNAMSIZ];

	(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
	if (row->state->ifname[0] && strcmp(row->state->ifname, vif) != 0)
		xnm_columns_add(columns, "%s (%s)", row->state->ifname, vif);
	else
		xnm_columns_add(columns, "%s", vif);
}

static void add_guest(struct xnm_columns *columns, const struct xnm_row *row)
{
	const char *state = row->guest_state;

	/* what is as usual is not worth a column */
	if (strcmp(state, "running") != 0 && strcmp(state, "unknown") != 0)
		xnm_columns_add(columns, "%s (%s)", row->state->domain_name, state);
	else
		xnm_columns_add(columns, "%s", row->state->domain_name);
}

static void add_mac(struct xnm_columns *columns, const struct xnm_row *row)
{
	static const struct xnm_mac no_mac;
	char mac[XNM_MAC_TEXT_LEN] = "";

	if (!xnm_mac_equal(&row->state->mac, &no_mac))
		xnm_format_mac(&row->state->mac, mac);
	xnm_columns_add(columns, "%s", mac);
}

static void add_addresses(struct xnm_columns *columns, const struct xnm_row *row)
{
	char text[XNM_MAX_ADDRESSES * XNM_CIDR_TEXT_LEN] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < row->state->n_addresses; i++) {
		if (i)
			text[len++] = ',';
		xnm_format_cidr(&row->state->addresses[i], text + len);
		len += strlen(text + len);
	}
	xnm_columns_add(columns, "%s", text);
}

static void add_number(struct xnm_columns *columns, uint32_t number)
{
	if (number)
		xnm_columns_add(columns, "%u", number);
	else
		xnm_columns_add(columns, "%s", "");
}

/* A zero only where something could have been dropped. */
static void add_drops(struct xnm_columns *columns, const struct xnm_drops *drops, bool filtered)
{
	if (!drops->known)
		xnm_columns_add(columns, "unknown");
	else if (drops->packets || filtered)
		xnm_columns_add(columns, "%" PRIu64, drops->packets);
	else
		xnm_columns_add(columns, "%s", "");
}

/* Where it is attached only if that is not where it should be. */
static void add_link(struct xnm_columns *columns, const struct xnm_row *row)
{
	const char *where = row->attached_to[0] ? row->attached_to : "alone";

	if (row->link.ifindex == 0 || strcmp(row->attached_to, row->state->bridge) == 0)
		xnm_columns_add(columns, "%s", xnm_link_word(row));
	else
		xnm_columns_add(columns, "%s, %s", xnm_link_word(row), where);
}

static void add_row(struct xnm_columns *columns, const struct xnm_row *row)
{
	add_vif(columns, row);
	add_guest(columns, row);
	xnm_columns_add(columns, "%s", row->state->network);
	xnm_columns_add(columns, "%s", row->state->bridge);
	xnm_columns_add(columns, "%s", row->state->vlan);
	add_mac(columns, row);
	add_addresses(columns, row);
	add_number(columns, row->state->mtu_bytes);
	xnm_columns_add(columns, "%s", xnm_locking_word(row->locking));
	add_drops(columns, &row->drops, row->locking >= XNM_LOCKING_MAC);
	add_link(columns, row);
	if (row->verdict == XNM_VERDICT_ERROR)
		xnm_columns_add(columns, "error: %s", row->error.text);
	else
		xnm_columns_add(columns, "%s", verdicts[row->verdict]);
}

static void print_vifs(const struct xnm_status *status, FILE *stream)
{
	static const char *const headings[] = {
		"VIF",	     "GUEST", "NETWORK", "BRIDGE",  "VLAN", "MAC",
		"ADDRESSES", "MTU",   "LOCKING", "DROPPED", "LINK", "STATE",
	};
	struct xnm_columns columns = { .n_columns = XNM_N_ELEMENTS(headings) };

	add_headings(&columns, headings);
	for (unsigned int i = 0; i < status->n; i++)
		add_row(&columns, &status->rows[i]);
	xnm_columns_print(&columns, stream);
}

/* --------------------------------------------------------------- networks */

static void add_uplinks(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	char text[XNM_MAX_NETWORK_UPLINKS * IFNAMSIZ] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < network->n_uplinks; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? "," : "",
					network->uplinks[i]);
	xnm_columns_add(columns, "%s", network->any_uplink ? "any" : text);
}

static void print_networks(const struct xnm_status *status, FILE *stream)
{
	static const char *const headings[] = {
		"NETWORK", "BRIDGE", "FORWARD", "UPLINKS", "VIFS", "DROPPED", "STATE",
	};
	static const char *const states[] = {
		[XNM_FILTER_UNKNOWN] = "",
		[XNM_FILTER_NONE] = "",
		[XNM_FILTER_OK] = "ok",
		[XNM_FILTER_WRONG] = "drift",
	};
	struct xnm_columns columns = { .n_columns = XNM_N_ELEMENTS(headings) };

	if (status->n_networks == 0)
		return;
	add_headings(&columns, headings);
	for (unsigned int i = 0; i < status->n_networks; i++) {
		const struct xnm_network_row *network = &status->networks[i];

		xnm_columns_add(&columns, "%s", network->name);
		xnm_columns_add(&columns, "%s", network->bridge);
		xnm_columns_add(&columns, "%s", network->forward);
		add_uplinks(&columns, network);
		xnm_columns_add(&columns, "%u", network->n_vifs);
		add_drops(&columns, &network->drops, network->filter.state >= XNM_FILTER_OK);
		xnm_columns_add(&columns, "%s", states[network->filter.state]);
	}
	fputc('\n', stream);
	xnm_columns_print(&columns, stream);
}

/* ---------------------------------------------------------------- details */

/* "vif1.0 dropped: spoofed-ipv4 12, router-advert 3" */
static void print_drops(const struct xnm_drops *drops, const char *name, FILE *stream)
{
	if (drops->n == 0)
		return;
	fprintf(stream, "%s dropped:", name);
	for (unsigned int i = 0; i < drops->n; i++)
		fprintf(stream, "%s %s %" PRIu64, i ? "," : "", drops->list[i].reason,
			drops->list[i].packets);
	fputc('\n', stream);
}

static bool has_drops(const struct xnm_status *status)
{
	bool any = status->outside.n;

	for (unsigned int i = 0; i < status->n && !any; i++)
		any = status->rows[i].drops.n;
	for (unsigned int i = 0; i < status->n_networks && !any; i++)
		any = status->networks[i].drops.n;
	return any;
}

static void print_reasons(const struct xnm_status *status, FILE *stream)
{
	char vif[IFNAMSIZ];

	if (!has_drops(status))
		return;
	fputc('\n', stream);
	for (unsigned int i = 0; i < status->n; i++) {
		const struct xnm_row *row = &status->rows[i];

		(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
		print_drops(&row->drops, row->state->ifname[0] ? row->state->ifname : vif, stream);
	}
	for (unsigned int i = 0; i < status->n_networks; i++) {
		char name[XNM_NAME_LEN + 8];

		(void)snprintf(name, sizeof(name), "network %s", status->networks[i].name);
		print_drops(&status->networks[i].drops, name, stream);
	}
	print_drops(&status->outside, "outside", stream);
}

/* "vif1.0 fast path: published in segment lan" */
static void print_fastpath(const struct xnm_status *status, FILE *stream)
{
	bool first = true;

	for (unsigned int i = 0; i < status->n; i++) {
		const struct xnm_row *row = &status->rows[i];

		if (!row->has_fastpath)
			continue;
		fprintf(stream, "%svif%u.%u fast path: ", first ? "\n" : "", row->domid,
			row->devid);
		first = false;
		if (row->unpublished[0])
			fprintf(stream, "not published, %s\n", row->unpublished);
		else
			fprintf(stream, "published in segment %s\n", row->state->segment);
	}
}

/* What the last column is too narrow for. */
static void print_drift(const struct xnm_row *row, FILE *stream)
{
	if (row->n_drift)
		fprintf(stream, "\nxnm-vif reapply %u.%u would:\n", row->domid, row->devid);
	else if (row->filter.state == XNM_FILTER_WRONG && row->verdict != XNM_VERDICT_GONE)
		fprintf(stream, "\nvif%u.%u: %s\n", row->domid, row->devid, row->filter.problem);
	for (unsigned int i = 0; i < row->n_drift; i++)
		fprintf(stream, "  %-54s # %s\n", row->drift[i].operation, row->drift[i].why);
}

void xnm_status_print_table(const struct xnm_status *status, FILE *stream)
{
	char text[256];

	if (xnm_status_open_text(&status->open, text, sizeof(text)))
		fprintf(stream, "warning: %s\n", text);
	print_vifs(status, stream);
	print_networks(status, stream);
	if (status->n_uplinks) {
		fputc('\n', stream);
		xnm_print_uplinks(status->uplinks, status->n_uplinks, stream);
	}
	if (status->in_detail) {
		print_reasons(status, stream);
		print_fastpath(status, stream);
	}
	for (unsigned int i = 0; i < status->n; i++)
		print_drift(&status->rows[i], stream);
}
