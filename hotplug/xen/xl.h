/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xl.h - what only libxenlight can tell: the state of a domain. */
#ifndef XNM_XL_H
#define XNM_XL_H

#include <stdint.h>

/*
 * Returns "running", "paused", "shutdown" or "dying"; "unknown" without such
 * a domain, without a hypervisor, or without the right to ask it. The first
 * call opens libxenlight, which takes some milliseconds; nothing closes it.
 */
const char *xnm_xl_domain_state(uint32_t domid);

#endif
