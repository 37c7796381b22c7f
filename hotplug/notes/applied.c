/* SPDX-License-Identifier: GPL-2.0-or-later */
/* applied.c - keep the policies that were applied since the boot, and lead events to one of them. */
#include "hotplug/notes/applied.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/base/util.h"
#include "hotplug/base/value.h"
#include "hotplug/notes/applied_files.h"
#include "hotplug/notes/files.h"

#define FOLDER	"applied" /* below the run directory */
#define MAIN	"xnm.ini" /* of a copy, whatever the policy file is called */
#define KEPT	8
#define LAST_NR 1000000

static bool ignores_rollback;

/* "<run>/applied/NAME". Returns out, which holds PATH_MAX bytes. */
static const char *at(const char *name, char *out)
{
	(void)snprintf(out, PATH_MAX, "%s/" FOLDER "/%s", xnm_run_dir_path(), name);
	return out;
}

static const char *in_copy(unsigned int n, const char *name, char *out)
{
	(void)snprintf(out, PATH_MAX, "%s/" FOLDER "/%u%s%s", xnm_run_dir_path(), n,
		       *name ? "/" : "", name);
	return out;
}

const char *xnm_policy_file(void)
{
	const char *path = getenv("XNM_CONFIG");

	return path && path[0] ? path : XNM_POLICY_FILE;
}

const char *xnm_policy_file_in_force(void)
{
	static char path[PATH_MAX];
	char link[PATH_MAX];
	struct stat st;

	/* a link to nowhere counts: what it leads to is then missing, which is a mistake */
	if (ignores_rollback || lstat(at("in-force", link), &st))
		return xnm_policy_file();
	return at("in-force/" MAIN, path);
}

void xnm_policy_ignore_rollback(void)
{
	ignores_rollback = true;
}

const char *xnm_applied_file(unsigned int n, char *out)
{
	return in_copy(n, MAIN, out);
}

unsigned int xnm_applied_linked(void)
{
	char path[PATH_MAX], target[16];
	ssize_t len = readlink(at("in-force", path), target, sizeof(target) - 1);
	uint32_t n;

	if (len < 0)
		return 0;
	target[len] = '\0';
	return xnm_parse_u32(target, 1, LAST_NR, &n) ? 0 : n;
}

unsigned int xnm_applied_before(unsigned int before)
{
	const struct dirent *entry;
	unsigned int newest = 0;
	char path[PATH_MAX];
	DIR *stream = opendir(at("", path));
	uint32_t n;

	while (stream && (entry = readdir(stream))) {
		if (xnm_parse_u32(entry->d_name, 1, LAST_NR, &n) == 0 && n < before && n > newest)
			newest = n;
	}
	if (stream)
		(void)closedir(stream);
	return newest;
}

unsigned int xnm_applied_newest(void)
{
	return xnm_applied_before(UINT_MAX);
}

bool xnm_applied_is_pending(void)
{
	char path[PATH_MAX];

	return access(at("pending", path), F_OK) == 0;
}

bool xnm_applied_is(unsigned int n, const char *path)
{
	char copy[PATH_MAX];

	return n && xnm_policy_is_same(xnm_applied_file(n, copy), path);
}

static void read_choice(const char *path, char name[XNM_NAME_LEN])
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, name, XNM_NAME_LEN - 1);

	name[len < 0 ? 0 : len] = '\0';
	name[strcspn(name, "\n")] = '\0';
}

void xnm_applied_choice(unsigned int n, char name[XNM_NAME_LEN])
{
	char path[PATH_MAX];

	read_choice(in_copy(n, XNM_POLICY_PROFILE_FILE, path), name);
}

static int write_file(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return errno ? -errno : -ENOSPC;
	return 0;
}

int xnm_applied_begin(const char *path, const char *choice)
{
	char file[PATH_MAX];
	int rc = 0;

	(void)mkdir(xnm_run_dir_path(), 0755);
	if (mkdir(at("", file), 0755) && errno != EEXIST)
		return -errno;
	xnm_policy_remove_folder(at(".new", file));
	if (mkdir(file, 0755))
		return -errno;
	rc = xnm_policy_copy(path, at(".new/" MAIN, file));
	if (rc == 0)
		rc = write_file(at(".new/" XNM_POLICY_PROFILE_FILE, file), choice);
	if (rc == 0)
		rc = write_file(at("pending", file), "");
	return rc;
}

void xnm_applied_abandon(void)
{
	char path[PATH_MAX];

	(void)unlink(at("pending", path));
	xnm_policy_remove_folder(at(".new", path));
}

static void remove_copy(unsigned int n)
{
	char path[PATH_MAX], old[PATH_MAX];

	/* a copy with a number is whole */
	xnm_policy_remove_folder(at(".old", old));
	if (rename(in_copy(n, "", path), old) == 0)
		xnm_policy_remove_folder(old);
}

void xnm_applied_forget_after(unsigned int n)
{
	for (unsigned int last = xnm_applied_newest(); last > n; last = xnm_applied_newest())
		remove_copy(last);
}

int xnm_applied_link(unsigned int n)
{
	char path[PATH_MAX], tmp[PATH_MAX], target[16];

	if (n == 0)
		return unlink(at("in-force", path)) && errno != ENOENT ? -errno : 0;
	(void)snprintf(target, sizeof(target), "%u", n);
	(void)unlink(at(".in-force", tmp));
	if (symlink(target, tmp) || rename(tmp, at("in-force", path)))
		return -errno;
	return 0;
}

static bool is_like(unsigned int n)
{
	char path[PATH_MAX], choice[XNM_NAME_LEN], now[XNM_NAME_LEN];

	if (!xnm_applied_is(n, at(".new/" MAIN, path)))
		return false;
	xnm_applied_choice(n, choice);
	read_choice(at(".new/" XNM_POLICY_PROFILE_FILE, path), now);
	return strcmp(choice, now) == 0;
}

int xnm_applied_end(void)
{
	unsigned int linked = xnm_applied_linked(), n;
	char path[PATH_MAX], copy[PATH_MAX];
	int rc = 0;

	if (linked)
		xnm_applied_forget_after(linked);
	n = xnm_applied_newest();
	if (!n || !is_like(n)) {
		n++;
		if (rename(at(".new", path), in_copy(n, "", copy)))
			return -errno;
		if (linked)
			rc = xnm_applied_link(n);
		for (unsigned int old = n > KEPT ? xnm_applied_before(n - KEPT + 1) : 0; old;
		     old = xnm_applied_before(old))
			remove_copy(old);
	}
	xnm_applied_abandon();
	return rc;
}
