/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding.h - the parts of `xnm doctor`: what on this host is in the way of guests, and what to type. */
#ifndef XNM_DOCTOR_H
#define XNM_DOCTOR_H

#include "hotplug/cli/status/status.h"
#include "policy/policy.h"

/* A device that leads to guests: a bridge, a routed vif, or with a '+' behind it all of these. */
struct xnm_way {
	char name[IFNAMSIZ];
	bool is_bridge;
	bool is_covered; /* there is a way with a '+' that stands for it, too */
	bool has_guests;
	bool forwards4, forwards6; /* its networks need that this host forwards */
	bool has_addresses; /* the guests reach this host by it */
};

struct xnm_doctor {
	const struct xnm_policy *policy; /* NULL: it cannot be read */
	struct xnm_status status; /* notes and links of the vifs */
	unsigned int n_ways;
	struct xnm_way *ways;
	bool in_passing; /* of xnm check: what needs rights that we have not is left out */
	FILE *stream;
	unsigned int n_findings;
};

/* Prints one line: what is wrong, and behind a colon what to type. */
void xnm_doctor_find(struct xnm_doctor *doctor, const char *fmt, ...) XNM_PRINTF(2, 3);

/* guest_devices.c: fills ways. Returns 0 or -ENOMEM. */
int xnm_doctor_read_ways(struct xnm_doctor *doctor);
/* Whether a network needs that this host forwards. */
void xnm_doctor_forwards(const struct xnm_network *network, const struct xnm_policy *policy,
			 bool *ip4, bool *ip6);

/* The checks, one file each. */
void xnm_doctor_firewalls(struct xnm_doctor *doctor);
void xnm_doctor_settings(struct xnm_doctor *doctor);
void xnm_doctor_kernel(struct xnm_doctor *doctor);
void xnm_doctor_bridges(struct xnm_doctor *doctor);
void xnm_doctor_uplinks(struct xnm_doctor *doctor);
void xnm_doctor_subnets(struct xnm_doctor *doctor);
void xnm_doctor_apart(struct xnm_doctor *doctor);

#endif
