/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.c - the files of reservations that dnsmasq watches: one per vif, replaced as a whole. */
#include "hotplug/parts/dnsmasq/dnsmasq.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"

#define XNM_DHCP_PATH_LEN (XNM_DHCP_DIR_LEN + 16)

/* openat(2) ignores the folder for an absolute path. */
static int open_folder(const struct xnm_run_dir *dir, const char *hosts_dir)
{
	int fd = -1;

	if (dir->run_fd >= 0)
		fd = openat(dir->run_fd, hosts_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * dnsmasq reads new files in the folder, but forgets removed ones only on SIGHUP: until then the
 * reservation of a removed vif keeps its address from all others ("duplicate dhcp-host IP
 * address"). So a removal leaves a mark, and the next reservation sends the signal.
 */
static void beside(char out[XNM_DHCP_PATH_LEN], const char *hosts_dir, const char *suffix)
{
	(void)snprintf(out, XNM_DHCP_PATH_LEN, "%s%s", hosts_dir, suffix);
}

static void mark(const struct xnm_run_dir *dir, const char *hosts_dir)
{
	char path[XNM_DHCP_PATH_LEN];
	int fd;

	beside(path, hosts_dir, ".changed");
	fd = openat(dir->run_fd, path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0)
		(void)close(fd);
}

/* If dnsmasq was killed, another process may have its PID, and would be killed by the signal. */
static bool is_dnsmasq(const struct xnm_run_dir *dir, uint32_t pid)
{
	char path[32], comm[16];

	(void)snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	return xnm_file_read(dir->run_fd, path, comm, sizeof(comm)) == 0 &&
	       strcmp(comm, "dnsmasq\n") == 0;
}

static void tell(const struct xnm_run_dir *dir, const char *hosts_dir)
{
	char path[XNM_DHCP_PATH_LEN], text[16];
	uint32_t pid;

	beside(path, hosts_dir, ".changed");
	if (unlinkat(dir->run_fd, path, 0))
		return;
	beside(path, hosts_dir, ".pid");
	if (xnm_file_read(dir->run_fd, path, text, sizeof(text)))
		return;
	text[strcspn(text, "\n")] = '\0';
	if (xnm_parse_u32(text, 2, INT32_MAX, &pid) == 0 && is_dnsmasq(dir, pid))
		(void)kill((pid_t)pid, SIGHUP);
}

void xnm_dhcp_read(const struct xnm_run_dir *dir, const char *hosts_dir,
		   const struct xnm_owner *vif, char line[XNM_DHCP_LINE_LEN])
{
	_cleanup_close_ int fd = open_folder(dir, hosts_dir);
	char file[XNM_VIF_FILE_LEN];

	xnm_vif_file(vif->domid, vif->devid, file);
	if (xnm_file_read(fd < 0 ? -1 : fd, file, line, XNM_DHCP_LINE_LEN))
		line[0] = '\0';
}

struct sweep {
	const struct xnm_run_dir *dir;
	int fd;
	bool found;
};

static int sweep(void *arg, const char *name)
{
	struct sweep *all = arg;
	uint32_t domid, devid;

	if (xnm_vif_id_parse(name, &domid, &devid) == 0 &&
	    faccessat(all->dir->vif_fd, name, F_OK, 0) && errno == ENOENT) {
		(void)unlinkat(all->fd, name, 0);
		all->found = true;
	}
	return 0;
}

int xnm_dhcp_write(const struct xnm_run_dir *dir, const char *hosts_dir,
		   const struct xnm_owner *vif, const char *line)
{
	_cleanup_close_ int fd = open_folder(dir, hosts_dir);
	char file[XNM_VIF_FILE_LEN];
	struct sweep all;
	int rc;

	if (fd == -ENOENT) {
		rc = xnm_make_folders(dir->run_fd, hosts_dir);
		if (rc)
			return rc;
		fd = open_folder(dir, hosts_dir);
	}
	if (fd < 0)
		return fd;
	xnm_vif_file(vif->domid, vif->devid, file);
	/* a vif has a note before it has a file, and keeps it until the file is removed */
	all = (struct sweep){ dir, fd, faccessat(fd, file, F_OK, 0) == 0 };
	(void)xnm_file_each(fd, sweep, &all);
	if (all.found)
		mark(dir, hosts_dir);
	rc = xnm_file_replace(fd, file, line, strlen(line));
	if (rc == 0)
		tell(dir, hosts_dir);
	return rc;
}

int xnm_dhcp_remove(const struct xnm_run_dir *dir, const char *hosts_dir,
		    const struct xnm_owner *vif)
{
	_cleanup_close_ int fd = open_folder(dir, hosts_dir);
	char file[XNM_VIF_FILE_LEN];

	if (fd < 0)
		return 0;
	xnm_vif_file(vif->domid, vif->devid, file);
	mark(dir, hosts_dir);
	return xnm_file_remove(fd, file);
}
