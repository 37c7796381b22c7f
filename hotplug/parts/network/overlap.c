/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overlap.c - find networks whose subnets this host has elsewhere: it would drop packets from there. */
#include "hotplug/parts/network/overlap.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "hotplug/core/facts.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "policy/sections/subnets.h"

#define MAX_ROUTES 64

/* The subnets whose addresses are dropped as source from other interfaces. */
static bool is_guarded(const struct xnm_network *network, unsigned int i)
{
	const struct xnm_cidr *subnet = &network->addresses[i];

	return network->backend == XNM_BACKEND_BRIDGE && xnm_network_is_closed(network) &&
	       !xnm_cidr_is_link_local(subnet) &&
	       subnet->prefix_len < (subnet->family == AF_INET ? 32 : 128);
}

bool xnm_overlap_is_checked(const struct xnm_network_note *note, const struct xnm_network *network)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		bool ip6 = network->addresses[i].family == AF_INET6;
		struct xnm_element element = { .set = ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4 };

		if (!is_guarded(network, i) || xnm_subnet_is_covered(network, i))
			continue;
		xnm_key_address(&element, 0, &network->addresses[i], true);
		if (!xnm_elements_have(&note->elements, &element))
			return false;
	}
	return true;
}

/* A bridge of xnm may still have the subnet by an earlier policy: the network's own bridge, or one
 * without a card. */
static bool is_of_xnm(const struct xnm_run_dir *dir, const struct xnm_network *network,
		      const char *name)
{
	struct xnm_bridge_note note;

	return xnm_bridge_note_read(dir, name, &note) == 0 &&
	       (note.n_interfaces == 0 || strcmp(note.network, network->name) == 0);
}

/* Whether the interface is the network's bridge, a port of it, or a card whose addresses will move
 * to it. */
static bool is_own(struct xnm_rtnl *rtnl, const struct xnm_network *network,
		   const struct xnm_link *link)
{
	struct xnm_link master;

	if (strcmp(link->name, network->bridge) == 0)
		return true;
	for (unsigned int i = 0; i < network->n_interfaces; i++) {
		if (strcmp(link->name, network->interfaces[i]) == 0)
			return true;
	}
	return link->master && xnm_link_get_by_index(rtnl, link->master, &master) == 0 &&
	       strcmp(master.name, network->bridge) == 0;
}

/* The interface's address in the subnet, or else its first one of the family, or NULL. */
static const struct xnm_cidr *address_there(const struct xnm_cidr *list, unsigned int n,
					    const struct xnm_cidr *subnet)
{
	const struct xnm_cidr *first = NULL;

	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_within(&list[i], subnet))
			return &list[i];
		if (!first && list[i].family == subnet->family && !xnm_cidr_is_link_local(&list[i]))
			first = &list[i];
	}
	return first;
}

/*
 * A routed network may be a part of a larger subnet on an uplink, where this host has proxy
 * neighbours for it, as long as neither the host nor its router has an address in that part.
 */
static bool is_carved_out(const struct xnm_network *network, const struct xnm_cidr *subnet,
			  const struct xnm_onlink *route, const struct xnm_cidr *address)
{
	return network->forward == XNM_FORWARD_ROUTE && !route->is_gateway &&
	       route->dst.prefix_len < subnet->prefix_len &&
	       !(address && xnm_cidr_within(address, subnet));
}

static int conflict(struct xnm_rtnl *rtnl, const struct xnm_network *network,
		    const struct xnm_cidr *subnet, const struct xnm_onlink *route,
		    const struct xnm_link *link, struct xnm_err *err)
{
	char mine[XNM_CIDR_TEXT_LEN], theirs[XNM_CIDR_TEXT_LEN] = "", host[XNM_CIDR_TEXT_LEN] = "";
	struct xnm_cidr list[XNM_MAX_BRIDGE_ADDRESSES];
	const struct xnm_cidr *address;
	unsigned int n = 0;

	(void)xnm_addr_list(rtnl, link->ifindex, subnet->family, list, XNM_N_ELEMENTS(list), &n);
	address = address_there(list, n, subnet);
	if (is_carved_out(network, subnet, route, address))
		return 0;
	xnm_format_cidr(subnet, mine);
	xnm_format_cidr(address ? address : &route->dst, theirs);
	if (route->is_gateway)
		xnm_cidr_format_host(&route->dst, host);
	return xnm_fail(err, -EADDRINUSE,
			"address=%s of network %s is in a subnet that this host has on %s "
			"(%s)%s%s, whose hosts it could no longer reach: give the network another "
			"subnet, or name %s in its interfaces= if its guests belong there",
			mine, network->name, link->name, theirs,
			route->is_gateway ? ", with the router " : "", host, link->name);
}

int xnm_overlap_check(struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		      const struct xnm_network *network, struct xnm_err *err)
{
	struct xnm_cidr subnets[XNM_MAX_ADDRESSES];
	struct xnm_onlink routes[MAX_ROUTES];
	unsigned int n_subnets = 0, n = 0;
	int rc;

	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (is_guarded(network, i))
			subnets[n_subnets++] = network->addresses[i];
	}
	if (n_subnets == 0)
		return 0;
	rc = xnm_onlink_list(rtnl, subnets, n_subnets, routes, MAX_ROUTES, &n);
	if (rc)
		return xnm_fail(err, rc, "cannot list the routes of this host: %s",
				xnm_rtnl_reason(rtnl));
	for (unsigned int i = 0; rc == 0 && i < n; i++) {
		struct xnm_link link;

		/* the interface has just disappeared, and its subnets with it */
		if (xnm_link_get_by_index(rtnl, routes[i].ifindex, &link))
			continue;
		if (!is_own(rtnl, network, &link) && !is_of_xnm(dir, network, link.name))
			rc = conflict(rtnl, network, &subnets[routes[i].subnet], &routes[i], &link,
				      err);
	}
	return rc;
}

void xnm_overlap_each(const struct xnm_policy *policy,
		      void (*fn)(void *arg, const struct xnm_network *network, const char *text),
		      void *arg)
{
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	struct xnm_rtnl *rtnl = NULL;

	if (policy->n_networks == 0 || xnm_rtnl_open(&rtnl))
		return;
	/* without the folder there are no notes, which is no error */
	(void)xnm_run_dir_open(&dir, xnm_run_dir_path(), true);
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		struct xnm_err err = { .text = "" };

		if (xnm_overlap_check(rtnl, &dir, &policy->networks[i], &err) == -EADDRINUSE)
			fn(arg, &policy->networks[i], err.text);
	}
	xnm_run_dir_close(&dir);
	xnm_rtnl_close(rtnl);
}
