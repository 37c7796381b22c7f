/* SPDX-License-Identifier: GPL-2.0-or-later */
/* networks.h - set up, or end, all networks that exist without a vif. */
#ifndef XNM_RUN_NETWORKS_H
#define XNM_RUN_NETWORKS_H

#include "hotplug/run/reapply.h"
#include "hotplug/run/run.h"

/*
 * Makes or repairs the networks with start=boot, and attaches cards to the bridges of others that
 * are there. ifname: only networks that have this interface; "": all. told is called for each one
 * that did not fail. Returns how many failed, which is logged.
 */
unsigned int xnm_networks_start(const struct xnm_policy *policy, const char *ifname,
				enum xnm_run_mode mode, xnm_reapply_told told, void *arg);

/*
 * Ends networks that were started by start=boot and no longer have it. all: also those of bridges
 * that xnm made and whose last vif may have gone without an event.
 */
unsigned int xnm_networks_stop(const struct xnm_policy *policy, bool all, enum xnm_run_mode mode,
			       xnm_reapply_told told, void *arg);

#endif
