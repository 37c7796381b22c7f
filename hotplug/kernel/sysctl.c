/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl.c - verbs toward /proc/sys/net. */
#include "hotplug/kernel/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/base/value.h"

/* Whether path cannot leave the folder below which it is opened. */
static bool path_ok(const char *path)
{
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 0 || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

/* Returns a descriptor or -errno. */
static int open_setting(const char *path, int flags)
{
	char full[128];
	int fd;

	if (!path_ok(path))
		return -EINVAL;
	if ((size_t)snprintf(full, sizeof(full), "/proc/sys/net/%s", path) >= sizeof(full))
		return -EINVAL;
	fd = open(full, flags | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

static int read_value(int fd, uint32_t *value)
{
	char text[16];
	ssize_t len = read(fd, text, sizeof(text) - 1);

	if (len < 0)
		return -errno;
	if (len > 0 && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	return xnm_parse_u32(text, 0, UINT32_MAX, value);
}

int xnm_sysctl_get(const char *path, uint32_t *value)
{
	_cleanup_close_ int fd = open_setting(path, O_RDONLY);

	return fd < 0 ? fd : read_value(fd, value);
}

int xnm_sysctl_set(const char *path, uint32_t value)
{
	_cleanup_close_ int fd = open_setting(path, O_RDWR);
	const int may_write = fd < 0 ? fd : 0;
	uint32_t now = 0;
	char text[16];
	int rc, len;

	/* in a container /proc/sys may be read-only, and the value right as it is */
	if (fd == -EROFS || fd == -EACCES || fd == -EPERM)
		fd = open_setting(path, O_RDONLY);
	rc = fd < 0 ? fd : read_value(fd, &now);
	if (rc || now == value)
		return rc;
	if (may_write)
		return may_write;
	len = snprintf(text, sizeof(text), "%u", value);
	/* the kernel takes a value at offset 0 only, and all of it or nothing */
	return pwrite(fd, text, (size_t)len, 0) < 0 ? -errno : 0;
}

/* dev_valid_name() of net/core/dev.c, so far as it is about paths */
static bool name_ok(const char *text)
{
	return text[0] != '\0' && strlen(text) < IFNAMSIZ && !strchr(text, '/') &&
	       strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

/* Writes the path of a device's setting to path. Returns 0 or -errno. */
static int conf_path(int family, const char *ifname, const char *name, char *path, size_t size)
{
	if (family != AF_INET && family != AF_INET6)
		return -EAFNOSUPPORT;
	if (!name_ok(ifname))
		return -EINVAL;
	if ((size_t)snprintf(path, size, "%s/conf/%s/%s", family == AF_INET ? "ipv4" : "ipv6",
			     ifname, name) >= size)
		return -EINVAL;
	return 0;
}

int xnm_sysctl_conf_get(int family, const char *ifname, const char *name, uint32_t *value)
{
	char path[96];
	int rc = conf_path(family, ifname, name, path, sizeof(path));

	return rc ? rc : xnm_sysctl_get(path, value);
}

int xnm_sysctl_conf_set(int family, const char *ifname, const char *name, uint32_t value)
{
	char path[96];
	int rc = conf_path(family, ifname, name, path, sizeof(path));

	if (rc)
		return rc;
	if (strcmp(ifname, "all") == 0 || strcmp(ifname, "default") == 0)
		return -EINVAL;
	return xnm_sysctl_set(path, value);
}

int xnm_sysctl_disable_ipv6(const char *ifname)
{
	int rc;

	if (!xnm_ifname_ok(ifname))
		return -EINVAL;
	rc = xnm_sysctl_conf_set(AF_INET6, ifname, "disable_ipv6", 1);
	return rc == -ENOENT ? 0 : rc;
}
