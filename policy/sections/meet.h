/* SPDX-License-Identifier: GPL-2.0-or-later */
/* meet.h - whether guests of two networks can send each other anything. */
#ifndef XNM_MEET_H
#define XNM_MEET_H

#include "policy/policy.h"

/*
 * Whether the policy leaves a way between the networks: through this host, a
 * forwarded port, an uplink that is in the other one, or a guest with vifs in
 * both that may send the packets of others. False only if there surely is none.
 */
bool xnm_networks_may_meet(const struct xnm_policy *policy, const struct xnm_network *a,
			   const struct xnm_network *b);

/*
 * The [vif] section that surely holds for the vif, whatever else is known of it
 * when it comes; NULL: none, or a match- key decides that.
 */
const struct xnm_vif_policy *xnm_policy_sure_section(const struct xnm_policy *policy,
						     const char *domain, uint32_t devid);

/* The addresses that this section's address= says; NULL: none that the policy knows. */
const struct xnm_own_addresses *xnm_policy_sure_addresses(const struct xnm_policy *policy,
							  const char *domain, uint32_t devid);

#endif
