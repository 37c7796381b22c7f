/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl.h - verbs toward rtnetlink: links, bridges, ports, addresses. */
#ifndef XNM_RTNL_H
#define XNM_RTNL_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/facts.h"

/*
 * Every verb returns 0 or the kernel's -errno. The sentence that the kernel
 * gave with an error (NLMSGERR_ATTR_MSG), or else the errno's text, is in
 * xnm_rtnl_reason() until the next call.
 */
struct xnm_rtnl;

/* Opens the one socket of this run. Returns 0 or -errno; *rtnl is NULL on failure. */
int xnm_rtnl_open(struct xnm_rtnl **rtnl);
void xnm_rtnl_close(struct xnm_rtnl *rtnl);

const char *xnm_rtnl_reason(const struct xnm_rtnl *rtnl);

/* Reads one link by name (alternative names count); -ENODEV when there is none. */
int xnm_link_get(struct xnm_rtnl *rtnl, const char *name, struct xnm_link *link);
int xnm_link_get_by_index(struct xnm_rtnl *rtnl, int ifindex, struct xnm_link *link);

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
int xnm_link_set_master(struct xnm_rtnl *rtnl, int ifindex, int master);
int xnm_link_delete(struct xnm_rtnl *rtnl, int ifindex);

/* Alternative names exist since Linux 5.5; older kernels answer -EOPNOTSUPP. */
int xnm_link_add_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name);
int xnm_link_del_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name);

/* Calls fn for the name of every bridge; costs a dump of all links. */
int xnm_bridge_each(struct xnm_rtnl *rtnl, void (*fn)(void *arg, const char *name), void *arg);

struct xnm_bridge_settings {
	bool stp;
	bool set_vlan_filtering; /* a kernel without it refuses even to switch it off */
	bool vlan_filtering;
	uint32_t mtu_bytes; /* 0: leave it */
};

/* Makes a bridge, down, forwarding without delay. -EEXIST when the name is taken. */
int xnm_bridge_create(struct xnm_rtnl *rtnl, const char *name,
		      const struct xnm_bridge_settings *settings);
int xnm_bridge_change(struct xnm_rtnl *rtnl, int ifindex,
		      const struct xnm_bridge_settings *settings);

/* Whether the bridge has a port that is none of the n names. Returns 1, 0 or -errno. */
int xnm_bridge_has_ports(struct xnm_rtnl *rtnl, int ifindex, const char (*except)[IFNAMSIZ],
			 unsigned int n);

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

/* The addresses of one link, of one family or (AF_UNSPEC) of both. */
int xnm_addr_list(struct xnm_rtnl *rtnl, int ifindex, int family, struct xnm_cidr *out,
		  unsigned int max, unsigned int *n);
int xnm_addr_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);
int xnm_addr_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr);

#endif
