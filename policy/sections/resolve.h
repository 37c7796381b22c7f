/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resolve.h - the steps after all files are read: defaults, and what sections say of each other. */
#ifndef XNM_RESOLVE_H
#define XNM_RESOLVE_H

#include "policy/report.h"
#include "policy/schema.h"

/* What all steps need. */
struct xnm_resolver {
	struct xnm_policy *policy;
	struct xnm_reporter *rep;
	bool section_lost; /* a refused section may be the one that others refer to */
};

/* The place of a key, or of its section when the key was not written. */
#define XNM_KEY_ORIGIN(section, kind, id) \
	xnm_key_origin(&(section)->written, XNM_KEY_INDEX(kind, id), (section)->origin)

static inline struct xnm_origin xnm_key_origin(const struct xnm_written *written, unsigned int key,
					       struct xnm_origin section)
{
	return written->keys[key].line ? written->keys[key] : section;
}

/*
 * Whether a key has no value because the one written was refused: what follows
 * from its absence is nothing that anybody has to hear.
 */
#define XNM_KEY_REFUSED(resolver, section, kind, id)                                             \
	((resolver)->rep->n_mistakes && (section)->written.keys[XNM_KEY_INDEX(kind, id)].line && \
	 !xnm_key_is_set(section, (enum xnm_key_id)XNM_KEY_##kind##_##id))

/* Reports that key= names a section which is not there, unless it may have been a lost one. */
void xnm_unknown_name(const struct xnm_resolver *r, struct xnm_origin origin, const char *key,
		      enum xnm_section_id kind, const char *name);

/* guestinfo.c: what guests are told. networks.c calls the first after the defaults */
void xnm_resolve_told(const struct xnm_resolver *r, struct xnm_network *network);

/* Whether a locked vif could not share: it may not send what comes from outside. */
bool xnm_vif_cannot_share(const struct xnm_vif_policy *vif, const struct xnm_network *network);

/* That such a vif does not say share=yes. network is NULL when only its event knows. */
void xnm_resolve_share(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		       const struct xnm_network *network);

/* That share-to= has a share=yes beside it, and names nothing twice. */
void xnm_resolve_share_to(const struct xnm_resolver *r, const struct xnm_vif_policy *vif);

/* mtu.c: that none is too small for the IPv6 that is given. network may be NULL. */
void xnm_resolve_network_mtu(const struct xnm_resolver *r, const struct xnm_network *network);
void xnm_resolve_vif_mtu(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			 const struct xnm_network *network);

/* networks.c */
void xnm_resolve_networks(const struct xnm_resolver *r);

/* names.c: what the kernel calls the devices, if the policy is for this host */
void xnm_resolve_names(const struct xnm_resolver *r);

/* parts/uplink/probe.c: after the networks, as an uplink may be the bridge of one */
void xnm_resolve_uplinks(const struct xnm_resolver *r);

/* uplink_circles.c: that no guest of the network is offered its own connection */
void xnm_check_circles(const struct xnm_resolver *r, const struct xnm_network *network);

/* Looks for the names of an acl=. */
void xnm_resolve_acls(const struct xnm_resolver *r, struct xnm_origin origin,
		      const char names[][XNM_NAME_LEN], unsigned int n);

/* subnets.c: the subnets of closed networks must not overlap others */
void xnm_resolve_subnets(const struct xnm_resolver *r);

/* Whether subnets of the network are of the family of host, and none of them has it. */
bool xnm_network_lacks(const struct xnm_network *network, const struct xnm_cidr *host);

/* Whether a guest's own prefix is a whole subnet of the network, of which others are as well. */
bool xnm_network_is_all(const struct xnm_network *network, const struct xnm_cidr *own);

/* pools.c: ranges against subnets and each other, and what vifs want of pools */
void xnm_resolve_pools(const struct xnm_resolver *r);
void xnm_resolve_own(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		     const struct xnm_network *network);

/* dhcp.c: what a network needs for dhcp= and ipv6-ra= */
void xnm_resolve_dhcp(const struct xnm_resolver *r, const struct xnm_network *network);

/* forwards.c */
void xnm_resolve_forwards(const struct xnm_resolver *r);

/* conflicts.c: no two [forward] sections may have the same port */
void xnm_resolve_conflicts(const struct xnm_resolver *r);

#endif
