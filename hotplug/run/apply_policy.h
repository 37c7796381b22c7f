/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_policy.h - bring all that runs to a policy that has changed. */
#ifndef XNM_APPLY_POLICY_H
#define XNM_APPLY_POLICY_H

#include "hotplug/run/reapply.h"
#include "hotplug/run/run.h"

/*
 * Does what xnm-vif reapply all and xnm-udev boot do: all vifs, networks with start=boot, and the
 * uplinks, by the policy as it can be read now; nothing if it has mistakes. With XNM_RUN_PLAN
 * nothing changes; what guests exchange with each other is then told as a failure. told is called
 * for each vif and network that did not fail, also if there is nothing to do. Drops privileges.
 * Returns how many failed, each of which is logged.
 */
unsigned int xnm_apply_policy(enum xnm_run_mode mode, xnm_reapply_told told, void *arg);

/*
 * Keeps a copy of the policy in force if there is none yet, so that there is a way back from the
 * first change of it: at boot. A failure is logged.
 */
void xnm_keep_first_policy(const struct xnm_policy *policy);

#endif
