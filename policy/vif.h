/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.h - what a [vif] of the policy says, and by what it is found. */
#ifndef XNM_POLICY_VIF_H
#define XNM_POLICY_VIF_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"
#include "hotplug/base/vlan.h"
#include "policy/pool.h"
#include "policy/port.h"
#include "policy/tc.h"
#include "policy/written.h"

#define XNM_UUID_TEXT_LEN 37
#define XNM_MAX_MATCHES	  8 /* per match key */
#define XNM_MAX_SHARE_TO  8 /* interfaces of a guest, or what their names begin with */

/* Bits of xnm_vif_policy.allow: what a locked vif may send in addition. */
#define XNM_ALLOW_DHCP_SERVER 1u
#define XNM_ALLOW_ROUTER      2u

/*
 * The match- keys of a [vif] section. Every one that is given must match; its
 * values are alternatives. Apart from the section, since most have none: pages
 * that are not touched are what a policy of a thousand sections saves.
 */
struct xnm_vif_match {
	unsigned int n_names, n_uuids, n_macs, n_devids, n_bridges, n_interfaces;
	char names[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs */
	char uuids[XNM_MAX_MATCHES][XNM_UUID_TEXT_LEN]; /* lower case */
	struct xnm_mac macs[XNM_MAX_MATCHES];
	uint32_t devids[XNM_MAX_MATCHES];
	char bridges[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs, against the guest's bridge= */
	char interfaces[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs, against vifname= and vifD.N */
};

struct xnm_vif_policy {
	char match[XNM_NAME_LEN]; /* the section's argument: name-glob[/devid-glob][ as label] */
	struct xnm_origin origin;
	uint32_t matches; /* 1 + the index into xnm_policy.matches; 0: no match- key */

	char network[XNM_NAME_LEN]; /* "": by the guest's bridge= */
	struct xnm_own_addresses own;
	uint32_t mtu_bytes;
	bool has_vlan;
	struct xnm_vlans vlan;
	struct xnm_port_policy port;
	enum xnm_locking_mode locking_mode;
	uint16_t allow; /* XNM_ALLOW_* */
	enum xnm_tristate share; /* the guest shares its connection with the host; default no */
	enum xnm_tristate fastpath; /* default: the network's */
	unsigned int n_share_to; /* 0: by the guest's own default routes */
	char share_to[XNM_MAX_SHARE_TO][IFNAMSIZ];
	unsigned int n_ipv4_allowed, n_ipv6_allowed; /* beside its own addresses */
	struct xnm_cidr ipv4_allowed[XNM_MAX_ADDRESSES]; /* "any" is 0.0.0.0/0 */
	struct xnm_cidr ipv6_allowed[XNM_MAX_ADDRESSES]; /* "any" is ::/0 */
	unsigned int n_acls;
	char acls[XNM_MAX_ACL_NAMES][XNM_NAME_LEN]; /* beside the network's */
	struct xnm_tc_policy tc;
	char class_name
		[XNM_NAME_LEN]; /* the [class] of what it sends outside; "": the default one */
	bool has_dscp, has_pcp; /* its own, before those of the class */
	uint32_t dscp, pcp; /* 0 to 63, 0 to 7 */
	struct xnm_written written;
};

#endif
