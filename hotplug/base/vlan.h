/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vlan.h - the VLAN memberships of a bridge port and the two ways xl users write them. */
#ifndef XNM_VLAN_H
#define XNM_VLAN_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XNM_VLAN_MIN 1
#define XNM_VLAN_MAX 4094

/* Bit n of a map stands for VLAN n. All zero: the port has no VLAN settings of ours. */
struct xnm_vlans {
	uint16_t pvid; /* 0: none, untagged frames from the guest are dropped */
	uint8_t member[512];
	uint8_t untagged[512]; /* subset of member; always includes pvid */
};

static inline bool xnm_vlan_test(const uint8_t *map, unsigned int vid)
{
	return map[vid / 8] & (1u << (vid % 8));
}

static inline void xnm_vlan_set(uint8_t *map, unsigned int vid)
{
	map[vid / 8] |= 1u << (vid % 8);
}

/* Whether frames of any of them carry a tag. */
bool xnm_vlans_tagged(const struct xnm_vlans *vlans);
bool xnm_vlans_empty(const struct xnm_vlans *vlans);
bool xnm_vlans_equal(const struct xnm_vlans *a, const struct xnm_vlans *b);

/*
 * Parses the vlan= of xl-network-configuration(5): terms separated by '/',
 *   N[p|u]  A-B[u]  A+STEPxCOUNT[u]  (A and COUNT more, each STEP apart)
 * p marks the PVID (and implies u), u means untagged. Exactly one VLAN is the
 * PVID; a single VLAN without a suffix is it.
 *
 * Returns 0, or -EINVAL with *reason set to what is wrong (a static string
 * without the value, such as "no VLAN is marked as PVID (add p to one)").
 */
int xnm_vlans_parse(const char *text, struct xnm_vlans *out, const char **reason);

/*
 * Splits "BRIDGE[.TAG][:TRUNK[:TRUNK...]]", the spelling that vif-openvswitch
 * and libvirt use, into the bridge's name and the VLANs: TAG becomes the
 * untagged PVID, the trunks are tagged.
 *
 * Returns 0 when text has that form with at least a tag or a trunk; -ENOENT
 * when it has no such suffix; -EINVAL when the suffix is wrong (*reason set).
 */
int xnm_vlans_parse_bridge(const char *text, char bridge[IFNAMSIZ], struct xnm_vlans *out,
			   const char **reason);

/*
 * Writes the canonical vlan= text ("10p/20/100-110") to out, cut with "..."
 * when it does not fit. Returns out.
 */
const char *xnm_vlans_format(const struct xnm_vlans *vlans, char *out, size_t out_size);

#endif
