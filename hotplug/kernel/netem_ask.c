/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netem_ask.c - try what the running kernel's netem can do, in a network namespace that ends with it. */
#include "hotplug/kernel/tc.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * By a try, as versions do not say it: netem is a module that may be missing, and distributions
 * give older kernels what newer ones have. What a child finds is its exit status.
 */
#define CAN_NETEM   1u
#define CAN_GEMODEL 2u
#define CAN_SLOT    4u
#define CAN_SEED    8u
#define CAN_MIX	    16u
#define FAILED	    128u /* and the errno */

#define LOOPBACK 1 /* the only device of a new namespace, always the first (net/core/dev.c) */

static const struct xnm_qdisc plain = {
	.kind = XNM_QDISC_NETEM,
	.handle = XNM_TC_HANDLE(1),
	.parent = XNM_TC_ROOT,
	.delay_us = 1000,
	.limit_packets = 1000,
};

/* Whether it is what it was set to be: kernels ignore attributes that they do not know. */
static bool keeps(struct xnm_rtnl *rtnl, const struct xnm_qdisc *wanted)
{
	struct xnm_qdisc is;
	unsigned int n = 0;

	return xnm_qdisc_set(rtnl, LOOPBACK, wanted) == 0 &&
	       xnm_qdisc_list(rtnl, LOOPBACK, &is, 1, &n) == 0 && n == 1 &&
	       xnm_qdisc_equal(&is, wanted);
}

static unsigned int try_keys(struct xnm_rtnl *rtnl)
{
	struct xnm_qdisc gemodel = plain, slot = plain, seed = plain;

	gemodel.turn_bad_ppm = gemodel.turn_good_ppm = gemodel.bad_loss_ppm = 500000;
	slot.slot_min_us = slot.slot_max_us = 1000;
	seed.seed = 1;
	return (keeps(rtnl, &gemodel) ? CAN_GEMODEL : 0) | (keeps(rtnl, &slot) ? CAN_SLOT : 0) |
	       (keeps(rtnl, &seed) ? CAN_SEED : 0);
}

/* As with links: one below each of two classes. Without htb there are no links that it could refuse. */
static unsigned int try_mix(struct xnm_rtnl *rtnl)
{
	static const struct xnm_qdisc htb = { .kind = XNM_QDISC_HTB,
					      .handle = XNM_TC_HANDLE(16),
					      .parent = XNM_TC_ROOT };
	struct xnm_tc_class class = {
		.parent = XNM_TC_HANDLE(16),
		.rate_bit_s = 1000000,
		.burst_bytes = 2000,
		.cburst_bytes = 2000,
	};
	struct xnm_qdisc netem = plain;
	int rc = xnm_qdisc_set(rtnl, LOOPBACK, &htb);

	for (uint32_t i = 1; rc == 0 && i <= 2; i++) {
		class.classid = XNM_TC_CLASS(16, i);
		rc = xnm_tc_class_set(rtnl, LOOPBACK, &class);
		netem.handle = XNM_TC_HANDLE(i + 1);
		netem.parent = class.classid;
		netem.duplicate_ppm = i == 1 ? 10000 : 0;
		if (rc == 0)
			rc = xnm_qdisc_set(rtnl, LOOPBACK, &netem);
	}
	return rc == -EINVAL ? 0 : CAN_MIX;
}

static unsigned int ask(void)
{
	struct xnm_rtnl *rtnl;
	unsigned int can;
	int rc;

	if (unshare(CLONE_NEWNET))
		return FAILED | (unsigned int)errno;
	rc = xnm_rtnl_open(&rtnl);
	if (rc)
		return FAILED | (unsigned int)-rc;
	rc = xnm_qdisc_set(rtnl, LOOPBACK, &plain);
	if (rc == -ENOENT)
		return 0;
	if (rc)
		return FAILED | (unsigned int)-rc;
	can = CAN_NETEM | try_keys(rtnl);
	return can | try_mix(rtnl);
}

int xnm_netem_ask(struct xnm_netem_can *can)
{
	unsigned int bits;
	int status;
	pid_t pid;

	memset(can, 0, sizeof(*can));
	pid = fork();
	if (pid == 0)
		_exit((int)ask());
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (!WIFEXITED(status))
		return -EIO;
	bits = (unsigned int)WEXITSTATUS(status);
	if (bits & FAILED)
		return -(int)(bits & ~FAILED);
	can->netem = bits & CAN_NETEM;
	can->gemodel = bits & CAN_GEMODEL;
	can->slot = bits & CAN_SLOT;
	can->seed = bits & CAN_SEED;
	can->mixed_duplicates = bits & CAN_MIX;
	return 0;
}
