/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.h - which elements a vif and a network put into our nftables sets. Pure. */
#ifndef XNM_FILTER_H
#define XNM_FILTER_H

#include "hotplug/base/log.h"
#include "hotplug/base/value.h"
#include "hotplug/kernel/nft_sets.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/generation.h"
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

#endif
