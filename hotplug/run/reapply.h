/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reapply.h - put vifs that run back to what the policy says. */
#ifndef XNM_REAPPLY_H
#define XNM_REAPPLY_H

#include <stdint.h>

/* One of them, with its tap. Returns 0 or -errno, and has told why. */
int xnm_reapply(uint32_t domid, uint32_t devid);

/*
 * All of them, and the networks that are there without one: what several of them
 * have swapped since is theirs at the end. Returns 0, or not 0 where one could
 * not be put back, and has told why.
 */
int xnm_reapply_all(void);

#endif
