/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conflicts.c - find [forward] sections that want the same port. */
#include "policy/sections/resolve.h"

#include "hotplug/base/cidr.h"

/* One range of a [forward]: sorted by these, only neighbours have to be compared. */
struct listener {
	uint16_t first, last;
	uint16_t forward, range; /* where it is in the policy */
};

static int compare(const void *a, const void *b)
{
	const struct listener *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->forward != y->forward)
		return x->forward < y->forward ? -1 : 1;
	return (int)x->range - (int)y->range;
}

static size_t collect(const struct xnm_policy *policy, struct listener *list)
{
	size_t n = 0;

	for (unsigned int i = 0; i < policy->n_forwards; i++) {
		const struct xnm_forward *forward = &policy->forwards[i];

		for (unsigned int j = 0; j < forward->n_ports; j++)
			list[n++] = (struct listener){
				.first = forward->ports[j].first,
				.last = forward->ports[j].last,
				.forward = (uint16_t)i,
				.range = (uint16_t)j,
			};
	}
	return n;
}

/*
 * Whether a [forward] without listen-address= listens in the family: with the
 * address of a guest as target, in that one's only.
 */
static bool listens_to(const struct xnm_forward *any, uint8_t family)
{
	return !any->target_is_address || any->target_address.family == family;
}

/* Whether other listens at an address at which the first, without listen-address=, does too. */
static bool shares_any(const struct xnm_forward *any, const struct xnm_forward *other)
{
	if (other->n_listen == 0)
		return !other->target_is_address || listens_to(any, other->target_address.family);
	for (unsigned int i = 0; i < other->n_listen; i++) {
		if (listens_to(any, other->listen[i].family))
			return true;
	}
	return false;
}

static bool share_address(const struct xnm_forward *a, const struct xnm_forward *b)
{
	if (a->n_listen == 0)
		return shares_any(a, b);
	if (b->n_listen == 0)
		return shares_any(b, a);
	for (unsigned int i = 0; i < a->n_listen; i++) {
		for (unsigned int j = 0; j < b->n_listen; j++) {
			if (xnm_cidr_same_host(&a->listen[i], &b->listen[j]))
				return true;
		}
	}
	return false;
}

static void report_twice(const struct xnm_resolver *r, const struct xnm_forward *forward,
			 uint16_t port)
{
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(forward, FORWARD, LISTEN_PORT),
		       "listen-port=: port %u is given twice", port);
}

static void report(const struct xnm_resolver *r, const struct xnm_forward *first,
		   const struct xnm_forward *second, uint16_t port)
{
	unsigned int both = first->protocols & second->protocols;
	char where[160];

	(void)xnm_policy_origin(r->policy, XNM_KEY_ORIGIN(first, FORWARD, LISTEN_PORT), where,
				sizeof(where));
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(second, FORWARD, LISTEN_PORT),
		       "listen-port=: [forward %s] has %s port %u already, %s", first->name,
		       both & XNM_PROTOCOL_TCP ? "tcp" : "udp", port, where);
}

/* Compares two ranges that overlap from a port on. Returns whether there was a mistake. */
static bool check_pair(const struct xnm_resolver *r, unsigned int first, unsigned int second,
		       uint16_t port)
{
	const struct xnm_forward *a = &r->policy->forwards[first];
	const struct xnm_forward *b = &r->policy->forwards[second];

	if (a == b) {
		report_twice(r, a, port);
		return true;
	}
	if (!(a->protocols & b->protocols) || !share_address(a, b))
		return false;
	report(r, a, b, port);
	return true;
}

void xnm_resolve_conflicts(const struct xnm_resolver *r)
{
	static struct listener list[XNM_MAX_FORWARDS * XNM_MAX_PORTS];
	bool told[XNM_MAX_FORWARDS] = { false };
	size_t n = collect(r->policy, list);

	qsort(list, n, sizeof(list[0]), compare);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n && list[j].first <= list[i].last; j++) {
			bool in_order = list[i].forward <= list[j].forward;
			unsigned int first = list[in_order ? i : j].forward;
			unsigned int second = list[in_order ? j : i].forward;

			/* once per section is enough to hear */
			if (!told[second])
				told[second] = check_pair(r, first, second, list[j].first);
		}
	}
}
