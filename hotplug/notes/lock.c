/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock.c - locks between runs, in one order; they are gone by themselves when their holder dies. */
#include "hotplug/notes/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOCK_POLL_NS	 500000 /* first pause between two tries; doubles up to */
#define LOCK_POLL_MAX_NS 8000000
#define LOCK_NAMES	 (1ull << 40) /* above every vif's byte */

/* What stands for a lock of the host among the names of bridges: none of them has a '/'. */
static const char *const host_names[] = {
	[XNM_LOCK_RUN] = "/run",	   [XNM_LOCK_APPLY] = "/apply",
	[XNM_LOCK_PROBE] = "/probe",	   [XNM_LOCK_UPLINKS] = "/uplinks",
	[XNM_LOCK_SETTINGS] = "/settings", [XNM_LOCK_FASTPATH] = "/fastpath",
	[XNM_LOCK_HEAL] = "/nftables",	   [XNM_LOCK_LINKS] = "/links",
};

static uint64_t byte_of_vif(uint32_t domid, uint32_t devid)
{
	return (uint64_t)domid << 16 | (devid & 0xffff);
}

/* FNV-1a; two names on one byte would only wait for each other */
static uint64_t byte_of_name(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return LOCK_NAMES + hash;
}

static uint64_t byte_of(enum xnm_lock kind, const char *name)
{
	char path[160];

	if (kind != XNM_LOCK_POOL && kind != XNM_LOCK_OVERRIDE)
		return byte_of_name(name ? name : host_names[kind]);
	(void)snprintf(path, sizeof(path), "/%s/%s", kind == XNM_LOCK_POOL ? "pool" : "override",
		       name);
	return byte_of_name(path);
}

static int set_lock(int fd, uint64_t byte, short type)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)byte,
		.l_len = 1,
	};

	return fcntl(fd, F_OFD_SETLK, &lock) ? -errno : 0;
}

static int wait_for(int fd, uint64_t byte, bool shared, unsigned int timeout_ms)
{
	struct timespec pause = { .tv_nsec = LOCK_POLL_NS };
	uint64_t waited_ns = 0;
	int rc;

	for (;;) {
		rc = set_lock(fd, byte, shared ? F_RDLCK : F_WRLCK);
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

/* As what the byte is held. */
enum held { HELD_NOT, HELD_SHARED, HELD_ALONE };

static enum held held_as(const struct xnm_locks *locks, uint64_t byte)
{
	enum held held = HELD_NOT;

	for (unsigned int i = 0; i < locks->n; i++) {
		if (locks->held[i].byte != byte)
			continue;
		if (!locks->held[i].shared)
			return HELD_ALONE;
		held = HELD_SHARED;
	}
	return held;
}

/* Two that wait for each other's lock would have taken them in different orders. */
static void check_order(const struct xnm_locks *locks, enum xnm_lock kind, const char *name)
{
#ifdef XNM_CHECK_LOCKS
	for (unsigned int i = 0; i < locks->n; i++) {
		if (locks->held[i].kind < kind)
			continue;
		fprintf(stderr, "xnm: lock %u (%s) is waited for while lock %u is held\n", kind,
			name ? name : "the host's or a vif's", locks->held[i].kind);
		abort();
	}
#else
	(void)locks;
	(void)kind;
	(void)name;
#endif
}

static int take(struct xnm_locks *locks, enum xnm_lock kind, const char *name, uint64_t byte,
		bool shared, unsigned int timeout_ms)
{
	enum held held = held_as(locks, byte);
	int rc = 0;

	if (locks->n == XNM_MAX_LOCKS)
		return -ENOLCK;
	/* who only tries keeps nobody waiting for what it holds */
	if (held == HELD_NOT && timeout_ms)
		check_order(locks, kind, name);
	if (held == HELD_NOT || (held == HELD_SHARED && !shared))
		rc = wait_for(locks->fd, byte, shared, timeout_ms);
	if (rc)
		return rc;
	locks->held[locks->n].byte = byte;
	locks->held[locks->n].kind = (uint8_t)kind;
	locks->held[locks->n++].shared = shared;
	return 0;
}

int xnm_lock(struct xnm_locks *locks, enum xnm_lock kind, const char *name, unsigned int timeout_ms)
{
	return take(locks, kind, name, byte_of(kind, name), false, timeout_ms);
}

int xnm_lock_shared(struct xnm_locks *locks, enum xnm_lock kind, const char *name,
		    unsigned int timeout_ms)
{
	return take(locks, kind, name, byte_of(kind, name), true, timeout_ms);
}

int xnm_lock_vif(struct xnm_locks *locks, uint32_t domid, uint32_t devid, unsigned int timeout_ms)
{
	return take(locks, XNM_LOCK_VIF, NULL, byte_of_vif(domid, devid), false, timeout_ms);
}

static void drop(struct xnm_locks *locks, unsigned int i)
{
	static const short types[] = {
		[HELD_NOT] = F_UNLCK,
		[HELD_SHARED] = F_RDLCK,
		[HELD_ALONE] = F_WRLCK,
	};
	const uint64_t byte = locks->held[i].byte;
	enum held before = held_as(locks, byte), now;

	locks->n--;
	for (; i < locks->n; i++)
		locks->held[i] = locks->held[i + 1];
	now = held_as(locks, byte);
	if (now != before)
		(void)set_lock(locks->fd, byte, types[now]);
}

void xnm_unlock(struct xnm_locks *locks, enum xnm_lock kind)
{
	for (unsigned int i = locks->n; i-- > 0;) {
		if (locks->held[i].kind == kind) {
			drop(locks, i);
			return;
		}
	}
}

void xnm_unlock_below(struct xnm_locks *locks, enum xnm_lock kind)
{
	for (unsigned int i = locks->n; i-- > 0;) {
		if (locks->held[i].kind > kind)
			drop(locks, i);
	}
}

bool xnm_holds_lock(const struct xnm_locks *locks, enum xnm_lock kind)
{
	for (unsigned int i = 0; i < locks->n; i++) {
		if (locks->held[i].kind == kind)
			return true;
	}
	return false;
}

bool xnm_lock_vif_is_others(const struct xnm_locks *locks, uint32_t domid, uint32_t devid)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)byte_of_vif(domid, devid),
		.l_len = 1,
	};

	return fcntl(locks->fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}
