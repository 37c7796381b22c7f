/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.c - the folders below /run/xnm: open, close, and clear of what killed runs left. */
#include "hotplug/notes/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/mac.h"

/* the age at which the writer of a half-written file must have been killed */
#define HALF_WRITTEN_S 60

const char *xnm_run_dir_path(void)
{
	const char *path = getenv("XNM_RUN_DIR");

	return path && path[0] == '/' ? path : XNM_RUN_DIR;
}

static int open_dir(int at_fd, const char *path, bool read_only)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = openat(at_fd, path, flags);
	struct stat st;

	if (fd >= 0 || errno != ENOENT)
		return fd >= 0 ? fd : -errno;
	/* a symbolic link to nowhere is a mistake, and no folder that has yet to be made */
	if (read_only)
		return fstatat(at_fd, path, &st, AT_SYMLINK_NOFOLLOW) ? -errno : -ENOTDIR;
	if (mkdirat(at_fd, path, 0755) && errno != EEXIST)
		return -errno;
	fd = openat(at_fd, path, flags);
	return fd >= 0 ? fd : -errno;
}

int xnm_run_dir_folder(const struct xnm_run_dir *dir, const char *name, bool make)
{
	int fd;

	if (dir->run_fd < 0)
		return -ENOENT;
	if (make)
		return open_dir(dir->run_fd, name, false);
	fd = openat(dir->run_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 ? fd : -errno;
}

int xnm_run_dir_open(struct xnm_run_dir *dir, const char *path, bool read_only)
{
	const struct {
		const char *name;
		int *fd;
	} parts[] = {
		{ "vif", &dir->vif_fd },	 { "bridge", &dir->bridge_fd },
		{ "vifname", &dir->vifname_fd }, { "network", &dir->network_fd },
		{ "address", &dir->address_fd }, { "prefix", &dir->prefix_fd },
	};
	int fd;

	*dir = (struct xnm_run_dir)XNM_RUN_DIR_CLOSED;
	fd = open_dir(AT_FDCWD, path, read_only);
	if (fd < 0)
		return read_only && fd == -ENOENT ? 0 : fd;
	dir->run_fd = fd;
	for (size_t i = 0; i < XNM_N_ELEMENTS(parts); i++) {
		fd = open_dir(dir->run_fd, parts[i].name, read_only);
		if (fd < 0 && !(read_only && fd == -ENOENT))
			return fd;
		*parts[i].fd = fd < 0 ? -1 : fd;
	}
	if (read_only)
		return 0;
	dir->locks.fd =
		openat(dir->run_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return dir->locks.fd < 0 ? -errno : xnm_mac_notes_begin(dir);
}

void xnm_run_dir_close(struct xnm_run_dir *dir)
{
	int *fds[] = { &dir->run_fd,	 &dir->vif_fd,	   &dir->bridge_fd, &dir->vifname_fd,
		       &dir->network_fd, &dir->address_fd, &dir->prefix_fd, &dir->locks.fd };

	for (size_t i = 0; i < XNM_N_ELEMENTS(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	dir->locks.n = 0;
}

void xnm_vif_file(uint32_t domid, uint32_t devid, char out[24])
{
	(void)snprintf(out, 24, "%u.%u", domid, devid);
}

/* A run writes for milliseconds, and libxl kills it after 40 s: the writer of an older file is dead. */
static int sweep(void *arg, const char *name)
{
	const int *dir_fd = arg;
	struct stat st;

	if (fstatat(*dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_mtime + HALF_WRITTEN_S < time(NULL))
		(void)unlinkat(*dir_fd, name, 0);
	return 0;
}

void xnm_run_dir_sweep(const struct xnm_run_dir *dir)
{
	int fds[] = { dir->vif_fd,     dir->bridge_fd,	dir->vifname_fd,
		      dir->network_fd, dir->address_fd, dir->prefix_fd };

	for (size_t i = 0; i < XNM_N_ELEMENTS(fds); i++)
		(void)xnm_file_each_hidden(fds[i], sweep, &fds[i]);
}
