/* SPDX-License-Identifier: GPL-2.0-or-later */
/* op.h - an operation type: its text, how it is run, and how it is undone. */
#ifndef XNM_OP_TYPE_H
#define XNM_OP_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct xnm_ctx;
struct xnm_op;
struct xnm_plan;

/* Whose own error message explains a failure. */
enum xnm_talks_to {
	XNM_TALKS_TO_NOBODY, /* errno says it all */
	XNM_TALKS_TO_RTNL,
	XNM_TALKS_TO_NFT,
};

/* When an operation is done, and by what it is undone. */
enum xnm_phase {
#define XNM_PHASE(id, whose, what) XNM_PHASE_##id,
#include "hotplug/core/phases.def"
#undef XNM_PHASE
	XNM_N_PHASES,
};

/*
 * Each type is defined in the file that runs it, and declared in its part's own header,
 * parts/NAME/NAME.h. run returns 0 or -errno. When an online fails, undo reverts what its
 * operations changed in the network, newest first; what they changed on the vif is undone by an
 * offline. hint says what to change where the cause of an error is known, and returns NULL
 * otherwise; its text is valid until the next call.
 */
struct xnm_op_type {
	enum xnm_talks_to talks_to;
	/* A failure is only logged, and the online goes on: something is left behind elsewhere, or
	 * something is slower than it could be. */
	bool may_fail;
	void (*text)(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size);
	/* Prints what it writes, one per line; NULL: its text says it all. */
	void (*details)(const struct xnm_plan *plan, const struct xnm_op *op, FILE *stream);
	int (*run)(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op);
	void (*undo)(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op);
	const char *(*hint)(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			    const struct xnm_op *op, int rc);
};

#endif
