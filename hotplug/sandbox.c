/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox.c - give away what the rest of a run does not need. */
#include "hotplug/sandbox.h"

#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436 /* the same number on every architecture */
#endif

void xnm_sandbox_close_inherited(void)
{
	/* libxl before 4.17 let pipe ends through; kernels before 5.9 lack the call, and then
	 * they only stay open while we run */
	(void)syscall(SYS_close_range, 3u, ~0u, 0u);
}

/* dhcpcd gives its own rights away, for which it needs the second line, and is somebody else then. */
static const uint32_t client_caps = 1u << CAP_NET_RAW | 1u << CAP_NET_BIND_SERVICE |
				    1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_SYS_CHROOT |
				    1u << CAP_KILL;

void xnm_sandbox_enter(unsigned int may)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	const uint32_t keep = 1u << CAP_NET_ADMIN | (may & XNM_MAY_SIGNAL ? 1u << CAP_KILL : 0) |
			      (may & XNM_MAY_RUN_DHCP ? client_caps : 0);

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_capget, &header, data))
		return;
	for (int i = 0; i < 2; i++) {
		uint32_t mask = i == 0 ? keep : 0;

		data[i].permitted &= mask;
		data[i].effective &= mask;
		data[i].inheritable = 0;
	}
	(void)syscall(SYS_capset, &header, data);
}
