/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.h - what `xnm status` knows of each vif and network, between finding it out and printing it. */
#ifndef XNM_STATUS_H
#define XNM_STATUS_H

#include "hotplug/base/log.h"
#include "hotplug/kernel/link.h"
#include "policy/policy.h"

struct xnm_uplink_report;

enum xnm_verdict {
	XNM_VERDICT_UNKNOWN, /* xenstore cannot be read */
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

/* What nftables checks of what a vif sends, by its note. */
enum xnm_locking {
	XNM_LOCKING_NONE, /* not ours, or the policy disables it */
	XNM_LOCKING_UNLOCKED,
	XNM_LOCKING_MAC, /* its MAC alone: its IP addresses are not known, or it may use any */
	XNM_LOCKING_LOCKED, /* its MAC and its IP addresses */
};

/* Whether what is noted for nftables is there. */
enum xnm_filter_state {
	XNM_FILTER_UNKNOWN, /* nftables cannot be read */
	XNM_FILTER_NONE, /* nothing is noted */
	XNM_FILTER_OK,
	XNM_FILTER_WRONG, /* problem says why */
};

struct xnm_filter_check {
	enum xnm_filter_state state;
	char problem[160];
};

/* How much was dropped for one reason. */
struct xnm_drop {
	char reason[IFNAMSIZ];
	uint64_t packets, bytes;
};

#define XNM_MAX_DROPS 32 /* there are fewer reasons */

struct xnm_drops {
	bool known; /* nftables could be read */
	unsigned int n;
	uint64_t packets; /* all together */
	struct xnm_drop list[XNM_MAX_DROPS]; /* most packets first */
};

struct xnm_row {
	uint32_t domid;
	uint32_t devid;
	bool has_note;
	bool in_store;
	struct xnm_vif_note *state; /* the notes, or as much of it as xenstore tells */
	const char *guest_state; /* see xl.h */
	struct xnm_link link; /* of the vif; ifindex 0: there is none */
	char attached_to[IFNAMSIZ]; /* the bridge that it is a port of now; "": none */
	enum xnm_locking locking;
	struct xnm_filter_check filter;
	struct xnm_drops drops;
	enum xnm_verdict verdict;
	struct xnm_err error; /* why it cannot be planned, or what the failed online said */
	char unpublished[96]; /* why not for the fast path; "": it is published */
	bool has_fastpath; /* its network says so */
	unsigned int n_drift;
	struct xnm_drift *drift;
};

/* A network of the policy that has vifs. */
struct xnm_network_row {
	char name[XNM_NAME_LEN];
	char bridge[IFNAMSIZ]; /* "": its vifs are routed */
	const char *
		forward; /* as in the policy; "": that cannot be read, or no longer has the network */
	unsigned int n_uplinks; /* by which it leads outside */
	char uplinks[XNM_MAX_NETWORK_UPLINKS][IFNAMSIZ];
	bool any_uplink; /* or by every interface that there is */
	unsigned int n_vifs;
	struct xnm_filter_check filter;
	struct xnm_drops drops;
};

/* Vifs and networks whose noted elements or rules somebody else has deleted from nftables. */
struct xnm_open {
	unsigned int n_vifs, n_networks;
	char why[96]; /* the first thing that was found */
};

struct xnm_status {
	unsigned int n;
	struct xnm_row *rows; /* by domid, then devid */
	unsigned int n_networks;
	struct xnm_network_row *networks; /* by name */
	unsigned int n_uplinks;
	struct xnm_uplink_report *uplinks; /* those with a gateway, in the policy's order */
	struct xnm_drops outside; /* spoofed-source and host-forward */
	bool has_store; /* xenstore could be read */
	bool in_detail; /* print each reason */
	char profile[XNM_NAME_LEN]; /* the one in force; "": none */
	bool profile_is_chosen; /* by xnm profile use */
	bool is_part; /* not all vifs were asked for */
	bool is_pending; /* a policy is being applied or tried, or that was broken off */
	unsigned int rolled_back; /* the copy of the policy that is in force; 0: none */
	struct xnm_open open; /* of all, whichever rows are asked for */
};

void xnm_status_free(struct xnm_status *status);

/* read.c: read the notes below /run/xnm; the keys in xenstore; the links. Each returns 0
 * or -errno and has told why on stderr. */
int xnm_status_read_notes(struct xnm_status *status);
int xnm_status_read_store(struct xnm_status *status);
int xnm_status_read_links(struct xnm_status *status);

/* open.c: looks for them; the line that says so, and what to type. Returns whether there is one. */
void xnm_status_find_open(struct xnm_open *open, const struct xnm_policy *policy);
bool xnm_status_open_text(const struct xnm_open *open, char *out, size_t out_size);

/* fastpath.c: whether it is published, by the plan of its reapply; NULL: it cannot be planned. */
struct xnm_plan;
void xnm_status_fastpath_planned(struct xnm_row *row, const struct xnm_plan *plan);

#endif
