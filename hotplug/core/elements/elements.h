/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elements.h - which elements a vif, a network and a bridge put into our nftables sets. Pure. */
#ifndef XNM_ELEMENTS_H
#define XNM_ELEMENTS_H

#include "hotplug/core/want.h"
#include "hotplug/kernel/nft_sets.h"

/*
 * What one device of a vif (its netdev, or its tap) puts in: what it may send,
 * the port forwards that lead to it, its access list; and for a routed one
 * what a network's bridge would.
 *
 * Returns 0; -E2BIG when it is too much; -EINVAL when a [forward] leads to this
 * guest and it has no address for it. err names the line of the policy.
 */
int xnm_filter_vif(struct xnm_elements *out, const struct xnm_want *want,
		   const struct xnm_guest *guest, const char *ifname,
		   const struct xnm_policy *policy, struct xnm_err *err);

/* What the bridge of a network puts in, for all of its vifs together. */
int xnm_filter_network(struct xnm_elements *out, const struct xnm_network *network,
		       const struct xnm_policy *policy, struct xnm_err *err);

/* Of one address that this host has on the bridge itself. */
void xnm_filter_owned_host(struct xnm_elements *out, const char *bridge,
			   const struct xnm_cidr *address);

/*
 * owned.c: what nobody on the wanted bridge may use without a word of
 * the policy: this host's addresses there, and those of gateways that the
 * policy names. will_have is the MAC address that the bridge gets
 * with its interfaces, or NULL. Returns 0, or -E2BIG with err filled.
 */
int xnm_filter_bridge(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_facts *facts, const struct xnm_mac *will_have,
		      struct xnm_err *err);

/* Whether an element of those is about a link-local address. */
bool xnm_owned_is_link_local(const struct xnm_element *element);

/* What a device that leads to guests of a network needs: who may go where by it. */
void xnm_filter_inside(struct xnm_elements *out, const struct xnm_network *network,
		       const char *ifname, const struct xnm_policy *policy);

/* The elements of one port forward, to the given address. */
void xnm_filter_forward(struct xnm_elements *out, const struct xnm_forward *forward,
			const struct xnm_cidr *target);

/*
 * A vif that may advertise itself as a router (not locked, or with allow=router):
 * this host does not hear it. Only on a bridge that somebody else has made it does
 * so, if an [uplink] says that the guest is its way out for IPv6.
 */
void xnm_filter_unheard(struct xnm_elements *out, const struct xnm_want *want, const char *ifname,
			bool makes_bridge);

#endif
