/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.h - what one vif should be: the guest's keys and the policy, merged. */
#ifndef XNM_WANT_H
#define XNM_WANT_H

#include "hotplug/core/facts.h"
#include "hotplug/notes/vif.h"

/* One member for each part, of which its own header says what it is. */
struct xnm_want {
	bool attach; /* false: the policy disables this vif */
	bool held; /* no vif at all: the network is to be there without one */
	enum xnm_backend backend; /* by a bridge, or routed by this host */
	uint32_t devid;
	const struct xnm_policy *policy;
	const struct xnm_network *network; /* NULL: the bridge is not the policy's */
	const struct xnm_vif_policy *section; /* NULL: no [vif] section matches */
	struct xnm_device_want device;
	struct xnm_bridge_want bridge;
	struct xnm_address_want address;
	struct xnm_filter_want filter;
	struct xnm_dnsmasq_want dnsmasq;
	struct xnm_uplink_want uplink;
	char why[96]; /* which line of the policy decided, for people */
};

/* What a bridge is called when xnm must look for it under its full name first. */
struct xnm_bridge_name {
	bool has_suffix; /* "br0.10" may be a bridge of that name, or br0 with VLAN 10 */
	char base[IFNAMSIZ];
	struct xnm_vlans vlan;
};

/*
 * Reads a guest's bridge= in its two readings. Returns 0, or -EINVAL with the
 * reason in err when it is neither.
 */
int xnm_bridge_name_parse(struct xnm_bridge_name *out, const char *text, struct xnm_err *err);

/*
 * Merges guest and policy into want. Pure. full_bridge_exists says that a
 * bridge named like the guest's bridge= as a whole exists, which then is
 * meant even if the name could be read as bridge and VLAN suffix.
 *
 * Returns 0; -EPERM when the policy refuses the vif; -EINVAL when the values
 * cannot go together. err says why.
 */
int xnm_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
	     const struct xnm_policy *policy, bool full_bridge_exists, struct xnm_err *err);

/* What is known once the bridge has been looked at (ifindex 0: it is to be made): a VLAN that
 * ports without any are in, too, is no place of its own. */
void xnm_want_bridge(struct xnm_want *want, const struct xnm_link *bridge);

/* Where its MAC address must be the only one; "" for nowhere. A trunk is in many VLANs at once. */
void xnm_want_mac_scope(const struct xnm_want *want, char out[XNM_SCOPE_LEN]);

/* The group of the vif's device, or 0: none in particular. */
uint32_t xnm_want_group(const struct xnm_want *want);

/* "brlan (altname of xenbr0)", or only the name, for messages. Returns out. */
#define XNM_BRIDGE_TEXT_LEN (XNM_ALTNAME_LEN + 32)
const char *xnm_want_bridge_text(const struct xnm_want *want, char out[XNM_BRIDGE_TEXT_LEN]);

/* The device's name when the plan is done: one that another device has is waited for. */
const char *xnm_final_name(const struct xnm_want *want, const struct xnm_facts *facts);

/* Whether the host needs IPv6 on the device: it is routed, and the guest has IPv6 addresses. */
bool xnm_wants_ipv6(const struct xnm_want *want);

/* Puts what its pool has for the vif behind the other addresses. */
void xnm_want_pool(struct xnm_want *want, const struct xnm_pool_facts *facts);

/* Whether the vif is to be held to what is noted of its bridge. */
bool xnm_wants_owned(const struct xnm_want *want);

#endif
