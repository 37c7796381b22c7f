// SPDX-License-Identifier: GPL-2.0-only
/* table.c - the table of whom dom0 lets us talk to: put it in force, find the route of a frame. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jhash.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>

#include "peer.h"
#include "table.h"
#include "xnm.h"

/* the table in force, or NULL; replaced by the control work, read under RCU */
struct xnm_table __rcu *xnm_table;

static unsigned int route_slot(const u8 *mac)
{
	return jhash(mac, ETH_ALEN, 0) >> (32 - XNM_ROUTE_BITS);
}

/**
 * xnm_table_route - find whom a frame goes to
 * @table: the table
 * @devid: our vif
 * @mac: destination of the frame
 *
 * Return: the route or NULL. Data path, under RCU.
 */
struct xnm_route *xnm_table_route(const struct xnm_table *table, u16 devid, const u8 *mac)
{
	struct xnm_route *route;

	hlist_for_each_entry_rcu(route, &table->routes[route_slot(mac)], node)
		if (ether_addr_equal(route->id.mac, mac) && route->own->devid == devid)
			return route;
	return NULL;
}

/**
 * xnm_table_source - find where a frame of a peer comes from, and for which of our vifs it is
 * @table: the table
 * @peer: who sent it
 * @devid: the peer's vif, as the peer says
 * @eth: its Ethernet header
 *
 * Return: the route or NULL. Data path, under RCU.
 */
struct xnm_route *xnm_table_source(const struct xnm_table *table, const struct xnm_peer *peer,
				   u16 devid, const struct ethhdr *eth)
{
	struct xnm_route *route;

	hlist_for_each_entry_rcu(route, &table->routes[route_slot(eth->h_source)], node)
		if (route->peer == peer && route->id.devid == devid &&
		    ether_addr_equal(route->id.mac, eth->h_source) &&
		    ether_addr_equal(route->own->mac, eth->h_dest))
			return route;
	return NULL;
}

/**
 * xnm_table_add - add a vif of a peer's: a route for each of our vifs that is on its segment
 * @table: the table, which nobody else uses yet, with our own vifs
 * @peer: the peer
 * @id: its vif
 *
 * Return: 0 or -ENOMEM.
 */
int xnm_table_add(struct xnm_table *table, struct xnm_peer *peer, const struct xnm_ident *id)
{
	unsigned int i;

	for (i = 0; i < table->n_own; i++) {
		struct xnm_route *route;

		if (strcmp(table->own[i].net, id->net))
			continue;
		if (ether_addr_equal(table->own[i].mac, id->mac) ||
		    xnm_table_route(table, table->own[i].devid, id->mac)) {
			pr_info_ratelimited("peer %u: MAC %pM is there twice\n", peer->domid,
					    id->mac);
			continue;
		}
		route = xnm_object_new(XNM_O_ROUTE, sizeof(*route));
		if (!route)
			return -ENOMEM;
		route->own = &table->own[i];
		route->id = *id;
		route->peer = peer;
		hlist_add_head_rcu(&route->node, &table->routes[route_slot(id->mac)]);
	}
	return 0;
}

/**
 * xnm_table_free - free a table that nobody uses
 * @table: the table, or NULL
 */
void xnm_table_free(struct xnm_table *table)
{
	struct xnm_route *route;
	struct hlist_node *next;
	unsigned int i;

	if (!table)
		return;
	for (i = 0; i < ARRAY_SIZE(table->routes); i++)
		hlist_for_each_entry_safe(route, next, &table->routes[i], node)
			xnm_object_free(XNM_O_ROUTE, route);
	xnm_object_free(XNM_O_TABLE, table);
}

/**
 * xnm_table_swap - make a table the one in force
 * @table: the new one, or NULL
 *
 * On return nothing uses the old table any more.
 */
void xnm_table_swap(struct xnm_table *table)
{
	struct xnm_table *old = rcu_replace_pointer(xnm_table, table, true);

	synchronize_net();
	xnm_table_free(old);
}
