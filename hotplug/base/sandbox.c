/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox.c - drop the privileges that the rest of a run does not need. */
#include "hotplug/base/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* dhcpcd drops privileges itself, for which it needs the second line, and then runs as another
 * user. */
static const uint32_t client_caps = 1u << CAP_NET_RAW | 1u << CAP_NET_BIND_SERVICE |
				    1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_SYS_CHROOT |
				    1u << CAP_KILL;

static int read_rights(struct __user_cap_data_struct rights[2])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capget, &header, rights) ? -errno : 0;
}

static bool has_more(const struct __user_cap_data_struct rights[2], uint32_t keep)
{
	uint32_t more = 0;

	for (int i = 0; i < 2; i++)
		more |= (rights[i].permitted | rights[i].effective | rights[i].inheritable) &
			~(i == 0 ? keep : 0);
	return more != 0;
}

static int drop_all_but(uint32_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct rights[2] = { 0 };
	int rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : read_rights(rights);

	/* a process with no other capabilities needs no permission to drop them */
	if (rc || !has_more(rights, keep))
		return rc;
	for (int i = 0; i < 2; i++) {
		uint32_t mask = i == 0 ? keep : 0;

		rights[i].permitted &= mask;
		rights[i].effective &= mask;
		rights[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &header, rights))
		return -errno;
	/* a seccomp filter may return success without doing it */
	rc = read_rights(rights);
	return rc == 0 && has_more(rights, keep) ? -EPERM : rc;
}

int xnm_sandbox_enter(unsigned int may, struct xnm_err *err)
{
	const uint32_t keep = 1u << CAP_NET_ADMIN | (may & XNM_MAY_SIGNAL ? 1u << CAP_KILL : 0) |
			      (may & XNM_MAY_RUN_DHCP ? client_caps : 0);
	int rc = drop_all_but(keep);

	return rc ? xnm_fail(err, rc,
			     "cannot drop privileges: %s; does a seccomp filter or a security "
			     "module forbid capset or prctl?",
			     strerror(-rc))
		  : 0;
}

int xnm_sandbox_client(void)
{
	struct __user_cap_data_struct rights[2] = { 0 };
	int rc = drop_all_but(client_caps | 1u << CAP_NET_ADMIN);

	if (rc == 0)
		rc = read_rights(rights);
	/* the client would start, but could not send anything */
	return rc == 0 && !(rights[0].effective & 1u << CAP_NET_RAW) ? -EPERM : rc;
}
