/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.h - the parts of xnm_policy_check(). */
#ifndef XNM_CHECK_H
#define XNM_CHECK_H

#include "policy/report.h"

/* check_forward.c: port forwards and uplinks of the networks */
void xnm_check_forwards(const struct xnm_policy *policy, struct xnm_reporter *rep);
void xnm_check_uplinks(const struct xnm_policy *policy, struct xnm_reporter *rep);
void xnm_check_networks(const struct xnm_policy *policy, struct xnm_reporter *rep);

/* check_pools.c: pools without vifs, and dnsmasq's needs */
void xnm_check_pools(const struct xnm_policy *policy, struct xnm_reporter *rep);
void xnm_check_dhcp(const struct xnm_policy *policy, struct xnm_reporter *rep);

/* check_tc.c: keys of shaping that have no effect, and what shaping keeps from working */
void xnm_check_tc(const struct xnm_policy *policy, struct xnm_reporter *rep);

/*
 * check_netems.c: lines that this kernel cannot emulate, and duplicate= that it refuses, or some
 * kernels do, beside other lines of the same vif; can: NULL if nobody has asked it
 */
void xnm_check_netems(const struct xnm_policy *policy, struct xnm_reporter *rep,
		      const struct xnm_netem_can *can);

/* check_classes.c: classes without vifs or uplinks */
void xnm_check_classes(const struct xnm_policy *policy, struct xnm_reporter *rep);

/* program.c: whether PATH or a folder for system programs has the program. */
bool xnm_has_program(const char *name);

#endif
