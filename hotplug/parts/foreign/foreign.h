/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign.h - what is known of the firewalls of others. */
#ifndef XNM_FOREIGN_PART_H
#define XNM_FOREIGN_PART_H

#include <stdbool.h>

#include "hotplug/notes/vif.h"

/* Others' chains that would drop what the vif's guest sends or gets, and our rules in them. */
struct xnm_foreign_facts {
	bool known; /* somebody has looked */
	bool is_member; /* the vif is noted as one that needs them */
	struct {
		bool hears_bridges; /* br_netfilter hands frames that a bridge passes on to it */
		char chain[XNM_CHAIN_LEN]; /* "": none drops anything */
		unsigned int rules; /* enum xnm_through: those that are there */
		char noted[XNM_CHAIN_LEN]; /* where they are noted to be */
	} ip[XNM_N_IP];
};

struct xnm_foreign_op {
	bool routed; /* dev is no bridge */
	uint8_t ip; /* index into xnm_ip_names */
	uint8_t rules; /* enum xnm_through */
	char chain[XNM_CHAIN_LEN];
};

#endif
