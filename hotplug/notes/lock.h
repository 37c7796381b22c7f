/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock.h - locks between runs, in one order; they are gone by themselves when their holder dies. */
#ifndef XNM_LOCK_H
#define XNM_LOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * All locks are bytes of one file, <run>/lock, taken as open-file-description
 * record locks (fcntl(2), F_OFD_SETLK): nothing is left behind by a killed
 * process, and there is no lock file per vif to remove without a race.
 *
 * A run that holds one of these waits only for those below it.
 */
enum xnm_lock {
	XNM_LOCK_RUN, /* whoever carries out a schedule, from its start to its end; nobody waits for it */
	XNM_LOCK_APPLY, /* whoever brings all vifs to a changed policy; only a schedule waits for it */
	XNM_LOCK_OVERRIDE, /* the keys that were set for a vif, also while it is reapplied with them */
	XNM_LOCK_PROBE, /* whoever pings by the uplinks; nobody waits for it */
	XNM_LOCK_VIF, /* a vif and its tap; that of another vif is only tried */
	XNM_LOCK_NETWORK, /* a bridge, or a network without one: shared by those who attach to it */
	XNM_LOCK_UPLINKS, /* the host's default routes, and who asks for them */
	XNM_LOCK_POOL, /* a pool, until the addresses that were found in it are noted */
	/*
	 * The network that a vif leaves: the same lock as XNM_LOCK_NETWORK, for which an
	 * online waits while it still holds that of the network that it joins, and that of the
	 * uplinks. Two that meet crosswise wait until the time of one of them is over.
	 */
	XNM_LOCK_OLD_NETWORK,
	XNM_LOCK_SETTINGS, /* sysctls, and the notes of what they were */
	XNM_LOCK_FASTPATH, /* what guests are told of each other for the fast path */
	XNM_LOCK_HEAL, /* whoever compares all of nftables with the notes */
	XNM_LOCK_LINKS, /* the links that say which vif has an address */
};

/* How long a run waits for another one; nobody holds a lock for longer than a few operations. */
#define XNM_LOCK_TIMEOUT_MS 2000
/* For locks that many guests wait for when they start together: of a network, its bridge, a
 * pool. */
#define XNM_SHARED_LOCK_TIMEOUT_MS 8000

#define XNM_MAX_LOCKS 8 /* that one run holds */

/* The file of the locks, and which of them the run holds, in the order in which they were taken. */
struct xnm_locks {
	int fd;
	unsigned int n;
	struct {
		uint64_t byte;
		uint8_t kind; /* enum xnm_lock */
		bool shared;
	} held[XNM_MAX_LOCKS];
};

/*
 * Takes the lock alone, or together with others who take it shared, and waits up
 * to timeout_ms. name: of the bridge, network, pool or file; of other kinds there is one
 * for the host, whose name is NULL. What is held already is not waited for: it
 * counts, and is free when it has been unlocked as often.
 *
 * Returns 0, -ETIMEDOUT (-EAGAIN when timeout_ms is 0) or another -errno. Builds
 * with XNM_CHECK_LOCKS end the program when a lock is waited for out of order;
 * in others that only means a longer wait, which has an end.
 */
int xnm_lock(struct xnm_locks *locks, enum xnm_lock kind, const char *name,
	     unsigned int timeout_ms);
int xnm_lock_shared(struct xnm_locks *locks, enum xnm_lock kind, const char *name,
		    unsigned int timeout_ms);
int xnm_lock_vif(struct xnm_locks *locks, uint32_t domid, uint32_t devid, unsigned int timeout_ms);

/* Unlocks what was taken last of that kind; that there is none is no harm. */
void xnm_unlock(struct xnm_locks *locks, enum xnm_lock kind);
/* Unlocks all that stands below kind. */
void xnm_unlock_below(struct xnm_locks *locks, enum xnm_lock kind);

bool xnm_holds_lock(const struct xnm_locks *locks, enum xnm_lock kind);
/* Whether another run holds the lock of that vif; that it cannot be told is a no. */
bool xnm_lock_vif_is_others(const struct xnm_locks *locks, uint32_t domid, uint32_t devid);

#endif
