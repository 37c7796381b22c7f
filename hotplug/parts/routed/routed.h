/* SPDX-License-Identifier: GPL-2.0-or-later */
/* routed.h - how this host reaches a vif that it routes to. */
#ifndef XNM_ROUTED_H
#define XNM_ROUTED_H

/* The smaller one wins (ip route): a tap comes before its vif, as it is the one that works until
 * the guest has drivers of its own. */
#define XNM_METRIC_TAP 1
#define XNM_METRIC_VIF 2

#endif
