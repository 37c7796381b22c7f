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

struct xnm_op_type;

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

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* plan->network.name, plan->network.note: its elements and sysctls */
extern const struct xnm_op_type xnm_op_network_note_write;
/* plan->network.old_name: undo it, if it has no vif left */
extern const struct xnm_op_type xnm_op_network_release;
/* plan->network.sysctls: the network's sysctls */
extern const struct xnm_op_type xnm_op_network_settings;
/* the vif becomes a member of plan->network.name */
extern const struct xnm_op_type xnm_op_network_join;
/* the vif is no longer a member of plan->network.old_name */
extern const struct xnm_op_type xnm_op_network_leave;
extern const struct xnm_op_type xnm_op_network_hold; /* plan->network.name stays without vifs */
/* plan->network.old_name goes with its last vif */
extern const struct xnm_op_type xnm_op_network_unhold;

#endif
