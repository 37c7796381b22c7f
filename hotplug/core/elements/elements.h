/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elements.h - which elements a vif, a network and a bridge put into our nftables sets. Pure. */
#ifndef XNM_ELEMENTS_H
#define XNM_ELEMENTS_H

#include "hotplug/core/want.h"
#include "hotplug/kernel/nft_sets.h"

/*
 * The elements of one device of a vif (its netdev, or its tap): what it may send, the port forwards
 * that lead to it, its access list; and for a routed vif, those that a network's bridge would have.
 *
 * Returns 0; -E2BIG if there are too many; -EINVAL if a [forward] leads to this guest and it has no
 * address for it. err names the line of the policy.
 */
int xnm_filter_vif(struct xnm_elements *out, const struct xnm_want *want,
		   const struct xnm_guest *guest, const char *ifname,
		   const struct xnm_policy *policy, struct xnm_err *err);

/* The elements of a network's bridge, for all of its vifs together. */
int xnm_filter_network(struct xnm_elements *out, const struct xnm_network *network,
		       const struct xnm_policy *policy, struct xnm_err *err);

/* The elements of one address that this host has on the bridge. */
void xnm_filter_owned_host(struct xnm_elements *out, const char *bridge,
			   const struct xnm_cidr *address);

/*
 * owned.c: what nobody on the wanted bridge may use without a word of
 * the policy: this host's addresses there, and those of gateways that the
 * policy names. will_have is the MAC address that the bridge gets
 * with its interfaces, or NULL. Returns 0, or -E2BIG with err filled.
 */
int xnm_filter_bridge(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_facts *facts, const struct xnm_mac *will_have,
		      struct xnm_err *err);

/* Whether one of those elements has a link-local address. */
bool xnm_owned_is_link_local(const struct xnm_element *element);

/* The elements of a device that leads to guests of a network: what may be forwarded through it. */
void xnm_filter_inside(struct xnm_elements *out, const struct xnm_network *network,
		       const char *ifname, const struct xnm_policy *policy);

/* The elements of one port forward, to the given address. */
void xnm_filter_forward(struct xnm_elements *out, const struct xnm_forward *forward,
			const struct xnm_cidr *target);

/*
 * A vif that may send router advertisements (not locked, or with allow=router): this host ignores
 * them; except on a bridge of another program, if an [uplink] names the guest as the host's IPv6
 * router.
 */
void xnm_filter_unheard(struct xnm_elements *out, const struct xnm_want *want, const char *ifname,
			bool makes_bridge);

/*
 * The DSCPs, as bits 0 to 63, for which a table needs rules: those that elements give to packets,
 * and the one that a vif is to have.
 */
uint64_t xnm_elements_dscps(const struct xnm_elements *elements, enum xnm_table table);
uint64_t xnm_filter_dscps(const struct xnm_want *want, enum xnm_table table);

/* The DSCP that the elements of a vif give to its packets. Returns whether they do. */
bool xnm_elements_dscp(const struct xnm_elements *elements, uint32_t *dscp);
/* The same of its 802.1p priority. Of a routed vif in a class it is the class's, and not there. */
bool xnm_elements_pcp(const struct xnm_elements *elements, uint32_t *pcp);

/* The chain of an access list: "acl-web-in". */
#define XNM_ACL_CHAIN_LEN 32
void xnm_acl_chain(const char *acl, bool egress, char out[XNM_ACL_CHAIN_LEN]);

/* Where packets are dropped, and by which interface they are counted. */
enum xnm_drops_where {
	XNM_DROPS_BRIDGE = 1 << 0, /* table bridge xnm, by the interface that they came from */
	XNM_DROPS_INET = 1 << 1, /* table inet xnm, likewise */
	XNM_DROPS_TO = 1 << 2, /* also by the output interface */
	XNM_DROPS_OUTSIDE = 1 << 3, /* table inet xnm, all counted as from "outside" */
	XNM_DROPS_BRIDGE_TO = 1 << 4, /* table bridge xnm, by the output port */
};

/* The reasons for drops. Names have at most 15 characters. */
struct xnm_drop_reason {
	const char *name;
	uint8_t where; /* enum xnm_drops_where */
};
extern const struct xnm_drop_reason xnm_drop_reasons[];
extern const unsigned int xnm_n_drop_reasons;

#endif
