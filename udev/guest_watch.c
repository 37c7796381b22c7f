/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_watch.c - listen to changes by other programs: interfaces, routes, forwarding, and nftables
 * rules. */
#include "udev/guest_run.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "hotplug/base/util.h"

/* Flushed rules or a new uplink must be handled at once, not at dom0's next change. */
static const int route_groups[] = {
	RTNLGRP_LINK,	      RTNLGRP_IPV4_ROUTE,   RTNLGRP_IPV6_ROUTE,
	RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF, RTNLGRP_IPV6_RULE,
};
static const int nft_groups[] = { NFNLGRP_NFTABLES };

static int open_one(int protocol, const int *groups, size_t n)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address))) {
		(void)close(fd);
		fd = -1;
	}
	for (size_t i = 0; fd >= 0 && i < n; i++) {
		/* a kernel without one of these groups still has the others */
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i],
			       sizeof(groups[i])))
			xnm_log_debug("group %d of netlink %d: %s", groups[i], protocol,
				      strerror(errno));
	}
	return fd;
}

unsigned int guest_watch_open(int fds[2])
{
	unsigned int n = 0;

	fds[n] = open_one(NETLINK_ROUTE, route_groups, XNM_N_ELEMENTS(route_groups));
	n += fds[n] >= 0;
	fds[n] = open_one(NETLINK_NETFILTER, nft_groups, XNM_N_ELEMENTS(nft_groups));
	n += fds[n] >= 0;
	return n;
}
