/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_guard_owner.c - the rules on who owns an address: the vif itself, somebody else, or nobody. */
#include "hotplug/parts/filter/ruleset_guard.h"

#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/rtnetlink.h>

/*
 * A vif's own addresses come first, so that most packets need no other lookup. Then addresses that
 * belong to others on the same bridge and VLAN, which the group of the vif's device identifies.
 * Only then come those that a vif may also use. A vif whose group was changed by another program
 * matches no set.
 */

struct sets {
	enum xnm_set_id addresses, owned, own_prefixes, owned_prefixes, any, prefixes;
};

static void fill_sets(struct sets *sets, const struct guard *guard,
		      const struct guard_address *address)
{
	if (!address->ip6)
		*sets = (struct sets){
			GUARD_SET(guard, ADDRESSES4),	 GUARD_SET(guard, OWNED4),
			GUARD_SET(guard, OWN_PREFIXES4), GUARD_SET(guard, OWNED_PREFIXES4),
			GUARD_SET(guard, ANY4),		 GUARD_SET(guard, PREFIXES4),
		};
	else if (address->field != XNM_ND_TARGET)
		*sets = (struct sets){
			GUARD_SET(guard, ADDRESSES6),	 GUARD_SET(guard, OWNED6),
			GUARD_SET(guard, OWN_PREFIXES6), GUARD_SET(guard, OWNED_PREFIXES6),
			GUARD_SET(guard, ANY6),		 GUARD_SET(guard, PREFIXES6),
		};
	else
		*sets = (struct sets){
			GUARD_SET(guard, TARGETS6),
			GUARD_SET(guard, OWNED_TARGETS6),
			GUARD_SET(guard, OWN_PREFIX_TARGETS6),
			GUARD_SET(guard, OWNED_PREFIX_TARGETS6),
			GUARD_SET(guard, ANY6),
			GUARD_SET(guard, PREFIX_TARGETS6),
		};
}

/* Begins a rule: interface . address @set */
static void begin_lookup(struct guard *guard, const char *chain,
			 const struct guard_address *address, enum xnm_field who,
			 enum xnm_set_id set)
{
	(void)guard_begin(guard, chain);
	if (address->ethertype)
		guard_is_protocol(guard, address->ethertype);
	xnm_load(&guard->rule, who);
	xnm_load(&guard->rule, address->field);
	xnm_lookup(&guard->rule, set, false);
}

static void is_where_it_was(struct guard *guard, enum xnm_set_id set)
{
	xnm_load(&guard->rule, XNM_IIFNAME);
	xnm_load(&guard->rule, XNM_IIFGROUP);
	xnm_lookup(&guard->rule, set, false);
}

static void end_good(struct guard *guard, const struct guard_address *address)
{
	if (address->then)
		guard_end_goto(guard, address->then);
	else
		guard_end_accept(guard);
}

/* This host's own addresses; for IPv6 the kernel itself accepts them as source from anywhere. */
static void drop_local(struct guard *guard, const struct guard_address *address)
{
	uint32_t local = RTN_LOCAL;

	(void)guard_begin(guard, address->chain);
	guard_is_protocol(guard, address->ethertype);
	xnm_load(&guard->rule, XNM_FIB_SADDR_TYPE);
	xnm_compare(&guard->rule, XNM_EQ, &local, sizeof(local));
	guard_end_drop(guard, address->reason);
}

static void accept_any(struct guard *guard, const struct guard_address *address,
		       enum xnm_set_id any)
{
	static const uint8_t unspecified[16];

	(void)guard_begin(guard, address->chain);
	is_where_it_was(guard, any);
	/* matches if it can be read at all */
	if (address->field == XNM_ND_TARGET) {
		xnm_load(&guard->rule, XNM_ND_TARGET);
		xnm_compare(&guard->rule, XNM_NE, unspecified, sizeof(unspecified));
	}
	end_good(guard, address);
}

void guard_check_address(struct guard *guard, const struct guard_address *address)
{
	const char *chain = address->chain;
	struct sets sets;

	fill_sets(&sets, guard, address);
	begin_lookup(guard, chain, address, XNM_IIFNAME, sets.addresses);
	end_good(guard, address);
	begin_lookup(guard, chain, address, XNM_IIFGROUP, sets.owned);
	guard_end_drop(guard, address->reason);
	begin_lookup(guard, chain, address, XNM_IIFGROUP_RANGE, sets.owned_prefixes);
	guard_end_goto(guard, address->owner);
	if (guard->family == NFPROTO_INET && address->field != XNM_ND_TARGET)
		drop_local(guard, address);
	accept_any(guard, address, sets.any);
	begin_lookup(guard, chain, address, XNM_IIFNAME, sets.prefixes);
	is_where_it_was(guard, GUARD_SET(guard, SCOPES));
	end_good(guard, address);
	guard_drop_rest(guard, chain, address->reason);

	begin_lookup(guard, address->owner, address, XNM_IIFNAME, sets.own_prefixes);
	end_good(guard, address);
	guard_drop_rest(guard, address->owner, address->reason);
}
