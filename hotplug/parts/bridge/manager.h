/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager.h - programs that manage an interface of the host, and would go on when it is in a bridge. */
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
	/* no program was found, but the interface has a lease that one must renew */
	XNM_MANAGER_LEASE, /* what: the address, which expires */
	XNM_MANAGER_DHCP_ROUTE, /* what: the route's destination */
};

struct xnm_manager {
	enum xnm_manager_kind kind;
	int pid; /* of a DHCP client */
	bool comes; /* it does not run yet, but starts at boot */
	char what[127];
};

/* An interface that is to be attached to a bridge. */
struct xnm_card {
	const char *root; /* prefix of all paths that are read: "", or a test's folder */
	const char *name;
	const char *bridge;
	int ifindex;
	struct xnm_mac mac;
};

/*
 * Finds the program that manages the interface and would go on: among the programs running in this
 * network namespace, by their state files, and, for those that start later in the boot, by their
 * configuration. Static addresses that ifupdown or a script has set once are managed by no program.
 *
 * Reads /proc, so call it only for interfaces that are about to be attached.
 */
void xnm_manager_find(const struct xnm_card *card, struct xnm_manager *out);

/* The same by what the interface has: IPv4 addresses that expire, IPv4 routes from DHCP. */
void xnm_manager_find_lease(const struct xnm_carry *carry, struct xnm_manager *out);

/* Writes which program it is and what to change in its configuration. */
void xnm_manager_say(const struct xnm_manager *manager, const char *ifname, const char *bridge,
		     char *text, size_t size);

/* Calls fn with the text for every interface of the policy that another program manages. */
void xnm_manager_each(const struct xnm_policy *policy,
		      void (*fn)(void *arg, const struct xnm_network *network, const char *text),
		      void *arg);

#endif
