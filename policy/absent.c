/* SPDX-License-Identifier: GPL-2.0-or-later */
/* absent.c - tell a policy that is not there from one that cannot be reached. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/loader.h"

/* Cuts the last part off; of a name without folders "." is left. */
static void to_parent(char *path)
{
	char *slash = strrchr(path, '/');

	while (slash > path && slash[-1] == '/')
		slash--;
	if (!slash)
		memcpy(path, ".", 2);
	else
		slash[slash == path] = '\0';
}

static int told_link(struct xnm_loader *loader, const char *path)
{
	char target[128];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	target[len < 0 ? 0 : len] = '\0';
	xnm_mistake_in(&loader->rep, path, 0,
		       "is a symbolic link to %s, which is not there; mend the link, or remove it",
		       target);
	return -ENOENT;
}

/*
 * Opening a file fails with ENOENT also for a symbolic link to nothing, be it
 * the file or a folder on the path: somebody wanted a policy there. So the path
 * is walked up to the first name that exists; a folder that does not exist has
 * no files.
 */
int xnm_loader_absent(struct xnm_loader *loader, const char *path)
{
	char name[PATH_MAX + NAME_MAX + 2];
	struct stat st;

	(void)snprintf(name, sizeof(name), "%s", path);
	while (lstat(name, &st)) {
		if (errno != ENOENT)
			return xnm_loader_cannot(loader, name, "opened", -errno);
		to_parent(name);
	}
	if (S_ISLNK(st.st_mode) && stat(name, &st) && errno == ENOENT)
		return told_link(loader, name);
	/* open(2) found nothing, but it exists now */
	return strcmp(name, path) == 0 ? xnm_loader_cannot(loader, path, "opened", -ENOENT) : 0;
}
