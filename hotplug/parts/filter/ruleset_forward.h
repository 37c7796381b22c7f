/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_forward.h - shared by the files that make the rules on packets to and through this host. */
#ifndef XNM_RULESET_FORWARD_H
#define XNM_RULESET_FORWARD_H

#include "hotplug/kernel/nft_rule.h"
#include "hotplug/parts/filter/ruleset.h"

/* ruleset_forward.c: begin a rule of table inet xnm, add matches, end it. */
void inet_begin(struct xnm_rule *rule, struct xnm_nft *nft, const char *chain);
void inet_named(struct xnm_rule *rule, enum xnm_field ifname, enum xnm_set_id set, bool negate);
void inet_end_accept(struct xnm_rule *rule);
void inet_end_drop(struct xnm_rule *rule, const char *reason);

/* Whole rules: jump to a chain, for packets from or to a set, or for all; look up an access
 * list. */
void inet_goto(struct xnm_nft *nft, const char *chain, enum xnm_field ifname, enum xnm_set_id set,
	       const char *target);
void inet_jump(struct xnm_nft *nft, const char *chain, const char *target);
void inet_ask_acl(struct xnm_nft *nft, const char *chain, enum xnm_field field,
		  enum xnm_set_id map);

/*
 * ruleset_known.c: accept packets of established connections, but not of ended ones: drop_ended
 * makes a chain that drops these (to: counted by output interface), and ask_ended jumps to it.
 */
void inet_accept_known(struct xnm_nft *nft, const char *chain);
void inet_drop_ended(struct xnm_nft *nft, const char *chain, bool to);
void inet_ask_ended(struct xnm_nft *nft, const char *chain, const char *ended);

/* ruleset_host.c: the rules of these chains, and of those that they jump to. */
void inet_prerouting(struct xnm_nft *nft);
void inet_input(struct xnm_nft *nft);
/* The rules of chain "silence", on what this host sends itself. */
void inet_keep_silent(struct xnm_nft *nft);

#endif
