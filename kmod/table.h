/* SPDX-License-Identifier: GPL-2.0-only */
/* table.h - whom dom0 lets us talk to: our vifs, the vifs of peers, the routes between them. */
#ifndef XNM_TABLE_H
#define XNM_TABLE_H

#include <linux/etherdevice.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rculist.h>
#include <linux/types.h>

#include "xnm_uapi.h"

struct xnm_peer;

/**
 * struct xnm_ident - a published vif
 * @devid: number of the vif
 * @mac: its MAC address
 * @n_ip: how many of @ip count
 * @ip: its addresses, IPv4 as mapped IPv6; none if nobody knows them
 * @net: name of the segment that it is on
 */
struct xnm_ident {
	u16 devid;
	u8 mac[ETH_ALEN];
	u8 n_ip;
	struct in6_addr ip[XNM_FP_MAX_IPS];
	char net[XNM_SEGMENT_LEN];
};

/**
 * struct xnm_route - one of our vifs and one of a peer's on the same segment
 * @node: in the table's hash, by the MAC address of the peer's vif
 * @own: our vif
 * @id: the peer's vif
 * @peer: the peer
 */
struct xnm_route {
	struct hlist_node node;
	const struct xnm_ident *own;
	struct xnm_ident id;
	struct xnm_peer *peer;
};

#define XNM_ROUTE_BITS 7

/**
 * struct xnm_table - what dom0 lets us do, as read at one moment; never changed, only replaced
 * @domid: our domain
 * @inc: our incarnation
 * @read_at: when the table was read, in jiffies
 * @n_own: how many of @own count
 * @own: our published vifs
 * @routes: all routes
 */
struct xnm_table {
	u16 domid;
	u64 inc;
	unsigned long read_at;
	unsigned int n_own;
	struct xnm_ident own[XNM_FP_MAX_VIFS];
	struct hlist_head routes[1 << XNM_ROUTE_BITS];
};

extern struct xnm_table __rcu *xnm_table;

/* table.c */
void xnm_table_free(struct xnm_table *table);
void xnm_table_swap(struct xnm_table *table);
int xnm_table_add(struct xnm_table *table, struct xnm_peer *peer, const struct xnm_ident *id);
struct xnm_route *xnm_table_route(const struct xnm_table *table, u16 devid, const u8 *mac);
struct xnm_route *xnm_table_source(const struct xnm_table *table, const struct xnm_peer *peer,
				   u16 devid, const struct ethhdr *eth);

/* table_read.c */
struct xnm_table *xnm_table_read(void);

/* ident.c */
int xnm_ident_parse(char *text, struct xnm_ident *id);
bool xnm_ident_has(const struct xnm_ident *id, const struct in6_addr *ip);

#endif
