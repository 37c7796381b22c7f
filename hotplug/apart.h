/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart.h - which interfaces of this host are kept apart, as it did not forward before its guests needed that. */
#ifndef XNM_APART_H
#define XNM_APART_H

#include <net/if.h>

#include "hotplug/state.h"

/*
 * Forwarding is one switch for the whole host: who needs it for guests, opens
 * the way between the host's own cards as well. For IPv6 there is no other
 * (ip6_forward() asks "all" alone, before Linux 6.17), and the one of a single
 * interface for IPv4 is asked where a packet comes in, which an uplink's has to
 * allow. So xnm switches it on for all and keeps apart, by rules, what was
 * apart before: the interfaces that are there when it changes the switch from
 * 0 to 1, and network cards that come later. Whatever else is made later is for
 * who makes it.
 *
 * What is kept apart in one family is noted like a network, "+ipv4" or "+ipv6",
 * as long as what the switch was is noted.
 */

/* What an interface is, as far as that decides whether it leads outside. */
enum xnm_host_link_role {
	XNM_LINK_OTHER, /* veth, tun, wireguard and their like */
	XNM_LINK_CARD, /* hardware, or several of it together */
	XNM_LINK_UPPER, /* made on another one: VLAN, macvlan, ipvlan */
	XNM_LINK_BRIDGE,
};

struct xnm_host_link {
	int ifindex, master, lower; /* 0: none */
	enum xnm_host_link_role role;
	char name[IFNAMSIZ];
	bool forwards[XNM_N_IP]; /* by a setting of its own, before xnm changed that of all */
	bool is_inside; /* a bridge that xnm made for guests of a closed network, which it has */
};

#define XNM_MAX_HOST_LINKS 1024

struct xnm_host_links {
	unsigned int n;
	struct xnm_host_link list[XNM_MAX_HOST_LINKS];
};

/* By the kind that the kernel tells; hardware has none. */
enum xnm_host_link_role xnm_host_link_role(const char *kind);

/*
 * Fills what is kept apart in a family. old: what was so far. all: forwarding
 * is about to be switched on, so that all that is there counts. Pure. Returns 0,
 * or -E2BIG when it is too much.
 */
int xnm_filter_apart(struct xnm_elements *out, const struct xnm_host_links *links, unsigned int ip,
		     const struct xnm_elements *old, bool all);

/* The name of the note of a family, and of the setting that switches it on. */
extern const char *const xnm_apart_notes[XNM_N_IP];
extern const char *const xnm_forwarding_paths[XNM_N_IP];

#endif
