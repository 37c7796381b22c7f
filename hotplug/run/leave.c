/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave.c - close the nftables socket without waiting for the kernel's deferred work. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/run/run.h"

#define MAX_OPEN_FILES 64 /* more than we ever have */
#define PUT_OFF_MS     100 /* the kernel's work after a deletion takes 5 to 34 ms */

/*
 * The kernel frees deleted elements a little later. Until then, closing a netfilter socket blocks
 * (nft_rcv_nl_event() in nf_tables_api.c), and as it holds the commit mutex meanwhile, so does
 * everybody's next transaction. So the sockets are left to a child process, which only waits until
 * that work is done and exits; libxl waits for us, not for the child. The same is done for an
 * online shortly after another run's deletion: the mtime of the lock file is the time of the last
 * deletion.
 */
static bool deleted_lately(const struct xnm_ctx *ctx)
{
	struct timespec now;
	struct stat st;
	int64_t ms;

	if (xnm_nft_has_deleted(ctx->nft)) {
		(void)futimens(ctx->dir.locks.fd, NULL);
		return true;
	}
	if (fstat(ctx->dir.locks.fd, &st) || clock_gettime(CLOCK_REALTIME, &now))
		return false;
	ms = (int64_t)(now.tv_sec - st.st_mtim.tv_sec) * 1000 +
	     (now.tv_nsec - st.st_mtim.tv_nsec) / 1000000;
	return ms >= 0 && ms < PUT_OFF_MS;
}

/* Data for the child, which shares our memory: static, and not written any more. */
static struct {
	uint64_t rest; /* descriptors to close first: all but the netlink sockets, and parent */
	int parent; /* end of file when the last other process has closed the sockets */
} child;

/* A descriptor that is not a socket has no domain. */
static bool is_netlink(int fd, bool *is_open)
{
	socklen_t len = sizeof(int);
	int domain;
	int rc = getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);

	*is_open = rc == 0 || errno != EBADF;
	return rc == 0 && domain == AF_NETLINK;
}

static void sort_descriptors(int parent)
{
	bool is_open;

	child.rest = 0;
	child.parent = parent;
	for (int fd = 0; fd < MAX_OPEN_FILES; fd++) {
		if (!is_netlink(fd, &is_open) && is_open && fd != parent)
			child.rest |= UINT64_C(1) << fd;
	}
}

/* Makes no call that may fail: errno is shared with the parent, too. */
static int outlive(void *arg)
{
	char byte;

	(void)arg;
	/* the locks end with the last descriptor of their file */
	for (int fd = 0; fd < MAX_OPEN_FILES; fd++) {
		if (child.rest & UINT64_C(1) << fd)
			(void)close(fd);
	}
	while (read(child.parent, &byte, 1) < 0 && errno == EINTR)
		;
	(void)poll(NULL, 0, PUT_OFF_MS);
	_exit(0);
}

void xnm_leave_nft(struct xnm_ctx *ctx)
{
	static alignas(max_align_t) char stack[16384];
	int ends[2];

	if (!ctx->nft)
		return;
	if (deleted_lately(ctx) && pipe2(ends, O_CLOEXEC) == 0) {
		sort_descriptors(ends[0]);
		/* copies the descriptors, but not the memory, which would take as long as a whole
		 * event */
		(void)clone(outlive, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
		(void)close(ends[0]);
	}
	xnm_nft_close(ctx->nft);
}
