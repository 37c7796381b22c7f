/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traffic.h - what the policy makes of packets of a network: routed, translated, answered. */
#ifndef XNM_SECTIONS_TRAFFIC_H
#define XNM_SECTIONS_TRAFFIC_H

#include "policy/policy.h"

/* The device of one of a network's uplinks. */
const char *xnm_network_uplink_device(const struct xnm_network *network, unsigned int i,
				      const struct xnm_policy *policy);

/* Whether a guest shares its connection there: other guests are behind the same device. */
bool xnm_network_uplink_is_guest(const struct xnm_network *network, unsigned int i,
				 const struct xnm_policy *policy);

/*
 * Whether the bridge leads to a LAN, and so to its router: by a card that the
 * policy puts there, or by one of somebody else, through which the host goes
 * outside. A guest that shares its connection is none.
 */
bool xnm_network_has_lan(const struct xnm_network *network, const struct xnm_policy *policy);

/* Whether interfaces= has the device. */
bool xnm_network_has_interface(const struct xnm_network *network, const char *ifname);

/* Whether the bridge has ports that are not isolated: an interface, or vifs that the policy excepts. */
bool xnm_network_has_unisolated(const struct xnm_network *network, const struct xnm_policy *policy);

/* Whether a port forward leads into the network. */
bool xnm_network_has_forwards(const struct xnm_network *network, const struct xnm_policy *policy);

/* Whether what leads to the network's guests may carry this host's 127.0.0.0/8 (route_localnet). */
bool xnm_network_needs_localnet(const struct xnm_network *network, const struct xnm_policy *policy);

/* Whether this host forwards packets of the family between the network and others (ip_forward). */
bool xnm_network_is_forwarded(const struct xnm_network *network, const struct xnm_policy *policy,
			      uint8_t family);

/* Whether masquerade= is for the family, be it by an address of snat=. */
bool xnm_network_is_masqueraded(const struct xnm_network *network, uint8_t family);

/*
 * Whether the host sends no ICMP redirects there: a guest on the same link as the
 * router would go on to ask that one itself, past what translates its address.
 */
bool xnm_network_sends_no_redirects(const struct xnm_network *network);

/*
 * Whether guests reach a port of the host itself, by host-services= or because
 * nothing is filtered. protocol 0: any.
 */
bool xnm_network_serves(const struct xnm_network *network, uint8_t protocol, uint16_t port);

#endif
