/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner_links.h - symbolic links that say which vif has something, for the files that know what. */
#ifndef XNM_OWNER_LINKS_H
#define XNM_OWNER_LINKS_H

#include "hotplug/base/event.h"

struct xnm_run_dir;

/* Reads which vif the link names. Returns 0, -ENOENT when there is no such link, or -errno. */
int xnm_link_owner(int fd, const char *name, struct xnm_owner *owner);

/* Makes the link for self; -EEXIST with *owner filled if it names a vif that is not in from. */
int xnm_link_claim(const struct xnm_run_dir *dir, int fd, const char *name,
		   const struct xnm_owner *self, const struct xnm_owners *from,
		   struct xnm_owner *owner);

/* Removes the link if it names self; with an heir it then names that vif. */
void xnm_link_release(const struct xnm_run_dir *dir, int fd, const char *name,
		      const struct xnm_owner *self, const struct xnm_owner *heir);

#endif
