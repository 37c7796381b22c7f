/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_core.h - requests to and answers of traffic control, for the tc_*.c of this folder. */
#ifndef XNM_TC_CORE_H
#define XNM_TC_CORE_H

#include "hotplug/kernel/rtnl_core.h"
#include "hotplug/kernel/tc.h"

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

/* What a qdisc has to have to be made, and where a kernel without it gets it. */
struct tc_kind {
	const char *name; /* TCA_KIND */
	const char *config; /* the kernel's option without CONFIG_ */
	/* Fills TCA_OPTIONS; NULL: there is none. Returns < 0 when the message is full. */
	int (*put)(struct nl_msg *msg, const struct xnm_qdisc *qdisc);
	/* Reads TCA_OPTIONS into out. */
	void (*get)(struct xnm_qdisc *out, struct nlattr *options);
};

extern const struct tc_kind tc_kinds[XNM_N_QDISC_KINDS];

/* A request with a tcmsg, or NULL. */
struct nl_msg *tc_msg(int type, int flags, int ifindex, uint32_t parent, uint32_t handle);

/*
 * Parses an answer with a tcmsg into tb, which has TCA_MAX + 1 entries. Returns its tcmsg, or NULL
 * if it is of another device or has no kind: kernels ignore the device in the request for a list.
 */
const struct tcmsg *tc_parse(struct nlmsghdr *hdr, int ifindex, struct nlattr **tb);

/* Copies a struct out of an attribute. Returns false when there is none, or a shorter one. */
bool tc_copy(void *out, size_t size, const struct nlattr *attr);

/* TCA_OPTIONS of a netem, for tc_kinds. */
int tc_put_netem(struct nl_msg *msg, const struct xnm_qdisc *qdisc);
void tc_get_netem(struct xnm_qdisc *out, struct nlattr *options);

/* The sentence for a failure that the kernel has reported, as format says, in place of its own. */
int tc_fail(struct xnm_rtnl *rtnl, int rc, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The rate in a tc_ratespec, or the larger one in rate64 if there is one. */
uint64_t tc_get_rate(const struct tc_ratespec *spec, const struct nlattr *rate64);

/* Fills spec, and puts attribute rate64 for a rate that has no room in it. */
int tc_put_rate(struct nl_msg *msg, struct tc_ratespec *spec, int rate64, uint64_t rate_bit_s);

#endif
