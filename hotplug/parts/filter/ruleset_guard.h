/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_guard.h - shared by the files that make the rules on what a guest may send. */
#ifndef XNM_RULESET_GUARD_H
#define XNM_RULESET_GUARD_H

#include "hotplug/kernel/nft_rule.h"
#include "hotplug/parts/filter/ruleset.h"

struct guard {
	struct xnm_nft *nft;
	uint8_t family;
	int sets; /* offset from a set's number in table bridge to its number in this table */
	struct xnm_rule rule;
};

#define GUARD_SET(guard, name) ((enum xnm_set_id)(XNM_SET_BRIDGE_##name + (guard)->sets))

/* Begins a rule of the chain; guard->rule is valid until one of the functions that end it. */
struct xnm_rule *guard_begin(struct guard *guard, const char *chain);
void guard_end(struct guard *guard);
void guard_end_drop(struct guard *guard, const char *reason);
void guard_end_goto(struct guard *guard, const char *chain);
void guard_end_accept(struct guard *guard);

/* The last rule of a chain: drops all that no rule before has matched. */
void guard_drop_rest(struct guard *guard, const char *chain, const char *reason);

/* Matches for the current rule. is_protocol: ip, ip6 or arp, as each table's family does. */
void guard_is_protocol(struct guard *guard, uint16_t ethertype);
void guard_is_l4(struct guard *guard, uint8_t protocol);

/* A whole rule: drop packets whose IP version contradicts the frame's type. */
void guard_check_version(struct guard *guard, bool ip6);

/* A whole rule: later fragments go straight to the check of their source. */
void guard_later_fragment(struct guard *guard, bool ip6);

/* A whole rule: drop DHCP answers, which come from this UDP port. */
void guard_drop_port(struct guard *guard, const char *chain, enum xnm_field field, uint16_t port);

/* An address in a packet to be checked: its sender, an ARP or NDP claim, a probed address. */
struct guard_address {
	const char *chain; /* the chain that checks it */
	const char *owner; /* next chain, if it is in a prefix of another vif */
	const char *then; /* next chain, if the vif may use it; NULL: accept */
	const char *reason; /* the drop reason for all others */
	uint16_t ethertype; /* 0: matched already */
	enum xnm_field field;
	bool ip6;
};

/* ruleset_guard_owner.c: both of its chains. */
void guard_check_address(struct guard *guard, const struct guard_address *address);

/* The check of a packet's source address. */
void guard_check_source(struct guard *guard, bool ip6);

/* ruleset_guard_ip.c, ruleset_guard_ip6.c: all chains below check-ip and check-ip6. */
void guard_check_ip(struct guard *guard);
void guard_check_ip6(struct guard *guard);

#endif
