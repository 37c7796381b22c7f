/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c - forwarding and accept_ra, where networks with guests need other values. */
#include "hotplug/cli/doctor/finding.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/network/network.h"

#include <string.h>

#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/filter/filter.h"

static const char *bridge_of(const struct xnm_network *network)
{
	return network->backend == XNM_BACKEND_BRIDGE ? network->bridge : "";
}

/* What xnm-vif set for a network with guests, and somebody has changed. */
static void check_needs(struct xnm_doctor *doctor, const struct xnm_network *network)
{
	struct xnm_setting needs[XNM_MAX_SETTINGS];
	unsigned int n =
		xnm_filter_settings(needs, network, bridge_of(network), false, doctor->policy);
	char why[XNM_NAME_LEN + 32];
	uint32_t value;

	for (unsigned int i = 0; i < n; i++) {
		if (xnm_sysctl_get(needs[i].path, &value) || xnm_setting_holds(&needs[i], value))
			continue;
		(void)snprintf(why, sizeof(why), "; network %s needs %u", network->name,
			       needs[i].value);
		xnm_doctor_find_sysctl_once(doctor, needs[i].path, value, needs[i].value, why);
	}
}

/* A single device may have forwarding=0 although the host as a whole forwards. */
static void check_device(struct xnm_doctor *doctor, const struct xnm_network *network,
			 const char *ifname, bool ip6)
{
	const char *all = ip6 ? "ipv6/conf/all/forwarding" : "ipv4/ip_forward";
	char path[96], why[XNM_NAME_LEN + 96];
	uint32_t value = 0;

	if (!ifname[0] || xnm_sysctl_get(all, &value) || value == 0)
		return;
	(void)snprintf(path, sizeof(path), "ipv%c/conf/%s/forwarding", ip6 ? '6' : '4', ifname);
	if (xnm_sysctl_get(path, &value) || value)
		return;
	(void)snprintf(why, sizeof(why), ", but network %s forwards packets through it",
		       network->name);
	xnm_doctor_find_sysctl_once(doctor, path, 0, 1, why);
}

static bool has_guests(const struct xnm_doctor *doctor, const struct xnm_network *network)
{
	for (unsigned int i = 0; i < doctor->status.n; i++) {
		if (strcmp(doctor->status.rows[i].state->network.name, network->name) == 0)
			return true;
	}
	return false;
}

/* A bridge that xnm made ignores router advertisements: the network's note has accept_ra of it. */
static void check_accept_ra(struct xnm_doctor *doctor, const struct xnm_run_dir *dir,
			    const struct xnm_network *network)
{
	static struct xnm_network_note note;
	char path[96], why[XNM_NAME_LEN + 96];
	uint32_t value;

	if (xnm_network_note_read(dir, network->name, &note))
		return;
	(void)snprintf(path, sizeof(path), "ipv6/conf/%s/accept_ra", note.bridge);
	(void)snprintf(why, sizeof(why),
		       ", so this host takes routes from guests of network %s that advertise them",
		       network->name);
	for (unsigned int i = 0; i < note.n_settings; i++) {
		if (strcmp(note.settings[i], path) == 0 && xnm_sysctl_get(path, &value) == 0 &&
		    value)
			xnm_doctor_find_sysctl_once(doctor, path, value, 0, why);
	}
}

static void check_bridges(struct xnm_doctor *doctor)
{
	const struct xnm_policy *policy = doctor->policy;
	struct xnm_run_dir dir;

	if (!policy || xnm_run_dir_open(&dir, xnm_run_dir_path(), true))
		return;
	for (unsigned int i = 0; i < policy->n_networks; i++)
		check_accept_ra(doctor, &dir, &policy->networks[i]);
	xnm_run_dir_close(&dir);
}

static void check_forwarding(struct xnm_doctor *doctor, const struct xnm_network *network)
{
	bool forwards[2];

	if (!has_guests(doctor, network))
		return;
	xnm_doctor_forwards(network, doctor->policy, &forwards[0], &forwards[1]);
	check_needs(doctor, network);
	for (int ip6 = 0; ip6 < 2; ip6++) {
		if (!forwards[ip6])
			continue;
		check_device(doctor, network, bridge_of(network), ip6);
		for (unsigned int i = 0; i < network->n_uplinks; i++)
			check_device(doctor, network, xnm_doctor_uplink_device(doctor, network, i),
				     ip6);
	}
}

static void check_networks(struct xnm_doctor *doctor)
{
	for (unsigned int i = 0; doctor->policy && i < doctor->policy->n_networks; i++)
		check_forwarding(doctor, &doctor->policy->networks[i]);
	check_bridges(doctor);
}

const struct xnm_doctor_check xnm_doctor_network = {
	.name = "network",
	.what = "forwarding and accept_ra, of networks with guests",
	.run = check_networks,
};
