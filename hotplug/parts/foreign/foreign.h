/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign.h - facts of other programs' firewalls. */
#ifndef XNM_FOREIGN_PART_H
#define XNM_FOREIGN_PART_H

#include <stdbool.h>

#include "hotplug/kernel/nft_foreign.h"
#include "hotplug/notes/vif.h"

struct xnm_op_type;

/* Other programs' chains that would drop the guest's packets, and our rules in them. */
struct xnm_foreign_facts {
	bool known; /* it has been read */
	bool is_member; /* the vif is noted as one that needs our rules */
	struct {
		bool hears_bridges; /* br_netfilter passes bridged frames to iptables */
		char chain[XNM_CHAIN_LEN]; /* "": no chain drops anything */
		unsigned int rules; /* enum xnm_through: those that exist */
		char noted[XNM_CHAIN_LEN]; /* the chain that the note names */
	} ip[XNM_N_IP];
};

struct xnm_foreign_op {
	bool routed; /* dev is a routed vif, not a bridge */
	uint8_t ip; /* index into xnm_ip_names */
	uint8_t rules; /* enum xnm_through */
	char chain[XNM_CHAIN_LEN];
};

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* dev: the vif needs accept rules in other firewalls */
extern const struct xnm_op_type xnm_op_foreign_join;
/* dev; foreign.routed: no longer; deletes them after the last vif */
extern const struct xnm_op_type xnm_op_foreign_leave;
/* dev; foreign.*: accept rules of one family; 0: delete them */
extern const struct xnm_op_type xnm_op_foreign_rules;

#endif
