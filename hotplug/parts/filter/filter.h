/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.h - which elements a vif and a network put into our nftables sets. Pure. */
#ifndef XNM_FILTER_H
#define XNM_FILTER_H

#include "hotplug/base/log.h"
#include "hotplug/base/value.h"
#include "hotplug/kernel/nft_sets.h"
#include "hotplug/kernel/sysctl.h"
#include "policy/policy.h"

struct xnm_facts;
struct xnm_guest;
struct xnm_want;

struct xnm_filter_want {
	bool locked; /* the vif may send only as itself */
	unsigned int n_allowed; /* that it may also send from */
	struct xnm_cidr allowed[XNM_MAX_ADDRESSES * 2];
	uint16_t allow; /* XNM_ALLOW_*: what a locked vif may be */
	bool brings_ip6; /* by the policy it is this host's default route for IPv6 */
};

/* A moment of nftables. */
struct xnm_seen {
	uint32_t generation;
	bool is_unchanged; /* all is as it was seen whole, but for what we have done */
	bool was_made; /* our tables are noted to have been there */
};

/* Our nftables tables, and what of the noted elements they have lost. */
struct xnm_filter_facts {
	bool known; /* somebody has looked */
	struct xnm_seen now;
	struct {
		bool exists;
		bool whole; /* its rules are as this policy wants them */
	} table[2]; /* enum xnm_table */
	bool vif_lost[XNM_MAX_ELEMENTS]; /* of note.elements of the event's device */
	bool network_lost[XNM_MAX_ELEMENTS]; /* of network.note.elements */
	bool owned_lost[XNM_MAX_ELEMENTS]; /* of owned.note.elements */
	struct xnm_elements heirs; /* what the vif has noted that gets addresses back */
};

#define XNM_MAX_CHANGES (3 * XNM_MAX_ELEMENTS) /* of a vif, its network and its bridge */

/* One transaction of nftables. */
struct xnm_filter_change {
	bool build[2]; /* enum xnm_table: make it (anew), with all that is noted for it */
	bool exists[2];
	struct xnm_seen now; /* when that was decided; generation 0: nobody has looked */
	unsigned int n_add, n_del;
	unsigned int
		n_del_vif; /* of del, those of the vif; behind them its network's and bridge's */
	struct xnm_element add[XNM_MAX_CHANGES];
	struct xnm_element del[XNM_MAX_CHANGES];
};

/*
 * What one device of a vif (its netdev, or its tap) puts in: what it may send,
 * the port forwards that lead to it, its access list; and for a routed one
 * what a network's bridge would.
 *
 * Returns 0; -E2BIG when it is too much; -EINVAL when a [forward] leads to this
 * guest and it has no address for it. err names the line of the policy.
 */
int xnm_filter_vif(struct xnm_elements *out, const struct xnm_want *want,
		   const struct xnm_guest *guest, const char *ifname,
		   const struct xnm_policy *policy, struct xnm_err *err);

/* What the bridge of a network puts in, for all of its vifs together. */
int xnm_filter_network(struct xnm_elements *out, const struct xnm_network *network,
		       const struct xnm_policy *policy, struct xnm_err *err);

/* Of one address that this host has on the bridge itself. */
void xnm_filter_owned_host(struct xnm_elements *out, const char *bridge,
			   const struct xnm_cidr *address);

/*
 * parts/owned/elements.c: what nobody on the wanted bridge may use without a word of
 * the policy: this host's addresses there, and those of gateways that the
 * policy names. will_have is the MAC address that the bridge gets
 * with its interfaces, or NULL. Returns 0, or -E2BIG with err filled.
 */
int xnm_filter_bridge(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_facts *facts, const struct xnm_mac *will_have,
		      struct xnm_err *err);

/* Whether an element of those is about a link-local address. */
bool xnm_owned_is_link_local(const struct xnm_element *element);

/* What a device that leads to guests of a network needs: who may go where by it. */
void xnm_filter_inside(struct xnm_elements *out, const struct xnm_network *network,
		       const char *ifname, const struct xnm_policy *policy);

/* The elements of one port forward, to the given address. */
void xnm_filter_forward(struct xnm_elements *out, const struct xnm_forward *forward,
			const struct xnm_cidr *target);

/*
 * parts/network/settings.c: fills the settings of a network. Returns how many. ifname is its bridge, or ""
 * when routed; makes_bridge: it is one that xnm makes, and not somebody else's.
 */
unsigned int xnm_filter_settings(struct xnm_setting out[XNM_MAX_SETTINGS],
				 const struct xnm_network *network, const char *ifname,
				 bool makes_bridge, const struct xnm_policy *policy);

/*
 * A vif that may advertise itself as a router (not locked, or with allow=router):
 * this host does not hear it. Only on a bridge that somebody else has made it does
 * so, if an [uplink] says that the guest is its way out for IPv6.
 */
void xnm_filter_unheard(struct xnm_elements *out, const struct xnm_want *want, const char *ifname,
			bool makes_bridge);

#endif
