/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.h - who has which address in the model: claimed, or given by a pool. */
#ifndef XNM_TESTS_WORLD_ADDRESS_H
#define XNM_TESTS_WORLD_ADDRESS_H

#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"

#define WORLD_CLAIMS 64

struct world;

struct world_address {
	unsigned int n_claims;
	struct {
		char scope[XNM_SCOPE_LEN];
		struct xnm_cidr address;
		struct xnm_owner owner;
	} claims[WORLD_CLAIMS];
	unsigned int n_assigned; /* addresses of pools */
	struct {
		struct xnm_mac mac;
		struct xnm_cidr address;
	} assigned[WORLD_CLAIMS];
};

/* Returns what is wrong about it, or NULL. */
const char *world_claim(struct world *world, const char *scope, const struct xnm_cidr *address,
			const struct xnm_owner *self, bool take_over);

/* Before the plan is made: what xnm_facts_pool() would find, which completes the want. */
void world_look_pool(struct xnm_facts *facts, const struct world *world, struct xnm_want *want);

#endif
