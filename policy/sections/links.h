/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links.h - which links of a policy are for a vif, and which of them counts. */
#ifndef XNM_LINKS_H
#define XNM_LINKS_H

#include "policy/policy.h"

/* What links know of a vif. */
struct xnm_link_vif {
	const char *domain; /* its name; "": not known */
	uint32_t devid;
	const char *network; /* "": in none of the policy */
	unsigned int n;
	const struct xnm_cidr *addresses; /* its own, each with the length of what it stands for */
};

/* The [vif] section that surely holds for the vif at that end, or NULL. */
static inline const struct xnm_vif_policy *xnm_link_end_section(const struct xnm_policy *policy,
								const struct xnm_link_end *end)
{
	return end->section ? &policy->vifs[end->section - 1] : NULL;
}

/* Whether the vif is at that end. Pure. */
bool xnm_link_end_has(const struct xnm_link_end *end, const struct xnm_link_vif *vif);

/*
 * Where the shaping of a link is: less than 0 at the vif at A, more at the one
 * at B, as that end is narrower; 0 at the vif that gets them, as both are as narrow. Pure.
 */
int xnm_link_narrower(const struct xnm_link_policy *link);

/* Which way the packets of a direction of the vif at end number mine go. Pure. */
static inline enum xnm_way xnm_link_way(unsigned int mine, enum xnm_direction direction)
{
	/* what the vif at A gets comes from B */
	return (direction == XNM_INBOUND) == (mine == 0) ? XNM_B_TO_A : XNM_A_TO_B;
}

/* Whether the shaping of that direction is at vifs at end number mine. Pure. */
bool xnm_link_tc_is_at(const struct xnm_link_policy *link, unsigned int mine,
		       enum xnm_direction direction);

/*
 * Whether this host must see the packets of the vif because of a link: it is at the
 * narrower end of one, or both ends are as narrow. Of any two vifs on a link, one is. Pure.
 */
bool xnm_policy_link_needs_host(const struct xnm_policy *policy, const struct xnm_link_vif *vif);

/*
 * Which of two links counts for packets that both are for: less than 0 if it is
 * a, more if it is b, 0 if both say the same of these, or cannot be for the same. Pure.
 */
int xnm_link_compare(const struct xnm_link_policy *a, const struct xnm_link_policy *b);

/*
 * Whether both ends can have a vif in common; with the networks and addresses
 * that the policy gives to vifs. Pure.
 */
bool xnm_link_ends_overlap(const struct xnm_policy *policy, const struct xnm_link_end *a,
			   const struct xnm_link_end *b);

/* An end as the policy has it: "web1/0", "net:lan", "10.0.0.0/24" or "any". Returns out. */
#define XNM_LINK_END_TEXT_LEN (XNM_NAME_LEN + 16)
const char *xnm_link_end_text(const struct xnm_link_end *end, char out[XNM_LINK_END_TEXT_LEN]);

/* Whether both ends are the same. Pure. */
bool xnm_link_end_equal(const struct xnm_link_end *a, const struct xnm_link_end *b);

#endif
