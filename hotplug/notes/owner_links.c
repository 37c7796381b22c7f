/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner_links.c - symbolic links that say which vif has something, for the files that know what. */
#include "hotplug/notes/owner_links.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/base/event.h"
#include "hotplug/base/log.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/lock.h"

/*
 * To make a link is one step, which tells of a rival. To take one away is two, a
 * look and an unlink, and the link may be another's in between: whoever does
 * that holds the lock of the links, for as long as the two take. Nothing is waited
 * for meanwhile, so the run's other locks are not looked at.
 */

int xnm_link_owner(int fd, const char *name, struct xnm_owner *owner)
{
	char target[XNM_VIF_FILE_LEN];
	ssize_t len;

	*owner = (struct xnm_owner){ 0 };
	if (fd < 0)
		return -ENOENT;
	len = readlinkat(fd, name, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = '\0';
	return xnm_vif_id_parse(target, &owner->domid, &owner->devid);
}

static bool is_among(const struct xnm_owners *owners, const struct xnm_owner *owner)
{
	for (unsigned int i = 0; owners && i < owners->n; i++) {
		if (xnm_owner_equal(&owners->list[i], owner))
			return true;
	}
	return false;
}

/* Returns -EAGAIN when there is no link any more that could be taken over. */
static int take_over(int fd, const char *name, const char *file, const struct xnm_owner *self,
		     const struct xnm_owners *from, struct xnm_owner *owner)
{
	int rc = xnm_link_owner(fd, name, owner);

	if (rc == -ENOENT)
		return -EAGAIN;
	if (rc == 0 && xnm_owner_equal(self, owner))
		return 0;
	/* a link that names no vif counts as one of from, if there is such a list */
	if (rc ? !from : !is_among(from, owner))
		return -EEXIST;
	if (unlinkat(fd, name, 0) && errno != ENOENT)
		return -errno;
	return symlinkat(file, fd, name) ? -errno : 0;
}

int xnm_link_claim(const struct xnm_run_dir *dir, int fd, const char *name,
		   const struct xnm_owner *self, const struct xnm_owners *from,
		   struct xnm_owner *owner)
{
	struct xnm_locks locks = { .fd = dir->locks.fd };
	char file[XNM_VIF_FILE_LEN];
	int rc = -EAGAIN;

	xnm_vif_file(self->domid, self->devid, file);
	for (int i = 0; rc == -EAGAIN && i < 3; i++) {
		if (symlinkat(file, fd, name) == 0)
			return 0;
		if (errno != EEXIST)
			return -errno;
		rc = xnm_lock(&locks, XNM_LOCK_LINKS, NULL, XNM_LOCK_TIMEOUT_MS);
		if (rc)
			return rc;
		rc = take_over(fd, name, file, self, from, owner);
		xnm_unlock(&locks, XNM_LOCK_LINKS);
	}
	return rc == -EAGAIN ? -EEXIST : rc;
}

void xnm_link_release(const struct xnm_run_dir *dir, int fd, const char *name,
		      const struct xnm_owner *self, const struct xnm_owner *heir)
{
	struct xnm_locks locks = { .fd = dir->locks.fd };
	char file[XNM_VIF_FILE_LEN];
	struct xnm_owner owner;

	if (xnm_link_owner(fd, name, &owner) || !xnm_owner_equal(self, &owner))
		return;
	/* an offline goes on without it */
	(void)xnm_lock(&locks, XNM_LOCK_LINKS, NULL, XNM_LOCK_TIMEOUT_MS);
	if (xnm_link_owner(fd, name, &owner) == 0 && xnm_owner_equal(self, &owner)) {
		(void)unlinkat(fd, name, 0);
		if (heir) {
			xnm_vif_file(heir->domid, heir->devid, file);
			/* the next vif that claims it gets it, be it the heir or another one */
			if (symlinkat(file, fd, name))
				xnm_log_info("cannot note %s for vif%s: %s", name, file,
					     strerror(errno));
		}
	}
	xnm_unlock(&locks, XNM_LOCK_LINKS);
}
