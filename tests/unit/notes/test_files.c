/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_files.c - where notes are, who may read them, and what is swept away. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/notes/vifname.h"
#include "tests/unit/run_dir.h"

static bool exists(const char *name)
{
	struct stat st;

	return fstatat(dir.run_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void test_read_only(void **state)
{
	struct xnm_run_dir other;
	char path[80];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/none", run_path);
	assert_int_equal(xnm_run_dir_open(&other, path, true), 0);
	assert_int_equal(other.run_fd, -1);
	assert_int_equal(other.vif_fd, -1);
	assert_int_equal(other.locks.fd, -1);
	assert_false(exists("none"));
	xnm_run_dir_close(&other);
	/* a part is missing: what is there can be read, and nothing is made */
	assert_int_equal(mkdirat(dir.run_fd, "part", 0755), 0);
	assert_int_equal(mkdirat(dir.run_fd, "part/vif", 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/part", run_path);
	assert_int_equal(xnm_run_dir_open(&other, path, true), 0);
	assert_true(other.vif_fd >= 0);
	assert_int_equal(other.bridge_fd, -1);
	assert_int_equal(other.vifname_fd, -1);
	assert_int_equal(other.network_fd, -1);
	assert_int_equal(other.address_fd, -1);
	assert_int_equal(other.prefix_fd, -1);
	assert_false(exists("part/lock"));
	assert_false(exists("part/bridge"));
	xnm_run_dir_close(&other);
	assert_int_equal(other.run_fd, -1);
	/* twice is no harm */
	xnm_run_dir_close(&other);
}

static void test_run_dir(void **state)
{
	struct xnm_run_dir other;
	char path[80];

	(void)state;
	assert_true(exists("vif"));
	assert_true(exists("bridge"));
	assert_true(exists("vifname"));
	assert_true(exists("network"));
	assert_true(exists("address"));
	assert_true(exists("prefix"));
	assert_true(exists("lock"));
	put_file("file", "");
	(void)snprintf(path, sizeof(path), "%s/file", run_path);
	assert_int_equal(xnm_run_dir_open(&other, path, false), -ENOTDIR);
	xnm_run_dir_close(&other);
	(void)snprintf(path, sizeof(path), "%s/none/deep", run_path);
	assert_int_equal(xnm_run_dir_open(&other, path, false), -ENOENT);
	xnm_run_dir_close(&other);
}

static void make_file(const char *name, int age_s)
{
	struct timespec times[2] = { { .tv_sec = time(NULL) - age_s } };
	int fd = openat(dir.run_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	times[1] = times[0];
	assert_true(fd >= 0);
	assert_int_equal(futimens(fd, times), 0);
	assert_int_equal(close(fd), 0);
}

/* Who writes just now must find what he writes to; notes themselves may be of any age. */
static void test_sweep(void **state)
{
	(void)state;
	make_file("vif/.1.0", 3600);
	make_file("prefix/.10.0.0.0", 62);
	make_file("network/.lan", 30);
	make_file("vif/1.0", 3600);
	make_file(".other", 3600);
	assert_int_equal(mkdirat(dir.run_fd, "bridge/.folder", 0755), 0);
	xnm_run_dir_sweep(&dir);
	assert_false(exists("vif/.1.0"));
	assert_false(exists("prefix/.10.0.0.0"));
	assert_true(exists("network/.lan"));
	assert_true(exists("vif/1.0"));
	assert_true(exists(".other"));
	assert_true(exists("bridge/.folder"));
}

static void test_run_dir_path(void **state)
{
	(void)state;
	unsetenv("XNM_RUN_DIR");
	assert_string_equal(xnm_run_dir_path(), "/run/xnm");
	setenv("XNM_RUN_DIR", "/tmp/x", 1);
	assert_string_equal(xnm_run_dir_path(), "/tmp/x");
	/* the caller's folder must not matter */
	setenv("XNM_RUN_DIR", "x", 1);
	assert_string_equal(xnm_run_dir_path(), "/run/xnm");
	setenv("XNM_RUN_DIR", "", 1);
	assert_string_equal(xnm_run_dir_path(), "/run/xnm");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_run, remove_run)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read_only),
		TEST(test_run_dir),
		TEST(test_sweep),
		cmocka_unit_test(test_run_dir_path),
	};
	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("files", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
