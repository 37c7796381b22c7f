/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_lock.c - locks between processes: exclusive, shared, in time, in their order, and gone with their holder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/lock.h"

static char path[] = "/tmp/xnm-test-lock.XXXXXX";

static struct xnm_locks open_locks(void)
{
	struct xnm_locks locks = { .fd = open(path, O_RDWR | O_CLOEXEC) };

	assert_true(locks.fd >= 0);
	return locks;
}

static int lock_vif(struct xnm_locks *locks, uint32_t domid, uint32_t devid)
{
	return xnm_lock_vif(locks, domid, devid, 0);
}

static int lock(struct xnm_locks *locks, const char *bridge)
{
	return xnm_lock(locks, XNM_LOCK_NETWORK, bridge, 0);
}

static int lock_shared(struct xnm_locks *locks, const char *bridge)
{
	return xnm_lock_shared(locks, XNM_LOCK_NETWORK, bridge, 0);
}

static unsigned int now_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (unsigned int)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/*
 * Starts a process that holds the lock of a bridge, or with NULL that of vif 1.0, for
 * hold_ms, or until it is killed if that is 0, and returns when it has it.
 */
static pid_t holder(const char *bridge, bool shared, unsigned int hold_ms)
{
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct xnm_locks locks = { .fd = open(path, O_RDWR | O_CLOEXEC) };
		int rc = bridge && shared ? lock_shared(&locks, bridge)
			 : bridge	  ? lock(&locks, bridge)
					  : lock_vif(&locks, 1, 0);

		close(ready[0]);
		if (rc || write(ready[1], "x", 1) != 1)
			_exit(1);
		close(ready[1]);
		if (hold_ms == 0)
			pause();
		usleep(hold_ms * 1000);
		xnm_unlock(&locks, bridge ? XNM_LOCK_NETWORK : XNM_LOCK_VIF);
		pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_exclusive(void **state)
{
	struct xnm_locks locks = open_locks();
	pid_t pid = holder(NULL, false, 0);

	(void)state;
	assert_int_equal(lock_vif(&locks, 1, 0), -EAGAIN);
	assert_true(xnm_lock_vif_is_others(&locks, 1, 0));
	assert_false(xnm_holds_lock(&locks, XNM_LOCK_VIF));
	/* another vif is another lock */
	assert_int_equal(lock_vif(&locks, 1, 1), 0);
	assert_int_equal(lock_vif(&locks, 2, 0), 0);
	assert_true(xnm_holds_lock(&locks, XNM_LOCK_VIF));
	/* our own is no other's */
	assert_false(xnm_lock_vif_is_others(&locks, 1, 1));
	end(pid);
	close(locks.fd);
}

static void test_timeout(void **state)
{
	struct xnm_locks locks = open_locks();
	pid_t pid = holder("br0", false, 0);
	unsigned int start = now_ms();

	(void)state;
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_NETWORK, "br0", 100), -ETIMEDOUT);
	assert_in_range(now_ms() - start, 90, 5000);
	assert_int_equal(xnm_lock_shared(&locks, XNM_LOCK_NETWORK, "br0", 1), -ETIMEDOUT);
	end(pid);
	close(locks.fd);
}

static void test_wait(void **state)
{
	struct xnm_locks locks = open_locks();
	pid_t pid = holder(NULL, false, 80);

	(void)state;
	assert_int_equal(xnm_lock_vif(&locks, 1, 0, 10000), 0);
	end(pid);
	close(locks.fd);
}

static void test_killed(void **state)
{
	struct xnm_locks locks = open_locks();
	pid_t pid = holder(NULL, false, 0);

	(void)state;
	assert_int_equal(lock_vif(&locks, 1, 0), -EAGAIN);
	end(pid);
	assert_int_equal(lock_vif(&locks, 1, 0), 0);
	close(locks.fd);
}

static void test_shared(void **state)
{
	struct xnm_locks locks = open_locks();
	pid_t first = holder("br0", true, 0);
	pid_t second = holder("br0", true, 0);

	(void)state;
	assert_int_equal(lock(&locks, "br0"), -EAGAIN);
	assert_int_equal(lock_shared(&locks, "br0"), 0);
	/* our own part of it can become the whole only when we are alone */
	assert_int_equal(lock(&locks, "br0"), -EAGAIN);
	end(first);
	assert_int_equal(lock(&locks, "br0"), -EAGAIN);
	end(second);
	assert_int_equal(lock(&locks, "br0"), 0);
	close(locks.fd);
}

static void test_drop(void **state)
{
	struct xnm_locks locks = open_locks(), second = open_locks();

	(void)state;
	/* two descriptors of one process are two holders, unlike with POSIX's own locks */
	assert_int_equal(lock(&locks, "br0"), 0);
	assert_int_equal(lock_vif(&locks, 1, 1), 0);
	assert_int_equal(lock(&second, "br0"), -EAGAIN);
	xnm_unlock(&locks, XNM_LOCK_NETWORK);
	assert_false(xnm_holds_lock(&locks, XNM_LOCK_NETWORK));
	assert_int_equal(lock(&second, "br0"), 0);
	assert_int_equal(lock_vif(&second, 1, 1), -EAGAIN);
	/* to drop what one has not is no harm */
	xnm_unlock(&second, XNM_LOCK_VIF);
	assert_int_equal(lock_vif(&second, 1, 1), -EAGAIN);
	close(locks.fd);
	close(second.fd);
}

static void test_again(void **state)
{
	struct xnm_locks locks = open_locks(), second = open_locks();

	(void)state;
	assert_int_equal(lock_vif(&locks, 3, 0), 0);
	assert_int_equal(lock_vif(&locks, 3, 0), 0);
	xnm_unlock(&locks, XNM_LOCK_VIF);
	/* it was taken twice */
	assert_int_equal(lock_vif(&second, 3, 0), -EAGAIN);
	xnm_unlock(&locks, XNM_LOCK_VIF);
	assert_int_equal(lock_vif(&second, 3, 0), 0);
	close(locks.fd);
	close(second.fd);
}

/* A vif that joins the network that it leaves: the lock is the same. */
static void test_same_network(void **state)
{
	struct xnm_locks locks = open_locks(), second = open_locks();

	(void)state;
	assert_int_equal(lock_shared(&locks, "br0"), 0);
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_OLD_NETWORK, "br0", 1000), 0);
	assert_int_equal(lock_shared(&second, "br0"), -EAGAIN);
	xnm_unlock(&locks, XNM_LOCK_OLD_NETWORK);
	/* what is held is shared again */
	assert_int_equal(lock_shared(&second, "br0"), 0);
	assert_int_equal(lock(&second, "br0"), -EAGAIN);
	xnm_unlock(&locks, XNM_LOCK_NETWORK);
	assert_int_equal(lock(&second, "br0"), 0);
	close(locks.fd);
	close(second.fd);
}

static void test_below(void **state)
{
	struct xnm_locks locks = open_locks(), second = open_locks();

	(void)state;
	assert_int_equal(lock_vif(&locks, 1, 0), 0);
	assert_int_equal(lock(&locks, "br0"), 0);
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_UPLINKS, NULL, 1000), 0);
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_UPLINKS, NULL, 1000), 0);
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_POOL, "lan", 1000), 0);
	xnm_unlock_below(&locks, XNM_LOCK_NETWORK);
	assert_int_equal(xnm_lock(&second, XNM_LOCK_UPLINKS, NULL, 0), 0);
	assert_int_equal(xnm_lock(&second, XNM_LOCK_POOL, "lan", 0), 0);
	assert_int_equal(lock(&second, "br0"), -EAGAIN);
	xnm_unlock_below(&locks, XNM_LOCK_VIF);
	assert_int_equal(lock(&second, "br0"), 0);
	assert_int_equal(lock_vif(&second, 1, 0), -EAGAIN);
	close(locks.fd);
	close(second.fd);
}

/* How a process ends that waits for each kind in turn. */
static int end_of(const enum xnm_lock *kinds, unsigned int n, unsigned int timeout_ms)
{
	int status, null;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct xnm_locks locks = open_locks();
		const struct rlimit no_core = { 0, 0 };
		char name[] = "a";

		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)signal(SIGABRT, SIG_DFL);
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		(void)dup2(null, STDERR_FILENO);
		/* each has another name */
		for (unsigned int i = 0; i < n; i++, name[0]++) {
			if (xnm_lock(&locks, kinds[i], name, timeout_ms))
				_exit(1);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_order(void **state)
{
	static const enum xnm_lock right[] = { XNM_LOCK_PROBE,	  XNM_LOCK_VIF,
					       XNM_LOCK_NETWORK,  XNM_LOCK_UPLINKS,
					       XNM_LOCK_POOL,	  XNM_LOCK_OLD_NETWORK,
					       XNM_LOCK_SETTINGS, XNM_LOCK_LINKS };
	int status;

	(void)state;
	assert_int_equal(end_of(right, XNM_N_ELEMENTS(right), 1000), 0);
	for (unsigned int i = 0; i < XNM_N_ELEMENTS(right); i++) {
		for (unsigned int k = 0; k <= i; k++) {
			const enum xnm_lock wrong[] = { right[i], right[k] };

			status = end_of(wrong, 2, 1000);
			if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
				fail_msg("lock %u may be waited for behind lock %u", wrong[1],
					 wrong[0]);
			/* who does not wait keeps nobody waiting */
			assert_int_equal(end_of(wrong, 2, 0), 0);
		}
	}
}

static void test_full(void **state)
{
	struct xnm_locks locks = open_locks();

	(void)state;
	for (uint32_t i = 0; i < XNM_MAX_LOCKS; i++)
		assert_int_equal(lock_vif(&locks, i, 0), 0);
	assert_int_equal(lock_vif(&locks, 1, 0), -ENOLCK);
	close(locks.fd);
}

static void test_errors(void **state)
{
	struct xnm_locks locks = { .fd = -1 };

	(void)state;
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_NETWORK, "br0", 1000), -EBADF);
	locks.fd = open(path, O_RDONLY | O_CLOEXEC);
	/* an error is told at once, not when the time is over */
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_NETWORK, "br0", 60000), -EBADF);
	assert_int_equal(locks.n, 0);
	close(locks.fd);
}

/* Which bytes these are is known to other versions, which may run at the same time. */
static void test_bytes(void **state)
{
	struct xnm_locks locks = { .fd = open(path, O_RDWR | O_CLOEXEC) };

	(void)state;
	assert_int_equal(lock_vif(&locks, 32751, 65535), 0);
	assert_true(locks.held[0].byte == 0x7fefffff);
	xnm_unlock(&locks, XNM_LOCK_VIF);
	/* FNV-1a of "", above every vif's byte */
	assert_int_equal(lock(&locks, ""), 0);
	assert_true(locks.held[0].byte == (1ull << 40) + 2166136261u);
	xnm_unlock(&locks, XNM_LOCK_NETWORK);
	assert_int_equal(lock(&locks, "a"), 0);
	assert_true(locks.held[0].byte == (1ull << 40) + 0xe40c292cu);
	/* those of the host are names that no bridge has */
	assert_int_equal(lock(&locks, "/uplinks"), 0);
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_UPLINKS, NULL, 0), 0);
	assert_true(locks.held[1].byte == locks.held[2].byte);
	assert_int_equal(lock(&locks, "/pool/lan"), 0);
	assert_int_equal(xnm_lock(&locks, XNM_LOCK_POOL, "lan", 0), 0);
	assert_true(locks.held[3].byte == locks.held[4].byte);
	assert_true(locks.held[1].byte != locks.held[3].byte);
	close(locks.fd);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exclusive), cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_wait),	  cmocka_unit_test(test_killed),
		cmocka_unit_test(test_shared),	  cmocka_unit_test(test_drop),
		cmocka_unit_test(test_again),	  cmocka_unit_test(test_same_network),
		cmocka_unit_test(test_below),	  cmocka_unit_test(test_order),
		cmocka_unit_test(test_full),	  cmocka_unit_test(test_errors),
		cmocka_unit_test(test_bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("lock", tests, make_file, remove_file);
}
