/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vifname.c - which vif waits for a device name that another one has. */
#include "hotplug/notes/vifname.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "hotplug/base/event.h"
#include "hotplug/base/value.h"
#include "hotplug/notes/files.h"

int xnm_vifname_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *name),
			  void *arg)
{
	return xnm_file_each(dir->vifname_fd, fn, arg);
}

int xnm_vifname_note_write(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			   uint32_t devid)
{
	char file[24], tmp[32];

	xnm_vif_file(domid, devid, file);
	(void)snprintf(tmp, sizeof(tmp), ".%s", name);
	(void)unlinkat(dir->vifname_fd, tmp, 0);
	if (symlinkat(file, dir->vifname_fd, tmp))
		return -errno;
	if (renameat(dir->vifname_fd, tmp, dir->vifname_fd, name))
		return -errno;
	return 0;
}

int xnm_vifname_note_read(const struct xnm_run_dir *dir, const char *name, uint32_t *domid,
			  uint32_t *devid)
{
	char target[24];
	ssize_t len;

	if (dir->vifname_fd < 0 || !xnm_ifname_ok(name))
		return -ENOENT;
	len = readlinkat(dir->vifname_fd, name, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = '\0';
	return xnm_vif_id_parse(target, domid, devid);
}

int xnm_vifname_note_remove(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			    uint32_t devid)
{
	uint32_t other_domid = 0, other_devid = 0;

	if (xnm_vifname_note_read(dir, name, &other_domid, &other_devid) || other_domid != domid ||
	    other_devid != devid)
		return 0;
	return xnm_file_remove(dir->vifname_fd, name);
}
