/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock.c - locks between events, gone by themselves when their holder dies. */
#include "hotplug/notes/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#define LOCK_POLL_NS	 500000 /* first pause between two tries; doubles up to */
#define LOCK_POLL_MAX_NS 8000000
#define LOCK_BRIDGES	 (1ull << 40) /* above every vif's byte */

uint64_t xnm_lock_vif(uint32_t domid, uint32_t devid)
{
	return (uint64_t)domid << 16 | (devid & 0xffff);
}

/* FNV-1a; two bridges on one byte would only wait for each other */
uint64_t xnm_lock_bridge(const char *bridge)
{
	uint32_t hash = 2166136261u;

	for (; *bridge; bridge++)
		hash = (hash ^ (unsigned char)*bridge) * 16777619u;
	return LOCK_BRIDGES + hash;
}

static int set_lock(int lock_fd, uint64_t byte, short type)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)byte,
		.l_len = 1,
	};

	return fcntl(lock_fd, F_OFD_SETLK, &lock) ? -errno : 0;
}

int xnm_lock_take(int lock_fd, uint64_t byte, bool shared, unsigned int timeout_ms)
{
	struct timespec pause = { .tv_nsec = LOCK_POLL_NS };
	uint64_t waited_ns = 0;
	int rc;

	for (;;) {
		rc = set_lock(lock_fd, byte, shared ? F_RDLCK : F_WRLCK);
		if (rc != -EAGAIN && rc != -EACCES && rc != -EINTR)
			return rc;
		if (timeout_ms == 0)
			return -EAGAIN;
		if (waited_ns >= timeout_ms * 1000000ull)
			return -ETIMEDOUT;
		/* no F_OFD_SETLKW: a wait with a limit would need a signal */
		nanosleep(&pause, NULL);
		waited_ns += (uint64_t)pause.tv_nsec;
		if (pause.tv_nsec < LOCK_POLL_MAX_NS)
			pause.tv_nsec *= 2;
	}
}

bool xnm_lock_is_others(int lock_fd, uint64_t byte)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)byte,
		.l_len = 1,
	};

	return fcntl(lock_fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void xnm_lock_drop(int lock_fd, uint64_t byte)
{
	(void)set_lock(lock_fd, byte, F_UNLCK);
}
