/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.h - wants, facts and plan of a vif's addresses and MAC address. */
#ifndef XNM_ADDRESS_PART_H
#define XNM_ADDRESS_PART_H

#include <stdbool.h>

#include "hotplug/base/event.h"
#include "hotplug/base/scope.h"
#include "hotplug/base/value.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/vif.h"
#include "policy/policy.h"

struct xnm_op_type;

/* The vif that has what this vif is to get, so that this one is refused. */
struct xnm_rival {
	struct xnm_owner vif;
	char what[XNM_CIDR_TEXT_LEN]; /* "": there is none */
};

struct xnm_address_want {
	char scope[XNM_SCOPE_LEN]; /* scope in which no other vif may have them */
	unsigned int n;
	struct xnm_cidr list[XNM_MAX_ADDRESSES];
	const struct xnm_pool *pool; /* gives the addresses after the first n_fixed; NULL: none */
	unsigned int n_fixed;
};

/* What a pool has for the vif. */
struct xnm_pool_facts {
	unsigned int n;
	struct xnm_cidr list[2]; /* at most one of each family */
	bool noted[2]; /* it is already noted as the vif's own */
};

struct xnm_address_facts {
	bool has_claims; /* they are noted as the vif's own */
	bool mac_is_free; /* its MAC is not noted as its own */
	struct xnm_owners leave; /* vifs whose claims it takes over: the same guest's, or gone */
	bool is_same_guests; /* they are noted as another vif's of the same guest */
	struct xnm_owner predecessor; /* that other vif */
	bool yields; /* that other vif is newer, so this one leaves the addresses to it */
	struct xnm_rival
		rival; /* another guest's vif that has one of them, its MAC or its uplink */
	/* of note.address.list: another vif of the guest has it now, as in a migration */
	bool handed_over[XNM_MAX_ADDRESSES];
	/* of note.address.list: the vif that had it before, and still notes it, gets it back */
	bool goes_back[XNM_MAX_ADDRESSES];
	struct xnm_pool_facts pool;
};

struct xnm_address_plan {
	char scope[XNM_SCOPE_LEN]; /* scope in which no other vif may have the vif's addresses */
	char old_scope[XNM_SCOPE_LEN];
	struct xnm_owners leave; /* vifs whose claims on addresses and MAC it takes over */
	bool claims_mac; /* claim note.mac in note.address.mac_scope when the note is written */
	char old_mac_scope[XNM_SCOPE_LEN]; /* scope of the claim on noted_mac */
	struct xnm_mac noted_mac;
	struct xnm_owner mac_heir; /* the vif that gets noted_mac back; this vif itself: none */
	struct xnm_mac old_mac; /* MAC with which the vif had its old pool, addresses or network */
	char pool[XNM_NAME_LEN], old_pool[XNM_NAME_LEN];
	unsigned int n_assign;
	struct xnm_cidr assign[2];
	unsigned int n_left;
	struct xnm_cidr left[XNM_MAX_ADDRESSES]; /* addresses that old_pool may have given */
};

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* plan->address.scope, plan->note.address.list: note them as this vif's */
extern const struct xnm_op_type xnm_op_address_claim;
/* plan->address.old_scope, addr: remove that note */
extern const struct xnm_op_type xnm_op_address_release;
/* plan->address.pool, plan->address.assign: the pool's addresses for the vif */
extern const struct xnm_op_type xnm_op_pool_assign;
/* plan->address.old_pool: note when the vif last used its addresses */
extern const struct xnm_op_type xnm_op_pool_leave;

#endif
