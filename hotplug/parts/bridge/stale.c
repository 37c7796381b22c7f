/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stale.c - find addresses that xnm gave a bridge and that the policy no longer has for it. */
#include "hotplug/core/facts.h"
#include "hotplug/parts/bridge/read.h"

#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/notes/bridge.h"

/* The bridge for which the policy has the address: 0: none, 1: another one, 2: this one (too). */
static int bridge_of(const struct xnm_policy *policy, const char *bridge,
		     const struct xnm_cidr *address)
{
	int found = 0;

	for (unsigned int i = 0; i < policy->n_networks && found < 2; i++) {
		const struct xnm_network *network = &policy->networks[i];

		for (unsigned int k = 0; k < network->n_addresses; k++) {
			if (network->backend == XNM_BACKEND_BRIDGE &&
			    xnm_cidr_equal(&network->addresses[k], address))
				found = strcmp(network->bridge, bridge) == 0 ? 2 : 1;
			if (found == 2)
				break;
		}
	}
	return found;
}

bool xnm_is_stale_address(const struct xnm_policy *policy, const char *bridge,
			  const struct xnm_bridge_note *note, bool ours,
			  const struct xnm_cidr *address)
{
	int found = bridge_of(policy, bridge, address);

	/* an address that came with an interface belongs to the interface */
	if (note && note->carries[0] && !xnm_bridge_owns(note, address))
		return false;
	if (ours)
		return found != 2;
	return note && found == 1 && !xnm_cidr_is_link_local(address);
}

void xnm_facts_stale_addresses(struct xnm_facts *facts, const struct xnm_network *network,
			       const struct xnm_policy *policy)
{
	const struct xnm_bridge_note *note = facts->bridge.is_ours ? &facts->bridge.note : NULL;
	unsigned int n = facts->bridge.n_addresses;

	facts->bridge.n_addresses = 0;
	for (unsigned int i = 0; i < n; i++) {
		struct xnm_cidr address = facts->bridge.addresses[i];
		bool ours = facts->bridge.address_is_ours[i];

		if (xnm_is_stale_address(policy, network->bridge, note, ours, &address)) {
			facts->bridge.stale[facts->bridge.n_stale++] = address;
			continue;
		}
		facts->bridge.address_is_ours[facts->bridge.n_addresses] = ours;
		facts->bridge.addresses[facts->bridge.n_addresses++] = address;
	}
}
