/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_lock.c - locks between processes: exclusive, shared, in time, and gone with their holder. */
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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/lock.h"

static char path[] = "/tmp/xnm-test-lock.XXXXXX";

static int open_lock(void)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static unsigned int now_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (unsigned int)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/*
 * Starts a process that holds the lock for hold_ms, or until it is killed if
 * that is 0, and returns when it has it.
 */
static pid_t holder(uint64_t byte, bool shared, unsigned int hold_ms)
{
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int fd = open(path, O_RDWR | O_CLOEXEC);

		close(ready[0]);
		if (fd < 0 || xnm_lock_take(fd, byte, shared, 0) || write(ready[1], "x", 1) != 1)
			_exit(1);
		close(ready[1]);
		if (hold_ms == 0)
			pause();
		usleep(hold_ms * 1000);
		xnm_lock_drop(fd, byte);
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
	uint64_t byte = xnm_lock_vif(1, 0);
	_cleanup_close_ int fd = open_lock();
	pid_t pid = holder(byte, false, 0);

	(void)state;
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), -EAGAIN);
	assert_int_equal(xnm_lock_take(fd, byte, true, 0), -EAGAIN);
	/* another vif is another lock */
	assert_int_equal(xnm_lock_take(fd, xnm_lock_vif(1, 1), false, 0), 0);
	assert_int_equal(xnm_lock_take(fd, xnm_lock_vif(2, 0), false, 0), 0);
	end(pid);
}

static void test_timeout(void **state)
{
	uint64_t byte = xnm_lock_bridge("br0");
	_cleanup_close_ int fd = open_lock();
	pid_t pid = holder(byte, false, 0);
	unsigned int start = now_ms();

	(void)state;
	assert_int_equal(xnm_lock_take(fd, byte, false, 100), -ETIMEDOUT);
	assert_in_range(now_ms() - start, 90, 5000);
	end(pid);
}

static void test_wait(void **state)
{
	uint64_t byte = xnm_lock_vif(1, 0);
	_cleanup_close_ int fd = open_lock();
	pid_t pid = holder(byte, false, 80);

	(void)state;
	assert_int_equal(xnm_lock_take(fd, byte, false, 10000), 0);
	end(pid);
}

static void test_killed(void **state)
{
	uint64_t byte = xnm_lock_vif(1, 0);
	_cleanup_close_ int fd = open_lock();
	pid_t pid = holder(byte, false, 0);

	(void)state;
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), -EAGAIN);
	end(pid);
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), 0);
}

static void test_shared(void **state)
{
	uint64_t byte = xnm_lock_bridge("br0");
	_cleanup_close_ int fd = open_lock();
	pid_t first = holder(byte, true, 0);
	pid_t second = holder(byte, true, 0);

	(void)state;
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), -EAGAIN);
	assert_int_equal(xnm_lock_take(fd, byte, true, 0), 0);
	/* our own part of it can become the whole only when we are alone */
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), -EAGAIN);
	end(first);
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), -EAGAIN);
	end(second);
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), 0);
}

static void test_drop(void **state)
{
	uint64_t byte = xnm_lock_vif(1, 0), other = xnm_lock_vif(1, 1);
	_cleanup_close_ int fd = open_lock();
	_cleanup_close_ int second = open_lock();

	(void)state;
	/* two descriptors of one process are two holders, unlike with POSIX's own locks */
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), 0);
	assert_int_equal(xnm_lock_take(fd, other, false, 0), 0);
	assert_int_equal(xnm_lock_take(second, byte, false, 0), -EAGAIN);
	xnm_lock_drop(fd, byte);
	assert_int_equal(xnm_lock_take(second, byte, false, 0), 0);
	assert_int_equal(xnm_lock_take(second, other, false, 0), -EAGAIN);
	/* to drop what one has not is no harm */
	xnm_lock_drop(second, other);
	assert_int_equal(xnm_lock_take(second, other, false, 0), -EAGAIN);
}

static void test_again(void **state)
{
	uint64_t byte = xnm_lock_vif(3, 0);
	_cleanup_close_ int fd = open_lock();

	(void)state;
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), 0);
	assert_int_equal(xnm_lock_take(fd, byte, false, 0), 0);
}

static void test_errors(void **state)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(xnm_lock_take(-1, 1, false, 1000), -EBADF);
	/* an error is told at once, not when the time is over */
	assert_int_equal(xnm_lock_take(fd, 1, false, 60000), -EBADF);
}

static void test_bytes(void **state)
{
	(void)state;
	assert_true(xnm_lock_vif(1, 0) != xnm_lock_vif(0, 1));
	assert_true(xnm_lock_vif(0, 65535) != xnm_lock_vif(1, 0));
	assert_true(xnm_lock_vif(32751, 65535) < xnm_lock_bridge(""));
	assert_true(xnm_lock_bridge("br0") != xnm_lock_bridge("br1"));
	assert_true(xnm_lock_bridge("br0") == xnm_lock_bridge("br0"));
	/* off_t is signed */
	assert_true(xnm_lock_bridge("br0") < (uint64_t)INT64_MAX);
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
		cmocka_unit_test(test_again),	  cmocka_unit_test(test_errors),
		cmocka_unit_test(test_bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("lock", tests, make_file, remove_file);
}
