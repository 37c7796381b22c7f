/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.c - the parts of the model, and which of them knows a type of operation. */
#include "tests/plan/world/world.h"

#include "policy/sections/classes.h"

/* In the order in which they look: a part finds there what those above it have seen. */
#define PARTS(ROW)                \
	ROW(world_vif_part)       \
	ROW(world_device_part)    \
	ROW(world_address_part)   \
	ROW(world_bridge_part)    \
	ROW(world_network_part)   \
	ROW(world_owned_part)     \
	ROW(world_filter_part)    \
	ROW(world_conntrack_part) \
	ROW(world_routed_part)    \
	ROW(world_foreign_part)   \
	ROW(world_dnsmasq_part)   \
	ROW(world_uplink_part)    \
	ROW(world_guestinfo_part) \
	ROW(world_fastpath_part)  \
	ROW(world_shape_part)     \
	ROW(world_classes_part)

#define DECLARATION(row) extern const struct world_part row;
#define POINTER(row)	 &(row),

PARTS(DECLARATION)

const struct world_part *const world_parts[] = { PARTS(POINTER) };
const unsigned int world_n_parts = XNM_N_ELEMENTS(world_parts);

const struct world_op *world_op(const struct xnm_plan *plan, const struct xnm_op *op)
{
	char text[256];

	for (unsigned int i = 0; i < world_n_parts; i++) {
		for (unsigned int k = 0; k < world_parts[i]->n_ops; k++) {
			if (world_parts[i]->ops[k].type == op->type)
				return &world_parts[i]->ops[k];
		}
	}
	fprintf(stderr, "no world for '%s': its type has no row in tests/plan/world\n",
		xnm_op_text(plan, op, text, sizeof(text)));
	exit(2);
}

void world_clear(struct world *world)
{
	world->vif.n = world->network.n = world->network.n_settings = 0;
	world->address.n_claims = world->address.n_assigned = 0;
	world->filter.n_elements = world->routed.n_proxies = world->routed.n_routes = 0;
	world->guestinfo.n = world->fastpath.n = 0;
	memset(&world->foreign, 0, sizeof(world->foreign));
	memset(&world->dnsmasq, 0, sizeof(world->dnsmasq));
	memset(&world->uplink, 0, sizeof(world->uplink));
	memset(&world->shape, 0, sizeof(world->shape));
	memset(&world->classes, 0, sizeof(world->classes));
	for (int i = 0; i < XNM_N_TABLES; i++)
		world->filter.table_exists[i] = world->filter.table_whole[i] = true;
}

void world_full(const char *what)
{
	fprintf(stderr, "the model has no room for another %s\n", what);
	exit(2);
}

bool world_needs_filter(const struct xnm_facts *facts, const struct xnm_want *want)
{
	uint32_t mark;

	return (want->attach &&
		(want->filter.locked || want->network || want->address.n || want->classes.n ||
		 xnm_vif_dscp(want->policy, want->section, &mark) ||
		 xnm_vif_pcp(want->policy, want->section, &mark))) ||
	       facts->note.filter.elements[0].n || facts->note.filter.elements[1].n;
}
