/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival.h - say which default route is in the place of one that was to be made. */
#ifndef XNM_UPLINK_RIVAL_H
#define XNM_UPLINK_RIVAL_H

#include "hotplug/kernel/route.h"

/* The message for a default route whose metric is in use, with the route that has it, if known. */
const char *apply_default_rival(const struct xnm_default *rival);

#endif
