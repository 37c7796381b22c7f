/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.h - what `xnm status` knows of each vif, between finding it out and printing it. */
#ifndef XNM_STATUS_H
#define XNM_STATUS_H

#include "hotplug/facts.h"
#include "hotplug/log.h"

enum xnm_verdict {
	XNM_VERDICT_UNKNOWN, /* xenstore cannot be read, so nobody can say */
	XNM_VERDICT_OK, /* a reapply would do nothing */
	XNM_VERDICT_DRIFT, /* a reapply would do what is in drift */
	XNM_VERDICT_ERROR, /* a reapply would fail, or the online did, with error */
	XNM_VERDICT_GONE, /* we have notes, but the vif is no longer in xenstore */
	XNM_VERDICT_UNMANAGED, /* it is in xenstore, but we have no notes: somebody else's */
};

/* One operation that a reapply would do. */
struct xnm_drift {
	char operation[160];
	char why[96];
};

struct xnm_row {
	uint32_t domid;
	uint32_t devid;
	bool has_note;
	bool in_store;
	struct xnm_state state; /* the notes, or as much of it as xenstore tells */
	const char *guest_state; /* see xl.h */
	struct xnm_link link; /* of the vif; ifindex 0: there is none */
	char attached_to[IFNAMSIZ]; /* the bridge that it is a port of now; "": none */
	enum xnm_verdict verdict;
	struct xnm_err error; /* why it cannot be planned, or what the failed online said */
	unsigned int n_drift;
	struct xnm_drift *drift;
};

struct xnm_status {
	unsigned int n;
	struct xnm_row *rows; /* by domid, then devid */
};

void xnm_status_print_table(const struct xnm_status *status, FILE *stream);

/* The format is packaging/xnm-status.schema.json. Returns 0 or -ENOMEM. */
int xnm_status_print_json(const struct xnm_status *status, FILE *stream);

#endif
