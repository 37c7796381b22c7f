/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.h - what is collected after vifs whose offline never ran, and in which order. */
#ifndef XNM_GC_H
#define XNM_GC_H

#include <stdbool.h>

struct xnm_ctx;

/* Within a step, the parts follow each other in their order. */
enum xnm_gc_step {
	XNM_GC_ELEMENTS, /* nftables elements of devices without a note */
	XNM_GC_MEMBERS, /* members of networks: vifs without a note */
	XNM_GC_CLAIMS, /* the same of addresses: free only when no element has them */
	XNM_GC_NETWORKS, /* networks without members, and what no note names any more */
	XNM_GC_BRIDGES, /* bridges without ports, after what was set up for their networks */
	XNM_GC_NAMES, /* names that a vif without a note waits for */
	XNM_N_GC_STEPS,
};

/* What a vif uses stays, even if its note was lost. */
struct xnm_gc {
	struct xnm_ctx *ctx;
	bool unknown; /* a vif with rules in nftables has no note; known after XNM_GC_ELEMENTS */
};

#endif
