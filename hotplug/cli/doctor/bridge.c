/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.c - bridges that take messages of the spanning tree protocol from locked guests. */
#include "hotplug/cli/doctor/finding.h"

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

const struct xnm_doctor_check xnm_doctor_bridge = {
	.name = "bridge",
	.what = "bridges that take spanning tree messages from guests",
	.run = check_bridges,
};
