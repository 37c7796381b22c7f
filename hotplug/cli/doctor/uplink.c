/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.c - default routes of other programs on an uplink's device, and DHCP clients that do not run. */
#include "hotplug/cli/doctor/finding.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/uplink/client.h"
#include "hotplug/run/uplinks.h"
#include "policy/sections/uplinks.h"

static void find_foreign(struct xnm_doctor *doctor, const struct xnm_uplink *uplink,
			 const struct xnm_default *route)
{
	bool ip6 = route->gateway.family == AF_INET6;
	char gateway[XNM_CIDR_TEXT_LEN] = "nothing";

	if (route->has_gateway)
		xnm_cidr_format_host(&route->gateway, gateway);
	xnm_doctor_find(
		doctor,
		"%s has an IPv%c default route of another program (via %s, metric %u), so uplink "
		"%s adds none there, and its metric= and track= have no effect: ip "
		"%sroute del default via %s dev %s metric %u, or gateway=none in [uplink %s]",
		uplink->device, ip6 ? '6' : '4', gateway, route->metric, uplink->name,
		ip6 ? "-6 " : "", gateway, uplink->device, route->metric, uplink->name);
}

static void check_routes(struct xnm_doctor *doctor, struct xnm_rtnl *rtnl,
			 const struct xnm_uplink *uplink)
{
	struct xnm_default routes[XNM_MAX_DEFAULTS];
	struct xnm_link link;
	unsigned int n = 0;
	int rc;

	if (xnm_link_get(rtnl, uplink->device, &link))
		return;
	rc = xnm_default_list(rtnl, link.ifindex, routes, XNM_MAX_DEFAULTS, &n);
	if (rc && rc != -E2BIG)
		return;
	for (unsigned int i = 0; i < n; i++) {
		if (routes[i].protocol != XNM_RTPROT &&
		    xnm_uplink_has_family(uplink, routes[i].gateway.family))
			find_foreign(doctor, uplink, &routes[i]);
	}
}

/* Only a probe starts a client that has ended or never ran, and perhaps nobody runs probes. */
static void check_clients(struct xnm_doctor *doctor)
{
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	struct xnm_uplink_report report;

	if (xnm_run_dir_open(&dir, xnm_run_dir_path(), true))
		return;
	for (unsigned int i = 0; i < doctor->policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &doctor->policy->uplinks[i];

		if (!uplink->gateway.dhcp)
			continue;
		xnm_uplink_look(&report, &dir, uplink);
		if (report.is_there &&
		    !xnm_dhcp_runs(report.note.dhcp_pid, report.note.dhcp_started))
			xnm_doctor_find(
				doctor,
				"uplink %s has gateway=dhcp, but no DHCP client runs on %s: "
				"xnm probe starts one, journalctl -t xnm-vif says why the "
				"last one has ended",
				uplink->name, uplink->device);
	}
	xnm_run_dir_close(&dir);
}

/* Debian's profile of dhclient lets it run its own scripts only, and keep leases in its own folder. */
static bool is_confined(void)
{
	_cleanup_fclose_ FILE *file = fopen("/sys/kernel/security/apparmor/profiles", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (strstr(line, "sbin/dhclient (enforce)"))
			return true;
	}
	return false;
}

static void check_uplinks(struct xnm_doctor *doctor)
{
	const struct xnm_policy *policy = doctor->policy;
	struct xnm_rtnl *rtnl = NULL;
	const char *client;

	if (!policy || policy->n_uplinks == 0 || xnm_rtnl_open(&rtnl))
		return;
	for (unsigned int i = 0; i < policy->n_uplinks; i++)
		check_routes(doctor, rtnl, &policy->uplinks[i]);
	xnm_rtnl_close(rtnl);
	if (!xnm_policy_needs_dhcp(policy))
		return;
	client = xnm_dhcp_client_name();
	if (!client)
		xnm_doctor_find(doctor, "an [uplink] has gateway=dhcp, but there is no udhcpc, "
					"dhclient or dhcpcd: apt-get install udhcpc");
	else if (strcmp(client, "dhclient") == 0 && is_confined())
		xnm_doctor_find(doctor, "an [uplink] has gateway=dhcp, but AppArmor does not let "
					"dhclient run xnm-vif (aa-status): apt-get install udhcpc");
	else if (!doctor->in_passing)
		check_clients(doctor);
}

const struct xnm_doctor_check xnm_doctor_uplink = {
	.name = "uplink",
	.what = "default routes of other programs, and the DHCP clients",
	.run = check_uplinks,
};
