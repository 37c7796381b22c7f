/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offer.h - what a DHCP server offers this host, and what the host has that such a lease must not meet. */
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
	XNM_HELD_ROUTE, /* where one leads to */
	XNM_HELD_CLOSED, /* a route that lets nobody through */
	XNM_HELD_ROUTER, /* the next hop of a route */
	XNM_HELD_NEIGHBOUR,
	XNM_HELD_CLAIM, /* of a vif that is there, by its note */
	/* what the policy says */
	XNM_HELD_NETWORK, /* address= of a network */
	XNM_HELD_VIF, /* address= and ipv4-allowed= of a section */
	XNM_HELD_POOL,
	XNM_HELD_UPLINK, /* gateway= of another uplink */
	XNM_HELD_TRACK,
	XNM_HELD_TOLD, /* gateway= and dns= that guests are told */
	XNM_N_HELD_KINDS,
};

struct xnm_held {
	enum xnm_held_kind kind;
	bool here; /* on the link of the uplink, where it is but the address that can be taken */
	bool is_servers; /* of the guest that is the uplink, whose own subnet it may be */
	struct xnm_cidr cidr;
	char where[XNM_NAME_LEN]; /* a device, a vif, or the name of a section */
};

/* Only those that meet the offer: a hundred of them refuse it as well as one. */
#define XNM_MAX_HELD 32

struct xnm_offer_facts {
	const struct xnm_uplink *uplink;
	const struct xnm_offer *offer;
	unsigned int n;
	struct xnm_held held[XNM_MAX_HELD];
};

/*
 * Pure: whether the lease can be taken. Returns 0, -EINVAL for one that no host
 * could use or that is not what the policy expects, or -EADDRINUSE for one that
 * meets something; err names both sides.
 */
int xnm_offer_check(const struct xnm_offer_facts *facts, struct xnm_err *err);

/* Pure: whether that alone speaks against the offer. */
bool xnm_offer_meets(const struct xnm_offer *offer, const struct xnm_held *held);

/* Notes it if it does. */
void xnm_offer_add(struct xnm_offer_facts *facts, const struct xnm_held *held);

/* Pure: what the policy names. */
void xnm_offer_add_policy(struct xnm_offer_facts *facts, const struct xnm_policy *policy);

struct xnm_rtnl;
struct xnm_run_dir;
struct xnm_uplink_note;

/*
 * Reads what the host has, by the kernel and by the notes on vifs; what is noted
 * as leased to this uplink does not count. Returns 0 or -errno with err filled.
 */
int xnm_offer_read(struct xnm_offer_facts *facts, struct xnm_rtnl *rtnl,
		   const struct xnm_run_dir *dir, const struct xnm_policy *policy,
		   const struct xnm_uplink_note *note, struct xnm_err *err);

#endif
