/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.c - claims on addresses and pools in the model: read, made and given up. */
#include "tests/plan/world/world.h"

#include <sys/socket.h>

#include "hotplug/core/plan.h"
#include "hotplug/parts/address/want.h"

/* The number of the claim on an address, or n_claims. */
static unsigned int find_claim(const struct world_address *world, const char *scope,
			       const struct xnm_cidr *address)
{
	unsigned int i = 0;

	while (i < world->n_claims && (strcmp(world->claims[i].scope, scope) != 0 ||
				       !xnm_cidr_equal(&world->claims[i].address, address)))
		i++;
	return i;
}

const char *world_claim(struct world *world, const char *scope, const struct xnm_cidr *address,
			const struct xnm_owner *self, bool take_over)
{
	struct world_address *here = &world->address;
	unsigned int i = find_claim(here, scope, address);

	if (i < here->n_claims && !same_owner(&here->claims[i].owner, self) && !take_over)
		return "another vif has that address";
	if (i == WORLD_CLAIMS)
		world_full("claim");
	if (i == here->n_claims)
		here->n_claims++;
	COPY(here->claims[i].scope, scope);
	here->claims[i].address = *address;
	here->claims[i].owner = *self;
	return NULL;
}

static void claim(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	for (unsigned int i = 0; i < plan->note.address.n; i++) {
		const char *wrong =
			world_claim(&model->world, plan->address.scope, &plan->note.address.list[i],
				    &self, plan->address.leave.n > 0);

		if (wrong)
			printf("broken: %s\n", wrong);
	}
}

static void release(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	struct world_address *here = &model->world.address;
	unsigned int i = find_claim(here, plan->address.old_scope, &op->u.addr);

	if (i < here->n_claims && same_owner(&here->claims[i].owner, &self))
		here->claims[i] = here->claims[--here->n_claims];
}

/* ------------------------------------------------------------------- pools */

static bool is_host_itself(const struct xnm_want *want, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < want->network->n_addresses; i++) {
		if (memcmp(want->network->addresses[i].addr, address->addr, 16) == 0)
			return true;
	}
	return false;
}

/* The number of the assignment of an address, or n_assigned. */
static unsigned int find_assigned(const struct world_address *world, const struct xnm_cidr *address)
{
	unsigned int i = 0;

	while (i < world->n_assigned && !xnm_cidr_equal(&world->assigned[i].address, address))
		i++;
	return i;
}

/* pool_read.c, without what is static and what is full. */
static void look_family(struct xnm_facts *facts, const struct world_address *world,
			const struct xnm_want *want, uint8_t family)
{
	struct xnm_pool_facts *pool = &facts->address.pool;
	struct xnm_cidr *out = &pool->list[pool->n];
	uint64_t size = xnm_pool_size(want->address.pool, family);
	uint64_t place = xnm_pool_place(&facts->guest.mac, size);

	if (size == 0)
		return;
	pool->noted[pool->n] = false;
	for (unsigned int i = 0; i < world->n_assigned; i++) {
		if (!xnm_mac_equal(&world->assigned[i].mac, &facts->guest.mac) ||
		    !xnm_pool_has(want->address.pool, &world->assigned[i].address) ||
		    world->assigned[i].address.family != family)
			continue;
		*out = world->assigned[i].address;
		pool->noted[pool->n++] = true;
		return;
	}
	do {
		xnm_pool_address(want->address.pool, family, place, out);
		place = place + 1 < size ? place + 1 : 0;
	} while (is_host_itself(want, out) || find_assigned(world, out) < world->n_assigned);
	pool->n++;
}

void world_look_pool(struct xnm_facts *facts, const struct world *world, struct xnm_want *want)
{
	facts->address.pool.n = 0;
	if (!want->address.pool)
		return;
	look_family(facts, &world->address, want, AF_INET);
	look_family(facts, &world->address, want, AF_INET6);
	xnm_want_pool(want, &facts->address.pool);
}

static void assign(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_address *here = &model->world.address;

	(void)op;
	for (unsigned int i = 0; i < plan->address.n_assign; i++) {
		unsigned int k = find_assigned(here, &plan->address.assign[i]);

		if (k < here->n_assigned &&
		    !xnm_mac_equal(&here->assigned[k].mac, &plan->note.address.mac))
			puts("broken: another guest has that address of the pool");
		if (k == WORLD_CLAIMS)
			world_full("assignment");
		if (k == here->n_assigned)
			here->n_assigned++;
		here->assigned[k].mac = plan->note.address.mac;
		here->assigned[k].address = plan->address.assign[i];
	}
}

/* ----------------------------------------------------------------- reading */

static void look_claims(struct xnm_facts *facts, struct world *world, const struct xnm_want *want,
			const struct xnm_owner *self)
{
	const struct world_address *here = &world->address;
	const char *scope = want->address.scope;

	facts->address.has_claims = true;
	for (unsigned int i = 0; i < want->address.n; i++) {
		unsigned int k = find_claim(here, scope, &want->address.list[i]);
		const struct xnm_owner *owner = &here->claims[k].owner;
		const struct xnm_vif_note *other;

		if (k < here->n_claims && same_owner(owner, self))
			continue;
		facts->address.has_claims = false;
		other = k < here->n_claims ? world_vif(world, owner->domid, owner->devid) : NULL;
		if (!other || !xnm_mac_equal(&other->address.mac, &facts->guest.mac))
			continue;
		facts->address.is_same_guests = true;
		facts->address.predecessor = *owner;
		xnm_owners_add(&facts->address.leave, owner);
	}
}

static void add_heir(struct xnm_facts *facts, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (!xnm_elements_have(&facts->filter.heirs, &elements->list[i]))
			facts->filter.heirs.list[facts->filter.heirs.n++] = elements->list[i];
	}
}

/* The vif that was there before, which gets addresses back. */
static void look_predecessor(struct xnm_facts *facts, struct world *world)
{
	const struct xnm_vif_note *state = &facts->note;
	const struct xnm_vif_note *old =
		state->address.has_predecessor ? world_vif(world, state->address.predecessor.domid,
							   state->address.predecessor.devid)
					       : NULL;

	if (!old)
		return;
	add_heir(facts, &old->filter.elements[0]);
	add_heir(facts, &old->filter.elements[1]);
	for (unsigned int i = 0; i < state->address.n; i++) {
		for (unsigned int k = 0; k < old->address.n; k++)
			facts->address.goes_back[i] |=
				xnm_cidr_equal(&state->address.list[i], &old->address.list[k]);
	}
}

/* xnm_facts_heirs() */
static void look_heirs(struct xnm_facts *facts, struct world *world, const struct xnm_owner *self)
{
	const struct world_address *here = &world->address;
	const struct xnm_vif_note *state = &facts->note;

	facts->filter.heirs.n = 0;
	memset(facts->address.handed_over, 0, sizeof(facts->address.handed_over));
	memset(facts->address.goes_back, 0, sizeof(facts->address.goes_back));
	look_predecessor(facts, world);
	for (unsigned int i = 0; state->address.scope[0] && i < state->address.n; i++) {
		unsigned int k = find_claim(here, state->address.scope, &state->address.list[i]);
		const struct xnm_owner *owner = &here->claims[k].owner;
		const struct xnm_vif_note *heir;

		if (k == here->n_claims || same_owner(owner, self))
			continue;
		heir = world_vif(world, owner->domid, owner->devid);
		if (!heir)
			continue;
		facts->address.handed_over[i] = true;
		add_heir(facts, &heir->filter.elements[0]);
		add_heir(facts, &heir->filter.elements[1]);
	}
}

static void address_look(struct xnm_facts *facts, struct world *world,
			 const struct xnm_event *event, const struct xnm_want *want)
{
	const struct xnm_owner self = { event->domid, event->devid };

	facts->address.has_claims = facts->address.is_same_guests = false;
	look_heirs(facts, world, &self);
	if (want && want->attach && world_needs_filter(facts, want))
		look_claims(facts, world, want, &self);
}

/* Whose claim it is has noted the address. */
static unsigned int address_check(struct world *world)
{
	const struct world_address *here = &world->address;
	char text[XNM_CIDR_TEXT_LEN];
	unsigned int n = 0;

	for (unsigned int i = 0; i < here->n_claims; i++) {
		const struct xnm_owner *owner = &here->claims[i].owner;
		const struct xnm_vif_note *vif = world_vif(world, owner->domid, owner->devid);

		if (vif_has(vif, &here->claims[i].address) &&
		    strcmp(here->claims[i].scope, vif->address.scope) == 0)
			continue;
		xnm_format_cidr(&here->claims[i].address, text);
		printf("broken: vif%u.%u still claims %s on %s\n", owner->domid, owner->devid, text,
		       here->claims[i].scope);
		n++;
	}
	return n;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_address_claim, .happen = claim },
	{ .type = &xnm_op_address_release, .happen = release },
	{ .type = &xnm_op_pool_assign, .happen = assign },
	{ .type = &xnm_op_pool_leave },
};

const struct world_part world_address_part = {
	WORLD_OPS(ops),
	.look = address_look,
	.check = address_check,
};
