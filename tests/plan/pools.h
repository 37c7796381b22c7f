/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pools.h - pools and dnsmasq in the model: who has which address, and which reservations there are. */
#ifndef XNM_TESTS_POOLS_H
#define XNM_TESTS_POOLS_H

#include "tests/plan/world.h"

static inline bool is_host_itself(const struct xnm_want *want, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < want->network->n_addresses; i++) {
		if (memcmp(want->network->addresses[i].addr, address->addr, 16) == 0)
			return true;
	}
	return false;
}

/* The number of the assignment of an address, or n_assigned. */
static inline unsigned int find_assigned(const struct world *world, const struct xnm_cidr *address)
{
	unsigned int i = 0;

	while (i < world->n_assigned && !xnm_cidr_equal(&world->assigned[i].address, address))
		i++;
	return i;
}

/* parts/address/pool_read.c, without what is static and what is full. */
static inline void look_pool(struct xnm_facts *facts, const struct world *world,
			     const struct xnm_want *want, uint8_t family)
{
	struct xnm_pool_facts *pool = &facts->pool;
	struct xnm_cidr *out = &pool->list[pool->n];
	uint64_t size = xnm_pool_size(want->pool, family);
	uint64_t place = xnm_pool_place(&facts->guest.mac, size);

	if (size == 0)
		return;
	pool->noted[pool->n] = false;
	for (unsigned int i = 0; i < world->n_assigned; i++) {
		if (!xnm_mac_equal(&world->assigned[i].mac, &facts->guest.mac) ||
		    !xnm_pool_has(want->pool, &world->assigned[i].address) ||
		    world->assigned[i].address.family != family)
			continue;
		*out = world->assigned[i].address;
		pool->noted[pool->n++] = true;
		return;
	}
	do {
		xnm_pool_address(want->pool, family, place, out);
		place = place + 1 < size ? place + 1 : 0;
	} while (is_host_itself(want, out) || find_assigned(world, out) < world->n_assigned);
	pool->n++;
}

static inline struct world_reservation *world_reservation(struct world *world,
							  const struct xnm_owner *vif)
{
	struct world_reservation *free_one = NULL;

	for (unsigned int i = 0; i < WORLD_VIFS; i++) {
		struct world_reservation *reservation = &world->reservations[i];

		if (reservation->line[0] && same_owner(&reservation->vif, vif))
			return reservation;
		if (!reservation->line[0])
			free_one = reservation;
	}
	if (!free_one)
		free_one = world_full("reservation");
	free_one->vif = *vif;
	return free_one;
}

/* Before the plan is made: what xnm_facts_pool() and xnm_dhcp_read() would find. */
static inline void look_addresses(struct xnm_facts *facts, struct world *world,
				  const struct xnm_event *event, struct xnm_want *want)
{
	const struct xnm_owner self = { event->domid, event->devid };

	facts->pool.n = 0;
	facts->dhcp_line[0] = '\0';
	if (want->pool) {
		look_pool(facts, world, want, AF_INET);
		look_pool(facts, world, want, AF_INET6);
		xnm_want_pool(want, &facts->pool);
	}
	if (want->dhcp_dir[0])
		COPY(facts->dhcp_line, world_reservation(world, &self)->line);
}

static inline void carry_out_addresses(struct world *world, const struct xnm_plan *plan,
				       const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	for (unsigned int i = 0; kind_of(op) == KIND_xnm_op_pool_assign && i < plan->n_assign;
	     i++) {
		unsigned int k = find_assigned(world, &plan->assign[i]);

		if (k < world->n_assigned &&
		    !xnm_mac_equal(&world->assigned[k].mac, &plan->state.mac))
			puts("broken: another guest has that address of the pool");
		if (k == WORLD_CLAIMS)
			world_full("assignment");
		if (k == world->n_assigned)
			world->n_assigned++;
		world->assigned[k].mac = plan->state.mac;
		world->assigned[k].address = plan->assign[i];
	}
	if (kind_of(op) == KIND_xnm_op_dnsmasq_reserve)
		COPY(world_reservation(world, &self)->line, plan->dhcp_line);
	if (kind_of(op) == KIND_xnm_op_dnsmasq_unreserve)
		world_reservation(world, &self)->line[0] = '\0';
}

/* Reservations without notes by which somebody would take them back. */
static inline unsigned int check_reservations(struct world *world)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < WORLD_VIFS; i++) {
		const struct world_reservation *reservation = &world->reservations[i];
		const struct xnm_vif_note *vif =
			world_vif(world, reservation->vif.domid, reservation->vif.devid);

		if (!reservation->line[0] || (vif && vif->dhcp_dir[0]))
			continue;
		printf("broken: still reserved: %s", reservation->line);
		n++;
	}
	return n;
}

#endif
