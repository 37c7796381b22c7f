/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplinks.h - which guest is an uplink, and for which families. */
#ifndef XNM_SECTIONS_UPLINKS_H
#define XNM_SECTIONS_UPLINKS_H

#include "policy/policy.h"

/* The section of the vif that guest= names, as far as its name and number tell; or NULL. */
const struct xnm_vif_policy *xnm_uplink_section(const struct xnm_policy *policy,
						const struct xnm_uplink *uplink);

/* Whether the guest= of an uplink is this vif. */
bool xnm_uplink_is_shared_by(const struct xnm_uplink *uplink, const char *domain, uint32_t devid);

/* Whether it has a router of the family, or asks for one by DHCP. */
bool xnm_uplink_has_family(const struct xnm_uplink *uplink, uint8_t family);

#endif
