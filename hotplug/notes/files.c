/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.c - the folders below /run/xnm, and how their small files are read and replaced. */
#include "hotplug/notes/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

void xnm_copy(char *out, size_t out_size, const char *value)
{
	(void)snprintf(out, out_size, "%s", value);
}

void xnm_vif_file(uint32_t domid, uint32_t devid, char out[24])
{
	(void)snprintf(out, 24, "%u.%u", domid, devid);
}

/*
 * Not with inih: it drops what stands behind " ;" as a comment, and blanks at both
 * ends, and the name of a domain may have both.
 */
bool xnm_file_lines(char *text, const char *header,
		    bool (*read_key)(void *arg, const char *key, const char *value), void *arg)
{
	char *save = NULL, *value;
	bool inside = false;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '#')
			continue;
		if (line[0] == '[') {
			inside = strcmp(line, header) == 0;
			if (!inside)
				return false;
			continue;
		}
		value = strchr(line, '=');
		if (!value || !inside)
			return false;
		*value++ = '\0';
		if (!read_key(arg, line, value))
			return false;
	}
	return inside;
}

int xnm_file_read(int dir_fd, const char *name, char *text, size_t text_size)
{
	_cleanup_close_ int fd = -1;
	ssize_t len;

	if (dir_fd < 0)
		return -ENOENT;
	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	len = read(fd, text, text_size - 1);
	if (len < 0)
		return -errno;
	/* a note that does not fit is not read in half */
	if ((size_t)len == text_size - 1)
		return -EFBIG;
	text[len] = '\0';
	return 0;
}

int xnm_file_replace(int dir_fd, const char *name, const char *text, size_t len)
{
	_cleanup_close_ int fd = -1;
	char tmp[XNM_RUN_NAME_LEN];
	int rc = 0;

	/* a fixed name: one run at a time writes it, over what a killed one has left */
	(void)snprintf(tmp, sizeof(tmp), ".%s", name);
	fd = openat(dir_fd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		rc = errno ? -errno : -ENOSPC;
	if (rc == 0 && renameat(dir_fd, tmp, dir_fd, name))
		rc = -errno;
	if (rc)
		(void)unlinkat(dir_fd, tmp, 0);
	return rc;
}

int xnm_file_remove(int dir_fd, const char *name)
{
	char tmp[XNM_RUN_NAME_LEN];

	(void)snprintf(tmp, sizeof(tmp), ".%s", name);
	if (dir_fd >= 0)
		(void)unlinkat(dir_fd, tmp, 0);
	if (dir_fd >= 0 && unlinkat(dir_fd, name, 0) && errno != ENOENT)
		return -errno;
	return 0;
}

int xnm_make_folders(int at_fd, const char *path)
{
	char part[256];

	for (size_t len = 1; len < sizeof(part); len++) {
		if (path[len] != '/' && path[len] != '\0')
			continue;
		(void)snprintf(part, sizeof(part), "%.*s", (int)len, path);
		if (mkdirat(at_fd, part, 0755) && errno != EEXIST)
			return -errno;
		if (path[len] == '\0')
			return 0;
	}
	return -ENAMETOOLONG;
}

/* struct linux_dirent64 of getdents(2), which not every libc declares. */
struct kernel_dirent {
	uint64_t d_ino;
	int64_t d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

/*
 * Not readdir(3): it reads 32 KB ahead, which with a thousand vifs is most of what an
 * online costs, also when fn stops at once.
 */
static int each(int dir_fd, bool dot_files, int (*fn)(void *arg, const char *name), void *arg)
{
	char buf[2048] __attribute__((aligned(8)));
	const struct kernel_dirent *entry;
	_cleanup_close_ int fd = -1;
	long len;
	int rc;

	if (dir_fd < 0)
		return 0;
	/* a descriptor of its own has an offset of its own: fn may list the same folder */
	fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((len = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < len; at += entry->d_reclen) {
			entry = (const void *)(buf + at);
			if ((entry->d_name[0] == '.') != dot_files)
				continue;
			rc = fn(arg, entry->d_name);
			if (rc)
				return rc;
		}
	}
	return len < 0 ? -errno : 0;
}

int xnm_file_each(int dir_fd, int (*fn)(void *arg, const char *name), void *arg)
{
	return each(dir_fd, false, fn, arg);
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
		(void)each(fds[i], true, sweep, &fds[i]);
}
