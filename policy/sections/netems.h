/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netems.h - the netems that sections make at vifs, and what they need of the kernel. */
#ifndef XNM_NETEMS_H
#define XNM_NETEMS_H

#include "policy/policy.h"

/* A netem that a section makes at vifs, in one direction of theirs. */
struct xnm_netem {
	const struct xnm_link_policy *link; /* NULL: vif does */
	const struct xnm_vif_policy *vif;
	const struct xnm_link_end *end; /* of the link: at which vifs */
	enum xnm_way way; /* of the link */
	const struct xnm_line *line;
	enum xnm_direction direction;
};

/* What is wrong with one, and where that is written. */
struct xnm_netem_lack {
	struct xnm_origin origin;
	char text[512];
};

/* Return false, with out filled as far as it goes, if the section makes none there. Pure. */
bool xnm_netem_of_vif(struct xnm_netem *out, const struct xnm_vif_policy *vif,
		      enum xnm_direction direction);
bool xnm_netem_of_link(struct xnm_netem *out, const struct xnm_link_policy *link, unsigned int mine,
		       enum xnm_direction direction);

/*
 * All that a policy can have, by numbers below xnm_netem_count(); those of one section follow each
 * other. Returns false if there is none of that number. Pure.
 */
unsigned int xnm_netem_count(const struct xnm_policy *policy);
bool xnm_netem_get(struct xnm_netem *out, const struct xnm_policy *policy, unsigned int i);

/*
 * Number n, from 0, of what a kernel that can do so much lacks for it. Returns false if there is no
 * more. Pure.
 */
bool xnm_netem_lacks(const struct xnm_netem *netem, const struct xnm_netem_can *can, unsigned int n,
		     struct xnm_netem_lack *out);

/*
 * Says of a netem that duplicates, and of another one in the same direction of a vif, that kernels
 * refuse both; refused: this kernel does. Pure.
 */
void xnm_netem_mix(const struct xnm_policy *policy, const struct xnm_netem *netem,
		   const struct xnm_netem *other, bool refused, struct xnm_netem_lack *out);

#endif
