/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.c - bridges that listen to guests although these are locked. */
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

/* Such a bridge takes the messages of the protocol before any rule of nftables sees them. */
void xnm_doctor_bridges(struct xnm_doctor *doctor)
{
	for (unsigned int i = 0; i < doctor->status.n; i++) {
		const struct xnm_row *row = &doctor->status.rows[i];
		const struct xnm_link *link = &row->link;

		if (row->locking < XNM_LOCKING_MAC || !row->attached_to[0] ||
		    !speaks_stp(row->attached_to) || link->port_flags & XNM_PORT_GUARD)
			continue;
		xnm_doctor_find(doctor,
				"bridge %s speaks STP and listens to what the guest of %s says of "
				"it: bridge link set dev %s guard on",
				row->attached_to, link->name, link->name);
	}
}
