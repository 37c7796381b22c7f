/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.h - what `xnm status` knows of each vif and network, between finding it out and printing it. */
#ifndef XNM_STATUS_H
#define XNM_STATUS_H

#include "hotplug/base/log.h"
#include "hotplug/core/facts.h"
#include "hotplug/parts/uplink/probe.h"

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

/* What it is held to, by what is noted for nftables. */
enum xnm_locking {
	XNM_LOCKING_NONE, /* not ours, or the policy disables it */
	XNM_LOCKING_UNLOCKED,
	XNM_LOCKING_MAC, /* locked, but nobody said which addresses it has */
	XNM_LOCKING_LOCKED,
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
	char unpublished[96]; /* why it is not published for the fast path; "": it is */
	bool has_fastpath; /* its network says so */
	unsigned int n_drift;
	struct xnm_drift *drift;
};

/* A network of the policy that has vifs. */
struct xnm_network_row {
	char name[XNM_NAME_LEN];
	char bridge[IFNAMSIZ]; /* "": its vifs are routed */
	const char *forward; /* as the policy has it; "": that cannot be read, or has it no more */
	unsigned int n_uplinks; /* by which it leads outside */
	char uplinks[XNM_MAX_NETWORK_UPLINKS][IFNAMSIZ];
	bool any_uplink; /* or by every interface that there is */
	unsigned int n_vifs;
	struct xnm_filter_check filter;
	struct xnm_drops drops;
};

/* What is noted and is not in nftables any more, by somebody else's hand. */
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
	struct xnm_drops outside; /* what claimed to come from guests and did not */
	bool in_detail; /* print each reason */
	struct xnm_open open; /* of all, whichever rows are asked for */
};

void xnm_status_free(struct xnm_status *status);

/* read.c: read the notes below /run/xnm; the keys in xenstore; the links. Each returns 0
 * or -errno and has told why on stderr. */
int xnm_status_read_notes(struct xnm_status *status);
int xnm_status_read_store(struct xnm_status *status);
int xnm_status_read_links(struct xnm_status *status);

/* network.c: the networks of the rows. policy may be NULL. Returns 0 or -ENOMEM. */
int xnm_status_read_networks(struct xnm_status *status, const struct xnm_policy *policy);
/* What is noted of the uplinks. policy may be NULL. Returns 0 or -ENOMEM. */
int xnm_status_read_uplinks(struct xnm_status *status, const struct xnm_policy *policy);

/*
 * filter.c: whether nftables holds what is noted, and what it dropped;
 * tells on stderr when nftables cannot be read.
 */
void xnm_status_read_filter(struct xnm_status *status, const struct xnm_policy *policy);

/* open.c: looks for it; the line that says so, and what to type. Returns whether there is one. */
void xnm_status_find_open(struct xnm_open *open, const struct xnm_policy *policy);
bool xnm_status_open_text(const struct xnm_open *open, char *out, size_t out_size);

/* drops.c: read the counters of both tables, and add up those of one device. */
struct xnm_nft;
struct xnm_counter {
	char ifname[IFNAMSIZ];
	struct xnm_drop drop;
};
struct xnm_counters {
	bool known;
	unsigned int n;
	struct xnm_counter *list;
};
int xnm_counters_read(struct xnm_counters *counters, struct xnm_nft *nft);
void xnm_counters_free(struct xnm_counters *counters);
/* Adds what is counted for ifname; with of_network only what networks drop, not what the vif's
 * own filter does. */
void xnm_drops_add(struct xnm_drops *drops, const struct xnm_counters *counters, const char *ifname,
		   bool of_network);

void xnm_status_print_table(const struct xnm_status *status, FILE *stream);

/* The format is packaging/xnm-status.schema.json. Returns 0 or -ENOMEM. */
int xnm_status_print_json(const struct xnm_status *status, FILE *stream);

/* The words for both. */
const char *xnm_locking_word(enum xnm_locking locking);
const char *xnm_link_word(const struct xnm_row *row);

#endif
