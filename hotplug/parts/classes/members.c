/* SPDX-License-Identifier: GPL-2.0-or-later */
/* members.c - note which vifs keep the classes of a device: classes/eth0,1.0. */
#include "hotplug/parts/classes/members.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/base/event.h"
#include "hotplug/base/util.h"

#define FOLDER "classes"

static void member_name(char out[XNM_RUN_NAME_LEN], const char *device, const struct xnm_owner *vif)
{
	(void)snprintf(out, XNM_RUN_NAME_LEN, "%.15s,%u.%u", device, vif->domid, vif->devid);
}

int xnm_class_member_add(const struct xnm_run_dir *dir, const char *device,
			 const struct xnm_owner *vif)
{
	_cleanup_close_ int fd = xnm_run_dir_folder(dir, FOLDER, true);
	char name[XNM_RUN_NAME_LEN];
	int file;

	if (fd < 0)
		return fd;
	member_name(name, device, vif);
	file = openat(fd, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (file < 0)
		return -errno;
	close(file);
	return 0;
}

int xnm_class_member_remove(const struct xnm_run_dir *dir, const char *device,
			    const struct xnm_owner *vif)
{
	_cleanup_close_ int fd = xnm_run_dir_folder(dir, FOLDER, false);
	char name[XNM_RUN_NAME_LEN];

	member_name(name, device, vif);
	return fd < 0 ? (fd == -ENOENT ? 0 : fd) : xnm_file_remove(fd, name);
}

bool xnm_class_is_member(const struct xnm_run_dir *dir, const char *device,
			 const struct xnm_owner *vif)
{
	_cleanup_close_ int fd = xnm_run_dir_folder(dir, FOLDER, false);
	char name[XNM_RUN_NAME_LEN];

	member_name(name, device, vif);
	return fd >= 0 && faccessat(fd, name, F_OK, 0) == 0;
}

struct each {
	int (*fn)(void *arg, const char *device, const struct xnm_owner *vif);
	void *arg;
};

/* A device's name may have a comma itself. */
static int each_member(void *arg, const char *name)
{
	const struct each *each = arg;
	const char *comma = strrchr(name, ',');
	char device[IFNAMSIZ];
	struct xnm_owner vif;
	size_t len = comma ? (size_t)(comma - name) : 0;

	if (len == 0 || len >= sizeof(device) ||
	    xnm_vif_id_parse(comma + 1, &vif.domid, &vif.devid))
		return 0;
	memcpy(device, name, len);
	device[len] = '\0';
	return each->fn(each->arg, device, &vif);
}

int xnm_class_member_each(const struct xnm_run_dir *dir,
			  int (*fn)(void *arg, const char *device, const struct xnm_owner *vif),
			  void *arg)
{
	_cleanup_close_ int fd = xnm_run_dir_folder(dir, FOLDER, false);
	struct each each = { .fn = fn, .arg = arg };

	return fd < 0 ? (fd == -ENOENT ? 0 : fd) : xnm_file_each(fd, each_member, &each);
}

struct search {
	const char *device;
	const struct xnm_owner *vif;
};

static int is_other(void *arg, const char *device, const struct xnm_owner *vif)
{
	const struct search *search = arg;

	return strcmp(device, search->device) == 0 &&
	       (vif->domid != search->vif->domid || vif->devid != search->vif->devid);
}

/* That it cannot be told is a yes: then nothing is deleted. */
bool xnm_class_has_others(const struct xnm_run_dir *dir, const char *device,
			  const struct xnm_owner *vif)
{
	struct search search = { device, vif };

	return xnm_class_member_each(dir, is_other, &search) != 0;
}

bool xnm_classes_are_used(const struct xnm_run_dir *dir)
{
	return dir->run_fd >= 0 && faccessat(dir->run_fd, FOLDER, F_OK, 0) == 0;
}
