/* SPDX-License-Identifier: GPL-2.0-or-later */
/* port.h - what a [network] says for all its vifs and a [vif] for its own. */
#ifndef XNM_POLICY_PORT_H
#define XNM_POLICY_PORT_H

#define XNM_MAX_ACL_NAMES 1 /* acls of one network or vif */

/* Unset keys must be told from "no": a value from elsewhere may fill them. */
enum xnm_tristate {
	XNM_UNSET = 0,
	XNM_NO,
	XNM_YES,
};

enum xnm_locking_mode {
	XNM_LOCK_UNSET = 0,
	XNM_LOCK_UNLOCKED,
	XNM_LOCK_LOCKED,
	XNM_LOCK_DISABLED,
};

/* Flags of a bridge port that a [network] may set for all its vifs and a [vif] for its own. */
struct xnm_port_policy {
	enum xnm_tristate isolated;
	enum xnm_tristate learning;
	enum xnm_tristate hairpin;
	enum xnm_tristate guard;
	enum xnm_tristate root_block;
	enum xnm_tristate flood;
	enum xnm_tristate mcast_flood;
	enum xnm_tristate bcast_flood;
	enum xnm_tristate fast_leave;
	enum xnm_tristate mcast_to_unicast;
	enum xnm_tristate neigh_suppress;
};

#endif
