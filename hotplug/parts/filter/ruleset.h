/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset.h - the chains and rules of our two nftables tables, which no event changes. */
#ifndef XNM_RULESET_H
#define XNM_RULESET_H

#include "hotplug/kernel/nft.h"
#include "policy/policy.h"

/*
 * table bridge xnm   what guests on a bridge may send, looked at where a frame
 *                    comes in: it holds for frames to other guests, to the LAN
 *                    and to this host alike
 * table inet xnm     the same for vifs that are routed by themselves; what is
 *                    forwarded, translated, and may reach this host
 *
 * Both are made once. What differs from vif to vif and from network to network
 * stands in their sets, so that a packet costs the same beside one guest and a
 * thousand. Only access lists are rules of the policy's own; a table whose
 * rules are not the present policy's is made anew, with all its elements, in
 * one transaction.
 */

/*
 * Whether the table is there, and whether its rules are those of this xnm and
 * this policy, those for dscps (see xnm_elements_dscps()) among them: its
 * comment says what they are and how many. count asks to
 * count them, which is not needed where nobody has changed anything. A table
 * of our name without our comment is somebody else's: *ours is false.
 */
int xnm_ruleset_check(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		      uint64_t dscps, bool count, bool *exists, bool *whole, bool *ours);

/* Whether it has the rules that it was made with, by whatever policy. */
int xnm_ruleset_is_intact(struct xnm_nft *nft, enum xnm_table table, bool *exists, bool *intact);

/* A digest of all its rules. */
uint64_t xnm_ruleset_digest(struct xnm_nft *nft, enum xnm_table table);

/*
 * Adds a table with its sets, chains and rules to the batch, those for dscps among them, replacing
 * an existing one.
 */
void xnm_ruleset_put(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		     uint64_t dscps, bool exists);

/* Adds the deletion of an existing table to the batch. */
void xnm_ruleset_end(struct xnm_nft *nft, enum xnm_table table);

/* End a rule: matching packets are counted by input or output interface, and dropped. */
struct xnm_rule;
void xnm_goto_drop(struct xnm_rule *rule, const char *reason);
void xnm_goto_drop_to(struct xnm_rule *rule, const char *reason);

/* Parts of the ruleset, one file each. drops: the chains that xnm_goto_drop() leads to. */
void xnm_ruleset_drops(struct xnm_nft *nft, uint8_t family);
void xnm_ruleset_guard(struct xnm_nft *nft, uint8_t family);
/* Behind the chain "input" of the inet table; that of the bridge table is its own. */
void xnm_ruleset_advert(struct xnm_nft *nft, uint8_t family);
void xnm_ruleset_forward(struct xnm_nft *nft);
void xnm_ruleset_sources(struct xnm_nft *nft);
/* For table inet; for table bridge, before its rules on received frames. */
void xnm_ruleset_isolation(struct xnm_nft *nft);
void xnm_ruleset_isolation_bridge(struct xnm_nft *nft);
void xnm_ruleset_nat(struct xnm_nft *nft);
/* marks: the chain "marks", for these DSCPs. mark: the rule of "prerouting" that leads there. */
void xnm_ruleset_marks(struct xnm_nft *nft, uint8_t family, uint64_t dscps);
void xnm_ruleset_mark(struct xnm_nft *nft, uint8_t family);
/* For table inet; for table bridge. */
void xnm_ruleset_classes(struct xnm_nft *nft);
void xnm_ruleset_classes_bridge(struct xnm_nft *nft);
void xnm_ruleset_acls(struct xnm_nft *nft, const struct xnm_policy *policy);

#endif
