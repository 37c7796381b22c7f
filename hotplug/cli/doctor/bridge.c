/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.c - bridges that take spanning tree messages from locked guests, or whose cards are too small for their MTU. */
#include "hotplug/cli/doctor/finding.h"

#include <stdlib.h>
#include <string.h>

static bool speaks_stp(const char *bridge)
{
	_cleanup_fclose_ FILE *stream = NULL;
	char path[64];
	int state;

	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/bridge/stp_state", bridge);
	stream = fopen(path, "re");
	state = stream ? fgetc(stream) : '0';
	return state != '0' && state != EOF;
}

/* A bridge takes the messages of the protocol before nftables sees them; "guard on" refuses them. */
static void check_bridges(struct xnm_doctor *doctor)
{
	for (unsigned int i = 0; i < doctor->status.n; i++) {
		const struct xnm_row *row = &doctor->status.rows[i];
		const struct xnm_link *link = &row->link;

		if (row->locking < XNM_LOCKING_MAC || !row->attached_to[0] ||
		    !speaks_stp(row->attached_to) || link->port_flags & XNM_PORT_GUARD)
			continue;
		xnm_doctor_find(doctor,
				"bridge %s takes spanning tree messages (STP) from the guest of "
				"%s: bridge link set dev %s guard on",
				row->attached_to, link->name, link->name);
	}
}

/* 0: there is no such device */
static unsigned int mtu_of(const char *ifname)
{
	_cleanup_fclose_ FILE *stream = NULL;
	char path[64], text[16];

	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/mtu", ifname);
	stream = fopen(path, "re");
	return stream && fgets(text, sizeof(text), stream) ? (unsigned int)strtoul(text, NULL, 10)
							   : 0;
}

static void check_cards(struct xnm_doctor *doctor, const struct xnm_network *network)
{
	for (unsigned int i = 0; i < network->n_interfaces; i++) {
		unsigned int is_bytes = mtu_of(network->interfaces[i]);

		if (is_bytes && is_bytes < network->mtu_bytes)
			xnm_doctor_find(doctor,
					"interfaces=%s of network %s has MTU %u, and no packet of "
					"mtu=%u passes it: ip link set %s mtu %u",
					network->interfaces[i], network->name, is_bytes,
					network->mtu_bytes, network->interfaces[i],
					network->mtu_bytes);
	}
}

static void check_all(struct xnm_doctor *doctor)
{
	check_bridges(doctor);
	for (unsigned int i = 0; doctor->policy && i < doctor->policy->n_networks; i++)
		check_cards(doctor, &doctor->policy->networks[i]);
}

const struct xnm_doctor_check xnm_doctor_bridge = {
	.name = "bridge",
	.what = "bridges that take spanning tree messages from guests, and cards with a smaller "
		"MTU than mtu=",
	.run = check_all,
};
