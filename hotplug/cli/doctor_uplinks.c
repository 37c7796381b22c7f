/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_uplinks.c - default routes of others where an uplink should have its own, and a DHCP client that is missing. */
#include "hotplug/cli/doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/dhcp_client.h"
#include "hotplug/kernel/rtnl.h"

/* Whether the uplink is to have a route of the family. */
static bool wants_family(const struct xnm_uplink *uplink, uint8_t family)
{
	bool any = uplink->gateway.dhcp && family == AF_INET;

	for (unsigned int i = 0; i < uplink->gateway.n; i++)
		any |= uplink->gateway.list[i].family == family;
	return any;
}

static void find_foreign(struct xnm_doctor *doctor, const struct xnm_uplink *uplink,
			 const struct xnm_default *route)
{
	bool ip6 = route->gateway.family == AF_INET6;
	char gateway[XNM_CIDR_TEXT_LEN] = "nothing";

	if (route->has_gateway)
		xnm_cidr_format_host(&route->gateway, gateway);
	xnm_doctor_find(
		doctor,
		"%s has an IPv%c default route that is not of xnm (via %s, metric %u), so that "
		"uplink %s makes none there, and its metric= and track= do not move that one: ip "
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
		    wants_family(uplink, routes[i].gateway.family))
			find_foreign(doctor, uplink, &routes[i]);
	}
}

void xnm_doctor_uplinks(struct xnm_doctor *doctor)
{
	const struct xnm_policy *policy = doctor->policy;
	struct xnm_rtnl *rtnl = NULL;

	if (!policy || policy->n_uplinks == 0 || xnm_rtnl_open(&rtnl))
		return;
	for (unsigned int i = 0; i < policy->n_uplinks; i++)
		check_routes(doctor, rtnl, &policy->uplinks[i]);
	if (xnm_policy_needs_dhcp(policy) && !xnm_dhcp_is_installed())
		xnm_doctor_find(doctor, "an [uplink] has gateway=dhcp, but there is no udhcpc, "
					"dhclient or dhcpcd: apt-get install udhcpc");
	xnm_rtnl_close(rtnl);
}
