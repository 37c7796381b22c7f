/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offer.h - a lease that a DHCP server offers this host, and the addresses that it must not overlap. */
#ifndef XNM_OFFER_H
#define XNM_OFFER_H

#include "hotplug/base/log.h"
#include "policy/policy.h"

struct xnm_offer {
	struct xnm_cidr address; /* with the prefix length of its subnet */
	struct xnm_cidr router; /* family 0: none */
};

enum xnm_held_kind {
	XNM_HELD_ADDRESS, /* of this host, with its subnet */
	XNM_HELD_ROUTE, /* the destination of a route */
	XNM_HELD_CLOSED, /* an unreachable, blackhole or prohibit route */
	XNM_HELD_ROUTER, /* the next hop of a route */
	XNM_HELD_NEIGHBOUR,
	XNM_HELD_CLAIM, /* of an existing vif, by its note */
	/* what the policy says */
	XNM_HELD_NETWORK, /* address= of a network */
	XNM_HELD_VIF, /* address= and ipv4-allowed= of a section */
	XNM_HELD_POOL,
	XNM_HELD_UPLINK, /* gateway= of another uplink */
	XNM_HELD_TRACK,
	XNM_HELD_TOLD, /* gateway= and dns= for guests */
	XNM_N_HELD_KINDS,
};

struct xnm_held {
	enum xnm_held_kind kind;
	bool here; /* on the uplink's link, where only the same address conflicts */
	bool is_servers; /* of the guest that is the uplink, which may have this subnet */
	struct xnm_cidr cidr;
	char where[XNM_NAME_LEN]; /* a device, a vif, or the name of a section */
};

/* Only those that overlap the offer: one is enough to refuse it. */
#define XNM_MAX_HELD 32

struct xnm_offer_facts {
	const struct xnm_uplink *uplink;
	const struct xnm_offer *offer;
	unsigned int n;
	struct xnm_held held[XNM_MAX_HELD];
};

/*
 * Pure: whether the lease can be accepted. Returns 0, -EINVAL for one that no host could use or
 * that the policy does not expect, or -EADDRINUSE for one that overlaps something; err names both.
 */
int xnm_offer_check(const struct xnm_offer_facts *facts, struct xnm_err *err);

/* Pure: whether held overlaps the offer. */
bool xnm_offer_meets(const struct xnm_offer *offer, const struct xnm_held *held);

/* Adds held to facts if it overlaps the offer. */
void xnm_offer_add(struct xnm_offer_facts *facts, const struct xnm_held *held);

/* Pure: adds what the policy names. */
void xnm_offer_add_policy(struct xnm_offer_facts *facts, const struct xnm_policy *policy);

struct xnm_rtnl;
struct xnm_run_dir;
struct xnm_uplink_note;

/*
 * Reads what the host has, from the kernel and from the notes on vifs, without what this uplink was
 * leased before. Returns 0 or -errno with err filled.
 */
int xnm_offer_read(struct xnm_offer_facts *facts, struct xnm_rtnl *rtnl,
		   const struct xnm_run_dir *dir, const struct xnm_policy *policy,
		   const struct xnm_uplink_note *note, struct xnm_err *err);

#endif
