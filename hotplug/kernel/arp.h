/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arp.h - ask who is behind one device for an IPv4 address. */
#ifndef XNM_ARP_H
#define XNM_ARP_H

#include "hotplug/base/value.h"

/*
 * Asks by a device of index ifindex, in the name of mac, whether host is there,
 * and waits up to timeout_ms for an answer that comes in by that very device,
 * also where it is the port of a bridge: nobody elsewhere hears the question.
 * sender is the address that asks; family 0: none. Returns 0, -ETIMEDOUT or
 * another -errno. Needs CAP_NET_RAW.
 */
int xnm_arp_ask(int ifindex, const struct xnm_mac *mac, const struct xnm_cidr *sender,
		const struct xnm_cidr *host, unsigned int timeout_ms);

#endif
