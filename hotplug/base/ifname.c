/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifname.c - ask the kernel what it calls a device that somebody names. */
#include "hotplug/base/ifname.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* The two ioctls work on any socket, and every kernel has AF_UNIX. */
int xnm_ifname_open(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

/* Two ioctls are cheaper than RTM_GETLINK, whose answer describes the whole device. */
int xnm_ifname_real(int fd, const char *name, char real[IFNAMSIZ])
{
	struct ifreq ifr = { 0 };
	size_t len = strnlen(name, IFNAMSIZ);

	/* no name has a colon, behind which the kernel does not look (dev_ioctl()) */
	if (len == 0 || len == IFNAMSIZ || memchr(name, ':', len))
		return -ENODEV;
	memcpy(ifr.ifr_name, name, len);
	if (ioctl(fd, SIOCGIFINDEX, &ifr) || ioctl(fd, SIOCGIFNAME, &ifr))
		return errno == ENXIO ? -ENODEV : -errno;
	memcpy(real, ifr.ifr_name, IFNAMSIZ);
	real[IFNAMSIZ - 1] = '\0';
	return 0;
}
