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
struct xnm_op_type;
struct xnm_want;

struct xnm_filter_want {
	bool locked; /* the vif may send only from its own addresses */
	unsigned int n_allowed; /* what it may also use as sender */
	struct xnm_cidr allowed[XNM_MAX_ADDRESSES * 2];
	uint16_t allow; /* XNM_ALLOW_*: what a locked vif may be */
	bool brings_ip6; /* an [uplink] names it as the host's IPv6 router */
};

/* Our nftables tables, and which of the noted elements are missing there. */
struct xnm_filter_facts {
	bool known; /* it has been read */
	struct xnm_seen now;
	struct {
		bool exists;
		bool whole; /* its rules are those of this policy */
	} table[2]; /* enum xnm_table */
	bool vif_lost[XNM_MAX_ELEMENTS]; /* indexes as in note.elements of the event's device */
	bool network_lost[XNM_MAX_ELEMENTS]; /* indexes as in network.note.elements */
	bool owned_lost[XNM_MAX_ELEMENTS]; /* indexes as in owned.note.elements */
	struct xnm_elements heirs; /* elements noted by the vif that gets addresses back */
};

#define XNM_MAX_CHANGES (3 * XNM_MAX_ELEMENTS) /* of a vif, its network and its bridge */

/* One transaction of nftables. */
struct xnm_filter_change {
	bool build[2]; /* enum xnm_table: build it, with all noted elements */
	bool exists[2];
	struct xnm_seen now; /* generation for which it was decided; 0: not read */
	unsigned int n_add, n_del;
	unsigned int
		n_del_vif; /* the first of del are the vif's, then its network's and its bridge's */
	struct xnm_element add[XNM_MAX_CHANGES];
	struct xnm_element del[XNM_MAX_CHANGES];
};

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* dev; plan->filter: one nftables transaction */
extern const struct xnm_op_type xnm_op_filter_change;

#endif
