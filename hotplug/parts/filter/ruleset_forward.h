/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_forward.h - parts of the rules on what comes to this host and through it, for the files that make them. */
#ifndef XNM_RULESET_FORWARD_H
#define XNM_RULESET_FORWARD_H

#include "hotplug/kernel/nft_rule.h"
#include "hotplug/parts/filter/ruleset.h"

/* ruleset_forward.c: a rule of table inet xnm, a match in it, and its ends. */
void inet_begin(struct xnm_rule *rule, struct xnm_nft *nft, const char *chain);
void inet_named(struct xnm_rule *rule, enum xnm_field ifname, enum xnm_set_id set, bool negate);
void inet_end_accept(struct xnm_rule *rule);
void inet_end_drop(struct xnm_rule *rule, const char *reason);

/* Whole rules: on to another chain, for what comes from or goes to a set, or for all; an access list. */
void inet_goto(struct xnm_nft *nft, const char *chain, enum xnm_field ifname, enum xnm_set_id set,
	       const char *target);
void inet_jump(struct xnm_nft *nft, const char *chain, const char *target);
void inet_ask_acl(struct xnm_nft *nft, const char *chain, enum xnm_field field,
		  enum xnm_set_id map);

/*
 * ruleset_known.c: what belongs to a known connection is accepted; what goes on
 * with one that was ended is not, in the chain that drop_ended makes (to: counted
 * by where it would go) and ask_ended leads to.
 */
void inet_accept_known(struct xnm_nft *nft, const char *chain);
void inet_drop_ended(struct xnm_nft *nft, const char *chain, bool to);
void inet_ask_ended(struct xnm_nft *nft, const char *chain, const char *ended);

/* ruleset_host.c: the rules of these chains, and of those that they lead to. */
void inet_prerouting(struct xnm_nft *nft);
void inet_input(struct xnm_nft *nft);
/* Of chain "silence", on what this host says itself. */
void inet_keep_silent(struct xnm_nft *nft);

#endif
