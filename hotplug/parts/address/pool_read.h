/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool_read.h - the addresses that a pool has for a guest. */
#ifndef XNM_POOL_READ_H
#define XNM_POOL_READ_H

#include "hotplug/core/facts.h"

struct xnm_pool_guest;
struct xnm_want;

/*
 * Finds the addresses that the wanted pool has for the guest: those that it had
 * before, or free ones, or those that nobody has used for the longest time.
 * The caller holds the pool's lock until they are noted. Returns 0, -ENOSPC when
 * the pool is full, or another -errno with err filled.
 */
int xnm_facts_pool(struct xnm_facts *facts, const struct xnm_event *event,
		   const struct xnm_want *want, struct xnm_err *err);

/* The same for a guest that may not run. */
int xnm_pool_find(struct xnm_pool_facts *out, const struct xnm_run_dir *dir,
		  const struct xnm_owner *self, const struct xnm_pool_guest *guest,
		  const struct xnm_want *want, struct xnm_err *err);

#endif
