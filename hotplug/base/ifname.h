/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifname.h - what the kernel calls a device that somebody names, be it by an alternative name. */
#ifndef XNM_IFNAME_H
#define XNM_IFNAME_H

#include <net/if.h>

/* Opens the socket for xnm_ifname_real(). Returns a descriptor or -errno. */
int xnm_ifname_open(void);

/*
 * Puts the device's own name into real. name is its name or an alternative
 * one of up to 15 characters. Returns 0, -ENODEV when nothing is called so,
 * or another -errno.
 */
int xnm_ifname_real(int fd, const char *name, char real[IFNAMSIZ]);

#endif
