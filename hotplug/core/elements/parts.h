/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.h - the parts of what a vif puts into our nftables sets, for the files that decide it. */
#ifndef XNM_FILTER_PARTS_H
#define XNM_FILTER_PARTS_H

#include "hotplug/core/elements/elements.h"

/* guard.c: who a locked vif is, and what it may use. */
void xnm_filter_guard(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac, const char *ifname);

/* owned.c: that the vif's addresses are nobody else's. */
void xnm_filter_owned(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac);

/* sources.c: what the vif may send to this host, and through it, beside its network's subnets. */
void xnm_filter_vif_sources(struct xnm_elements *out, const struct xnm_want *want,
			    const struct xnm_mac *mac, const char *ifname,
			    const struct xnm_policy *policy);
/* The same for all vifs of a bridge: the network's subnets. */
void xnm_filter_network_sources(struct xnm_elements *out, const struct xnm_network *network,
				const struct xnm_policy *policy);

/* isolation.c: that the vif is an isolated port. */
void xnm_filter_isolation(struct xnm_elements *out, const struct xnm_want *want,
			  const struct xnm_mac *mac, const char *ifname);

/* marks.c: the DSCP of what the vif sends. */
void xnm_filter_marks(struct xnm_elements *out, const struct xnm_want *want, const char *ifname);

/* classes.c: to which class of the uplinks what the vif sends belongs. */
void xnm_filter_class(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac, const char *ifname);

#endif
