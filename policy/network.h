/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.h - what a [network] of the policy says. */
#ifndef XNM_POLICY_NETWORK_H
#define XNM_POLICY_NETWORK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"
#include "hotplug/base/vlan.h"
#include "policy/pool.h"
#include "policy/port.h"
#include "policy/traffic.h"
#include "policy/written.h"

#define XNM_MAX_INTERFACES	8 /* per network */
#define XNM_MAX_NETWORK_UPLINKS 8

/* What becomes of packets that want to leave a network, or come to it from outside. */
enum xnm_forward_mode {
	XNM_FORWARD_UNSET = 0, /* only before the defaults are filled in */
	XNM_FORWARD_NONE, /* the guests reach each other and the host's services */
	XNM_FORWARD_NAT, /* out through the uplinks, with an address of the host */
	XNM_FORWARD_ROUTE, /* out through the uplinks, with their own addresses */
	XNM_FORWARD_OPEN, /* routed, but nothing is filtered: that is somebody else's job */
	XNM_FORWARD_BRIDGE, /* out through ports of the bridge: the host does not route */
};

enum xnm_backend {
	XNM_BACKEND_BRIDGE = 0,
	XNM_BACKEND_ROUTE, /* no bridge: each vif is routed by itself */
};

enum xnm_start {
	XNM_START_GUEST = 0,
	XNM_START_BOOT, /* the bridge is there before the first guest and after the last one */
};

enum xnm_masquerade {
	XNM_MASQ_UNSET = 0, /* only before the defaults are filled in */
	XNM_MASQ_NO,
	XNM_MASQ_IPV4,
	XNM_MASQ_IPV6,
	XNM_MASQ_BOTH,
};

/* Who gives out addresses, or announces the network's prefixes, on a bridge. */
enum xnm_server {
	XNM_SERVER_UNSET = 0,
	XNM_SERVER_NO,
	XNM_SERVER_DNSMASQ,
};

#define XNM_LEASE_INFINITE UINT32_MAX
#define XNM_LEASE_TIME_S   3600 /* unless lease-time= says otherwise */
#define XNM_DHCP_DIR_LEN   96

#define XNM_MAX_TOLD_HOSTS 3 /* as many as a resolver asks: MAXNS in resolv.h */

/* gateway= and dns=: hosts that guests are told of. */
struct xnm_told_hosts {
	bool set; /* written in the policy; else the rest is the default */
	bool self; /* this host, with its address in the network */
	unsigned int n;
	struct xnm_cidr list[XNM_MAX_TOLD_HOSTS];
};

struct xnm_network {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	enum xnm_backend backend;
	char bridge[IFNAMSIZ]; /* "" only with XNM_BACKEND_ROUTE; else it defaults to the name */
	enum xnm_tristate create; /* default yes */
	enum xnm_tristate keep; /* default yes with interfaces or start=boot, else no */
	enum xnm_start start;
	unsigned int n_interfaces;
	char interfaces[XNM_MAX_INTERFACES][IFNAMSIZ];
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	uint32_t mtu_bytes; /* 0: unset */
	enum xnm_tristate stp; /* unset: no for a bridge we make, others stay as they are */
	enum xnm_tristate vlan_filtering;
	enum xnm_tristate multicast_snooping;
	enum xnm_tristate multicast_querier;
	bool has_vlan;
	struct xnm_vlans vlan; /* for vifs that name none */
	struct xnm_port_policy port;
	enum xnm_locking_mode locking_mode;
	enum xnm_forward_mode forward; /* after loading never unset, as are the next two */
	enum xnm_masquerade masquerade; /* no effect on a family without an address */
	enum xnm_tristate proxy_arp, proxy_ndp;
	enum xnm_tristate send_redirects; /* unset: auto */
	unsigned int n_uplinks;
	char uplinks[XNM_MAX_NETWORK_UPLINKS][XNM_NAME_LEN]; /* names of [uplink] sections */
	unsigned int n_snat;
	struct xnm_cidr snat[2]; /* hosts, at most one of each family */
	struct xnm_host_services host_services;
	struct xnm_told_hosts gateway, dns;
	unsigned int n_acls;
	char acls[XNM_MAX_ACL_NAMES][XNM_NAME_LEN];
	enum xnm_server dhcp, ipv6_ra;
	char dhcp_hosts_directory[XNM_DHCP_DIR_LEN]; /* "": below the run directory */
	char domain[XNM_NAME_LEN]; /* of the guests' names; "": none */
	enum xnm_tristate fastpath; /* guests may use shared memory; default no */
	uint32_t lease_time_s; /* 0: the default */
	struct xnm_written written;
};

/*
 * Whether everything is closed in the network that the policy does not open:
 * forward=none, nat and route. In an open or bridged one, xnm filters nothing
 * beyond what locking-mode= says.
 */
static inline bool xnm_network_is_closed(const struct xnm_network *network)
{
	return network->forward == XNM_FORWARD_NONE || network->forward == XNM_FORWARD_NAT ||
	       network->forward == XNM_FORWARD_ROUTE;
}

/* How the policy spells them, for messages; "" for unset. */
const char *xnm_forward_word(enum xnm_forward_mode mode);
const char *xnm_masquerade_word(enum xnm_masquerade masquerade);

#endif
