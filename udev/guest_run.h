/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_run.h - what one run of xnm-guest holds open, and its steps. */
#ifndef XNM_GUEST_RUN_H
#define XNM_GUEST_RUN_H

#include "udev/guest_note.h"
#include "udev/guest_plan.h"

struct guest_run {
	const char *domain; /* a folder in xenstore; "": our own */
	bool print; /* change nothing */
	struct guest_dir dir;
	struct xnm_rtnl *rtnl;
	struct xnm_store *store;
	struct xnm_nft *nft; /* NULL: not opened yet */
	struct xnm_err err;
};

/* guest_device.c */
/* The number of the vif whose device is ifname. Returns 0, -ENODEV or another -errno. */
int guest_devid_of(struct guest_run *run, const char *ifname, uint32_t *devid);
/* The name of the vif's device; mac is from dom0, or all zero. Returns 0 or -ENODEV. */
int guest_find_device(uint32_t devid, const struct xnm_mac *mac, char ifname[IFNAMSIZ]);

/* guest_read.c */
/* Fills vif, whose devid and note are given. Both return 0 or -errno with err filled. */
int guest_read_told(struct guest_run *run, uint32_t devid, struct guest_told *told);
int guest_read_vif(struct guest_run *run, struct guest_vif *vif);
/* Returns -E2BIG with err filled: there are too many vifs. */
int guest_too_many(struct guest_run *run);
/* Calls fn for every vif in xenstore. */
int guest_each_vif(struct guest_run *run, int (*fn)(void *arg, uint32_t devid), void *arg);
/* Waits some seconds at most until the vif's backend is ready: a vif that was just attached exists
 * before dom0 has written its folder. */
void guest_wait_for_backend(struct guest_run *run, uint32_t devid);

/* guest_read_host.c */
/* Fills host, whose notes are given. */
int guest_read_host(struct guest_run *run, struct guest_host *host);

/* guest_apart.c */
/* Fills host->apart; notes and sysctls are given. */
int guest_read_apart(struct guest_run *run, struct guest_host *host);
/* Writes the note on interfaces that must not forward. */
int guest_apart_write(const struct guest_dir *dir, const struct guest_host *host);

/* guest_watch.c */
/* Opens sockets that report changes of interfaces, routes, rules and nftables; returns how many. */
unsigned int guest_watch_open(int fds[2]);

/* guest_apply.c */
/* Runs the operations, or prints them. host is NULL for the plan of one vif. */
int guest_apply(struct guest_run *run, const struct guest_plan *plan, struct guest_host *host);

/* guest_rules.c */
/* Make or remove the table. Return 0 or -errno. */
int guest_rules_make(struct xnm_nft *nft, const struct guest_share *share);
int guest_rules_remove(struct xnm_nft *nft);

#endif
