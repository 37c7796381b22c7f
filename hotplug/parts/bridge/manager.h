/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager.h - who else sets up a card of the host, and would go on when it is in a bridge. */
#ifndef XNM_MANAGER_H
#define XNM_MANAGER_H

#include <stdbool.h>

#include "hotplug/base/value.h"

struct xnm_carry;
struct xnm_policy;
struct xnm_network;

enum xnm_manager_kind {
	XNM_MANAGER_NONE,
	XNM_MANAGER_NETWORKD, /* what: its .network file */
	XNM_MANAGER_NM,
	XNM_MANAGER_CONNMAN,
	XNM_MANAGER_WICKED,
	XNM_MANAGER_DHCLIENT,
	XNM_MANAGER_DHCPCD,
	XNM_MANAGER_UDHCPC,
	XNM_MANAGER_CLIENT, /* another one; what: its name */
	XNM_MANAGER_IFUPDOWN, /* what: the line that makes it start a DHCP client */
	/* nobody was found, but the card has what somebody would have to renew */
	XNM_MANAGER_LEASE, /* what: the address, which ends */
	XNM_MANAGER_DHCP_ROUTE, /* what: where the route leads to */
};

struct xnm_manager {
	enum xnm_manager_kind kind;
	int pid; /* of a DHCP client */
	bool comes; /* it does not run, but starts at boot */
	char what[127];
};

/* A card that belongs into a bridge. */
struct xnm_card {
	const char *root; /* of the files that are read: "", or a test's folder */
	const char *name;
	const char *bridge;
	int ifindex;
	struct xnm_mac mac;
};

/*
 * Finds who sets the card up, and would go on: by the programs that run in this
 * network namespace, by what they have noted, and, of those that only come later
 * in a boot, by their configuration. Static addresses that ifupdown or a
 * script has set once are nobody's.
 *
 * It reads /proc, and is for cards that are about to go into a bridge.
 */
void xnm_manager_find(const struct xnm_card *card, struct xnm_manager *out);

/* The same by what the card has: IPv4 addresses that end, IPv4 routes that came by DHCP. */
void xnm_manager_find_lease(const struct xnm_carry *carry, struct xnm_manager *out);

/* Writes who it is and what to change in his configuration. */
void xnm_manager_say(const struct xnm_manager *manager, const char *ifname, const char *bridge,
		     char *text, size_t size);

/* Calls fn for every card of the policy that somebody else manages, with the text; for a person. */
void xnm_manager_each(const struct xnm_policy *policy,
		      void (*fn)(void *arg, const struct xnm_network *network, const char *text),
		      void *arg);

#endif
