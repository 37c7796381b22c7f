/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_devices.c - by which devices guests are reached: of the policy's networks, and of the vifs that are. */
#include "hotplug/cli/doctor/finding.h"

#include <errno.h>
#include <string.h>

#include "hotplug/parts/filter/filter.h"

#define ROUTED_VIFS "vif+" /* iptables' and firewalld's word for all whose names begin so */

static struct xnm_way *find_way(struct xnm_doctor *doctor, const char *name)
{
	for (unsigned int i = 0; i < doctor->n_ways; i++) {
		if (strcmp(doctor->ways[i].name, name) == 0)
			return &doctor->ways[i];
	}
	return NULL;
}

static struct xnm_way *add_way(struct xnm_doctor *doctor, const char *name, bool is_bridge)
{
	struct xnm_way *ways = reallocarray(doctor->ways, doctor->n_ways + 1, sizeof(*ways));

	if (!ways)
		return NULL;
	doctor->ways = ways;
	ways += doctor->n_ways++;
	*ways = (struct xnm_way){ .is_bridge = is_bridge };
	(void)snprintf(ways->name, sizeof(ways->name), "%s", name);
	return ways;
}

/* What a network needs of the kernel says what it does. */
void xnm_doctor_forwards(const struct xnm_network *network, const struct xnm_policy *policy,
			 bool *ip4, bool *ip6)
{
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	unsigned int n = xnm_filter_settings(settings, network, network->bridge, false, policy);

	*ip4 = *ip6 = false;
	for (unsigned int i = 0; i < n; i++) {
		*ip4 |= strcmp(settings[i].path, "ipv4/ip_forward") == 0;
		*ip6 |= strcmp(settings[i].path, "ipv6/conf/all/forwarding") == 0;
	}
}

static void fill_way(struct xnm_way *way, const struct xnm_network *network,
		     const struct xnm_policy *policy)
{
	bool ip4, ip6;

	xnm_doctor_forwards(network, policy, &ip4, &ip6);
	way->forwards4 |= ip4;
	way->forwards6 |= ip6;
	way->has_addresses |= network->n_addresses > 0 || !way->is_bridge;
}

static int add_network(struct xnm_doctor *doctor, const struct xnm_network *network)
{
	bool is_bridge = network->backend == XNM_BACKEND_BRIDGE;
	const char *name = is_bridge ? network->bridge : ROUTED_VIFS;
	struct xnm_way *way = find_way(doctor, name);

	if (!way)
		way = add_way(doctor, name, is_bridge);
	if (!way)
		return -ENOMEM;
	fill_way(way, network, doctor->policy);
	return 0;
}

static int add_vif(struct xnm_doctor *doctor, const struct xnm_vif_note *state)
{
	const char *name = state->routed ? state->ifname : state->bridge;
	const struct xnm_network *network = NULL;
	struct xnm_way *way;

	if (!name[0])
		return 0;
	way = find_way(doctor, name);
	if (!way)
		way = add_way(doctor, name, !state->routed);
	if (!way)
		return -ENOMEM;
	way->has_guests = true;
	way->is_covered =
		state->routed && strncmp(name, "vif", 3) == 0 && find_way(doctor, ROUTED_VIFS);
	if (doctor->policy && state->network[0])
		network = xnm_policy_network(doctor->policy, state->network);
	if (network)
		fill_way(way, network, doctor->policy);
	return 0;
}

int xnm_doctor_read_ways(struct xnm_doctor *doctor)
{
	int rc = 0;

	for (unsigned int i = 0; doctor->policy && rc == 0 && i < doctor->policy->n_networks; i++)
		rc = add_network(doctor, &doctor->policy->networks[i]);
	for (unsigned int i = 0; rc == 0 && i < doctor->status.n; i++) {
		if (doctor->status.rows[i].has_note)
			rc = add_vif(doctor, doctor->status.rows[i].state);
	}
	return rc;
}
