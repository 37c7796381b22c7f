/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry.h - verbs that move what the kernel keys by a device's number from one device to another. */
#ifndef XNM_CARRY_H
#define XNM_CARRY_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hotplug/base/value.h"

struct xnm_rtnl;

#define XNM_MAX_CARRIED_ADDRESSES  256
#define XNM_MAX_CARRIED_ROUTES	   2048
#define XNM_MAX_CARRIED_NEIGHBOURS 1024
#define XNM_MAX_CARRIED_OTHERS	   256
#define XNM_CARRIED_BYTES	   (384 * 1024)

/*
 * One address, route or neighbour as the kernel's own message, so that all of its
 * attributes move along.
 */
struct xnm_carried {
	uint32_t at; /* its message, in bytes[] */
	bool existed; /* the new device had it already: taking back leaves it there */
	bool behind; /* an IPv4 route behind another device's to the same, which wins */
};

/* What a device has that packets to and from this host need. Big: keep it static. */
struct xnm_carry {
	char ifname[IFNAMSIZ]; /* the device it was read from */
	int ifindex;
	unsigned int n_addresses, n_routes, n_neighbours, n_others;
	uint32_t n_bytes;
	struct xnm_cidr cidrs[XNM_MAX_CARRIED_ADDRESSES]; /* of addresses, in the same order */
	struct xnm_carried addresses[XNM_MAX_CARRIED_ADDRESSES];
	struct xnm_carried routes[XNM_MAX_CARRIED_ROUTES];
	struct xnm_carried neighbours[XNM_MAX_CARRIED_NEIGHBOURS]; /* the permanent ones first */
	/* rules that name it, addresses that it answers for, address labels */
	struct xnm_carried others[XNM_MAX_CARRIED_OTHERS];
	uint8_t bytes[XNM_CARRIED_BYTES] __attribute__((aligned(4)));
};

/* The card, and the bridge of which it is to be a port; ifindex 0: the card stays where it is. */
struct xnm_carry_port {
	int ifindex;
	int master; /* 0: of none */
	int old_master;
};

/*
 * Reads what a device has: the addresses of both families; the routes through
 * it but those that the kernel makes for each address; the neighbours whose MAC
 * is known, the permanent ones first; the rules that name it, the addresses
 * that it answers for, and its address labels. Routes and neighbours of our own
 * protocol are left out, as guests' devices bring them. Of neighbours that the
 * kernel has learned itself, those that do not fit are asked for again.
 *
 * Returns 0; -E2BIG when it is too much; -EOPNOTSUPP for an IPv4 route with
 * several next hops or a nexthop object, which this cannot move. err is the
 * reason in xnm_rtnl_reason().
 */
int xnm_carry_read(struct xnm_rtnl *rtnl, const char *ifname, int ifindex, struct xnm_carry *carry);

/* Removes an address from the list, and the route that the kernel made for it. */
void xnm_carry_forget(struct xnm_carry *carry, unsigned int address);

/* Whether the device has more than the link-local addresses that every device gets by itself. */
bool xnm_carry_matters(const struct xnm_carry *carry);

/* An IPv4 address that ends unless somebody renews it, or NULL. */
const struct xnm_cidr *xnm_carry_lease(const struct xnm_carry *carry);

/* Whether there is an IPv4 route that a DHCP client has set, and where it leads to. */
bool xnm_carry_dhcp_route(const struct xnm_carry *carry, struct xnm_cidr *dst);

/*
 * Adds the addresses in use to another device, which may have some already. IPv6 addresses
 * skip duplicate address detection, as this host has them; tentative and duplicate ones
 * wait for xnm_carry_switch(). If one fails, all are taken back.
 */
int xnm_carry_put_addresses(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			    int ifindex);

/*
 * Makes the card a port, or takes it out, and moves everything but the addresses in use to
 * another device, which must be up: in one request, which a kill cannot end half-way. If
 * something fails, all of it is undone. own_may_stay: routes that need an address which
 * did not move are left out.
 */
int xnm_carry_switch(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
		     int ifindex, const struct xnm_carry_port *port, bool own_may_stay);

/* Undoes a switch, in one request as well. */
void xnm_carry_switch_back(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			   int ifindex, const struct xnm_carry_port *port);

/* Adds the addresses again to the device from which they were read, and which has lost some. */
void xnm_carry_restore(struct xnm_rtnl *rtnl, const struct xnm_carry *carry);

/*
 * Deletes the addresses from a device: all of them, or with only_new those that
 * xnm_carry_put_addresses() has added; link-local IPv6 addresses stay. One that has gone
 * is no failure. Returns 0 or the first -errno, after trying all.
 */
int xnm_carry_take_addresses(struct xnm_rtnl *rtnl, const struct xnm_carry *carry,
			     const char *ifname, int ifindex, bool only_new);

/*
 * Copies the sysctls of a card that are about the wire behind it to the bridge that takes
 * its place. Undo restores what the last call has changed.
 */
void xnm_carry_settings(const char *from, const char *to);
void xnm_carry_settings_undo(const char *to);

/*
 * Writes the names of the card's sysctls that differ from the bridge's and are not copied,
 * each behind a space; false: there are none.
 */
bool xnm_carry_stays(const char *from, const char *to, char *out, size_t out_size);

/*
 * Writes what is bound to the index of a card, and so receives nothing once the card is a
 * port, as "2 sockets, 1 XFRM policy"; false: nothing is.
 */
bool xnm_carry_bound(struct xnm_rtnl *rtnl, int ifindex, char *out, size_t out_size);

/* A device that would not live when a card becomes a port; name is "" when there is none. */
struct xnm_carry_upper {
	char name[IFNAMSIZ];
	char kind[16];
	bool takes_all; /* it takes the card's frames itself; else it is a tunnel bound to the card */
};

/* Looks for one. Costs a dump of all links. Returns 0 or -errno. */
int xnm_carry_upper(struct xnm_rtnl *rtnl, int ifindex, struct xnm_carry_upper *out);

#endif
