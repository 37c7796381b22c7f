/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elements.h - the parts of what a vif puts into our nftables sets, for the files that decide it. */
#ifndef XNM_FILTER_PARTS_H
#define XNM_FILTER_PARTS_H

#include "hotplug/core/want.h"
#include "hotplug/parts/filter/filter.h"
#include "hotplug/parts/filter/ruleset.h"

/* The number of a guard set in the table that looks at the vif: of the bridge table, or of inet. */
static inline enum xnm_set_id xnm_guard_set(enum xnm_set_id bridge_set, bool bridged)
{
	int offset = bridged ? 0 : XNM_SET_INET_DROPS - XNM_SET_BRIDGE_DROPS;

	return (enum xnm_set_id)((int)bridge_set + offset);
}

/* Whether one of n is within another one that goes before it: an interval set takes no such prefix. */
bool xnm_cidr_is_covered(const struct xnm_cidr *all, unsigned int n, unsigned int i);

/* What a guest makes of its MAC address (RFC 4291, appendix A). */
void xnm_link_local(struct xnm_cidr *out, const struct xnm_mac *mac);

/* parts/filter/guard.c: who a locked vif is, and what it may use. */
void xnm_filter_guard(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac, const char *ifname);

/* parts/device/plan.c: what the host's end of every vif is called on the wire. */
extern const struct xnm_mac xnm_port_mac;

/* parts/owned/elements.c: that the vif's addresses are nobody else's. */
void xnm_filter_owned(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac);

/* parts/filter/sources.c: what the vif may send to this host, and through it, beside its network's subnets. */
void xnm_filter_vif_sources(struct xnm_elements *out, const struct xnm_want *want,
			    const struct xnm_mac *mac, const char *ifname,
			    const struct xnm_policy *policy);
/* The same for all vifs of a bridge: its subnets. */
void xnm_filter_network_sources(struct xnm_elements *out, const struct xnm_network *network,
				const struct xnm_policy *policy);

/* parts/filter/isolation.c: that the vif is an isolated port. */
void xnm_filter_isolation(struct xnm_elements *out, const struct xnm_want *want,
			  const struct xnm_mac *mac, const char *ifname);

#endif
