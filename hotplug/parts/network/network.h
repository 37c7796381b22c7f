/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.h - facts and plan of a network: its note, members and sysctls. */
#ifndef XNM_NETWORK_PART_H
#define XNM_NETWORK_PART_H

#include <net/if.h>
#include <stdbool.h>

#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "policy/policy.h"

struct xnm_network_facts {
	bool has_note;
	struct xnm_network_note note; /* of the wanted network */
	bool is_member; /* the network's note lists the vif */
	bool sysctls_hold; /* all that it needs have their values */
};

struct xnm_network_plan {
	char name[XNM_NAME_LEN];
	char old_name[XNM_NAME_LEN]; /* the network that the vif leaves */
	char old_bridge[IFNAMSIZ]; /* that network's bridge */
	unsigned int n_sysctls;
	struct xnm_setting sysctls[XNM_MAX_SETTINGS];
	char sent[XNM_NAME_LEN]; /* note to mark as completely sent to nftables; "": none */
	struct xnm_network_note note;
};

/*
 * settings.c: fills the settings of a network. Returns how many. ifname is its bridge, or ""
 * when routed; makes_bridge: it is one that xnm makes, and not somebody else's.
 */
unsigned int xnm_filter_settings(struct xnm_setting out[XNM_MAX_SETTINGS],
				 const struct xnm_network *network, const char *ifname,
				 bool makes_bridge, const struct xnm_policy *policy);

#endif
