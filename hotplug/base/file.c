/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file.c - small files: read as a whole, replaced as a whole. */
#include "hotplug/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hotplug/base/util.h"

#define NAME_LEN 128 /* of any file, and a dot */

void xnm_copy(char *out, size_t out_size, const char *value)
{
	(void)snprintf(out, out_size, "%s", value);
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
	char tmp[NAME_LEN];
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
	char tmp[NAME_LEN];

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

int xnm_file_each_hidden(int dir_fd, int (*fn)(void *arg, const char *name), void *arg)
{
	return each(dir_fd, true, fn, arg);
}
