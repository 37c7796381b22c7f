/* SPDX-License-Identifier: GPL-2.0-or-later */
/* op.h - what a kind of operation is: its words, how it is done, and how it is taken back. */
#ifndef XNM_OP_TYPE_H
#define XNM_OP_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct xnm_ctx;
struct xnm_op;
struct xnm_plan;

/* Whose own words explain a failure. */
enum xnm_talks_to {
	XNM_TALKS_TO_NOBODY, /* errno says it all */
	XNM_TALKS_TO_RTNL,
	XNM_TALKS_TO_NFT,
};

/* When an operation is done, and who takes it back. */
enum xnm_phase {
#define XNM_PHASE(id, whose, what) XNM_PHASE_##id,
#include "hotplug/core/phases.def"
#undef XNM_PHASE
	XNM_N_PHASES,
};

/*
 * A row for each kind stands in the file that does it, and ops.def lists the
 * rows. run returns 0 or -errno. In an online that fails, undo takes back what
 * the operation did to the network, newest first; what was done to the vif is
 * taken back by an offline. hint says what to change where the cause of an
 * error is known; it returns NULL for any other, and its text is valid until
 * the next one.
 */
struct xnm_op_type {
	enum xnm_talks_to talks_to;
	/* A failure is a warning: the online goes on, and something stays behind elsewhere, or
	 * the guest or the host is slower than it might be. */
	bool may_fail;
	void (*text)(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size);
	/* What it writes, a line for each; NULL: its text says so. */
	void (*details)(const struct xnm_plan *plan, const struct xnm_op *op, FILE *stream);
	int (*run)(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op);
	void (*undo)(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op);
	const char *(*hint)(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			    const struct xnm_op *op, int rc);
};

#define XNM_OP(row) extern const struct xnm_op_type row;
#include "hotplug/core/ops.def"
#undef XNM_OP

#endif
