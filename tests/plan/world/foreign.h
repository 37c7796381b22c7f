/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign.h - the model's chains of others, and our rules in them. */
#ifndef XNM_TESTS_WORLD_FOREIGN_H
#define XNM_TESTS_WORLD_FOREIGN_H

#include <net/if.h>

#include "hotplug/core/facts.h"
#include "hotplug/kernel/nft_foreign.h"

#define FOREIGN_DEVICES 4
#define FOREIGN_MEMBERS 4

/* Rules for one device. */
struct foreign_device {
	char dev[IFNAMSIZ];
	unsigned int n_members;
	struct xnm_owner members[FOREIGN_MEMBERS];
	struct {
		char chain[XNM_CHAIN_LEN]; /* where they are, and are noted to be */
		unsigned int rules; /* enum xnm_through */
	} ip[XNM_N_IP];
};

struct world_foreign {
	char chain[XNM_N_IP][XNM_CHAIN_LEN]; /* that drops what nobody accepts; "": none */
	bool hears_bridges; /* br_netfilter is there */
	unsigned int n_devices;
	struct foreign_device devices[FOREIGN_DEVICES];
};

#endif
