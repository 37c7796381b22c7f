/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_plan.h - the operations that lead a guest's end from what is to what dom0 tells. */
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
	GUEST_SETTING, /* setting: make it ours */
	GUEST_SETTING_BACK, /* setting: as it was, unless it is not ours any more */
	GUEST_SETTINGS_NOTE, /* which of them are changed */
	GUEST_APART_NOTE, /* what is kept apart, and what forwarded by itself */
	GUEST_FORWARDS, /* ifname, value: the setting of one interface */
	GUEST_CLOSE, /* ifname: a rule for IPv6 */
	GUEST_UNCLOSE,
	GUEST_TABLE, /* plan->share: make it, in place of one that is there */
	GUEST_TABLE_REMOVE,
	GUEST_RESOLV, /* plan->resolv */
	GUEST_RESOLV_REMOVE,
	GUEST_RESOLV_LINK, /* make /etc/resolv.conf lead there */
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

/* The interfaces that are shared. */
struct guest_share {
	unsigned int n;
	char ifnames[GUEST_MAX_VIFS][IFNAMSIZ];
	bool ip6[GUEST_MAX_VIFS]; /* IPv6, too */
	const struct guest_note *notes[GUEST_MAX_VIFS];
	const struct guest_host *host; /* its ways out, and what is apart */
	bool exists; /* a table of that name is there */
	char comment[64]; /* tells one list of them from the next */
};

struct guest_plan {
	bool full; /* an operation had no room: nothing of the plan may be done */
	unsigned int n;
	struct guest_op op[GUEST_MAX_OPS + 1]; /* the last takes what has no room */
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
 * Both decide without input or output, and give nothing to do where all is as
 * it should be. What was set before and is told no more is taken back; what
 * somebody else has set is left alone. -E2BIG with err filled when it is more
 * than a plan has room for.
 */
int guest_plan_vif(struct guest_plan *plan, const struct guest_vif *vif, struct xnm_err *err);

/* Also -EEXIST when the table of our name is somebody else's. */
int guest_plan_host(struct guest_plan *plan, const struct guest_host *host, struct xnm_err *err);

/* For the two: at the beginning, one operation more, and at the end. what: "set eth0 up". */
void guest_plan_begin(struct guest_plan *plan);
struct guest_op *guest_plan_add(struct guest_plan *plan, enum guest_op_kind kind);
int guest_plan_end(const struct guest_plan *plan, const char *what, struct xnm_err *err);

/* How many rules the table has: for each vif, and in all. */
#define GUEST_RULES_PER_VIF 7u
unsigned int guest_share_rules(const struct guest_share *share);
/* How many interfaces the rules keep apart: those that are no vif that shares. */
unsigned int guest_share_apart(const struct guest_share *share, unsigned int ip);

/* "add address 192.168.10.2/24 to eth0" */
const char *guest_op_text(const struct guest_plan *plan, const struct guest_op *op, char *out,
			  size_t out_size);

#endif
