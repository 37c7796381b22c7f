/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root.h - whose the root qdisc of a device is, and how ours goes. */
#ifndef XNM_CLASSES_ROOT_H
#define XNM_CLASSES_ROOT_H

#include "hotplug/core/apply.h"

/*
 * Reads whether the device's root is our HTB, or (rival, "" if not) one that somebody else made;
 * neither is one that the kernel made by itself. Returns 0 or -errno.
 */
int classes_look_at_root(struct xnm_rtnl *rtnl, int ifindex, bool *has_root,
			 char rival[XNM_QDISC_TEXT_LEN]);

/* Whether packets of that priority are those of a class, or of a vif with an 802.1p priority. */
bool classes_is_ours(uint32_t priority);

/*
 * The vif no longer keeps the device's classes: without another one that does they are deleted, and
 * the kernel's own qdisc takes their place. Takes the lock of the uplinks. Returns 0 or -errno.
 */
int classes_leave(struct xnm_ctx *ctx, const char *device, const struct xnm_owner *vif);

#endif
