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

/* One of them as the kernel tells it, so that all it knows moves along. */
struct xnm_carried {
	uint32_t at; /* its message, in bytes[] */
	bool existed; /* where it was put it was already: taking back leaves it there */
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

/* The card, and which bridge it is to be a port of; ifindex 0: it stays where it is. */
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

/* Takes an address off the list, and the route that the kernel made for it. */
void xnm_carry_forget(struct xnm_carry *carry, unsigned int address);

/* Whether there is anything but what every device gives itself (link-local addresses). */
bool xnm_carry_matters(const struct xnm_carry *carry);

/* An IPv4 address that ends unless somebody renews it, or NULL. */
const struct xnm_cidr *xnm_carry_lease(const struct xnm_carry *carry);

/* Whether there is an IPv4 route that a DHCP client has set, and where it leads to. */
bool xnm_carry_dhcp_route(const struct xnm_carry *carry, struct xnm_cidr *dst);

/*
 * Gives the addresses that work to another device. What it has already is
 * fine. IPv6 addresses are not tested for duplicates, as nobody new has them;
 * those that are being tested, or have failed, wait for xnm_carry_switch().
 * What fails half-way is taken back.
 */
int xnm_carry_put_addresses(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			    int ifindex);

/*
 * Makes the card a port, or takes it out, gives everything but the addresses
 * that work to another device, which must be up, and takes it from the one that
 * had it: all in one request, which a kill cannot end half-way. Of what fails,
 * all is put back. own_may_stay: routes that need an address which did not move
 * are left out.
 */
int xnm_carry_switch(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
		     int ifindex, const struct xnm_carry_port *port, bool own_may_stay);

/* Takes back what a switch has done, the same way. */
void xnm_carry_switch_back(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			   int ifindex, const struct xnm_carry_port *port);

/* Gives the addresses to the device that they were read from, which has lost some since. */
void xnm_carry_restore(struct xnm_rtnl *rtnl, const struct xnm_carry *carry);

/*
 * Takes addresses from a device: all of them, or with only_new those that a put
 * before has added. Link-local IPv6 addresses stay with who has them. What has
 * gone already is done. Returns 0 or the first -errno, after trying all.
 */
int xnm_carry_take_addresses(struct xnm_rtnl *rtnl, const struct xnm_carry *carry,
			     const char *ifname, int ifindex, bool only_new);

/*
 * Gives a bridge the settings in /proc/sys/net of the card whose place it takes,
 * so far as they are about the wire behind it. Undo puts back what the last one
 * has changed.
 */
void xnm_carry_settings(const char *from, const char *to);
void xnm_carry_settings_undo(const char *to);

/* Writes those that the bridge does not get although it has others, each behind a space; false: none. */
bool xnm_carry_stays(const char *from, const char *to, char *out, size_t out_size);

/*
 * Writes what others have bound to a card by its number, and get nothing by once
 * it is a port, as "2 sockets, 1 XFRM policy"; false: nothing.
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
