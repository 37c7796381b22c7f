/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl.h - verbs toward rtnetlink: links, bridges, ports, addresses, routes, neighbours. */
#ifndef XNM_RTNL_H
#define XNM_RTNL_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/base/vlan.h"
#include "hotplug/kernel/link.h"
#include "hotplug/kernel/route.h"

/*
 * Every verb returns 0 or the kernel's -errno. The sentence that the kernel
 * gave with an error (NLMSGERR_ATTR_MSG), or else the errno's text, is in
 * xnm_rtnl_reason() until the next call. A list is returned whole or not at
 * all: one that changed each time it was read is -EBUSY, what was lost or cut
 * off another -errno, and never one of those that say that there is nothing.
 */
struct xnm_rtnl;

/* Opens the one socket of this run. Returns 0 or -errno; *rtnl is NULL on failure. */
int xnm_rtnl_open(struct xnm_rtnl **rtnl);
void xnm_rtnl_close(struct xnm_rtnl *rtnl);

const char *xnm_rtnl_reason(const struct xnm_rtnl *rtnl);

/* Reads one link by name (alternative names count); -ENODEV when there is none. */
int xnm_link_get(struct xnm_rtnl *rtnl, const char *name, struct xnm_link *link);
/* All names of a device: first its own, then the alternative ones, of which there may be more. */
struct xnm_link_names {
	unsigned int n;
	bool more;
	char list[XNM_MAX_LINK_NAMES][XNM_ALTNAME_LEN];
};

/* name: any of them, of up to 127 characters. Returns 0, -ENODEV or another -errno. */
int xnm_link_names(struct xnm_rtnl *rtnl, const char *name, struct xnm_link_names *names);

int xnm_link_get_by_index(struct xnm_rtnl *rtnl, int ifindex, struct xnm_link *link);

/*
 * Lists all links but vifs, their taps and the loopback, of which there may be
 * very many: up to max into out and their number into *n; -E2BIG when there are
 * more. Costs a dump of all links.
 */
int xnm_host_links(struct xnm_rtnl *rtnl, struct xnm_host_link *out, unsigned int max,
		   unsigned int *n);

/*
 * Waits for a link to appear: netback tells the toolstack that it is ready
 * (state 2) before it registers the netdev (drivers/net/xen-netback/xenbus.c,
 * netback_probe). Returns 0, -ETIMEDOUT, or -errno.
 */
int xnm_link_wait(struct xnm_rtnl *rtnl, const char *name, unsigned int timeout_ms,
		  struct xnm_link *link);

int xnm_link_set_up(struct xnm_rtnl *rtnl, int ifindex, bool up);
int xnm_link_set_name(struct xnm_rtnl *rtnl, int ifindex, const char *name);
int xnm_link_set_mac(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_mac *mac);
int xnm_link_set_mtu(struct xnm_rtnl *rtnl, int ifindex, uint32_t mtu_bytes);
int xnm_link_set_group(struct xnm_rtnl *rtnl, int ifindex, uint32_t group);
/* ip link set alias; "" removes it, for which the kernel takes an attribute without data. */
int xnm_link_set_alias(struct xnm_rtnl *rtnl, int ifindex, const char *alias);
int xnm_link_set_master(struct xnm_rtnl *rtnl, int ifindex, int master);
int xnm_link_delete(struct xnm_rtnl *rtnl, int ifindex);

/* What a VLAN device writes into the tags of packets that have a priority (skb->priority). */
struct xnm_vlan_priority {
	uint32_t from;
	uint32_t to; /* 0 to 7; 0 is what packets of all other priorities get */
};

/*
 * Lists the egress map of a VLAN device, up to max into out, and their number into *n. Returns 0,
 * -EOPNOTSUPP if it is none, -E2BIG when there are more, or another -errno. The other one adds or
 * changes one: to 0 it is as if it were not there (net/8021q/vlan_netlink.c, vlan_fill_info()).
 */
int xnm_vlan_egress_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_vlan_priority *out,
			 unsigned int max, unsigned int *n);
int xnm_vlan_egress_set(struct xnm_rtnl *rtnl, int ifindex,
			const struct xnm_vlan_priority *priority);

/* Alternative names exist since Linux 5.5; older kernels answer -EOPNOTSUPP. */
int xnm_link_add_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name);
int xnm_link_del_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name);

/* Calls fn for the names of bridges, of 64 at most: for a person. Costs a dump of all links. */
int xnm_bridge_each(struct xnm_rtnl *rtnl, void (*fn)(void *arg, const char *name), void *arg);

struct xnm_bridge_settings {
	bool stp;
	bool sets_delay; /* for a change of stp: also the delay that the kernel, or create, gives */
	bool set_vlan_filtering; /* a kernel without VLAN filtering refuses even 0 */
	bool vlan_filtering;
	uint32_t mtu_bytes; /* as xnm_bridge_set_mtu() sets it; 0: leave it */
	/* true: it keeps mac (NET_ADDR_SET, br_stp_recalculate_bridge_id()); false: it takes the
	 * lowest of its ports, and another with each that comes and goes */
	bool has_mac;
	struct xnm_mac mac;
};

/* Makes a bridge, down, forwarding without delay. -EEXIST when the name is taken. */
int xnm_bridge_create(struct xnm_rtnl *rtnl, const char *name,
		      const struct xnm_bridge_settings *settings);
int xnm_bridge_change(struct xnm_rtnl *rtnl, int ifindex,
		      const struct xnm_bridge_settings *settings);

/*
 * Sets the MTU of a bridge, and keeps the kernel from following the smallest MTU of its ports: it
 * does so until a user has changed the MTU to another value (br_mtu_auto_adjust() and
 * br_change_mtu() in net/bridge, since Linux 4.17; __dev_set_mtu() does not ask the driver about
 * the value that is there already). So where is_bytes, the present one, is the wanted one, another
 * is set first. Returns 0 or -errno.
 */
int xnm_bridge_set_mtu(struct xnm_rtnl *rtnl, int ifindex, uint32_t is_bytes, uint32_t mtu_bytes);
/* Another MTU that a bridge can have: larger, as devices on a bridge follow it down. */
uint32_t xnm_bridge_other_mtu(uint32_t mtu_bytes);

/* ip link set type bridge mcast_snooping, mcast_querier. -EOPNOTSUPP: the kernel cannot snoop. */
int xnm_bridge_set_multicast(struct xnm_rtnl *rtnl, int ifindex, bool snooping, bool querier);

/* Whether the bridge has a port that is none of the n names. Returns 1, 0 or -errno. */
int xnm_bridge_has_ports(struct xnm_rtnl *rtnl, int ifindex, const char (*except)[IFNAMSIZ],
			 unsigned int n);

/*
 * Lists the ports of a bridge that are vifs or their taps, by their name or alternative
 * name; as xnm_addr_list().
 */
int xnm_bridge_list_vifs(struct xnm_rtnl *rtnl, int ifindex, struct xnm_owner *out,
			 unsigned int max, unsigned int *n);

/*
 * Sets the flags in mask to value, then reads them back: a kernel that does
 * not know one ignores it without a word, which is -EOPNOTSUPP here.
 */
int xnm_port_set_flags(struct xnm_rtnl *rtnl, int ifindex, uint16_t mask, uint16_t value);

/* The name that iproute2 gives a flag: "isolated", "root_block". */
const char *xnm_port_flag_name(unsigned int bit);

/* The VLANs of a bridge port; -EOPNOTSUPP on kernels before 5.6 or without VLAN filtering. */
int xnm_port_get_vlans(struct xnm_rtnl *rtnl, int ifindex, struct xnm_vlans *vlans);
int xnm_port_add_vlans(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_vlans *vlans);
int xnm_port_del_vlans(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_vlans *vlans);

/*
 * The addresses of one link, of one family or (AF_UNSPEC) of both: up to max of
 * them in out and their number in *n; -E2BIG when there are more, out is filled
 * then. A device that has gone has none.
 */
int xnm_addr_list(struct xnm_rtnl *rtnl, int ifindex, int family, struct xnm_cidr *out,
		  unsigned int max, unsigned int *n);
/* The same; ours[i] (ours may be NULL) is whether xnm_addr_add_ours() has added out[i]. */
int xnm_addr_list_ours(struct xnm_rtnl *rtnl, int ifindex, int family, struct xnm_cidr *out,
		       bool *ours, unsigned int max, unsigned int *n);
/* Adds an address, for callers that never delete it. That it is there already is success. */
int xnm_addr_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);
/* Adds an address; -EEXIST: it is there already. */
int xnm_addr_add_new(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);
/*
 * The same with XNM_RTPROT as its protocol, by which it is deleted when the policy has it
 * no more. Kernels before Linux 5.18 keep no such protocol: then nobody knows who has
 * added it.
 */
int xnm_addr_add_ours(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);
int xnm_addr_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);

/* What depends on an IPv4 address of a device. */
struct xnm_addr_state {
	bool is_there;
	bool has_lifetime; /* it was leased: a DHCP client of this host keeps it */
	bool has_secondaries; /* other addresses of its subnet, which the kernel deletes with it */
};

int xnm_addr_state(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
		   struct xnm_addr_state *out);

/*
 * Deletes an address of ours alone: others in its subnet stay. An IPv4 address with a
 * lifetime stays as well: ours have none, so a DHCP client has leased the same one since.
 */
int xnm_addr_del_alone(struct xnm_rtnl *rtnl, const char *ifname, int ifindex,
		       const struct xnm_cidr *addr);

/*
 * Makes a route, or replaces the one with the same dst and metric, of any device,
 * source and protocol: it may be an administrator's, or the one that came with an
 * address of the host.
 *
 * -ENETDOWN: the device is down. -ENODEV: it has gone, or has no IPv6, as one
 * with an MTU below 1280. -EACCES: IPv6 is disabled on it. -EINVAL: src is no
 * address of this host.
 */
int xnm_route_replace(struct xnm_rtnl *rtnl, const struct xnm_route *route);

/*
 * The same, but it replaces a route of ours only. -EEXIST: there is a route of somebody
 * else with the same dst and metric, which stays.
 */
int xnm_route_add(struct xnm_rtnl *rtnl, const struct xnm_route *route);

/*
 * Deletes a route of ours; one of another protocol is never touched. With
 * metric 0 an IPv4 route of any metric will do if there is none of metric 0.
 * The source does not count. -ESRCH: there is none. -ENODEV: the device has
 * gone, and its routes with it.
 */
int xnm_route_del(struct xnm_rtnl *rtnl, const struct xnm_route *route);

/*
 * Our routes through a device, of both families. Writes up to max of them to
 * out and their number to *n; -E2BIG when there are more, out is filled then.
 * A device that has gone has none. The kernel chooses (Linux 4.20 and later,
 * ip_valid_fib_dump_req() in net/ipv4/fib_frontend.c), so that the answer is
 * short, but it still looks at every route of the table.
 */
int xnm_route_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_route *out, unsigned int max,
		   unsigned int *n);

/*
 * Lists the host's routes, but for ours, to subnets on a link that overlap one of
 * n_subnets, and the gateways in these: up to max of them in out, their number in *n.
 * Costs a dump for each family of the subnets.
 */
int xnm_onlink_list(struct xnm_rtnl *rtnl, const struct xnm_cidr *subnets, unsigned int n_subnets,
		    struct xnm_onlink *out, unsigned int max, unsigned int *n);

/* How this host routes a packet. */
struct xnm_packet_way {
	bool is_local; /* it is for this host itself, or multicast or broadcast */
	bool has_gateway;
	int ifindex; /* by which it leaves; for this host's own address, that which has it */
};

/*
 * Asks the kernel, by all ip rules: with iif for a packet from src that comes in there,
 * else for one that this host sends. Returns 0 or -errno: -ENETUNREACH and its like when
 * there is no route.
 */
int xnm_route_get(struct xnm_rtnl *rtnl, const struct xnm_cidr *dst, const struct xnm_cidr *src,
		  int iif, struct xnm_packet_way *way);

/*
 * Makes a default route of ours. With replaces it replaces the one with its metric, and
 * the caller has looked whose that is. -EEXIST: there is one with this metric, of any
 * device and protocol. -ENETUNREACH, or for IPv6 -EHOSTUNREACH: the gateway is not on a
 * link.
 */
int xnm_default_add(struct xnm_rtnl *rtnl, const struct xnm_default *route);

/*
 * Deletes a default route of ours, never another's. -ESRCH: there is none. -ENODEV: its
 * device has gone.
 */
int xnm_default_del(struct xnm_rtnl *rtnl, const struct xnm_default *route);

#define XNM_MAX_WAYS_OUT    64
#define XNM_CLOSED_PRIORITY 880 /* of the rules below: asked before table main */

/*
 * Lists the interfaces of all default routes of a family in table main; if it has none, as
 * on Android, those in all other tables. Returns 0 or -errno.
 */
int xnm_ways_list(struct xnm_rtnl *rtnl, int family, int out[XNM_MAX_WAYS_OUT], unsigned int *n);

/*
 * A rule for IPv6 by which nothing that comes in by an interface is routed on;
 * what is for the machine itself is found in table local before. each calls fn
 * for all that there are, and stops at its first non-zero answer; a list that
 * changes while it is read is told from its beginning again. Return 0 or
 * -errno, -EOPNOTSUPP from a kernel without CONFIG_IPV6_MULTIPLE_TABLES.
 */
int xnm_closed_add(struct xnm_rtnl *rtnl, const char *ifname);
int xnm_closed_del(struct xnm_rtnl *rtnl, const char *ifname);
int xnm_closed_each(struct xnm_rtnl *rtnl, int (*fn)(void *arg, const char *ifname), void *arg);

/*
 * Lists the default routes through a device, of both families and of any protocol; as
 * xnm_route_list(). ifindex 0: those through any device, several of them or none.
 */
int xnm_default_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_default *out, unsigned int max,
		     unsigned int *n);

/*
 * Default routes of ours through a gateway on a device, with a metric of our
 * own: those of others are never touched, and win or lose by theirs. onlink:
 * the gateway is on the device although no address there says so. Setting one
 * replaces ours of that family and metric; -EEXIST: that is somebody else's. list writes the gateways of those
 * that are there. Returns are as of routes, those of list as of their list.
 */
int xnm_gateway_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *gateway,
		    uint32_t metric, bool onlink);
int xnm_gateway_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *gateway,
		    uint32_t metric);
int xnm_gateway_list(struct xnm_rtnl *rtnl, int ifindex, uint32_t metric, struct xnm_cidr *out,
		     unsigned int max, unsigned int *n);

/* What this host uses of the IPv4 address space, on any device. */
enum xnm_has_kind {
	XNM_HAS_ADDRESS, /* with its subnet */
	XNM_HAS_ROUTE, /* dst of a route, but not of a default route */
	XNM_HAS_CLOSED, /* dst of a route that is unreachable, prohibit or blackhole */
	XNM_HAS_ROUTER, /* the gateway of any route */
	XNM_HAS_NEIGHBOUR, /* a neighbour: permanent, confirmed a moment ago, or is_old */
};

struct xnm_has {
	enum xnm_has_kind kind;
	int ifindex; /* 0: no device */
	struct xnm_cidr cidr;
	bool is_old; /* a neighbour that was not confirmed for some time */
};

/*
 * Calls fn for all of it: addresses of all devices, routes of all tables, but of
 * the closed ones only those of table main, and neighbours. Perhaps more than once for one of them, where a list changed
 * while it was read.
 */
int xnm_host_has(struct xnm_rtnl *rtnl, void (*fn)(void *arg, const struct xnm_has *has),
		 void *arg);

/*
 * Neighbours: one address and, in the permanent ones, its MAC. The prefix_len
 * of addr is not used. What is set carries XNM_RTPROT as its protocol (Linux
 * 5.2 and later), but the lists tell of others' as well.
 *
 * The kernel drops the neighbours of a device, permanent ones too, and what it
 * answers for when the device goes down or away, and the neighbours also when
 * its MAC changes (net/core/neighbour.c, neigh_ifdown, neigh_changeaddr).
 */

/*
 * Makes a neighbour, or makes it permanent with this MAC. -ENODEV: no such
 * device. -EINVAL: IPv6 is disabled on it, or it has none.
 */
int xnm_neigh_set_permanent(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
			    const struct xnm_mac *mac);

/* Deletes a neighbour of any state. -ENOENT: there is none. -ENODEV: no such device. */
int xnm_neigh_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);

/*
 * The permanent neighbours of a device, of both families: up to max into addrs
 * and macs, where macs may be NULL, their number into *n; -E2BIG when there are
 * more, both are filled then. A device that has gone has none.
 */
int xnm_neigh_list_permanent(struct xnm_rtnl *rtnl, int ifindex, struct xnm_cidr *addrs,
			     struct xnm_mac *macs, unsigned int max, unsigned int *n);

/*
 * A proxy entry: an address for which the host answers on a device although it is not its
 * own. It does so while the device forwards; for IPv4 if the address is routed to another
 * device (net/ipv4/arp.c, arp_process), for IPv6 if the sysctl proxy_ndp of the device or
 * of all is 1 (net/ipv6/ndisc.c, ndisc_recv_ns). Returns and lists are as those of the
 * neighbours, but on a device without IPv6 adding one is -ENOBUFS. Adding one twice is
 * success.
 */
int xnm_neigh_proxy_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);
int xnm_neigh_proxy_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);
/*
 * Reads whether a device has a proxy entry, and whether it is ours: others have another
 * protocol or none. Kernels before 5.0 cannot be asked for one (-EOPNOTSUPP), and keep no
 * protocol.
 */
int xnm_neigh_proxy_get(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
			bool *is_there, bool *is_ours);
int xnm_neigh_proxy_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_cidr *addrs,
			 unsigned int max, unsigned int *n);

#endif
