/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.c - the table of uplinks that `xnm probe` and `xnm status` print. */
#include "hotplug/cli/status/uplink.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hotplug/base/cidr.h"
#include "hotplug/cli/columns.h"
#include "hotplug/parts/uplink/client.h"

static bool has_carrier(const char *device)
{
	_cleanup_close_ int fd = -1;
	char path[64], carrier = '0';

	(void)snprintf(path, sizeof(path), "/sys/class/net/%.15s/carrier", device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* a device that is down does not even answer */
	return fd >= 0 && read(fd, &carrier, 1) == 1 && carrier == '1';
}

const char *xnm_uplink_word(const struct xnm_uplink_report *report)
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

const char *xnm_uplink_use(const struct xnm_uplink_report *reports, unsigned int n,
			   const struct xnm_uplink_report *report)
{
	bool ip4 = in_use(reports, n, AF_INET) == report;
	bool ip6 = in_use(reports, n, AF_INET6) == report;

	return ip4 && ip6 ? "ipv4,ipv6" : ip4 ? "ipv4" : ip6 ? "ipv6" : "";
}

const char *xnm_uplink_gateways(const struct xnm_uplink_report *report, char *out, size_t out_size)
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
	xnm_columns_add(columns, "%s", xnm_uplink_gateways(report, text, sizeof(text)));
	if (report->note.n_routes)
		xnm_columns_add(columns, "%u", report->note.routes[0].metric);
	else
		xnm_columns_add(columns, "%s", "");
	xnm_columns_add(columns, "%s", xnm_uplink_word(report));
	if (health->known)
		xnm_columns_add(columns, "%u%%", health->loss_percent);
	else
		xnm_columns_add(columns, "%s", "");
	if (health->known && health->loss_percent < 100)
		xnm_columns_add(columns, "%u.%u ms", health->latency_us / 1000,
				health->latency_us % 1000 / 100);
	else
		xnm_columns_add(columns, "%s", "");
	xnm_columns_add(columns, "%s", xnm_uplink_use(reports, n, report));
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
