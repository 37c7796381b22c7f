/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl.c - verbs toward /proc/sys/net. */
#include "hotplug/kernel/sysctl.h"

#include <errno.h>
#include <fcntl.h>

#include "hotplug/util.h"
#include "hotplug/value.h"

int xnm_sysctl_disable_ipv6(const char *ifname)
{
	char path[80];
	_cleanup_close_ int fd = -1;

	/* the name becomes part of a path: xnm_ifname_ok() allows no '/' and no ".." */
	if (!xnm_ifname_ok(ifname))
		return -EINVAL;
	(void)snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", ifname);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	return write(fd, "1", 1) == 1 ? 0 : -errno;
}
