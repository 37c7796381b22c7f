/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.h - what a network has changed, which vifs are in it, and what sysctls were before. */
#ifndef XNM_NETWORK_NOTE_H
#define XNM_NETWORK_NOTE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/kernel/nft_sets.h"
#include "policy/policy.h"

struct xnm_run_dir;

/* What a network has put into nftables and asked of the kernel. */
struct xnm_network_note {
	char bridge[IFNAMSIZ]; /* "": its vifs are routed */
	unsigned int n_settings;
	char settings[XNM_MAX_SETTINGS][64]; /* paths below /proc/sys/net */
	bool is_sent; /* xnm_network_note_sent() was called since it was written */
	struct xnm_elements elements;
};

/* As if nothing were noted: what is beyond the end of a list is left alone. */
void xnm_network_note_clear(struct xnm_network_note *note);

int xnm_network_note_write(const struct xnm_run_dir *dir, const char *network,
			   const struct xnm_network_note *note);
/*
 * Notes that nftables has all elements of the network's note. The next event looks
 * for the elements of a note of which that is not noted, as its writer was killed in
 * between. The caller holds the lock under which the note was written. This only
 * saves work, so a failure is no error.
 */
void xnm_network_note_sent(const struct xnm_run_dir *dir, const char *network);
/* Returns 0, -ENOENT when no vif is in the network, or -errno. */
int xnm_network_note_read(const struct xnm_run_dir *dir, const char *network,
			  struct xnm_network_note *note);
int xnm_network_note_remove(const struct xnm_run_dir *dir, const char *network);
/* Calls fn for every network with a note. */
int xnm_network_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *network),
			  void *arg);

/* Which vifs are in a network. */
int xnm_network_member_add(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			   uint32_t devid);
int xnm_network_member_remove(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			      uint32_t devid);
bool xnm_network_is_member(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			   uint32_t devid);
bool xnm_network_has_members(const struct xnm_run_dir *dir, const char *network);
/* Calls fn for every vif of every network; stops at its first non-zero answer. */
int xnm_network_member_each(const struct xnm_run_dir *dir,
			    int (*fn)(void *arg, const char *network, uint32_t domid,
				      uint32_t devid),
			    void *arg);
/* A network that is to stay without vifs (start=boot) is held: then it has a member. */
int xnm_network_hold(const struct xnm_run_dir *dir, const char *network);
int xnm_network_unhold(const struct xnm_run_dir *dir, const char *network);
bool xnm_network_is_held(const struct xnm_run_dir *dir, const char *network);
/*
 * Removes the members whose vif has no note any more. sweep keeps those for which
 * is_used() is true: such a vif runs, and its note was lost.
 */
void xnm_network_members_check(const struct xnm_run_dir *dir);
void xnm_network_members_sweep(const struct xnm_run_dir *dir,
			       bool (*is_used)(uint32_t domid, uint32_t devid));

/* Whether it is a note on a device (":br0", "=br0") or the host ("+ipv4"), not on a network. */
bool xnm_network_is_device(const char *network);

/* A sysctl that xnm has changed, or is going to. */
struct xnm_sysctl_note {
	uint32_t was; /* before */
	bool has_set; /* false: an older version has written the note */
	uint32_t set; /* what xnm set: another value now is somebody else's */
	int newest; /* of forwarding: later network devices have a greater ifindex; 0: not known */
};

/* Of a sysctl that is noted already, only set is taken over. Returns 0 or -errno. */
int xnm_sysctl_note_write(const struct xnm_run_dir *dir, const char *path,
			  const struct xnm_sysctl_note *note);
/* Return 0, -ENOENT, or -EINVAL for a note that makes no sense; was is then 0. */
int xnm_sysctl_note_load(const struct xnm_run_dir *dir, const char *path,
			 struct xnm_sysctl_note *note);
int xnm_sysctl_note_read(const struct xnm_run_dir *dir, const char *path, uint32_t *was);
int xnm_sysctl_note_remove(const struct xnm_run_dir *dir, const char *path);

#endif
