/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.h - what is of a bridge, its ports and cards, by the kernel and the notes. */
#ifndef XNM_BRIDGE_READ_H
#define XNM_BRIDGE_READ_H

#include "hotplug/core/facts.h"

/*
 * Finds the device that the guest's bridge= names, read as a whole and without a VLAN suffix; with
 * all, also that device's altnames. Returns 0, also if there is none, or -errno with err filled.
 */
int xnm_facts_names(struct xnm_guest *guest, struct xnm_rtnl *rtnl, bool all, struct xnm_err *err);

/*
 * Reads the bridge's addresses and its interfaces. Addresses and routes are read of interfaces that
 * are not in the bridge yet; with all, also of its ports, where a killed run may have left some.
 */
int xnm_facts_network(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
		      const struct xnm_network *network, bool all, struct xnm_err *err);

/* Reads whether the bridge is ours, and which of its interfaces and addresses are no longer in the
 * policy. */
int xnm_facts_bridge_note(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
			  const struct xnm_run_dir *dir, const struct xnm_network *network,
			  const struct xnm_policy *policy, struct xnm_err *err);

/* Moves the bridge's addresses that the policy no longer has to stale_addresses. */
void xnm_facts_stale_addresses(struct xnm_facts *facts, const struct xnm_network *network,
			       const struct xnm_policy *policy);

/*
 * Whether the policy no longer has this address for the bridge, whoever made the bridge. ours: xnm
 * added the address. On kernels that cannot tell, a bridge made by xnm still loses addresses that
 * the policy gives to another network.
 */
bool xnm_is_stale_address(const struct xnm_policy *policy, const char *bridge,
			  const struct xnm_bridge_note *note, bool ours,
			  const struct xnm_cidr *address);

/*
 * Finds the interfaces of a note again by ifindex and MAC address. For a renamed one, the note gets
 * its new name, and the old one as an altname, by which the policy may name it. changed may be
 * NULL. Returns 0 or -errno, with its reason in xnm_rtnl_reason().
 */
int xnm_facts_follow(struct xnm_rtnl *rtnl, struct xnm_bridge_note *note, bool *changed);

/* Reads the addresses and routes that the bridge is to give back to its interface. */
int xnm_facts_carry_back(struct xnm_carry *carry, struct xnm_rtnl *rtnl,
			 const struct xnm_link *bridge, const struct xnm_bridge_note *note);

#endif
