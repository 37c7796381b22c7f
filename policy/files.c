/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.c - find the files of a policy and make sure that only root can have written them. */
#include "policy/loader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A privileged program does what the policy says. So a file counts only if it
 * and the directory it was found in belong to root, or to the user who runs us,
 * and nobody else may write to them; a sticky directory may be writable, because
 * there others cannot replace the file. Symbolic links are followed (NixOS keeps
 * /etc as links into its store): whoever can make a link in such a directory is
 * trusted, and what it leads to is checked like any file.
 */

struct dropins {
	unsigned int n;
	char names[XNM_MAX_POLICY_FILES][NAME_MAX + 1];
};

const char *xnm_policy_distrust(const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "must belong to root";
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) &&
	    !(S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX)))
		return "must not be writable by group or others; chmod go-w it";
	return NULL;
}

int xnm_loader_cannot(struct xnm_loader *loader, const char *path, const char *what, int rc)
{
	xnm_mistake_in(&loader->rep, path, 0, "cannot be %s: %s", what, strerror(-rc));
	return rc;
}

static int not_opened(struct xnm_loader *loader, const char *path, int rc)
{
	return rc == -ENOENT ? xnm_loader_absent(loader, path)
			     : xnm_loader_cannot(loader, path, "opened", rc);
}

/* Opens a directory to look up files in. Returns 0, *fd being -1 if there is none, or -errno. */
static int open_dir(struct xnm_loader *loader, const char *path, int *fd)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? not_opened(loader, path, -errno) : 0;
}

/* Refuses a directory that others can write to. */
static int check_dir(struct xnm_loader *loader, int fd, const char *path)
{
	const char *why;
	struct stat st;

	if (fstat(fd, &st))
		return xnm_loader_cannot(loader, path, "examined", -errno);
	why = xnm_policy_distrust(&st);
	if (!why)
		return 0;
	xnm_mistake_in(&loader->rep, path, 0, "the directory %s", why);
	return -EPERM;
}

static int check_file(struct xnm_loader *loader, int fd, const char *path)
{
	const char *why;
	struct stat st;

	if (fstat(fd, &st))
		return xnm_loader_cannot(loader, path, "examined", -errno);
	why = S_ISREG(st.st_mode) ? xnm_policy_distrust(&st) : "is not a regular file";
	if (!why)
		return 0;
	xnm_mistake_in(&loader->rep, path, 0, S_ISREG(st.st_mode) ? "the file %s" : "%s", why);
	return -EPERM;
}

/* Opens name below dir_fd for reading. Returns 0, *fd being -1 if there is none, or -errno. */
static int open_file(struct xnm_loader *loader, int dir_fd, const char *name, const char *path,
		     int *fd)
{
	int rc;

	/* without O_NONBLOCK a FIFO would keep us here */
	*fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0)
		return not_opened(loader, path, -errno);
	rc = check_file(loader, *fd, path);
	if (rc)
		close(*fd);
	return rc;
}

/* Reads fd, which it closes. */
static int read_fd(struct xnm_loader *loader, int fd, const char *path)
{
	_cleanup_fclose_ FILE *stream = fdopen(fd, "r");

	if (!stream) {
		int rc = xnm_loader_cannot(loader, path, "read", -errno);

		close(fd);
		return rc;
	}
	return xnm_loader_read(loader, stream, path);
}

/* Splits path into its directory, which dir then holds, and the rest. */
static const char *split_path(const char *path, char *dir, size_t dir_size)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 1;

	if (len >= dir_size)
		return NULL;
	memcpy(dir, slash ? path : ".", len);
	dir[len] = '\0';
	if (len == 0)
		(void)snprintf(dir, dir_size, "/");
	return slash ? slash + 1 : path;
}

static int read_main(struct xnm_loader *loader, int dir_fd, const char *dir, const char *name,
		     const char *path)
{
	int rc, fd;

	if (name[0] == '\0') {
		xnm_mistake_in(&loader->rep, path, 0, "names a directory; name a file in it");
		return -EISDIR;
	}
	rc = open_file(loader, dir_fd, name, path, &fd);
	if (rc || fd < 0)
		return rc;
	rc = check_dir(loader, dir_fd, dir);
	if (rc) {
		close(fd);
		return rc;
	}
	return read_fd(loader, fd, path);
}

bool xnm_policy_is_dropin(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 4 && strcmp(name + len - 4, ".ini") == 0;
}

/* Adds name where strcmp() order wants it. Returns 0, or -E2BIG when there is no room. */
static int add_dropin(struct dropins *dropins, const char *name)
{
	unsigned int i = dropins->n;

	if (dropins->n == XNM_MAX_POLICY_FILES)
		return -E2BIG;
	for (; i > 0 && strcmp(dropins->names[i - 1], name) > 0; i--)
		memcpy(dropins->names[i], dropins->names[i - 1], sizeof(dropins->names[0]));
	(void)snprintf(dropins->names[i], sizeof(dropins->names[0]), "%s", name);
	dropins->n++;
	return 0;
}

/* Lists the drop-ins below dir_fd in their order. */
static int list_dropins(struct xnm_loader *loader, int dir_fd, const char *dir,
			struct dropins *dropins)
{
	int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
	const struct dirent *entry;
	DIR *stream;
	int rc = 0;

	dropins->n = 0;
	stream = fd < 0 ? NULL : fdopendir(fd);
	if (!stream) {
		rc = xnm_loader_cannot(loader, dir, "read", -errno);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while (rc == 0 && (errno = 0, entry = readdir(stream)))
		rc = xnm_policy_is_dropin(entry->d_name) ? add_dropin(dropins, entry->d_name) : 0;
	if (rc)
		xnm_mistake_in(&loader->rep, dir, 0, "more than %d *.ini files",
			       XNM_MAX_POLICY_FILES);
	else if (errno)
		rc = xnm_loader_cannot(loader, dir, "read", -errno);
	closedir(stream);
	return rc;
}

static int read_dropin(struct xnm_loader *loader, int dir_fd, const char *dir, const char *name)
{
	char path[PATH_MAX + NAME_MAX + 2];
	int rc, fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	rc = open_file(loader, dir_fd, name, path, &fd);
	if (rc == 0 && fd < 0) /* readdir() listed it: somebody is changing the files right now */
		return xnm_loader_cannot(loader, path, "opened", -ENOENT);
	return rc ? rc : read_fd(loader, fd, path);
}

/* Reads all drop-ins of the directory, going on behind one that cannot be read. */
static int read_dir(struct xnm_loader *loader, const char *parent, const char *name)
{
	/* not on the stack, where a frame of that length has each of its pages touched */
	static struct dropins dropins;
	_cleanup_close_ int dir_fd = -1;
	char dir[PATH_MAX];
	int rc, r;

	if (snprintf(dir, sizeof(dir), "%s/%s", parent, name) >= (int)sizeof(dir))
		return xnm_loader_cannot(loader, parent, "opened", -ENAMETOOLONG);
	rc = open_dir(loader, dir, &dir_fd);
	if (rc || dir_fd < 0)
		return rc;
	rc = check_dir(loader, dir_fd, dir);
	if (rc)
		return rc;
	rc = list_dropins(loader, dir_fd, dir, &dropins);
	for (unsigned int i = 0; i < dropins.n; i++) {
		r = read_dropin(loader, dir_fd, dir, dropins.names[i]);
		rc = rc ? rc : r;
	}
	return rc;
}

int xnm_loader_read_choice(struct xnm_loader *loader, const char *run_dir)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	ssize_t len;
	int rc;

	loader->run_dir = run_dir;
	if (snprintf(path, sizeof(path), "%s/%s", run_dir, XNM_POLICY_PROFILE_FILE) >=
	    (int)sizeof(path))
		return xnm_loader_cannot(loader, run_dir, "opened", -ENAMETOOLONG);
	rc = open_file(loader, AT_FDCWD, path, path, &fd);
	if (rc || fd < 0) {
		fd = -1;
		return rc;
	}
	len = read(fd, loader->choice, sizeof(loader->choice) - 1);
	if (len < 0)
		return xnm_loader_cannot(loader, path, "read", -errno);
	loader->choice[len] = '\0';
	loader->choice[strcspn(loader->choice, "\n")] = '\0';
	return 0;
}

int xnm_loader_read_all(struct xnm_loader *loader, const char *path, const char *run_dir)
{
	_cleanup_close_ int dir_fd = -1;
	char dir[PATH_MAX];
	const char *name = split_path(path, dir, sizeof(dir));
	int rc, r;

	if (!name)
		return xnm_loader_cannot(loader, path, "opened", -ENAMETOOLONG);
	rc = open_dir(loader, dir, &dir_fd);
	if (dir_fd >= 0) {
		rc = read_main(loader, dir_fd, dir, name, path);
		r = read_dir(loader, dir, XNM_POLICY_DROPIN_DIR);
		rc = rc ? rc : r;
	}
	loader->is_override = true;
	r = read_dir(loader, run_dir, XNM_POLICY_OVERRIDE_DIR);
	return rc ? rc : r;
}
