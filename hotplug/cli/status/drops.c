/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drops.c - read what our nftables tables dropped, and add it up for one device. */
#include "hotplug/cli/status/drops.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/vif.h"

struct counter_reader {
	struct xnm_counters *counters;
	int rc;
};

static void read_counter(void *arg, const uint8_t *key, uint64_t packets, uint64_t bytes)
{
	struct counter_reader *reader = arg;
	struct xnm_counters *counters = reader->counters;
	struct xnm_counter *list;
	char reason[IFNAMSIZ] = "";

	list = reallocarray(counters->list, counters->n + 1, sizeof(*list));
	if (!list) {
		reader->rc = -ENOMEM;
		return;
	}
	counters->list = list;
	list += counters->n++;
	*list = (struct xnm_counter){ .drop = { .packets = packets, .bytes = bytes } };
	memcpy(list->ifname, key, sizeof(list->ifname) - 1);
	/* root may have put anything there */
	memcpy(reason, key + IFNAMSIZ, sizeof(reason) - 1);
	(void)xnm_printable(reason, list->drop.reason, sizeof(list->drop.reason));
}

#define MAX_TRIES 5

int xnm_counters_read(struct xnm_counters *counters, struct xnm_nft *nft)
{
	static const enum xnm_set_id sets[] = { XNM_SET_BRIDGE_DROPS, XNM_SET_INET_DROPS };
	struct counter_reader reader = { .counters = counters };

	for (size_t i = 0; i < XNM_N_ELEMENTS(sets); i++) {
		unsigned int before = counters->n;
		int rc = -EAGAIN;

		/* something has changed while it was read */
		for (int try = 0; try < MAX_TRIES && rc == -EAGAIN; try++) {
			counters->n = before;
			rc = xnm_nft_each_element(nft, &xnm_sets[sets[i]], read_counter, &reader);
		}
		if (rc && rc != -ENOENT)
			return rc;
	}
	counters->known = reader.rc == 0;
	return reader.rc;
}

void xnm_counters_free(struct xnm_counters *counters)
{
	free(counters->list);
}

/* What the rules on forwarding and on this host's services drop, of all of a network together. */
static bool is_of_network(const char *reason)
{
	static const char *const reasons[] = { "forward",  "host", "isolated",	    "acl",
					       "loopback", "loop", "foreign-source" };

	for (size_t i = 0; i < XNM_N_ELEMENTS(reasons); i++) {
		if (strcmp(reason, reasons[i]) == 0)
			return true;
	}
	return false;
}

static void add(struct xnm_drops *drops, const struct xnm_drop *drop)
{
	struct xnm_drop sum = *drop;
	unsigned int i = 0;

	drops->packets += drop->packets;
	while (i < drops->n && strcmp(drops->list[i].reason, drop->reason) != 0)
		i++;
	if (i == XNM_MAX_DROPS)
		return;
	if (i == drops->n) {
		drops->n++;
	} else {
		sum.packets += drops->list[i].packets;
		sum.bytes += drops->list[i].bytes;
	}
	while (i > 0 && (drops->list[i - 1].packets < sum.packets ||
			 (drops->list[i - 1].packets == sum.packets &&
			  strcmp(drops->list[i - 1].reason, sum.reason) > 0))) {
		drops->list[i] = drops->list[i - 1];
		i--;
	}
	drops->list[i] = sum;
}

/* What is counted for a device; of_network: only what networks drop, not the vif's own filter. */
static void add_device(struct xnm_drops *drops, const struct xnm_counters *counters,
		       const char *ifname, bool of_network)
{
	drops->known = counters->known;
	if (!ifname[0])
		return;
	for (unsigned int i = 0; i < counters->n; i++) {
		const struct xnm_counter *counter = &counters->list[i];

		if (strcmp(counter->ifname, ifname) == 0 && counter->drop.packets &&
		    (!of_network || is_of_network(counter->drop.reason)))
			add(drops, &counter->drop);
	}
}

void xnm_status_count_drops(struct xnm_status *status, const struct xnm_counters *counters)
{
	for (unsigned int i = 0; i < status->n; i++) {
		struct xnm_row *row = &status->rows[i];

		add_device(&row->drops, counters, row->state->device.ifname, false);
		add_device(&row->drops, counters, row->state->device.tap, false);
	}
	for (unsigned int i = 0; i < status->n_networks; i++) {
		struct xnm_network_row *network = &status->networks[i];

		add_device(&network->drops, counters, network->bridge, false);
		for (unsigned int k = 0; k < status->n; k++) {
			const struct xnm_vif_note *state = status->rows[k].state;

			if (state->routed.is_routed &&
			    strcmp(state->network.name, network->name) == 0)
				add_device(&network->drops, counters, state->device.ifname, true);
		}
	}
	add_device(&status->outside, counters, "outside", false);
}

/* ---------------------------------------------------------------- output */

/* A zero only where something could have been dropped. */
static void add_cell(struct xnm_columns *columns, const struct xnm_drops *drops, bool filtered)
{
	if (!drops->known)
		xnm_columns_add(columns, "unknown");
	else if (drops->packets || filtered)
		xnm_columns_add(columns, "%" PRIu64, drops->packets);
	else
		xnm_columns_add(columns, "%s", "");
}

static void vif_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	add_cell(columns, &row->drops, row->locking >= XNM_LOCKING_MAC);
}

static void network_cell(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	add_cell(columns, &network->drops, network->filter.state >= XNM_FILTER_OK);
}

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

	if (!status->in_detail || !has_drops(status))
		return;
	fputc('\n', stream);
	for (unsigned int i = 0; i < status->n; i++) {
		const struct xnm_row *row = &status->rows[i];

		(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
		print_drops(&row->drops,
			    row->state->device.ifname[0] ? row->state->device.ifname : vif, stream);
	}
	for (unsigned int i = 0; i < status->n_networks; i++) {
		char name[XNM_NAME_LEN + 8];

		(void)snprintf(name, sizeof(name), "network %s", status->networks[i].name);
		print_drops(&status->networks[i].drops, name, stream);
	}
	print_drops(&status->outside, "outside", stream);
}

/* null: nftables cannot be read. */
static void add_drops(struct json_object *object, const struct xnm_drops *drops)
{
	struct json_object *list = drops->known ? json_object_new_array() : NULL;

	for (unsigned int i = 0; i < drops->n && list; i++) {
		struct json_object *drop = json_object_new_object();

		xnm_json_text(drop, "reason", drops->list[i].reason);
		xnm_json_number(drop, "packets", (int64_t)drops->list[i].packets);
		xnm_json_number(drop, "bytes", (int64_t)drops->list[i].bytes);
		json_object_array_add(list, drop);
	}
	json_object_object_add(object, "dropped", list);
}

static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	add_drops(vif, &row->drops);
}

static void network_json(struct json_object *object, const struct xnm_network_row *network)
{
	add_drops(object, &network->drops);
}

static void outside_json(struct json_object *all, const struct xnm_status *status)
{
	add_drops(xnm_json_object(all, "outside"), &status->outside);
}

/* filter.c reads the counters, by the same socket as the rest. */
const struct xnm_status_part xnm_status_drops = {
	.name = "drops",
	.vif_columns = { { "DROPPED", vif_cell } },
	.vif_json = vif_json,
	.network_columns = { { "DROPPED", network_cell } },
	.network_json = network_json,
	.print = print_reasons,
	.json = outside_json,
};
