/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.h - what one vif should be: the guest's keys and the policy, merged. */
#ifndef XNM_WANT_H
#define XNM_WANT_H

#include "hotplug/core/facts.h"
#include "hotplug/notes/vif.h"
#include "policy/sections/links.h"

/* One member per part, explained in the part's own header. */
struct xnm_want {
	bool attach; /* false: the policy disables this vif */
	bool held; /* not for a vif: a network with start=boot */
	enum xnm_backend backend; /* by a bridge, or routed by this host */
	uint32_t devid;
	const struct xnm_policy *policy;
	const struct xnm_network *network; /* NULL: the bridge is in no [network] */
	const struct xnm_vif_policy *section; /* NULL: no [vif] section matches */
	struct xnm_device_want device;
	struct xnm_bridge_want bridge;
	struct xnm_address_want address;
	struct xnm_filter_want filter;
	struct xnm_dnsmasq_want dnsmasq;
	struct xnm_uplink_want uplink;
	struct xnm_shape_want shape;
	struct xnm_classes_want classes;
	char why[96]; /* which line of the policy decided, for people */
};

/* Room for a bridge= that must be looked up as a whole first. */
struct xnm_bridge_name {
	bool has_suffix; /* "br0.10" may be a bridge of that name, or br0 with VLAN 10 */
	char base[IFNAMSIZ];
	struct xnm_vlans vlan;
};

/*
 * Parses a guest's bridge= as a name, and as a name with a VLAN suffix. Returns 0, or -EINVAL with
 * the reason in err if it is neither.
 */
int xnm_bridge_name_parse(struct xnm_bridge_name *out, const char *text, struct xnm_err *err);

/*
 * What core/want.c does of xnm_want(), before the parts do theirs: which [vif] section matches,
 * whether the vif is attached, to which network or bridge.
 */
int xnm_want_begin(struct xnm_want *want, const struct xnm_event *event,
		   const struct xnm_guest *guest, const struct xnm_policy *policy,
		   bool full_bridge_exists, struct xnm_err *err);

/* What a vif is called when its section is looked for. */
void xnm_want_identity(struct xnm_vif_identity *id, const struct xnm_event *event,
		       const struct xnm_guest *guest);

/*
 * Appends to out the line of the policy, "FILE:LINE", that has a key of the vif: of its [vif] section,
 * or else of its network; or that `xnm set` has set it. Nothing if neither says anything, or if out
 * has that line already.
 */
#define XNM_SAYS_LEN 96
void xnm_want_says(const struct xnm_want *want, enum xnm_key_id vif_key,
		   enum xnm_key_id network_key, char out[XNM_SAYS_LEN]);

/* Fills what depends on the bridge's state (ifindex 0: it will be created): a VLAN that is also the
 * bridge's default VLAN is no scope of its own. */
void xnm_want_bridge(struct xnm_want *want, const struct xnm_link *bridge);

/* The scope in which no other vif may have its MAC address; "": none. A trunk is in many VLANs at
 * once. */
void xnm_want_mac_scope(const struct xnm_want *want, char out[XNM_SCOPE_LEN]);

/* The group of the vif's device, or 0. */
uint32_t xnm_want_group(const struct xnm_want *want);

/* "brlan (altname of xenbr0)", or only the name, for messages. Returns out. */
#define XNM_BRIDGE_TEXT_LEN (XNM_ALTNAME_LEN + 32)
const char *xnm_want_bridge_text(const struct xnm_want *want, char out[XNM_BRIDGE_TEXT_LEN]);

/* The device's name after the plan: its present one while another device has the wanted name. */
const char *xnm_final_name(const struct xnm_want *want, const struct xnm_facts *facts);

/* Whether the host needs IPv6 on the device: it is routed, and the guest has IPv6 addresses. */
bool xnm_wants_ipv6(const struct xnm_want *want);

/* The vif as links of the policy know it. It points into want and guest. */
struct xnm_link_vif xnm_want_link_vif(const struct xnm_want *want, const struct xnm_guest *guest);

/* Whether what the vif sends is in a class of some uplink. */
bool xnm_wants_classes(const struct xnm_want *want);

/* Whether the vif is to be held to what is noted of its bridge. */
bool xnm_wants_owned(const struct xnm_want *want);

#endif
