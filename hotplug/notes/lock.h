/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock.h - locks between events, gone by themselves when their holder dies. */
#ifndef XNM_LOCK_H
#define XNM_LOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * All locks are bytes of one file, <run>/lock, taken as open-file-description
 * record locks (fcntl(2), F_OFD_SETLK): nothing is left behind by a killed
 * process, and there is no lock file per vif to remove without a race.
 */

/* The byte that stands for a vif, or for a bridge by name. */
uint64_t xnm_lock_vif(uint32_t domid, uint32_t devid);
uint64_t xnm_lock_bridge(const char *bridge);

/*
 * Takes the lock, waiting up to timeout_ms; shared locks go together.
 * Returns 0, -ETIMEDOUT (-EAGAIN when timeout_ms is 0) or another -errno.
 */
int xnm_lock_take(int lock_fd, uint64_t byte, bool shared, unsigned int timeout_ms);

/* Whether another run holds the lock; that it cannot be told is a no. */
bool xnm_lock_is_others(int lock_fd, uint64_t byte);

void xnm_lock_drop(int lock_fd, uint64_t byte);

#endif
