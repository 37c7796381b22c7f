/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.c - the table of uplinks that `xnm probe` and `xnm status` print. */
#include "hotplug/cli/status/uplink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hotplug/base/cidr.h"
#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/uplink/client.h"
#include "hotplug/run/uplinks.h"

static bool has_carrier(const char *device)
{
	_cleanup_close_ int fd = -1;
	char path[64], carrier = '0';

	(void)snprintf(path, sizeof(path), "/sys/class/net/%.15s/carrier", device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* reading fails if the device is down */
	return fd >= 0 && read(fd, &carrier, 1) == 1 && carrier == '1';
}

static const char *state_word(const struct xnm_uplink_report *report)
{
	if (!report->is_there)
		return "away";
	if (!has_carrier(report->uplink->device))
		return "no-carrier";
	if (!report->note.health.known)
		return "untested";
	return report->note.health.down ? "down" : "up";
}

/* The smallest metric among those that have a carrier wins. */
static const struct xnm_uplink_report *in_use(const struct xnm_uplink_report *reports,
					      unsigned int n, uint8_t family)
{
	const struct xnm_uplink_report *best = NULL;
	uint32_t metric = UINT32_MAX;

	for (unsigned int i = 0; i < n; i++) {
		const struct xnm_uplink_note *note = &reports[i].note;

		for (unsigned int k = 0; k < note->n_routes; k++) {
			if (note->routes[k].gateway.family != family ||
			    note->routes[k].metric >= metric || !reports[i].is_there ||
			    !has_carrier(reports[i].uplink->device))
				continue;
			best = &reports[i];
			metric = note->routes[k].metric;
		}
	}
	return best;
}

static const char *families_of(const struct xnm_uplink_report *reports, unsigned int n,
			       const struct xnm_uplink_report *report)
{
	bool ip4 = in_use(reports, n, AF_INET) == report;
	bool ip6 = in_use(reports, n, AF_INET6) == report;

	return ip4 && ip6 ? "ipv4,ipv6" : ip4 ? "ipv4" : ip6 ? "ipv6" : "";
}

static const char *gateways_of(const struct xnm_uplink_report *report, char *out, size_t out_size)
{
	const struct xnm_gateways *gateways = &report->uplink->gateway;
	char text[XNM_CIDR_TEXT_LEN];
	size_t len = 0;

	out[0] = '\0';
	if (gateways->dhcp) {
		text[0] = '\0';
		if (report->is_there &&
		    !xnm_dhcp_runs(report->note.dhcp_pid, report->note.dhcp_started))
			(void)snprintf(text, sizeof(text), "no-client");
		else if (report->note.router.family)
			xnm_cidr_format_host(&report->note.router, text);
		(void)snprintf(out, out_size, "dhcp%s%s", text[0] ? "," : "", text);
	}
	for (unsigned int i = 0; i < gateways->n && len < out_size; i++) {
		xnm_cidr_format_host(&gateways->list[i], text);
		len += (size_t)snprintf(out + len, out_size - len, "%s%s", i ? "," : "", text);
	}
	return out;
}

static void add_report(struct xnm_columns *columns, const struct xnm_uplink_report *reports,
		       unsigned int n, const struct xnm_uplink_report *report)
{
	const struct xnm_health *health = &report->note.health;
	char text[2 * XNM_CIDR_TEXT_LEN + 8];

	xnm_columns_add(columns, "%s", report->uplink->name);
	xnm_columns_add(columns, "%s", report->uplink->device);
	xnm_columns_add(columns, "%s", gateways_of(report, text, sizeof(text)));
	if (report->note.n_routes)
		xnm_columns_add(columns, "%u", report->note.routes[0].metric);
	else
		xnm_columns_add(columns, "%s", "");
	xnm_columns_add(columns, "%s", state_word(report));
	if (health->known)
		xnm_columns_add(columns, "%u%%", health->loss_percent);
	else
		xnm_columns_add(columns, "%s", "");
	if (health->known && health->loss_percent < 100)
		xnm_columns_add(columns, "%u.%u ms", health->latency_us / 1000,
				health->latency_us % 1000 / 100);
	else
		xnm_columns_add(columns, "%s", "");
	xnm_columns_add(columns, "%s", families_of(reports, n, report));
}

void xnm_print_uplinks(const struct xnm_uplink_report *reports, unsigned int n, FILE *stream)
{
	static const char *const headings[] = {
		"UPLINK", "INTERFACE", "GATEWAY", "METRIC", "STATE", "LOSS", "LATENCY", "IN USE",
	};
	struct xnm_columns columns = { .n_columns = XNM_N_ELEMENTS(headings) };

	if (n == 0)
		return;
	for (size_t i = 0; i < XNM_N_ELEMENTS(headings); i++)
		xnm_columns_add(&columns, "%s", headings[i]);
	for (unsigned int i = 0; i < n; i++)
		add_report(&columns, reports, n, &reports[i]);
	xnm_columns_print(&columns, stream);
}

/* ------------------------------------------------------------ xnm status */

static int read_uplinks(struct xnm_status *status, const struct xnm_policy *policy)
{
	struct xnm_run_dir dir;

	if (!policy || policy->n_uplinks == 0)
		return 0;
	status->uplinks = calloc(policy->n_uplinks, sizeof(*status->uplinks));
	if (!status->uplinks)
		return -ENOMEM;
	/* without the folder there are no notes, which is no error */
	(void)xnm_run_dir_open(&dir, xnm_run_dir_path(), true);
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		if (xnm_uplink_has_gateway(&policy->uplinks[i]))
			xnm_uplink_look(&status->uplinks[status->n_uplinks++], &dir,
					&policy->uplinks[i]);
	}
	xnm_run_dir_close(&dir);
	return 0;
}

static void print_uplinks(const struct xnm_status *status, FILE *stream)
{
	if (status->n_uplinks == 0)
		return;
	fputc('\n', stream);
	xnm_print_uplinks(status->uplinks, status->n_uplinks, stream);
}

static struct json_object *uplink_json(const struct xnm_status *status,
				       const struct xnm_uplink_report *report)
{
	struct json_object *object = json_object_new_object();
	const struct xnm_health *health = &report->note.health;
	char text[2 * XNM_CIDR_TEXT_LEN + 8];

	xnm_json_text(object, "uplink", report->uplink->name);
	xnm_json_text(object, "interface", report->uplink->device);
	xnm_json_text(object, "guest", report->uplink->guest);
	xnm_json_text(object, "gateway", gateways_of(report, text, sizeof(text)));
	xnm_json_number_if(object, "metric", report->note.routes[0].metric, report->note.n_routes);
	xnm_json_text(object, "state", state_word(report));
	xnm_json_number_if(object, "loss_percent", health->loss_percent, health->known);
	xnm_json_number_if(object, "latency_us", health->latency_us,
			   health->known && health->loss_percent < 100);
	xnm_json_text(object, "in_use", families_of(status->uplinks, status->n_uplinks, report));
	return object;
}

static void uplinks_json(struct json_object *all, const struct xnm_status *status)
{
	struct json_object *list = xnm_json_list(all, "uplinks");

	for (unsigned int i = 0; i < status->n_uplinks; i++)
		json_object_array_add(list, uplink_json(status, &status->uplinks[i]));
}

const struct xnm_status_part xnm_status_uplink = {
	.name = "uplink",
	.read = read_uplinks,
	.print = print_uplinks,
	.json = uplinks_json,
};
