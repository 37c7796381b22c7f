/* SPDX-License-Identifier: GPL-2.0-or-later */
/* applied_files.c - copy, compare and remove the files of a policy. */
#include "hotplug/notes/applied_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"

/* As long as a file of a policy may be, and one byte more; not touched unless used. */
static char texts[2][XNM_MAX_POLICY_BYTES + 1];

/* Returns the length of the file's text, or -errno. */
static ssize_t read_text(const char *path, char *text)
{
	/* without O_NONBLOCK a FIFO would keep us here */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t len = 0, n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, text + len, XNM_MAX_POLICY_BYTES + 1 - (size_t)len)) > 0)
		len += n;
	if (n < 0)
		return -errno;
	return len > XNM_MAX_POLICY_BYTES ? -EFBIG : len;
}

static int copy_file(const char *from, const char *to)
{
	ssize_t len = read_text(from, texts[0]);
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (len < 0)
		return (int)len;
	/* for nobody who could not read the original */
	if (stat(from, &st))
		return -errno;
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0644);
	if (fd < 0)
		return -errno;
	if (write(fd, texts[0], (size_t)len) != len)
		return errno ? -errno : -ENOSPC;
	return 0;
}

/* "policy.d/NAME" beside the main file; NAME "": the folder itself. Returns false if it is too long. */
static bool beside(const char *main, const char *name, char out[PATH_MAX])
{
	const char *slash = strrchr(main, '/');

	return snprintf(out, PATH_MAX, "%.*s" XNM_POLICY_DROPIN_DIR "%s%s",
			(int)(slash ? slash + 1 - main : 0), main, *name ? "/" : "",
			name) < PATH_MAX;
}

static DIR *open_dropins(const char *main)
{
	char path[PATH_MAX];

	return beside(main, "", path) ? opendir(path) : NULL;
}

/* The next drop-in, or NULL. */
static const char *next_dropin(DIR *stream)
{
	const struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		if (xnm_policy_is_dropin(entry->d_name))
			return entry->d_name;
	}
	return NULL;
}

static void close_dropins(DIR *stream)
{
	if (stream)
		(void)closedir(stream);
}

int xnm_policy_copy(const char *from, const char *to)
{
	char source[PATH_MAX], target[PATH_MAX];
	DIR *stream = open_dropins(from);
	const char *name;
	int rc = copy_file(from, to);

	if (rc == -ENOENT)
		rc = 0;
	if (rc == 0 && (!beside(to, "", target) || mkdir(target, 0755)))
		rc = errno ? -errno : -ENAMETOOLONG;
	while (rc == 0 && (name = next_dropin(stream)))
		rc = beside(from, name, source) && beside(to, name, target)
			     ? copy_file(source, target)
			     : -ENAMETOOLONG;
	close_dropins(stream);
	return rc;
}

static bool is_same_file(const char *a, const char *b)
{
	ssize_t len_a = read_text(a, texts[0]), len_b = read_text(b, texts[1]);

	/* both may be missing */
	return len_a == len_b && (len_a <= 0 || memcmp(texts[0], texts[1], (size_t)len_a) == 0);
}

/* Whether b has all drop-ins of a. */
static bool has_dropins(const char *a, const char *b)
{
	char path_a[PATH_MAX], path_b[PATH_MAX];
	DIR *stream = open_dropins(a);
	const char *name;
	bool same = true;

	while (same && (name = next_dropin(stream)))
		same = beside(a, name, path_a) && beside(b, name, path_b) &&
		       is_same_file(path_a, path_b);
	close_dropins(stream);
	return same;
}

bool xnm_policy_is_same(const char *a, const char *b)
{
	return is_same_file(a, b) && has_dropins(a, b) && has_dropins(b, a);
}

static void remove_files(const char *folder)
{
	const struct dirent *entry;
	char path[PATH_MAX];
	DIR *stream = opendir(folder);

	while (stream && (entry = readdir(stream))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) < PATH_MAX)
			(void)unlink(path);
	}
	close_dropins(stream);
	(void)rmdir(folder);
}

void xnm_policy_remove_folder(const char *folder)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, XNM_POLICY_DROPIN_DIR) < PATH_MAX)
		remove_files(path);
	remove_files(folder);
}
