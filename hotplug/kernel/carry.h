/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry.h - verbs that move addresses, routes and neighbours from one device to another. */
#ifndef XNM_CARRY_H
#define XNM_CARRY_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/value.h"

struct xnm_rtnl;

#define XNM_MAX_CARRIED_ADDRESSES  32
#define XNM_MAX_CARRIED_ROUTES	   128
#define XNM_MAX_CARRIED_NEIGHBOURS 128
#define XNM_CARRIED_BYTES	   320

/* One of them as the kernel tells it, so that all it knows moves along. */
struct xnm_carried {
	uint16_t len;
	bool existed; /* where it was put it was already: taking back leaves it there */
	uint8_t message[XNM_CARRIED_BYTES] __attribute__((aligned(4)));
};

/* What a device has that packets to and from this host need. Big: keep it static. */
struct xnm_carry {
	char ifname[IFNAMSIZ]; /* the device it was read from */
	int ifindex;
	unsigned int n_addresses, n_routes, n_neighbours;
	struct xnm_cidr cidrs[XNM_MAX_CARRIED_ADDRESSES]; /* of addresses, in the same order */
	struct xnm_carried addresses[XNM_MAX_CARRIED_ADDRESSES];
	struct xnm_carried routes[XNM_MAX_CARRIED_ROUTES];
	struct xnm_carried neighbours[XNM_MAX_CARRIED_NEIGHBOURS];
};

/*
 * Reads what a device has: the addresses of both families, the unicast routes
 * through it of all tables but local, and the neighbours whose MAC is known.
 * Routes of our own protocol are left out, as guests' devices bring them.
 *
 * Returns 0; -E2BIG when it is too much; -EOPNOTSUPP for an IPv4 route with
 * several next hops or one with a nexthop object, which this cannot move. err is the
 * reason in xnm_rtnl_reason().
 */
int xnm_carry_read(struct xnm_rtnl *rtnl, const char *ifname, int ifindex, struct xnm_carry *carry);

/* Takes an address off the list, and the route that the kernel made for it. */
void xnm_carry_forget(struct xnm_carry *carry, unsigned int address);

/* Whether there is anything but addresses that every device gives itself (link-local ones). */
bool xnm_carry_matters(const struct xnm_carry *carry);

/* An IPv4 address that ends unless somebody renews it, or NULL. */
const struct xnm_cidr *xnm_carry_lease(const struct xnm_carry *carry);

/* Whether there is an IPv4 route that a DHCP client has set, and where it leads to. */
bool xnm_carry_dhcp_route(const struct xnm_carry *carry, struct xnm_cidr *dst);

/*
 * Gives the addresses, or the routes and neighbours, to another device, which
 * must be up for routes. What it has already is fine. IPv6 addresses are not
 * tested for duplicates, as nobody new has them. What fails half-way is taken
 * back. A neighbour that does not move is only asked for again.
 */
int xnm_carry_put_addresses(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			    int ifindex);
/* own_may_stay: routes that need an address which did not move with them are left out. */
int xnm_carry_put_routes(struct xnm_rtnl *rtnl, struct xnm_carry *carry, int ifindex,
			 bool own_may_stay);

/* Gives all of it to the device that it was read from, which has lost some of it since. */
void xnm_carry_restore(struct xnm_rtnl *rtnl, const struct xnm_carry *carry);

/*
 * Takes them from a device: all of them, or with only_new those that a put
 * before has added. Link-local IPv6 addresses stay with who has them. What has
 * gone already is done. Returns 0 or the first -errno, after trying all.
 */
int xnm_carry_take_routes(struct xnm_rtnl *rtnl, const struct xnm_carry *carry, int ifindex,
			  bool only_new);
int xnm_carry_take_addresses(struct xnm_rtnl *rtnl, const struct xnm_carry *carry,
			     const char *ifname, int ifindex, bool only_new);

#endif
