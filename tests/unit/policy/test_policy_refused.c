/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_refused.c - policy files that are refused: whose they are, where they lead, how long they are. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "policy/pool.h"
#include "tests/unit/policy/policy_dir.h"

static void load_dangling(const char *name, const char *target)
{
	char text[512];

	(void)snprintf(
		text, sizeof(text),
		"/%s: is a symbolic link to %s, which is not there; mend the link, or remove "
		"it\n",
		name, target);
	load_bad(-ENOENT, text);
}

static void test_writable_file(void **state)
{
	static const mode_t modes[] = { 0664, 0646, 0666 };

	(void)state;
	make_file("etc/xnm.ini", "[foo]\n");
	for (size_t i = 0; i < XNM_N_ELEMENTS(modes); i++) {
		assert_int_equal(chmod(at("etc/xnm.ini"), modes[i]), 0);
		load_bad(-EPERM, "/etc/xnm.ini: the file must not be writable by group or others; "
				 "chmod go-w it\n");
	}
	make_file("etc/xnm.ini", "[global]\n");
	make_file("etc/policy.d/a.ini", "[foo]\n");
	assert_int_equal(chmod(at("etc/policy.d/a.ini"), 0666), 0);
	load_bad(-EPERM, "/etc/policy.d/a.ini: the file must not be writable by group or others; "
			 "chmod go-w it\n");
}

static void test_writable_directory(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", "[global]\n");
	make_file("etc/policy.d/a.ini", "[global]\n");
	make_file("run/override.d/a.ini", "[global]\n");
	assert_int_equal(chmod(at("etc"), 0775), 0);
	assert_int_equal(chmod(at("etc/policy.d"), 0777), 0);
	assert_int_equal(chmod(at("run/override.d"), 0757), 0);
	load_bad(-EPERM,
		 "/etc: the directory must not be writable by group or others; chmod go-w it\n"
		 "/etc/policy.d: the directory must not be writable by group or others; chmod go-w "
		 "it\n"
		 "/run/override.d: the directory must not be writable by group or others; chmod "
		 "go-w it\n");
	assert_int_equal(chmod(at("etc"), 01777), 0);
	assert_int_equal(chmod(at("etc/policy.d"), 01775), 0);
	assert_int_equal(chmod(at("run/override.d"), 0755), 0);
	load_good();
}

static void test_foreign_owner(void **state)
{
	(void)state;
	if (geteuid() != 0) { /* cmocka 1.1 says "not ok" to skip() */
		print_message("# test_foreign_owner: only root can give a file away\n");
		return;
	}
	make_file("etc/xnm.ini", "[global]\n");
	assert_int_equal(chown(at("etc/xnm.ini"), 12345, 0), 0);
	load_bad(-EPERM, "/etc/xnm.ini: the file must belong to root\n");
	assert_int_equal(chown(at("etc/xnm.ini"), 0, 12345), 0);
	load_good();
	assert_int_equal(chown(at("etc"), 12345, 0), 0);
	load_bad(-EPERM, "/etc: the directory must belong to root\n");
}

static void test_symlinks(void **state)
{
	(void)state;
	make_dir("store", 0755);
	make_file("store/policy", "[network lan]\n");
	make_file("store/dropin", "[network lab]\n");
	assert_int_equal(symlink(at("store/policy"), at("etc/xnm.ini")), 0);
	assert_int_equal(symlink("../../store/dropin", at("etc/policy.d/a.ini")), 0);
	load_good();
	assert_int_equal(policy.n_networks, 2);
	assert_int_equal(chmod(at("store/dropin"), 0666), 0);
	load_bad(-EPERM, "/etc/policy.d/a.ini: the file must not be writable by group or others; "
			 "chmod go-w it\n");
	assert_int_equal(unlink(at("store/dropin")), 0);
	load_dangling("etc/policy.d/a.ini", "../../store/dropin");
	assert_int_equal(unlink(at("store/policy")), 0);
	assert_int_equal(unlink(at("etc/policy.d/a.ini")), 0);
	load_dangling("etc/xnm.ini", at("store/policy"));
}

/* Only a name that is not there at all stands for no policy. */
static void test_links_to_nowhere(void **state)
{
	static const char *const names[] = { "etc/xnm.ini", "etc/policy.d", "run/override.d", "etc",
					     "run" };
	static const char *const targets[] = { "nowhere", "/nowhere/at/all", "../nowhere",
					       "chain" };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		for (size_t k = 0; k < XNM_N_ELEMENTS(targets); k++) {
			/* the folders first, empty as they are */
			(void)rmdir(at("run/override.d"));
			(void)rmdir(at("etc/policy.d"));
			(void)rmdir(at(names[i]));
			assert_int_equal(symlink(targets[k], at(names[i])), 0);
			load_dangling(names[i], targets[k]);
			assert_int_equal(unlink(at(names[i])), 0);
			(void)mkdir(at("etc"), 0755);
			(void)mkdir(at("run"), 0755);
			load_good();
			assert_false(policy.present);
		}
	}
}

/* A link further up, on the way to what may or may not be there. */
static void test_link_on_the_way(void **state)
{
	struct messages messages = { "" };
	char path[128];

	(void)state;
	assert_int_equal(symlink("nowhere", at("link")), 0);
	(void)snprintf(path, sizeof(path), "%s", at("link/a/b/xnm.ini"));
	assert_int_equal(
		xnm_policy_load(&policy, path, at("run"), XNM_ANY_HOST, collect, &messages),
		-ENOENT);
	assert_non_null(strstr(messages.text, "/link: is a symbolic link to nowhere, "));
	(void)snprintf(path, sizeof(path), "%s", at("etc/a/b/xnm.ini"));
	messages.text[0] = '\0';
	assert_int_equal(
		xnm_policy_load(&policy, path, at("run"), XNM_ANY_HOST, collect, &messages), 0);
	assert_string_equal(messages.text, "");
	assert_false(policy.present);
}

static void test_not_a_directory(void **state)
{
	(void)state;
	assert_int_equal(rmdir(at("etc/policy.d")), 0);
	assert_int_equal(rmdir(at("etc")), 0);
	make_file("etc", "[global]\n");
	load_bad(-ENOTDIR, "/etc: cannot be opened: Not a directory\n");
	assert_int_equal(unlink(at("etc")), 0);
	assert_int_equal(symlink("etc", at("etc")), 0);
	load_bad(-ELOOP, "/etc: cannot be opened: Too many levels of symbolic links\n");
	assert_int_equal(unlink(at("etc")), 0);
	assert_int_equal(rmdir(at("run/override.d")), 0);
	assert_int_equal(rmdir(at("run")), 0);
	make_file("run", "");
	load_bad(-ENOTDIR, "/run/override.d: cannot be opened: Not a directory\n");
}

static void test_path_of_a_directory(void **state)
{
	struct messages messages = { "" };
	char path[128];

	(void)state;
	make_file("etc/xnm.ini", "[network lan]\n");
	(void)snprintf(path, sizeof(path), "%s", at("etc/"));
	assert_int_equal(
		xnm_policy_load(&policy, path, at("run"), XNM_ANY_HOST, collect, &messages),
		-EISDIR);
	assert_string_equal(messages.text, "/etc/: names a directory; name a file in it\n");
	(void)snprintf(path, sizeof(path), "%s", at("etc/xnm.ini/"));
	messages.text[0] = '\0';
	assert_int_not_equal(
		xnm_policy_load(&policy, path, at("run"), XNM_ANY_HOST, collect, &messages), 0);
}

/* A file that opens and then fails: of the kernel's own memory nothing is at its beginning. */
static void test_read_error(void **state)
{
	(void)state;
	assert_int_equal(symlink("/proc/self/mem", at("etc/xnm.ini")), 0);
	load_bad(-EIO, "/etc/xnm.ini: cannot be read: Input/output error\n");
}

static void test_device(void **state)
{
	(void)state;
	assert_int_equal(symlink("/dev/null", at("etc/policy.d/a.ini")), 0);
	load_bad(-EPERM, "/etc/policy.d/a.ini: is not a regular file\n");
}

static void test_not_a_file(void **state)
{
	(void)state;
	make_dir("etc/xnm.ini", 0755);
	load_bad(-EPERM, "/etc/xnm.ini: is not a regular file\n");
	assert_int_equal(rmdir(at("etc/xnm.ini")), 0);
	assert_int_equal(mkfifo(at("etc/xnm.ini"), 0600), 0);
	load_bad(-EPERM, "/etc/xnm.ini: is not a regular file\n");
	assert_int_equal(unlink(at("etc/xnm.ini")), 0);
	assert_int_equal(symlink("xnm.ini", at("etc/xnm.ini")), 0);
	load_bad(-ELOOP, "/etc/xnm.ini: cannot be opened: Too many levels of symbolic links\n");
	assert_int_equal(unlink(at("etc/xnm.ini")), 0);
	assert_int_equal(rmdir(at("etc/policy.d")), 0);
	make_file("etc/policy.d", "[global]\n");
	load_bad(-ENOTDIR, "/etc/policy.d: cannot be opened: Not a directory\n");
}

static void test_goes_on_behind_unreadable(void **state)
{
	(void)state;
	make_dir("etc/policy.d/a.ini", 0755);
	make_file("etc/policy.d/b.ini", "[foo]\n");
	load_bad(-EPERM, "/etc/policy.d/a.ini: is not a regular file\n"
			 "/etc/policy.d/b.ini:1: unknown section [foo]\n");
}

static void test_too_many_files(void **state)
{
	char name[64];

	(void)state;
	for (unsigned int i = 0; i < XNM_MAX_POLICY_FILES; i++) {
		(void)snprintf(name, sizeof(name), "etc/policy.d/%03u.ini", i);
		make_file(name, "");
	}
	load_good();
	make_file("etc/xnm.ini", "");
	load_bad(-E2BIG, "/etc/policy.d/063.ini: one file too many: at most 64 are possible\n");
	make_file("etc/policy.d/x.ini", "");
	assert_int_equal(unlink(at("etc/xnm.ini")), 0);
	load_bad(-E2BIG, "/etc/policy.d: more than 64 *.ini files\n");
}

static void test_long_path(void **state)
{
	char name[160] = "etc/policy.d/";
	struct messages messages;
	size_t len = strlen(name);

	(void)state;
	memset(name + len, 'n', 120);
	memcpy(name + len + 120, ".ini", 5);
	make_file(name, "");
	assert_int_equal(load(&messages), -ENAMETOOLONG);
	assert_non_null(strstr(messages.text, ".ini: the path is longer than 127 bytes\n"));
}

static void test_large_file(void **state)
{
	FILE *f = fopen(at("etc/xnm.ini"), "we");

	(void)state;
	assert_non_null(f);
	for (unsigned int i = 0; i < XNM_MAX_POLICY_BYTES / 16; i++)
		fputs("# 16 bytes long\n", f);
	fclose(f);
	load_good();
	f = fopen(at("etc/xnm.ini"), "ae");
	fputs("[foo]\n", f);
	fclose(f);
	load_bad(-EINVAL, "/etc/xnm.ini:65537: the file is larger than 1048576 bytes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_writable_file),
		TEST(test_writable_directory),
		TEST(test_foreign_owner),
		TEST(test_symlinks),
		TEST(test_not_a_file),
		TEST(test_goes_on_behind_unreadable),
		TEST(test_too_many_files),
		TEST(test_long_path),
		TEST(test_large_file),
		TEST(test_links_to_nowhere),
		TEST(test_link_on_the_way),
		TEST(test_not_a_directory),
		TEST(test_path_of_a_directory),
		TEST(test_read_error),
		TEST(test_device),
	};

	umask(022);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
