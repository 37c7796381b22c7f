/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_plan.c - decide what one vif of a guest needs: addresses, routes, MTU. */
#include "udev/guest_plan.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"

/*
 * The note is written before anything is changed, with all that was ours or will be, and again at
 * the end, with what is ours then. If a run is killed in between, the next one undoes by this note
 * what is not wanted.
 */

void guest_plan_begin(struct guest_plan *plan)
{
	plan->n = 0;
	plan->full = false;
}

struct guest_op *guest_plan_add(struct guest_plan *plan, enum guest_op_kind kind)
{
	struct guest_op *op = &plan->op[plan->n];

	if (plan->n < GUEST_MAX_OPS)
		plan->n++;
	else
		plan->full = true;
	memset(op, 0, sizeof(*op));
	op->kind = kind;
	return op;
}

int guest_plan_end(const struct guest_plan *plan, const char *what, struct xnm_err *err)
{
	return plan->full ? xnm_fail(err, -E2BIG, "cannot %s: that is more than %d operations",
				     what, GUEST_MAX_OPS)
			  : 0;
}

static bool has(const struct xnm_cidr *list, unsigned int n, const struct xnm_cidr *one)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_equal(&list[i], one))
			return true;
	}
	return false;
}

static bool has_host(const struct xnm_cidr *list, unsigned int n, const struct xnm_cidr *one)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_same_host(&list[i], one))
			return true;
	}
	return false;
}

/* Returns whether there was room for it. */
static bool note_address(struct guest_note *note, const struct xnm_cidr *address)
{
	if (has(note->addresses, note->n_addresses, address))
		return true;
	if (note->n_addresses == XNM_N_ELEMENTS(note->addresses))
		return false;
	note->addresses[note->n_addresses++] = *address;
	return true;
}

static bool is_on_link(const struct guest_told *told, const struct xnm_cidr *gateway)
{
	if (xnm_cidr_is_link_local(gateway))
		return true;
	for (unsigned int i = 0; i < told->n_addresses; i++) {
		if (xnm_cidr_within(gateway, &told->addresses[i]))
			return true;
	}
	return false;
}

/* What will be ours: what we add now, and what was ours before and is still wanted. */
static void fill_note(struct guest_note *note, const struct guest_vif *vif)
{
	const struct guest_told *told = &vif->told;
	bool has_ipv6 = false;

	memset(note, 0, sizeof(*note));
	if (!told->present || !vif->ifindex)
		return;
	memcpy(note->ifname, vif->ifname, sizeof(note->ifname));
	note->up = vif->note.up || !vif->up;
	if (told->mtu_bytes && (told->mtu_bytes != vif->mtu_bytes || vif->note.mtu_was)) {
		note->mtu_bytes = told->mtu_bytes;
		note->mtu_was = vif->note.mtu_was ? vif->note.mtu_was : vif->mtu_bytes;
	}
	for (unsigned int i = 0; i < told->n_addresses; i++) {
		const struct xnm_cidr *address = &told->addresses[i];

		has_ipv6 |= address->family == AF_INET6;
		if (!has(vif->addresses, vif->n_addresses, address) ||
		    has(vif->note.addresses, vif->note.n_addresses, address))
			(void)note_address(note, address);
	}
	note->n_dns = told->n_dns;
	memcpy(note->dns, told->dns, sizeof(note->dns));
	note->share[0] = told->share;
	note->share[1] = told->share && has_ipv6;
	note->n_share_to = told->n_share_to;
	memcpy(note->share_to, told->share_to, sizeof(note->share_to));
}

static void plan_mtu(struct guest_plan *plan, const struct guest_vif *vif)
{
	const struct guest_note *old = &vif->note;
	uint32_t mtu = vif->told.mtu_bytes;

	/* not if another program has changed it since */
	if (!mtu && old->mtu_was && vif->mtu_bytes == old->mtu_bytes)
		mtu = old->mtu_was;
	if (mtu && mtu != vif->mtu_bytes)
		guest_plan_add(plan, GUEST_MTU)->value = mtu;
}

/*
 * The old ones first: the kernel deletes the other addresses of a subnet with its first one, and
 * routes with a family's last address.
 */
static void plan_addresses(struct guest_plan *plan, const struct guest_vif *vif, bool lost[2])
{
	const struct guest_told *told = &vif->told;
	const struct guest_note *old = &vif->note;

	for (unsigned int i = 0; i < old->n_addresses; i++) {
		const struct xnm_cidr *address = &old->addresses[i];

		if (has(told->addresses, told->n_addresses, address) ||
		    !has(vif->addresses, vif->n_addresses, address))
			continue;
		guest_plan_add(plan, GUEST_ADDRESS_DEL)->addr = *address;
		lost[address->family == AF_INET6] = true;
	}
	if (told->present && !vif->up)
		guest_plan_add(plan, GUEST_UP);
	for (unsigned int i = 0; i < told->n_addresses; i++) {
		const struct xnm_cidr *address = &told->addresses[i];

		if (!has(vif->addresses, vif->n_addresses, address) ||
		    lost[address->family == AF_INET6])
			guest_plan_add(plan, GUEST_ADDRESS_ADD)->addr = *address;
	}
}

static void plan_gateways(struct guest_plan *plan, const struct guest_vif *vif, const bool lost[2])
{
	const struct guest_told *told = &vif->told;

	for (unsigned int i = 0; i < vif->n_gateways; i++) {
		if (!has_host(told->gateways, told->n_gateways, &vif->gateways[i]))
			guest_plan_add(plan, GUEST_GATEWAY_DEL)->addr = vif->gateways[i];
	}
	for (unsigned int i = 0; i < told->n_gateways; i++) {
		const struct xnm_cidr *gateway = &told->gateways[i];
		struct guest_op *op;

		if (vif->up && !lost[gateway->family == AF_INET6] &&
		    has_host(vif->gateways, vif->n_gateways, gateway))
			continue;
		op = guest_plan_add(plan, GUEST_GATEWAY_SET);
		op->addr = *gateway;
		op->onlink = !is_on_link(told, gateway);
	}
}

/* All that was ours or will be, in one note. Returns whether all of it had room. */
static bool fill_first_note(struct guest_note *first, const struct guest_note *old,
			    const struct guest_note *new)
{
	bool fits = true;

	*first = new->ifname[0] ? *new : *old;
	for (unsigned int i = 0; i < old->n_addresses; i++)
		fits &= note_address(first, &old->addresses[i]);
	return fits;
}

static bool same_note(const struct guest_note *a, const struct guest_note *b)
{
	if (a->n_addresses != b->n_addresses || a->n_dns != b->n_dns ||
	    a->n_share_to != b->n_share_to)
		return false;
	for (unsigned int i = 0; i < a->n_addresses; i++) {
		if (!xnm_cidr_equal(&a->addresses[i], &b->addresses[i]))
			return false;
	}
	for (unsigned int i = 0; i < a->n_dns; i++) {
		if (!xnm_cidr_equal(&a->dns[i], &b->dns[i]))
			return false;
	}
	for (unsigned int i = 0; i < a->n_share_to; i++) {
		if (strcmp(a->share_to[i], b->share_to[i]) != 0)
			return false;
	}
	return strcmp(a->ifname, b->ifname) == 0 && a->up == b->up &&
	       a->mtu_bytes == b->mtu_bytes && a->mtu_was == b->mtu_was &&
	       a->share[0] == b->share[0] && a->share[1] == b->share[1];
}

int guest_plan_vif(struct guest_plan *plan, const struct guest_vif *vif, struct xnm_err *err)
{
	struct guest_note *first = &plan->note[0], *done = &plan->note[1];
	const struct guest_note *old = &vif->note;
	bool lost[2] = { false, false };
	char what[sizeof("set  up") + IFNAMSIZ];

	guest_plan_begin(plan);
	plan->devid = vif->devid;
	plan->ifindex = vif->ifindex;
	memcpy(plan->ifname, vif->ifname, sizeof(plan->ifname));
	fill_note(done, vif);
	plan->full = !fill_first_note(first, old, done);
	if (done->ifname[0] && !same_note(first, old))
		guest_plan_add(plan, GUEST_NOTE);
	if (vif->ifindex && (vif->told.present || old->ifname[0])) {
		plan_mtu(plan, vif);
		plan_addresses(plan, vif, lost);
		plan_gateways(plan, vif, lost);
		if (!vif->told.present && old->up && vif->up)
			guest_plan_add(plan, GUEST_DOWN);
	}
	if (done->ifname[0] && !same_note(done, first))
		guest_plan_add(plan, GUEST_NOTE_DONE);
	else if (!done->ifname[0] && old->ifname[0])
		guest_plan_add(plan, GUEST_NOTE_REMOVE);
	(void)snprintf(what, sizeof(what), "set %s up", vif->ifname);
	return guest_plan_end(plan, what, err);
}
