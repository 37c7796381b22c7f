/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart.h - which interfaces of this host are kept apart, as it did not forward before its guests needed that. */
#ifndef XNM_APART_H
#define XNM_APART_H

#include "hotplug/kernel/link.h"
#include "hotplug/kernel/nft_sets.h"

/*
 * Forwarding is one switch for the whole host: who needs it for guests, opens
 * the way between the host's own cards as well. For IPv6 there is no other
 * (ip6_forward() asks "all" alone, before Linux 6.17), and the one of a single
 * interface for IPv4 is asked where a packet comes in, which an uplink's has to
 * allow. So xnm switches it on for all and keeps apart, by rules, what was
 * apart before: the interfaces that are there when it changes the switch from
 * 0 to 1, and network cards that come later. Whatever else is made later is for
 * who makes it.
 *
 * What is kept apart in one family is noted like a network, "+ipv4" or "+ipv6",
 * as long as what the switch was is noted.
 */

/*
 * Fills what is kept apart in a family. old: what was so far. all: forwarding
 * is about to be switched on, so that all that is there counts. Pure. Returns 0,
 * or -E2BIG when it is too much.
 */
int xnm_filter_apart(struct xnm_elements *out, const struct xnm_host_links *links, unsigned int ip,
		     const struct xnm_elements *old, bool all);

/* The name of the note of a family, and of the setting that switches it on. */
extern const char *const xnm_apart_notes[XNM_N_IP];
extern const char *const xnm_forwarding_paths[XNM_N_IP];

#endif
