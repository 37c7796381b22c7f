/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warn.c - log what is wrong with a network's interfaces and keeps no guest from starting. */
#include "hotplug/run/parts.h"

#include "hotplug/base/log.h"

void run_warn_cards(const struct xnm_network *network, const struct xnm_facts *facts)
{
	for (unsigned int i = 0; i < facts->bridge.n_cards; i++) {
		const struct xnm_link *link = &facts->bridge.cards[i];

		if (link->ifindex == 0)
			xnm_log_warning("interfaces=%s of network %s: there is no such device",
					network->interfaces[i], network->name);
		else if (link->mtu_bytes < network->mtu_bytes)
			xnm_log_warning("interfaces=%s of network %s: its MTU %u is smaller than "
					"mtu=%u, and larger packets do not pass it; correct one of "
					"them, as with 'ip link set %s mtu %u'",
					link->name, network->name, link->mtu_bytes,
					network->mtu_bytes, link->name, network->mtu_bytes);
	}
}
