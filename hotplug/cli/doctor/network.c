/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c - settings below /proc/sys/net that keep packets of guests from where they should go. */
#include "hotplug/cli/doctor/finding.h"

#include <inttypes.h>
#include <string.h>

#include "hotplug/kernel/sysctl.h"
#include "hotplug/parts/filter/filter.h"

/* sysctl(8) takes '/' between the parts of a name, and must where a device's name has a dot. */
static const char *spell(const char *path, char *out, size_t out_size)
{
	bool slashes = strchr(path, '.') != NULL;

	(void)snprintf(out, out_size, "net%c%s", slashes ? '/' : '.', path);
	for (char *p = out; *p && !slashes; p++) {
		if (*p == '/')
			*p = '.';
	}
	return out;
}

static void find_setting(struct xnm_doctor *doctor, const char *path, uint32_t is, uint32_t wanted,
			 const char *why)
{
	char name[96];

	(void)spell(path, name, sizeof(name));
	xnm_doctor_find(doctor, "%s is %u%s: sysctl -w %s=%u", name, is, why, name, wanted);
}

/* ------------------------------------------------------------- forwarding */

#define MAX_TOLD 64

/* Two networks may need the same. */
struct settings {
	struct xnm_doctor *doctor;
	unsigned int n;
	char told[MAX_TOLD][96];
};

static void find_once(struct settings *settings, const char *path, uint32_t is, uint32_t wanted,
		      const char *why)
{
	for (unsigned int i = 0; i < settings->n; i++) {
		if (strcmp(settings->told[i], path) == 0)
			return;
	}
	if (settings->n < MAX_TOLD)
		(void)snprintf(settings->told[settings->n++], sizeof(settings->told[0]), "%s",
			       path);
	find_setting(settings->doctor, path, is, wanted, why);
}

static const char *uplink_of(const struct xnm_doctor *doctor, const struct xnm_network *network,
			     unsigned int i)
{
	const struct xnm_uplink *uplink = xnm_policy_uplink(doctor->policy, network->uplinks[i]);

	return uplink ? uplink->device : "";
}

static const char *bridge_of(const struct xnm_network *network)
{
	return network->backend == XNM_BACKEND_BRIDGE ? network->bridge : "";
}

/* What xnm-vif has set for a network that has guests, and somebody has set back. */
static void check_needs(struct settings *settings, const struct xnm_network *network)
{
	struct xnm_setting needs[XNM_MAX_SETTINGS];
	unsigned int n = xnm_filter_settings(needs, network, bridge_of(network), false,
					     settings->doctor->policy);
	char why[XNM_NAME_LEN + 32];
	uint32_t value;

	for (unsigned int i = 0; i < n; i++) {
		if (xnm_sysctl_get(needs[i].path, &value) || xnm_setting_holds(&needs[i], value))
			continue;
		(void)snprintf(why, sizeof(why), "; network %s needs %u", network->name,
			       needs[i].value);
		find_once(settings, needs[i].path, value, needs[i].value, why);
	}
}

/* One device may be left out although the host as a whole forwards. */
static void check_device(struct settings *settings, const struct xnm_network *network,
			 const char *ifname, bool ip6)
{
	const char *all = ip6 ? "ipv6/conf/all/forwarding" : "ipv4/ip_forward";
	char path[96], why[XNM_NAME_LEN + 64];
	uint32_t value = 0;

	if (!ifname[0] || xnm_sysctl_get(all, &value) || value == 0)
		return;
	(void)snprintf(path, sizeof(path), "ipv%c/conf/%s/forwarding", ip6 ? '6' : '4', ifname);
	if (xnm_sysctl_get(path, &value) || value)
		return;
	(void)snprintf(why, sizeof(why), ", although network %s forwards by it", network->name);
	find_once(settings, path, 0, 1, why);
}

static bool has_guests(const struct xnm_doctor *doctor, const struct xnm_network *network)
{
	for (unsigned int i = 0; i < doctor->status.n; i++) {
		if (strcmp(doctor->status.rows[i].state->network, network->name) == 0)
			return true;
	}
	return false;
}

/* The bridge that xnm has made is not to hear routers: whether it is, only its note says. */
static void check_deaf(struct settings *settings, const struct xnm_run_dir *dir,
		       const struct xnm_network *network)
{
	static struct xnm_network_note note;
	char path[96], why[XNM_NAME_LEN + 64];
	uint32_t value;

	if (xnm_network_note_read(dir, network->name, &note))
		return;
	(void)snprintf(path, sizeof(path), "ipv6/conf/%s/accept_ra", note.bridge);
	(void)snprintf(why, sizeof(why),
		       ", so that guests of network %s may be routers of this host", network->name);
	for (unsigned int i = 0; i < note.n_settings; i++) {
		if (strcmp(note.settings[i], path) == 0 && xnm_sysctl_get(path, &value) == 0 &&
		    value)
			find_once(settings, path, value, 0, why);
	}
}

static void check_all_deaf(struct settings *settings)
{
	const struct xnm_policy *policy = settings->doctor->policy;
	struct xnm_run_dir dir;

	if (!policy || xnm_run_dir_open(&dir, xnm_run_dir_path(), true))
		return;
	for (unsigned int i = 0; i < policy->n_networks; i++)
		check_deaf(settings, &dir, &policy->networks[i]);
	xnm_run_dir_close(&dir);
}

static void check_forwarding(struct settings *settings, const struct xnm_network *network)
{
	const struct xnm_doctor *doctor = settings->doctor;
	bool forwards[2];

	if (!has_guests(doctor, network))
		return;
	xnm_doctor_forwards(network, doctor->policy, &forwards[0], &forwards[1]);
	check_needs(settings, network);
	for (int ip6 = 0; ip6 < 2; ip6++) {
		if (!forwards[ip6])
			continue;
		check_device(settings, network, bridge_of(network), ip6);
		for (unsigned int i = 0; i < network->n_uplinks; i++)
			check_device(settings, network, uplink_of(doctor, network, i), ip6);
	}
}

/* --------------------------------------------------- router advertisements */

/* For its uplinks xnm-vif sets accept_ra when a network gets its first guest. */
static bool has_uplink(const struct xnm_doctor *doctor, const struct xnm_network *network,
		       const char *ifname)
{
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		if (strcmp(uplink_of(doctor, network, i), ifname) == 0)
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
static void check_default_route(struct settings *settings, const char *ifname)
{
	const struct xnm_network *network = forwards_without(settings->doctor, ifname);
	char path[96], why[XNM_NAME_LEN + 128];
	uint32_t value = 0, forwarding = 0;

	(void)snprintf(path, sizeof(path), "ipv6/conf/%s/accept_ra", ifname);
	if (xnm_sysctl_get(path, &value) || value != 1)
		return;
	(void)xnm_sysctl_get("ipv6/conf/all/forwarding", &forwarding);
	if (forwarding)
		(void)snprintf(
			why, sizeof(why),
			", so the default route that a router has announced will end, as this "
			"host forwards");
	else if (network)
		(void)snprintf(
			why, sizeof(why),
			", so the first guest of network %s will end the default route that a "
			"router has announced",
			network->name);
	else
		return;
	find_once(settings, path, value, 2, why);
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

static void check_advertisements(struct settings *settings)
{
	_cleanup_fclose_ FILE *stream = fopen("/proc/net/ipv6_route", "re");
	const char *ifname;
	char line[256];

	while (stream && fgets(line, sizeof(line), stream)) {
		ifname = announced_by(line);
		if (ifname)
			check_default_route(settings, ifname);
	}
}

/* --------------------------------------------------------- reverse path */

/* With several uplinks an answer may come by another one than the request went out by. */
static void check_reverse_path(struct xnm_doctor *doctor, const struct xnm_network *network)
{
	uint32_t all = 0, value;
	char path[96], why[XNM_NAME_LEN + 64];

	if (network->n_uplinks < 2)
		return;
	(void)snprintf(why, sizeof(why),
		       ", which drops answers to network %s, as it has %u uplinks", network->name,
		       network->n_uplinks);
	(void)xnm_sysctl_get("ipv4/conf/all/rp_filter", &all);
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		(void)snprintf(path, sizeof(path), "ipv4/conf/%s/rp_filter",
			       uplink_of(doctor, network, i));
		/* the larger one counts (net/ipv4/fib_frontend.c, IN_DEV_RPFILTER) */
		if (xnm_sysctl_get(path, &value) == 0 && (value > all ? value : all) == 1)
			find_setting(doctor, path, value, 2, why);
	}
}

static void check_conntrack(struct xnm_doctor *doctor)
{
	uint32_t count, max;

	if (xnm_sysctl_get("netfilter/nf_conntrack_count", &count) ||
	    xnm_sysctl_get("netfilter/nf_conntrack_max", &max) || max == 0)
		return;
	if ((uint64_t)count * 10 > (uint64_t)max * 9)
		xnm_doctor_find(doctor,
				"%u of %u connections are in use, new ones will fail: "
				"sysctl -w net.netfilter.nf_conntrack_max=%" PRIu64,
				count, max, (uint64_t)max * 2);
}

void xnm_doctor_settings(struct xnm_doctor *doctor)
{
	unsigned int n = doctor->policy ? doctor->policy->n_networks : 0;
	struct settings settings = { .doctor = doctor };

	for (unsigned int i = 0; i < n; i++)
		check_forwarding(&settings, &doctor->policy->networks[i]);
	check_all_deaf(&settings);
	check_advertisements(&settings);
	for (unsigned int i = 0; i < n; i++)
		check_reverse_path(doctor, &doctor->policy->networks[i]);
	check_conntrack(doctor);
}
