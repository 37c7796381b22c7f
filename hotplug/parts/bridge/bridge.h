/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.h - what is wanted, known and planned of a bridge, its ports and the host's cards in it. */
#ifndef XNM_BRIDGE_PART_H
#define XNM_BRIDGE_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/vlan.h"
#include "hotplug/kernel/link.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/bridge/manager.h"
#include "policy/policy.h"

struct xnm_carry;

#define XNM_MAX_BRIDGE_ADDRESSES 96 /* of all makers; in nftables four times as many elements */
#define XNM_MAX_BRIDGE_VLANS	 32

/* A VLAN device on the wanted bridge, and what this host has there. */
struct xnm_bridge_vlan {
	char name[IFNAMSIZ];
	uint16_t vid;
};

struct xnm_vlan_address {
	uint16_t vid;
	struct xnm_cidr cidr;
};

/* Port flags that somebody asked for: value is meaningful where mask has the bit. */
struct xnm_port_want {
	uint16_t mask;
	uint16_t value;
};

struct xnm_bridge_want {
	char name[IFNAMSIZ]; /* "" when the vif is routed */
	char said[XNM_ALTNAME_LEN]; /* what the guest calls it, if that is an alternative name */
	bool has_vlan;
	struct xnm_vlans vlan;
	const char *vlan_why;
	bool is_trunk; /* the vif has tagged VLANs: see xnm_scope_trunk() */
	struct xnm_port_want port;
};

struct xnm_bridge_facts {
	struct xnm_link link;
	char names[160]; /* of the bridges that exist, if the wanted one does not */
	bool has_port_vlans; /* port_vlans is what the port has; else it is not known */
	struct xnm_vlans port_vlans; /* of the device, as a port of the wanted bridge */
	bool was_made; /* xnm made the bridge of the vif's note, and is to take it away again */
	bool is_ours; /* xnm made the wanted bridge, so it may change it */
	struct xnm_bridge_note note; /* if is_ours, with the names of this moment */
	bool note_is_old; /* a card in it has been given another name */
	bool has_addresses; /* somebody has looked */
	unsigned int n_addresses, n_stale;
	struct xnm_cidr addresses[XNM_MAX_BRIDGE_ADDRESSES];
	bool address_is_ours[XNM_MAX_BRIDGE_ADDRESSES];
	/* none of those: what a bridge has by us, and the policy has for it no more */
	struct xnm_cidr stale[XNM_MAX_BRIDGE_ADDRESSES];
	unsigned int n_vlans; /* of a bridge that keeps VLANs apart */
	struct xnm_bridge_vlan vlans[XNM_MAX_BRIDGE_VLANS];
	unsigned int n_vlan_addresses;
	struct xnm_vlan_address vlan_addresses[XNM_MAX_BRIDGE_ADDRESSES];
	unsigned int n_cards; /* the network's interfaces=, in its order */
	struct xnm_link cards[XNM_MAX_INTERFACES];
	bool card_has_address[XNM_MAX_INTERFACES]; /* or routes: of those looked at for that */
	bool card_is_wireless[XNM_MAX_INTERFACES];
	char card_master[XNM_MAX_INTERFACES][IFNAMSIZ]; /* of those in another bridge */
	unsigned int managed; /* the first that somebody else sets up, if manager has a kind */
	struct xnm_manager manager;
	/* what the first of them that has addresses has, and what the bridge is to give back */
	struct xnm_carry *carry, *carry_back;
	char carry_refused[96]; /* why what it has cannot move */
	char upper[IFNAMSIZ], upper_kind[16]; /* a device made of it, or bound to it */
	bool upper_takes_all; /* all its frames; else it is a tunnel */
	unsigned int n_dropped; /* cards that came with the bridge and the policy has no more */
	struct xnm_link dropped[XNM_MAX_INTERFACES];
};

struct xnm_bridge_plan {
	int ifindex; /* 0: made by the plan */
	struct xnm_vlans vlan_add;
	struct xnm_vlans vlan_del; /* only member is used */
	struct xnm_bridge_note note, old_note;
	struct xnm_mac old_mac;
};

struct xnm_bridge_op {
	bool stp, vlan_filtering, set_vlan_filtering;
	uint32_t mtu_bytes; /* 0: the kernel's default */
	bool has_mac;
	struct xnm_mac mac;
};

/* What a card has moves to a bridge, or back. */
struct xnm_card_op {
	char name[IFNAMSIZ]; /* of the device that gets it */
	int ifindex; /* 0: made by the plan */
	bool back; /* to the card that it is from */
	int port; /* the card, if it becomes a port with that, or none */
	struct xnm_carry *carry;
};

#endif
