/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_guard.h - parts of the rules on what a guest may send, for the files that make them. */
#ifndef XNM_RULESET_GUARD_H
#define XNM_RULESET_GUARD_H

#include "hotplug/kernel/nft_rule.h"
#include "hotplug/parts/filter/ruleset.h"

struct guard {
	struct xnm_nft *nft;
	uint8_t family;
	int sets; /* from a set's number in the bridge table to its number in this one */
	struct xnm_rule rule;
};

#define GUARD_SET(guard, name) ((enum xnm_set_id)(XNM_SET_BRIDGE_##name + (guard)->sets))

/* Begins a rule of the chain; guard->rule until one of the ends. */
struct xnm_rule *guard_begin(struct guard *guard, const char *chain);
void guard_end(struct guard *guard);
void guard_end_drop(struct guard *guard, const char *reason);
void guard_end_goto(struct guard *guard, const char *chain);
void guard_end_accept(struct guard *guard);

/* The last rule of a chain: what none before has let go. */
void guard_drop_rest(struct guard *guard, const char *chain, const char *reason);

/* Matches of the rule that was begun. is_protocol: ip, ip6 or arp, as each family tells it. */
void guard_is_protocol(struct guard *guard, uint16_t ethertype);
void guard_is_l4(struct guard *guard, uint8_t protocol);

/* A whole rule: drop what is no IPv4, or no IPv6, whatever its frame says. */
void guard_check_version(struct guard *guard, bool ip6);

/* A whole rule: later fragments go on to their source. */
void guard_later_fragment(struct guard *guard, bool ip6);

/* A whole rule: drop the answers of a DHCP server, which use this UDP port. */
void guard_drop_port(struct guard *guard, const char *chain, enum xnm_field field, uint16_t port);

/* An address that a packet claims: who sends it, who is said to be where, what may be free. */
struct guard_address {
	const char *chain; /* in which it is looked at */
	const char *owner; /* where it goes on for a prefix that somebody has */
	const char *then; /* and for who may use it; NULL: accepted */
	const char *reason; /* why all others are dropped */
	uint16_t ethertype; /* 0: known already */
	enum xnm_field field;
	bool ip6;
};

/* ruleset_guard_owner.c: both of its chains. */
void guard_check_address(struct guard *guard, const struct guard_address *address);

/* That of a packet's source. */
void guard_check_source(struct guard *guard, bool ip6);

/* ruleset_guard_ip.c, ruleset_guard_ip6.c: all chains below check-ip and check-ip6. */
void guard_check_ip(struct guard *guard);
void guard_check_ip6(struct guard *guard);

#endif
