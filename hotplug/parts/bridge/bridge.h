/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.h - wants, facts and plan of a bridge, its ports and the host's cards in it. */
#ifndef XNM_BRIDGE_PART_H
#define XNM_BRIDGE_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/vlan.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/link.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/bridge/manager.h"
#include "policy/policy.h"

struct xnm_op_type;

#define XNM_MAX_BRIDGE_ADDRESSES 96 /* whoever added them; each gives four nftables elements */
#define XNM_MAX_BRIDGE_VLANS	 32

/* A VLAN device on the wanted bridge. */
struct xnm_bridge_vlan {
	char name[IFNAMSIZ];
	uint16_t vid;
};

struct xnm_vlan_address {
	uint16_t vid;
	struct xnm_cidr cidr;
};

/* Port flags to be set: a bit of value counts where mask has the bit. */
struct xnm_port_want {
	uint16_t mask;
	uint16_t value;
};

struct xnm_bridge_want {
	char name[IFNAMSIZ]; /* "" when the vif is routed */
	char said[XNM_ALTNAME_LEN]; /* the altname that the guest uses for it; "": none */
	bool has_vlan;
	struct xnm_vlans vlan;
	const char *vlan_why; /* NULL: a line of the policy, see xnm_want_says() */
	bool is_trunk; /* the vif has tagged VLANs: see xnm_scope_trunk() */
	struct xnm_port_want port;
};

struct xnm_bridge_facts {
	struct xnm_link link;
	struct xnm_mac stable_mac; /* for a bridge that is to be made; zero: there is one */
	char names[160]; /* existing bridges, if the wanted one is missing */
	bool has_port_vlans; /* port_vlans was read from the port; else unknown */
	struct xnm_vlans port_vlans; /* of the device, as a port of the wanted bridge */
	bool was_made; /* xnm made the bridge of the vif's note, and is to delete it again */
	bool is_ours; /* xnm made the wanted bridge, so xnm may change it */
	struct xnm_bridge_note note; /* if is_ours; with present names */
	bool note_is_old; /* an interface in it has been renamed */
	bool has_addresses; /* it has been read */
	unsigned int n_addresses, n_stale;
	struct xnm_cidr addresses[XNM_MAX_BRIDGE_ADDRESSES];
	bool address_is_ours[XNM_MAX_BRIDGE_ADDRESSES];
	/* not among those: addresses that xnm gave the bridge and that the policy no longer has for
	 * it */
	struct xnm_cidr stale[XNM_MAX_BRIDGE_ADDRESSES];
	unsigned int n_vlans; /* VLAN devices on a bridge with vlan_filtering */
	struct xnm_bridge_vlan vlans[XNM_MAX_BRIDGE_VLANS];
	unsigned int n_vlan_addresses;
	struct xnm_vlan_address vlan_addresses[XNM_MAX_BRIDGE_ADDRESSES];
	unsigned int n_cards; /* the network's interfaces=, in its order */
	struct xnm_link cards[XNM_MAX_INTERFACES];
	bool card_has_address[XNM_MAX_INTERFACES]; /* or routes; where that was read */
	bool card_is_wireless[XNM_MAX_INTERFACES];
	char card_master[XNM_MAX_INTERFACES][IFNAMSIZ]; /* if in another bridge */
	unsigned int managed; /* index of one that another program manages, if manager has a kind */
	struct xnm_manager manager;
	/* what the first interface with addresses has, and what the bridge is to give back */
	struct xnm_carry *carry, *carry_back;
	char carry_refused[96]; /* why its addresses and routes cannot move */
	char upper[IFNAMSIZ], upper_kind[16]; /* a device on top of it, or bound to it */
	bool upper_takes_all; /* that device takes all frames; else it is a tunnel */
	unsigned int n_dropped; /* cards in the note that the policy no longer has */
	struct xnm_link dropped[XNM_MAX_INTERFACES];
};

struct xnm_bridge_plan {
	int ifindex; /* 0: created by the plan */
	struct xnm_vlans vlan_add;
	struct xnm_vlans vlan_del; /* only member is used */
	struct xnm_bridge_note note, old_note;
	struct xnm_mac old_mac;
};

struct xnm_bridge_op {
	bool stp, vlan_filtering, set_vlan_filtering;
	uint32_t mtu_bytes; /* 0: leave it */
	bool sets_delay; /* the delay that goes with stp, too */
	bool has_mac;
	struct xnm_mac mac;
};

struct xnm_multicast_op {
	bool snooping, querier;
	bool had_snooping, had_querier; /* before; of a new bridge the kernel's defaults */
};

/* Moves a card's addresses and routes to a bridge, or back. */
struct xnm_card_op {
	char name[IFNAMSIZ]; /* the device that gets the addresses and routes */
	int ifindex; /* 0: created by the plan */
	bool back; /* from the bridge back to its card */
	int port; /* the card that is attached or detached with it; 0: none */
	struct xnm_carry *carry;
};

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

extern const struct xnm_op_type xnm_op_bridge_create; /* dev; bridge.* */
extern const struct xnm_op_type xnm_op_bridge_note; /* dev: note that the bridge is ours */
extern const struct xnm_op_type xnm_op_bridge_renote; /* dev: update that note */
extern const struct xnm_op_type xnm_op_bridge_multicast; /* dev; multicast.* */
extern const struct xnm_op_type xnm_op_bridge_set; /* ifindex; bridge.*: change a bridge of ours */
/* dev, ifindex; mtu.*: the kernel does not follow its ports from here on */
extern const struct xnm_op_type xnm_op_bridge_mtu;
/* dev: delete a bridge of ours without ports */
extern const struct xnm_op_type xnm_op_bridge_release;
extern const struct xnm_op_type xnm_op_port_attach; /* dev -> name */
extern const struct xnm_op_type xnm_op_port_detach; /* dev */
extern const struct xnm_op_type xnm_op_port_flags; /* dev; port */
/* dev; plan->bridge.vlan_add, plan->bridge.vlan_del */
extern const struct xnm_op_type xnm_op_port_vlans;
/* dev, carry.name: name gets dev's sysctls */
extern const struct xnm_op_type xnm_op_carry_settings;
/* dev, carry.*: name gets dev's addresses, dev keeps them */
extern const struct xnm_op_type xnm_op_carry_addresses;
/* dev, carry.*: move dev's routes, attach or detach the port */
extern const struct xnm_op_type xnm_op_carry_switch;
extern const struct xnm_op_type xnm_op_carry_end; /* dev, carry.*: dev loses its addresses */

#endif
