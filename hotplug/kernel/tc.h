/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc.h - verbs toward the kernel's traffic control: qdiscs, classes, filters, ifb devices. */
#ifndef XNM_TC_H
#define XNM_TC_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/netem.h"
#include "hotplug/kernel/rtnl.h"

/* Handles and class ids are as in tc(8): 0x00010000 is 1:, 0x00010002 is 1:2. */
#define XNM_TC_HANDLE(major)	   ((uint32_t)(major) << 16)
#define XNM_TC_CLASS(major, minor) (((uint32_t)(major) << 16) | (uint32_t)(minor))
#define XNM_TC_ROOT		   0xFFFFFFFFu /* TC_H_ROOT: the parent of a device's first qdisc */

enum xnm_qdisc_kind {
	XNM_QDISC_OTHER = 0, /* one that xnm never makes */
	XNM_QDISC_TBF,
	XNM_QDISC_NETEM,
	XNM_QDISC_FQ_CODEL,
	XNM_QDISC_PFIFO,
	XNM_QDISC_CAKE,
	XNM_QDISC_HTB,
	XNM_QDISC_CLSACT, /* hook of filters for what a device receives and sends: parent 0 */
	XNM_QDISC_BLACKHOLE, /* drops all */
	XNM_N_QDISC_KINDS,
};

/* A qdisc: what one should be, or what was read. Zero in a field that its kind does not have. */
struct xnm_qdisc {
	enum xnm_qdisc_kind kind;
	uint32_t handle; /* 0: one that the kernel made by itself */
	uint32_t parent; /* XNM_TC_ROOT, or a class id */
	uint32_t
		default_class; /* HTB: minor number of the class for the rest; 0: it has no limit */
	uint64_t rate_bit_s; /* TBF, CAKE: a multiple of 8 */
	uint32_t burst_bytes; /* TBF */
	uint32_t limit_bytes; /* TBF: of its own queue */
	uint32_t limit_packets; /* NETEM, PFIFO, FQ_CODEL */
	uint32_t delay_us, jitter_us; /* NETEM */
	uint32_t loss_ppm, duplicate_ppm, corrupt_ppm, reorder_ppm; /* NETEM */
	/*
	 * NETEM: in place of loss_ppm, losses that come in bursts (Gilbert and Elliott). Each packet may
	 * turn the line bad, or good again; the other two are lost while it is. turn_bad_ppm 0: none.
	 */
	uint32_t turn_bad_ppm, turn_good_ppm, bad_loss_ppm, good_loss_ppm;
	/* NETEM: packets leave together, after a random time between these two; 0: each by itself */
	uint32_t slot_min_us, slot_max_us;
	uint64_t seed; /* NETEM, Linux 6.6: the same packets are lost each time; 0: any */
};

/* A class of an HTB qdisc. */
struct xnm_tc_class {
	uint32_t classid;
	uint32_t parent; /* the qdisc's handle, or a class id */
	uint64_t rate_bit_s; /* guaranteed */
	uint64_t ceil_bit_s; /* at most */
	uint32_t burst_bytes, cburst_bytes;
	uint32_t priority; /* 0-7: who borrows first */
	uint32_t quantum_bytes; /* 0: the kernel's choice */
};

/* What a filter looks at. */
enum xnm_tc_match {
	XNM_MATCH_ALL,
	XNM_MATCH_SOURCE, /* the source address is in prefix */
	XNM_MATCH_DESTINATION,
	XNM_MATCH_MARK, /* of the packet (skb->mark) */
};

/* What a filter does with a packet that it matches. */
enum xnm_tc_action {
	XNM_TC_CLASSIFY, /* to the class classid of the HTB qdisc */
	XNM_TC_REDIRECT, /* to the egress of the device to_ifindex */
	XNM_TC_SET_MARK, /* mark, and on to the next filter */
	XNM_TC_MIRROR, /* a copy to the egress of the device to_ifindex, and on to the next filter */
};

struct xnm_tc_filter {
	uint32_t parent; /* the HTB's handle, XNM_TC_INGRESS or XNM_TC_EGRESS */
	uint16_t preference; /* its place in the order; one filter per preference and protocol */
	enum xnm_tc_match match;
	struct xnm_cidr prefix; /* XNM_MATCH_SOURCE, XNM_MATCH_DESTINATION */
	enum xnm_tc_action action;
	uint32_t mark; /* XNM_MATCH_MARK, XNM_TC_SET_MARK */
	uint32_t classid;
	int to_ifindex;
};

/*
 * The parents of filters for what a device receives and sends: it must have XNM_QDISC_CLSACT. A
 * preference of one must not be used at the other: the kernel lists u32 filters of the same
 * preference at both (net/sched/cls_u32.c, tc_u_common_ptr()).
 */
#define XNM_TC_INGRESS 0xFFFFFFF2u
#define XNM_TC_EGRESS  0xFFFFFFF3u
#define XNM_TC_CLSACT  0xFFFFFFF1u /* the parent of a device's XNM_QDISC_CLSACT */

/*
 * Each puts in place of what the kernel cannot keep what it keeps instead: then what was set reads
 * back as the same. The verbs below round by themselves. Pure.
 *
 * A rate becomes a whole number of bytes, of one at least, a probability at most 1,000,000, and a
 * jitter at most 2147483 us. A burst, which the kernel keeps as a time in units of 64 ns, becomes
 * the largest that takes as long (net/sched/sch_tbf.c, tbf_dump()): up to 8 bytes more for each
 * Gbit/s. FQ_CODEL without a limit gets the kernel's, 10240. CLSACT has one handle and one parent.
 */
void xnm_qdisc_round(struct xnm_qdisc *qdisc);
/* A ceiling is at least the rate. The quantum that the kernel would choose becomes 0. */
void xnm_tc_class_round(struct xnm_tc_class *class);
/* The prefix loses its host bits. */
void xnm_tc_filter_round(struct xnm_tc_filter *filter);

/*
 * Whether what was read is what xnm_qdisc_set() or xnm_tc_class_set() would make of wanted, which need not be
 * rounded. If it wants no seed, any will do. Pure.
 */
bool xnm_qdisc_equal(const struct xnm_qdisc *is, const struct xnm_qdisc *wanted);
bool xnm_tc_class_equal(const struct xnm_tc_class *is, const struct xnm_tc_class *wanted);

/*
 * Lists the qdiscs of a device, up to max into out, and their number into *n. Qdiscs that the
 * kernel made by itself (handle 0) are left out; one of kind ingress counts as CLSACT, as filters
 * for what the device receives do there as well. Returns 0, -E2BIG when there are more, or -errno.
 */
int xnm_qdisc_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_qdisc *out, unsigned int max,
		   unsigned int *n);

/*
 * Calls fn for all that xnm_qdisc_list() would list of all devices, and before with ifindex 0 and
 * NULL: the list then begins, perhaps again, and what fn was told before is worth nothing. For who
 * asks of many devices. Returns 0 or -errno.
 */
int xnm_qdisc_each(struct xnm_rtnl *rtnl,
		   void (*fn)(void *arg, int ifindex, const struct xnm_qdisc *qdisc), void *arg);

/*
 * Reads the root qdisc of a device, if it is one that somebody made, and how tc(8) calls it, "fq
 * 8001:", also if it is of a kind that xnm never makes. Returns 0; -ENOENT if the kernel made it by
 * itself, or there is none; or another -errno.
 */
#define XNM_QDISC_TEXT_LEN 32
int xnm_qdisc_root(struct xnm_rtnl *rtnl, int ifindex, struct xnm_qdisc *out,
		   char text[XNM_QDISC_TEXT_LEN]);

/*
 * Makes a qdisc, or changes the one that has its handle, parent and kind, in place: what waits in
 * it stays, and its counters go on (net/sched/sch_api.c, tc_modify_qdisc). One of another handle at
 * that parent is replaced, with all below it, in one step; one that has the handle elsewhere, or is
 * of another kind, is deleted first. The kernel cannot change the default class of a HTB: it is
 * made anew, without classes. A tbf sets the limit of a pfifo below it to its own limit_bytes, so a
 * pfifo is to be set behind its tbf.
 *
 * Returns 0; -ENOENT when the kernel has no such qdisc (its module is missing), with a reason that
 * names it; -EOPNOTSUPP when its netem takes no seed; -ESRCH when the parent is not there; -EINVAL for a handle that is none, and for a limit
 * or a burst of 0, with which nothing passes; or another -errno.
 */
int xnm_qdisc_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_qdisc *qdisc);

/*
 * Tries what the running kernel's netem can do, in a process and a network namespace that end with
 * it: nothing of this host changes, but a kernel that has netem and htb as modules loads them.
 * Takes some milliseconds, and CAP_SYS_ADMIN. Returns 0; -EPERM without it; or another -errno.
 */
int xnm_netem_ask(struct xnm_netem_can *can);

/*
 * Deletes the qdisc at parent, with all below it; handle 0: whatever it is. The kernel's default
 * takes its place, but below a tbf there is none: nothing passes until another one is set. -ENOENT:
 * there was none.
 */
int xnm_qdisc_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint32_t handle);

/*
 * The same three for classes of an HTB qdisc. A class that has others below it has no priority and
 * no quantum. One with another parent is deleted first. -ESRCH: the parent is not there. -EBUSY: a
 * class that has others below it, or that a filter leads to, cannot be deleted.
 */
int xnm_tc_class_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_tc_class *out,
		      unsigned int max, unsigned int *n);
int xnm_tc_class_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_class *class);
int xnm_tc_class_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t classid);

/*
 * Lists the filters of one parent that xnm could have made (u32, and fw for marks); those of
 * another kind are left out. A parent that is not there has none. Sets a filter: what is at its
 * preference is replaced, without a moment in which there is none unless the match becomes one of
 * another family or kind (net/sched/cls_api.c, tcf_chain_tp_find()). -ENOENT: the kernel lacks the
 * classifier or the action. Deletes all of one preference; -ENOENT: there was none.
 */
int xnm_tc_filter_list(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent,
		       struct xnm_tc_filter *out, unsigned int max, unsigned int *n);
int xnm_tc_filter_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_filter *filter);
int xnm_tc_filter_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint16_t preference);

/*
 * Makes an ifb device, through whose qdiscs what another device receives can be led, and sets it
 * up. A kernel that has ifb as a module loads it now, and makes ifb0 and ifb1 in the host's
 * namespace unless it is told numifbs=0. group: its IFLA_GROUP, which it has from its first moment
 * on. Returns 0, -EEXIST, -EOPNOTSUPP when the kernel has no
 * ifb, or another -errno.
 */
int xnm_ifb_create(struct xnm_rtnl *rtnl, const char *name, uint32_t group);

/* Calls fn for the names of ifb devices, of 64 at most. Costs a dump of all links. */
int xnm_ifb_each(struct xnm_rtnl *rtnl, void (*fn)(void *arg, const char *name), void *arg);

#endif
