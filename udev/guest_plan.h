/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_plan.h - the operations that set a guest's interfaces up as dom0 says. */
#ifndef XNM_GUEST_PLAN_H
#define XNM_GUEST_PLAN_H

#include "udev/guest.h"

enum guest_op_kind {
	GUEST_NOTE, /* plan->note[0]: all that was ours or will be */
	GUEST_NOTE_DONE, /* plan->note[1]: what is ours now */
	GUEST_NOTE_REMOVE,
	GUEST_MTU, /* value */
	GUEST_UP,
	GUEST_DOWN,
	GUEST_ADDRESS_ADD, /* addr */
	GUEST_ADDRESS_DEL, /* addr */
	GUEST_GATEWAY_SET, /* addr, onlink */
	GUEST_GATEWAY_DEL, /* addr */
	GUEST_SETTING, /* setting: set it to the value that we need */
	GUEST_SETTING_BACK, /* setting: restore it, unless another program has changed it */
	GUEST_SETTINGS_NOTE, /* the sysctls that we have changed */
	GUEST_APART_NOTE, /* interfaces that must not forward, and those whose own setting was on */
	GUEST_FORWARDS, /* ifname, value: the setting of one interface */
	GUEST_CLOSE, /* ifname: an ip rule for IPv6 */
	GUEST_UNCLOSE,
	GUEST_TABLE, /* plan->share: make the table, replacing an existing one */
	GUEST_TABLE_REMOVE,
	GUEST_RESOLV, /* plan->resolv */
	GUEST_RESOLV_REMOVE,
	GUEST_RESOLV_LINK, /* make /etc/resolv.conf a link to our file */
	GUEST_RESOLV_UNLINK,
};

struct guest_op {
	enum guest_op_kind kind;
	struct xnm_cidr addr;
	bool onlink;
	uint32_t value;
	char ifname[IFNAMSIZ];
	bool ip6;
	struct guest_setting setting;
};

#define GUEST_MAX_OPS 1536

/* The vifs that share the uplink. */
struct guest_share {
	unsigned int n;
	char ifnames[GUEST_MAX_VIFS][IFNAMSIZ];
	bool ip6[GUEST_MAX_VIFS]; /* for IPv6, too */
	const struct guest_note *notes[GUEST_MAX_VIFS];
	const struct guest_host *host; /* its uplinks, and the interfaces that must not forward */
	bool exists; /* a table with that name exists */
	char comment[64]; /* a hash of these lists */
};

struct guest_plan {
	bool full; /* an operation had no room: the plan must not be run */
	unsigned int n;
	struct guest_op op[GUEST_MAX_OPS + 1]; /* the last one is written when there is no room */
	/* of one vif */
	uint32_t devid;
	int ifindex;
	char ifname[IFNAMSIZ];
	struct guest_note note[2];
	/* of all */
	struct guest_share share;
	char resolv[GUEST_RESOLV_LEN];
};

/*
 * Both decide without input or output; if all is as it should be, the plan is empty. What we have
 * set and dom0 no longer says is undone; what other programs have set is left alone. -E2BIG with
 * err filled if there are too many operations.
 */
int guest_plan_vif(struct guest_plan *plan, const struct guest_vif *vif, struct xnm_err *err);

/* Also -EEXIST if the table with our name is another program's. */
int guest_plan_host(struct guest_plan *plan, const struct guest_host *host, struct xnm_err *err);

/* Helpers of both: begin a plan, add an operation, end it. what: "set eth0 up". */
void guest_plan_begin(struct guest_plan *plan);
struct guest_op *guest_plan_add(struct guest_plan *plan, enum guest_op_kind kind);
int guest_plan_end(const struct guest_plan *plan, const char *what, struct xnm_err *err);

/* The number of rules in the table: per vif, and in total. */
#define GUEST_RULES_PER_VIF 7u
unsigned int guest_share_rules(const struct guest_share *share);
/* How many interfaces the rules keep from forwarding: all that are not a vif that shares. */
unsigned int guest_share_apart(const struct guest_share *share, unsigned int ip);

/* "add address 192.168.10.2/24 to eth0" */
const char *guest_op_text(const struct guest_plan *plan, const struct guest_op *op, char *out,
			  size_t out_size);

#endif
