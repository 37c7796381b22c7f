/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.h - what is: the guest's keys in xenstore, the links in the kernel, our own notes. */
#ifndef XNM_FACTS_H
#define XNM_FACTS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/event.h"
#include "hotplug/state.h"
#include "hotplug/value.h"
#include "hotplug/vlan.h"
#include "policy/policy.h"

struct xnm_rtnl;
struct xnm_store;

/* What the toolstack wrote for this vif (contract: libxl_nic.c, libxl__set_xenstore_nic). */
struct xnm_guest {
	struct xnm_mac mac;
	char bridge[128]; /* as written, with any VLAN suffix */
	char vifname[IFNAMSIZ];
	bool has_vlan;
	struct xnm_vlans vlan;
	uint32_t mtu_bytes; /* 0: not given, which means 1500 to the guest */
	bool is_ioemu; /* an emulated NIC shares it: a tap vifD.N-emu will follow */
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	char frontend[XNM_PATH_MAX];
	uint32_t frontend_mtu_bytes; /* what the guest is told now; 0: the node is not there */
	bool connected; /* hotplug-status is "connected" */
	bool has_error; /* a hotplug-error of an earlier try is there */
	char domain_name[128]; /* without --incoming / --migratedaway; "": not readable */
	char uuid[XNM_UUID_TEXT_LEN];
};

/* Bridge port flags, as bits; which of them a kernel knows is in xnm_link.port_known. */
enum xnm_port_flag {
	XNM_PORT_ISOLATED = 1 << 0,
	XNM_PORT_LEARNING = 1 << 1,
	XNM_PORT_HAIRPIN = 1 << 2,
	XNM_PORT_GUARD = 1 << 3,
	XNM_PORT_ROOT_BLOCK = 1 << 4,
	XNM_PORT_FLOOD = 1 << 5,
	XNM_PORT_MCAST_FLOOD = 1 << 6,
	XNM_PORT_BCAST_FLOOD = 1 << 7,
	XNM_PORT_NEIGH_SUPPRESS = 1 << 8,
};
#define XNM_N_PORT_FLAGS 9

/* One network device, as RTM_GETLINK tells it. ifindex 0: there is none. */
struct xnm_link {
	int ifindex;
	char name[IFNAMSIZ];
	char altname[IFNAMSIZ]; /* an alternative name of the form vifD.N, if any */
	char kind[16]; /* "bridge", "veth", "" */
	bool up;
	int master; /* ifindex of the bridge it is a port of, 0: none */
	struct xnm_mac mac;
	uint32_t mtu_bytes;
	bool has_ipv6; /* IPv6 is enabled on it */
	/* a bridge */
	bool vlan_filtering;
	bool stp;
	uint16_t default_pvid;
	/* a bridge port */
	uint16_t port_known;
	uint16_t port_flags;
};

struct xnm_facts {
	struct xnm_guest guest;
	struct xnm_link device; /* the vif or the tap of the event */
	struct xnm_link holder; /* who has the name that the device should get */
	struct xnm_link bridge;
	char bridges[160]; /* names of those that exist, if the wanted one does not */
	bool device_has_ipv4;
	bool has_vlans; /* vlans is what the port has; else it is not known */
	struct xnm_vlans vlans; /* of the device, as a port of the wanted bridge */
	bool has_state;
	struct xnm_state state; /* what an earlier event noted */
	bool holder_is_same_guest; /* a migration overlap: same MAC, same vifname */
	bool bridge_is_ours; /* xnm made the wanted bridge, so it may change it */
	bool made_bridge; /* xnm made the bridge of state, and is to take it away again */
	unsigned int n_bridge_addresses;
	struct xnm_cidr bridge_addresses[XNM_MAX_ADDRESSES * 2];
	bool tap_exists; /* offline only: the tap of the same NIC is still there */
	unsigned int n_interfaces; /* the network's interfaces=, in its order */
	struct xnm_link interfaces[XNM_MAX_INTERFACES];
	bool interface_has_address[XNM_MAX_INTERFACES]; /* of those not yet in the bridge */
};

/*
 * Reads the guest's keys. need_name and need_uuid ask for the domain's own
 * nodes, which a driver domain may not be able to read: then they stay empty.
 *
 * Returns 0, -ENOENT when the backend directory does not exist, -EINVAL for a
 * value that is not what it should be, or another -errno; err says which.
 */
int xnm_facts_guest(struct xnm_guest *guest, struct xnm_store *store, const struct xnm_event *event,
		    bool need_uuid, struct xnm_err *err);

struct xnm_want;

/*
 * Reads the links the plan for event and want will look at. The device itself
 * must exist already. Returns 0 or -errno with err filled.
 */
int xnm_facts_links(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_event *event,
		    const struct xnm_want *want, struct xnm_err *err);

#endif
