/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.h - what is wanted, known and planned of the addresses of a vif, and of its MAC address. */
#ifndef XNM_ADDRESS_PART_H
#define XNM_ADDRESS_PART_H

#include <stdbool.h>

#include "hotplug/base/event.h"
#include "hotplug/base/scope.h"
#include "hotplug/base/value.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/vif.h"
#include "policy/policy.h"

/* Who has what a vif is to have, so that it is refused. */
struct xnm_rival {
	struct xnm_owner vif;
	char what[XNM_CIDR_TEXT_LEN]; /* "": there is none */
};

struct xnm_address_want {
	char scope[XNM_SCOPE_LEN]; /* where they must be the only ones */
	unsigned int n;
	struct xnm_cidr list[XNM_MAX_ADDRESSES];
	const struct xnm_pool *pool; /* whose addresses come behind the first n_fixed; NULL: none */
	unsigned int n_fixed;
};

/* What a pool has for the vif. */
struct xnm_pool_facts {
	unsigned int n;
	struct xnm_cidr list[2]; /* at most one of each family */
	bool noted[2]; /* they are its own already */
};

struct xnm_address_facts {
	bool has_claims; /* they are noted as the vif's own */
	bool mac_is_free; /* its MAC address is not noted as its own */
	struct xnm_owners leave; /* what these have noted goes to it: the same guest's, or gone */
	bool is_same_guests; /* they are noted as another vif's of the same guest */
	struct xnm_owner predecessor; /* that one */
	bool yields; /* and that one is newer: this vif leaves them to it */
	struct xnm_rival rival; /* another guest has one that it is to have, or its MAC address */
	/* of note.addresses: another vif of the guest has taken it over, as in a migration */
	bool handed_over[XNM_MAX_ADDRESSES];
	/* of note.addresses: the vif that had it before, and still notes it, gets it back */
	bool goes_back[XNM_MAX_ADDRESSES];
	struct xnm_pool_facts pool;
};

struct xnm_address_plan {
	char scope[XNM_SCOPE_LEN]; /* where the vif's addresses must be the only ones */
	char old_scope[XNM_SCOPE_LEN];
	struct xnm_owners
		leave; /* vifs whose notes on its addresses and MAC address it takes over */
	bool claims_mac; /* with the note, in note.mac_scope */
	char old_mac_scope[XNM_SCOPE_LEN]; /* where noted_mac is noted */
	struct xnm_mac noted_mac;
	struct xnm_owner mac_heir; /* the vif that gets it back; the vif itself: none */
	struct xnm_mac old_mac; /* of the vif that leaves pool, addresses or network */
	char pool[XNM_NAME_LEN], old_pool[XNM_NAME_LEN];
	unsigned int n_assign;
	struct xnm_cidr assign[2];
	unsigned int n_left;
	struct xnm_cidr left[XNM_MAX_ADDRESSES]; /* that old_pool may have given */
};

#endif
