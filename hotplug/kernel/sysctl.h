/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl.h - verbs toward /proc/sys/net. */
#ifndef XNM_SYSCTL_H
#define XNM_SYSCTL_H

/*
 * Switches IPv6 off on one device, which also removes its IPv6 addresses. A
 * kernel without IPv6, and a device that has gone, have nothing to switch off.
 * Returns 0 or -errno.
 */
int xnm_sysctl_disable_ipv6(const char *ifname);

#endif
