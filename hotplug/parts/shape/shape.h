/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shape.h - wants, facts and operations of what shapes a vif's traffic. */
#ifndef XNM_SHAPE_PART_H
#define XNM_SHAPE_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hotplug/kernel/tc.h"
#include "policy/policy.h"

struct xnm_op_type;

/*
 * What the guest receives is shaped where its device sends. What it sends is led through an ifb
 * device, and is shaped where that one sends: xen-netback's own limit (the backend's node "rate")
 * is one for each queue of a frontend, which chooses their number (drivers/net/xen-netback/
 * xenbus.c, connect()).
 */
#define XNM_SHAPE_IFB_NAME "ifb%u.%u%s" /* domid, devid, and "t" for a tap's */

/*
 * What another guest sends waits on a line as pages of that guest: xen-netback maps them until the
 * packet is freed or copied, and the guest's TCP sends no more than two packets before it has them
 * back (net/ipv4/tcp_output.c, tcp_small_queue_check()). So all that enters a line is mirrored to a
 * device that drops it: to clone a packet, the kernel first copies what is not its own
 * (net/core/skbuff.c, skb_clone(), skb_orphan_frags()).
 */
#define XNM_SHAPE_SINK_NAME "ifb%u.%ud" /* domid, devid */

#define XNM_SHAPE_MAX_LINKS   32 /* of a vif, in one direction */
#define XNM_SHAPE_MAX_QDISCS  (1 + 4 * (XNM_SHAPE_MAX_LINKS + 1))
#define XNM_SHAPE_MAX_CLASSES (XNM_SHAPE_MAX_LINKS + 1)
#define XNM_SHAPE_MAX_FILTERS 128

struct xnm_shape_want {
	struct xnm_shaping to[XNM_N_DIRECTIONS];
};

/* All of one device. */
struct xnm_shape_tree {
	unsigned int n, n_classes, n_filters;
	struct xnm_qdisc qdiscs[XNM_SHAPE_MAX_QDISCS]; /* each behind its parent */
	/* for an fq_codel that nobody asked for: the limit of a pfifo, which does on a kernel
	 * without it; else 0 */
	uint32_t stand_in_packets[XNM_SHAPE_MAX_QDISCS];
	struct xnm_tc_class classes[XNM_SHAPE_MAX_CLASSES];
	struct xnm_tc_filter filters[XNM_SHAPE_MAX_FILTERS];
};

/* The addresses of a vif at the other end of a link, if the policy does not say them. */
struct xnm_shape_peer {
	char domain[XNM_NAME_LEN];
	uint32_t devid;
	unsigned int n;
	struct xnm_cidr list[XNM_MAX_ADDRESSES];
};

/* Is read only if the vif is shaped, or is to be. */
struct xnm_shape_facts {
	const struct xnm_netem_can *can; /* NULL: nobody has asked the kernel */
	struct xnm_shape_tree tree[XNM_N_DIRECTIONS]; /* of the device, and of its ifb */
	int ifb_ifindex; /* 0: there is none */
	bool has_other_ifb; /* a device of its name is there that xnm has not made */
	bool has_hook; /* the device can have filters for what it receives */
	bool is_redirected; /* one of them leads to the ifb */
	int sink_ifindex; /* 0: there is none */
	bool is_copied[XNM_N_DIRECTIONS]; /* a filter mirrors it to the sink */
	unsigned int n_peers;
	struct xnm_shape_peer peers[XNM_SHAPE_MAX_LINKS];
};

/* Forgets what was read, without touching what is beyond it. */
static inline void xnm_shape_facts_clear(struct xnm_shape_facts *facts)
{
	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++)
		facts->tree[i].n = facts->tree[i].n_classes = facts->tree[i].n_filters = 0;
	facts->ifb_ifindex = facts->sink_ifindex = 0;
	facts->is_copied[XNM_INBOUND] = facts->is_copied[XNM_OUTBOUND] = false;
	facts->n_peers = 0;
	facts->has_hook = facts->is_redirected = facts->has_other_ifb = false;
	facts->can = NULL;
}

/* What xnm noted of a device: bits of xnm_vif_note.shape.made, those of a tap 8 places higher. */
#define XNM_SHAPE_TREE 1u /* its qdiscs are ours */
#define XNM_SHAPE_IFB  2u
#define XNM_SHAPE_HOOK 4u
#define XNM_SHAPE_COPY 8u /* there is a sink */
#define XNM_SHAPE_TAP  8 /* places */
#define XNM_SHAPE_DEVICES                                                     \
	((XNM_SHAPE_TREE | XNM_SHAPE_IFB | XNM_SHAPE_HOOK | XNM_SHAPE_COPY) * \
	 (1u + (1u << XNM_SHAPE_TAP)))
/* beside these, of the vif and its tap: other vifs have filters with the addresses in its note */
#define XNM_SHAPE_PEER (1u << (2 * XNM_SHAPE_TAP))

struct xnm_shape_op {
	union {
		struct {
			struct xnm_qdisc qdisc;
			/* takes its place on a kernel without it; kind 0: nothing does */
			struct xnm_qdisc stand_in;
		};
		struct xnm_tc_class class;
		struct xnm_tc_filter filter;
	};
	char ifb[IFNAMSIZ]; /* to which the filter leads or mirrors; "": to a class */
};

/* Its operations: what each reads of struct xnm_op, and what it does. */

/* dev; shape.qdisc, shape.stand_in: make or change a qdisc */
extern const struct xnm_op_type xnm_op_shape_set;
extern const struct xnm_op_type xnm_op_shape_end; /* dev: delete its qdiscs */
extern const struct xnm_op_type xnm_op_shape_ifb; /* dev: create it */
extern const struct xnm_op_type xnm_op_shape_ifb_delete; /* dev */
extern const struct xnm_op_type xnm_op_shape_hook; /* dev: it can have filters */
extern const struct xnm_op_type xnm_op_shape_unhook; /* dev */
extern const struct xnm_op_type xnm_op_shape_filter; /* dev; shape.filter, shape.ifb */
/* dev; shape.filter, shape.ifb: what enters a line is copied, by a sink that it makes */
extern const struct xnm_op_type xnm_op_shape_copy;
extern const struct xnm_op_type xnm_op_shape_filter_delete; /* dev; shape.filter */
extern const struct xnm_op_type xnm_op_shape_class; /* dev; shape.class */
extern const struct xnm_op_type xnm_op_shape_class_delete; /* dev; shape.class */

#endif
