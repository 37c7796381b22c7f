/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.h - a network device as the kernel describes it, and the flags of a bridge port. */
#ifndef XNM_LINK_H
#define XNM_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"

#define XNM_ALTNAME_LEN	   128 /* ALTIFNAMSIZ of linux/if.h */
#define XNM_MAX_LINK_NAMES 16
#define XNM_ALIAS_LEN	   256 /* IFALIASZ of linux/if.h */

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
	XNM_PORT_GROUP_FWD = 1 << 9, /* group_fwd_mask: all bits, or none */
	XNM_PORT_FAST_LEAVE = 1 << 10,
	XNM_PORT_MCAST_TO_UNICAST = 1 << 11,
};
#define XNM_N_PORT_FLAGS 12

/* One network device, as RTM_GETLINK tells it. ifindex 0: there is none. */
struct xnm_link {
	int ifindex;
	char name[IFNAMSIZ];
	char altname[IFNAMSIZ]; /* an alternative name of the form vifD.N, if any */
	char alias[XNM_ALIAS_LEN]; /* IFLA_IFALIAS: a text for people, of any bytes */
	char kind[16]; /* "bridge", "veth", "" */
	bool up;
	bool loopback;
	int master; /* ifindex of the bridge it is a port of, 0: none */
	int lower; /* ifindex of the device that it is made on, as a VLAN is; 0: none */
	bool of_netback; /* a vif, whatever its name is */
	struct xnm_mac mac;
	struct xnm_mac own_mac; /* the permanent MAC address, where the kernel tells it; else mac */
	uint32_t mtu_bytes;
	uint32_t group; /* IFLA_GROUP, see scope.h */
	bool has_ipv6; /* IPv6 is enabled on it */
	/* of a bridge: */
	bool vlan_filtering;
	bool stp;
	uint16_t default_pvid;
	bool mcast_known; /* the kernel has the next two: CONFIG_BRIDGE_IGMP_SNOOPING */
	bool mcast_snooping;
	bool mcast_querier;
	bool calls_iptables[2]; /* hands frames to iptables, whatever br_netfilter says; ip, ip6 */
	/* of a bridge port: */
	uint16_t port_known;
	uint16_t port_flags;
};

/* What kind of interface it is, by which xnm decides whether it leads to other hosts. */
enum xnm_host_link_role {
	XNM_LINK_OTHER, /* veth, tun, wireguard and their like */
	XNM_LINK_CARD, /* hardware, or several of it together */
	XNM_LINK_UPPER, /* made on another one: VLAN, macvlan, ipvlan */
	XNM_LINK_BRIDGE,
};

struct xnm_host_link {
	int ifindex, master, lower; /* 0: none */
	bool up;
	enum xnm_host_link_role role;
	char name[IFNAMSIZ];
	bool forwards[XNM_N_IP]; /* it did before xnm switched forwarding on for all */
	bool is_inside; /* a bridge that xnm made for a closed network, which has guests */
};

#define XNM_MAX_HOST_LINKS 1024

struct xnm_host_links {
	unsigned int n;
	struct xnm_host_link list[XNM_MAX_HOST_LINKS];
};

/* The role by IFLA_INFO_KIND, which is "" for hardware. */
enum xnm_host_link_role xnm_host_link_role(const char *kind);

#endif
