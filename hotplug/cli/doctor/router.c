/* SPDX-License-Identifier: GPL-2.0-or-later */
/* router.c - default routes that routers announce, and that end when this host forwards IPv6. */
#include "hotplug/cli/doctor/finding.h"

#include <string.h>

#include "hotplug/kernel/sysctl.h"

/* For its uplinks xnm-vif sets accept_ra when a network gets its first guest. */
static bool has_uplink(const struct xnm_doctor *doctor, const struct xnm_network *network,
		       const char *ifname)
{
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		if (strcmp(xnm_doctor_uplink_device(doctor, network, i), ifname) == 0)
			return true;
	}
	return false;
}

/* The network whose first guest makes this host forward IPv6, or NULL. */
static const struct xnm_network *forwards_without(const struct xnm_doctor *doctor,
						  const char *ifname)
{
	unsigned int n = doctor->policy ? doctor->policy->n_networks : 0;
	const struct xnm_network *first = NULL;

	for (unsigned int i = 0; i < n; i++) {
		const struct xnm_network *network = &doctor->policy->networks[i];
		bool ip4, ip6;

		xnm_doctor_forwards(network, doctor->policy, &ip4, &ip6);
		if (ip6 && has_uplink(doctor, network, ifname))
			return NULL;
		if (ip6 && !first)
			first = network;
	}
	return first;
}

/*
 * A host that forwards IPv6 no longer listens to routers where accept_ra is 1,
 * and drops the default route that it has of them (net/ipv6/addrconf.c,
 * ipv6_accept_ra() and addrconf_fixup_forwarding()).
 */
static void check_default_route(struct xnm_doctor *doctor, const char *ifname)
{
	const struct xnm_network *network = forwards_without(doctor, ifname);
	char path[96], why[XNM_NAME_LEN + 128];
	uint32_t value = 0, forwarding = 0;

	(void)snprintf(path, sizeof(path), "ipv6/conf/%s/accept_ra", ifname);
	if (xnm_sysctl_get(path, &value) || value != 1)
		return;
	(void)xnm_sysctl_get("ipv6/conf/all/forwarding", &forwarding);
	if (forwarding)
		(void)snprintf(
			why, sizeof(why),
			", so this host, which forwards, will lose its default route from router "
			"advertisements");
	else if (network)
		(void)snprintf(
			why, sizeof(why),
			", so with the first guest of network %s this host will lose its default "
			"route from router advertisements",
			network->name);
	else
		return;
	xnm_doctor_find_sysctl_once(doctor, path, value, 2, why);
}

/* include/uapi/linux/ipv6_route.h: a default route that came with an advertisement */
#define RTF_DEFAULT_BY_RA (0x00010000u | 0x00040000u)

/* Of a line of /proc/net/ipv6_route: the device, if the route is such a one; else NULL. */
static const char *announced_by(char *line)
{
	/* destination, its length, source, its length, gateway, metric, references, use, flags */
	enum { LENGTH = 1, FLAGS = 8, DEVICE = 9, N_FIELDS };
	const char *fields[N_FIELDS];
	char *rest = line;

	for (int i = 0; i < N_FIELDS; i++) {
		fields[i] = strtok_r(rest, " \n", &rest);
		if (!fields[i])
			return NULL;
	}
	if (strtoul(fields[LENGTH], NULL, 16) != 0 ||
	    (strtoul(fields[FLAGS], NULL, 16) & RTF_DEFAULT_BY_RA) != RTF_DEFAULT_BY_RA)
		return NULL;
	return fields[DEVICE];
}

static void check_advertisements(struct xnm_doctor *doctor)
{
	_cleanup_fclose_ FILE *stream = fopen("/proc/net/ipv6_route", "re");
	const char *ifname;
	char line[256];

	while (stream && fgets(line, sizeof(line), stream)) {
		ifname = announced_by(line);
		if (ifname)
			check_default_route(doctor, ifname);
	}
}

const struct xnm_doctor_check xnm_doctor_router = {
	.name = "router",
	.what = "default routes from router advertisements, with accept_ra=1",
	.run = check_advertisements,
};
