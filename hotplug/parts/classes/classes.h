/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.h - wants, facts and operations of the classes that share an uplink. */
#ifndef XNM_CLASSES_PART_H
#define XNM_CLASSES_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/kernel/tc.h"
#include "policy/policy.h"

struct xnm_op_type;

/*
 * The device of an uplink with a rate has a HTB qdisc, in it one class of that rate, below this one
 * a class for each [class] of the policy, and in each of them a queue. It is there while a vif with
 * class= may send by it, whose files in /run/xnm/classes say so. All is told by its handle, which
 * nobody else chooses: "xn" in ASCII.
 *
 * The lowest four bits of a class id are 0: a card below a bond or a VLAN that knows nothing of our
 * qdisc takes them for the priority of the packet (net/sched/sch_generic.c, pfifo_fast_enqueue()).
 */
#define XNM_CLASSES_MAJOR    0x786E
#define XNM_CLASS_ID(number) XNM_TC_CLASS(XNM_CLASSES_MAJOR, (number) << 4)
#define XNM_CLASS_ROOT	     XNM_TC_CLASS(XNM_CLASSES_MAJOR, 1)

#define XNM_MAX_CLASSED	       XNM_MAX_NETWORK_UPLINKS
#define XNM_MAX_CLASS_BRANCHES (XNM_MAX_CLASSES + 1) /* one for the rest */
/* a VLAN's: of all classes, and of vifs without one */
#define XNM_MAX_PRIORITIES (XNM_MAX_CLASSES + 8)
#define XNM_MAX_CLASS_SEEN (XNM_MAX_CLASS_BRANCHES + 15) /* what others have added to it */

/* A class, and the queue in it. */
struct xnm_class_branch {
	struct xnm_tc_class class;
	struct xnm_qdisc queue;
	/* takes its place on a kernel without it; kind 0: nothing does */
	struct xnm_qdisc stand_in;
};

struct xnm_classes_want {
	unsigned int n;
	/*
	 * The uplinks by which the vif may send, each by a device of its own: those with a rate, if
	 * it names a class, and all of them, if its frames are to have an 802.1p priority.
	 */
	const struct xnm_uplink *uplinks[XNM_MAX_CLASSED];
	bool shares[XNM_MAX_CLASSED]; /* it has classes, and the vif is in one */
};

/* The device of an uplink. */
struct xnm_classes_seen {
	const struct xnm_uplink *uplink;
	int ifindex; /* 0: there is none now */
	uint32_t mtu_bytes;
	bool shares; /* as in struct xnm_classes_want */
	bool is_member; /* the vif is noted as one that keeps its classes */
	bool is_vlan;
	unsigned int n_priorities;
	struct xnm_vlan_priority
		priorities[XNM_MAX_PRIORITIES]; /* of a VLAN: those of ours alone */
	bool has_root; /* its root is our HTB */
	char rival[XNM_QDISC_TEXT_LEN]; /* what somebody else made its root; "": nothing */
	unsigned int n_classes, n_queues;
	struct xnm_tc_class classes[XNM_MAX_CLASS_SEEN];
	struct xnm_qdisc queues[XNM_MAX_CLASS_SEEN];
};

struct xnm_classes_facts {
	bool sets_tags; /* the kernel's nftables can: see xnm_nft_sets_tags() */
	unsigned int n;
	struct xnm_classes_seen seen[XNM_MAX_CLASSED];
};

struct xnm_classes_op {
	char name[XNM_NAME_LEN]; /* of the class, or of the uplink */
	struct xnm_class_branch branch;
	struct xnm_vlan_priority priority;
};

/* Its operations: what each reads of struct xnm_op, and what it does. */

/* dev: the vif is one that keeps its classes */
extern const struct xnm_op_type xnm_op_classes_join;
/* dev; classes.name, classes.branch.class: its HTB, with the class of its whole rate */
extern const struct xnm_op_type xnm_op_classes_root;
/* dev; classes.*: make or change a class and its queue */
extern const struct xnm_op_type xnm_op_classes_set;
extern const struct xnm_op_type xnm_op_classes_delete; /* dev; classes.branch.class */
/* dev, a VLAN; classes.priority: the 802.1p priority of packets of a class, or of a vif */
extern const struct xnm_op_type xnm_op_classes_priority;
/* dev: its classes go, if no other vif keeps them */
extern const struct xnm_op_type xnm_op_classes_leave;

#endif
