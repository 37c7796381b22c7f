/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resolve.h - the steps after all files are read: defaults, and what sections say of each other. */
#ifndef XNM_RESOLVE_H
#define XNM_RESOLVE_H

#include "policy/sections/resolver.h"

/*
 * Fills in defaults and checks what sections say of each other, by the steps
 * below. section_lost: a section was refused that others may refer to.
 */
void xnm_policy_resolve(struct xnm_policy *policy, struct xnm_reporter *rep, bool section_lost);

/* guestinfo.c: called by networks.c after the other defaults */
void xnm_resolve_told(const struct xnm_resolver *r, struct xnm_network *network);

/* share.c: that a vif which cannot share does not say share=yes. network is NULL when only its event knows. */
void xnm_resolve_share(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		       const struct xnm_network *network);

/* That share-to= has a share=yes beside it, and names nothing twice. */
void xnm_resolve_share_to(const struct xnm_resolver *r, const struct xnm_vif_policy *vif);

/* Rates below a frame, and keys that need another one. network may be NULL. */
void xnm_resolve_tc(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		    const struct xnm_network *network);

/* mtu.c: that none is too small for the IPv6 that is given. network may be NULL. */
void xnm_resolve_network_mtu(const struct xnm_resolver *r, const struct xnm_network *network);
void xnm_resolve_vif_mtu(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			 const struct xnm_network *network);

/* networks.c */
void xnm_resolve_networks(const struct xnm_resolver *r);

/* names.c: what the kernel calls the devices, if the policy is for this host */
void xnm_resolve_names(const struct xnm_resolver *r);

/* uplinks.c: after the networks, as an uplink may be the bridge of one */
void xnm_resolve_uplinks(const struct xnm_resolver *r);

/* uplink_guest.c: called by uplinks.c for an uplink that is a guest */
void xnm_resolve_uplink_guest(const struct xnm_resolver *r, struct xnm_uplink *uplink);

/* The same file: that the guest may send what comes from outside. */
void xnm_resolve_uplink_locking(const struct xnm_resolver *r, const struct xnm_uplink *uplink,
				const struct xnm_vif_policy *vif,
				const struct xnm_network *network);

/* uplink_circles.c: that no guest of the network leaves through its own connection */
void xnm_check_circles(const struct xnm_resolver *r, const struct xnm_network *network);

/* Looks for the names of an acl=. */
void xnm_resolve_acls(const struct xnm_resolver *r, struct xnm_origin origin,
		      const char names[][XNM_NAME_LEN], unsigned int n);

/* overlaps.c: the subnets of closed networks must not overlap others */
void xnm_resolve_overlaps(const struct xnm_resolver *r);

/* pools.c: ranges against subnets and each other, and what vifs want of pools */
void xnm_resolve_pools(const struct xnm_resolver *r);
void xnm_resolve_own(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		     const struct xnm_network *network);

/* dhcp.c: what a network needs for dhcp= and ipv6-ra= */
void xnm_resolve_dhcp(const struct xnm_resolver *r, const struct xnm_network *network);

/* vifs.c: one [vif]; network is its own, or NULL when only its event knows */
void xnm_resolve_vif(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		     const struct xnm_network *network);

/*
 * override.c: the section of one vif, with keys laid over it that were set while it runs, and what
 * others rely on of the one in the policy. domain is its guest's name, "" if it is not known.
 */
void xnm_resolve_override(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			  const struct xnm_network *network, const char *domain, uint32_t devid);

/* All of them: after the networks, the pools and the uplinks */
void xnm_resolve_vifs(const struct xnm_resolver *r);

/* links.c, link_pairs.c: after the vifs and their networks */
void xnm_resolve_links(const struct xnm_resolver *r);
void xnm_resolve_link_pairs(const struct xnm_resolver *r);

/* classes.c: after the uplinks */
void xnm_resolve_classes(const struct xnm_resolver *r);
void xnm_resolve_vif_class(const struct xnm_resolver *r, const struct xnm_vif_policy *vif);

/* schedule.c: last, as it needs the sections of vifs */
void xnm_resolve_schedules(const struct xnm_resolver *r);

/* forwards.c */
void xnm_resolve_forwards(const struct xnm_resolver *r);

/* conflicts.c: no two [forward] sections may have the same port */
void xnm_resolve_conflicts(const struct xnm_resolver *r);

#endif
