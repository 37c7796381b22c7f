/* SPDX-License-Identifier: GPL-2.0-or-later */
/* members.h - which vifs keep the classes of a device: files in /run/xnm/classes. */
#ifndef XNM_CLASSES_MEMBERS_H
#define XNM_CLASSES_MEMBERS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"

/*
 * A member is noted before the first qdisc is made, and removed after the last one is deleted: as
 * long as there is one, the device may have our qdiscs.
 */
int xnm_class_member_add(const struct xnm_run_dir *dir, const char *device,
			 const struct xnm_owner *vif);
int xnm_class_member_remove(const struct xnm_run_dir *dir, const char *device,
			    const struct xnm_owner *vif);
bool xnm_class_is_member(const struct xnm_run_dir *dir, const char *device,
			 const struct xnm_owner *vif);
/* Whether a vif other than this one keeps the device's classes. */
bool xnm_class_has_others(const struct xnm_run_dir *dir, const char *device,
			  const struct xnm_owner *vif);

/* Calls fn for every member; stops at its first non-zero answer, and returns it, or -errno. */
int xnm_class_member_each(const struct xnm_run_dir *dir,
			  int (*fn)(void *arg, const char *device, const struct xnm_owner *vif),
			  void *arg);

/* Whether this host has, or had since it started, classes on any device. */
bool xnm_classes_are_used(const struct xnm_run_dir *dir);

#endif
