/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_check.c - what `xnm check` prints and how it exits. */
#include "hotplug/cli/check.c"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char top[] = "/tmp/xnm-unit-XXXXXX";
static char policy_path[64];
static char out_text[4096], err_text[4096];

static void write_policy(const char *text)
{
	FILE *f = fopen(policy_path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static FILE *redirect(int fd, int *saved)
{
	FILE *tmp = tmpfile();

	assert_non_null(tmp);
	*saved = dup(fd);
	assert_true(*saved >= 0);
	assert_true(dup2(fileno(tmp), fd) >= 0);
	return tmp;
}

/* Ends what redirect() began; text then holds what was printed. */
static void restore(int fd, int saved, FILE *tmp, char *text, size_t size)
{
	size_t len;

	assert_true(dup2(saved, fd) >= 0);
	close(saved);
	rewind(tmp);
	len = fread(text, 1, size - 1, tmp);
	text[len] = '\0';
	fclose(tmp);
}

static int run(const char *argument, const char *more)
{
	char *argv[] = { (char *)(uintptr_t) "check", (char *)(uintptr_t)argument,
			 (char *)(uintptr_t)more, NULL };
	int saved_out, saved_err, rc;
	FILE *out, *err;

	fflush(stdout);
	out = redirect(STDOUT_FILENO, &saved_out);
	err = redirect(STDERR_FILENO, &saved_err);
	optind = 0; /* glibc: begin anew */
	rc = xnm_cmd_check(argument ? more ? 3 : 2 : 1, argv);
	fflush(stdout);
	restore(STDOUT_FILENO, saved_out, out, out_text, sizeof(out_text));
	restore(STDERR_FILENO, saved_err, err, err_text, sizeof(err_text));
	return rc;
}

/* Puts the path of the policy for each % of format. */
static const char *with_path(const char *format)
{
	static char text[1024];
	size_t used = 0;

	for (; *format != '\0'; format++) {
		if (*format == '%')
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
						 policy_path);
		else
			text[used++] = *format;
	}
	text[used] = '\0';
	return text;
}

static void test_good(void **state)
{
	(void)state;
	write_policy("[network lan]\n[vif *]\nnetwork=lan\n");
	assert_int_equal(run(policy_path, NULL), 0);
	assert_string_equal(out_text, with_path("%: 1 network, 1 vif section, no mistakes\n"));
	assert_string_equal(err_text, "");
	write_policy("[network lan]\n[network lab]\n");
	assert_int_equal(run(policy_path, NULL), 0);
	assert_string_equal(out_text, with_path("%: 2 networks, 0 vif sections, no mistakes\n"));
}

static void test_mistakes(void **state)
{
	(void)state;
	write_policy("[network lan]\nmtu=1\nbrige=br0\n");
	assert_int_equal(run(policy_path, NULL), 2);
	assert_string_equal(out_text, "");
	assert_string_equal(err_text,
			    with_path("%:2: mtu=1: must be a number of bytes from 68 to 65535\n"
				      "%:3: unknown key 'brige' in [network lan]; did you mean "
				      "'bridge'?\n"
				      "%: 2 mistakes\n"));
}

static void test_doubts(void **state)
{
	(void)state;
	write_policy("[vif x]\naddress=192.0.2.1\n[vif y]\naddress=192.0.2.1\n");
	assert_int_equal(run(policy_path, NULL), 2);
	assert_string_equal(err_text,
			    with_path("%:4: address=192.0.2.1/32: [vif x] has it already, "
				      "%:2\n%: 1 mistake\n"));
	write_policy("[vif *]\n[vif y]\n");
	assert_int_equal(run(policy_path, NULL), 0);
	assert_string_equal(out_text,
			    with_path("%: 0 networks, 2 vif sections, no mistakes, 1 warning\n"));
	assert_string_equal(err_text,
			    with_path("%:2: warning: [vif y] is never used: [vif *] comes "
				      "before it, %:1\n"));
}

static void test_expected(void **state)
{
	(void)state;
	write_policy("[uplink phone]\nguest=p\ngateway=dhcp 198.51.100.0/25\n[vif p]\nnetwork=lan\n"
		     "locking-mode=unlocked\n[network lan]\naddress=198.51.100.1/24 "
		     "2001:db8:77::1/64\n");
	assert_int_equal(run(policy_path, NULL), 0);
	assert_string_equal(err_text,
			    with_path("%:3: warning: gateway=dhcp 198.51.100.0/25: no lease of "
				      "it is taken, as this host has address=198.51.100.1/24 "
				      "in [network lan]\n"));
	/* in a part of it there is no room, in the rest there is */
	write_policy("[uplink phone]\nguest=p\ngateway=dhcp 198.51.0.0/16\n[vif p]\nnetwork=lan\n"
		     "locking-mode=unlocked\n[network lan]\naddress=198.51.100.1/24\n");
	assert_int_equal(run(policy_path, NULL), 0);
	assert_string_equal(err_text, "");
}

static void test_unsafe(void **state)
{
	(void)state;
	write_policy("[global]\n");
	assert_int_equal(chmod(policy_path, 0666), 0);
	assert_int_equal(run(policy_path, NULL), 2);
	assert_string_equal(err_text, with_path("%: the file must not be writable by group or "
						"others; chmod go-w it\n%: 1 mistake\n"));
	assert_int_equal(chmod(policy_path, 0644), 0);
}

static void test_environment(void **state)
{
	(void)state;
	write_policy("[network lan]\n");
	assert_int_equal(setenv("XNM_CONFIG", policy_path, 1), 0);
	assert_int_equal(run(NULL, NULL), 0);
	assert_string_equal(out_text, with_path("%: 1 network, 0 vif sections, no mistakes\n"));
	assert_int_equal(unlink(policy_path), 0);
	assert_int_equal(run(NULL, NULL), 0);
	assert_string_equal(out_text, with_path("%: there is no policy; guests get what their "
						"configuration says\n"));
	/* a file that is asked for by name must be there */
	assert_int_equal(run(policy_path, NULL), 2);
	assert_string_equal(err_text, with_path("%: there is no such file\n%: 1 mistake\n"));
}

static void test_usage(void **state)
{
	(void)state;
	assert_int_equal(run("--help", NULL), 0);
	assert_string_equal(out_text, usage);
	assert_int_equal(run("--foo", NULL), 2);
	assert_non_null(strstr(err_text, "usage: xnm check [-v] [FILE]\n"));
	assert_int_equal(run("a", "b"), 2);
	assert_string_equal(err_text, usage);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),   cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_doubts), cmocka_unit_test(test_expected),
		cmocka_unit_test(test_unsafe), cmocka_unit_test(test_environment),
		cmocka_unit_test(test_usage),
	};
	int failed;

	umask(022);
	if (!mkdtemp(top))
		return 1;
	(void)snprintf(policy_path, sizeof(policy_path), "%s/xnm.ini", top);
	(void)setenv("XNM_RUN_DIR", top, 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(top);
	return failed;
}
