/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reapply.h - bring running vifs to what the policy says. */
#ifndef XNM_REAPPLY_H
#define XNM_REAPPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/log.h"

struct xnm_plan;

/* Receives what was done to a device, as "vif1.0", or to a network, as "network lan". */
typedef void (*xnm_reapply_told)(void *arg, const char *what, const struct xnm_plan *plan);

/* One vif, with its tap. Returns 0 or -errno; failures are logged. */
int xnm_reapply(uint32_t domid, uint32_t devid);

/*
 * The same for callers that tell of a failure themselves, and then may try again: has_tap, at first
 * false, remembers a tap that went with a vif that was taken down. Returns 0, or -errno with err
 * filled.
 */
int xnm_reapply_quietly(uint32_t domid, uint32_t devid, bool *has_tap, struct xnm_err *err);

/*
 * All vifs, and networks without one; addresses and names that several of them have swapped in the
 * policy are swapped. told, if not NULL, is called for each vif and network that did not fail. Returns 0, or not 0
 * if one failed; failures are logged.
 */
int xnm_reapply_all(xnm_reapply_told told, void *arg);

#endif
