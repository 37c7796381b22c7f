/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_log.c - the first message wins, and what goes to stderr is one line each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/base/log.h"

static void test_first_wins(void **state)
{
	struct xnm_err err = { "" };

	(void)state;
	assert_int_equal(xnm_fail(&err, -5, "cannot open %s: %d", "door", 7), -5);
	assert_string_equal(err.text, "cannot open door: 7");
	/* what fails after it follows from it: only the number is passed on */
	assert_int_equal(xnm_fail(&err, -6, "and then %s", "this"), -6);
	assert_string_equal(err.text, "cannot open door: 7");
}

static void test_cut(void **state)
{
	struct xnm_err err = { "" };
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(xnm_fail(&err, -1, "%s", text), -1);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void test_zero(void **state)
{
	struct xnm_err err = { "" };

	(void)state;
	/* for messages whose number comes from elsewhere */
	assert_int_equal(xnm_fail(&err, 0, "text"), 0);
	assert_string_equal(err.text, "text");
}

/* Runs what calls say with stderr in a file. Returns what was written there. */
static const char *stderr_of(void (*calls)(void))
{
	static char text[4096];
	FILE *file = tmpfile();
	int old = dup(STDERR_FILENO);
	size_t len;

	assert_non_null(file);
	assert_true(old >= 0);
	fflush(stderr);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	calls();
	fflush(stderr);
	assert_true(dup2(old, STDERR_FILENO) >= 0);
	close(old);
	rewind(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static void log_all(void)
{
	xnm_log_error("error %d", 1);
	xnm_log_warning("warning %d", 2);
	xnm_log_info("info %d", 3);
	xnm_log_debug("debug %d", 4);
}

static void test_stderr_alone(void **state)
{
	(void)state;
	setenv("XNM_LOG", "stderr", 1);
	xnm_log_init("test_log");
	assert_string_equal(stderr_of(log_all), "test_log: error 1\n"
						"test_log: warning: warning 2\n"
						"test_log: info 3\n"
						"test_log: debug 4\n");
}

static void test_person(void **state)
{
	(void)state;
	unsetenv("XNM_LOG");
	xnm_log_init("test_log");
	/* libxl hands stderr to the person: only what that one must know */
	assert_string_equal(stderr_of(log_all), "test_log: error 1\n"
						"test_log: warning: warning 2\n");
}

static void log_long(void)
{
	char text[2000];

	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	xnm_log_error("%s", text);
}

static void test_long_line(void **state)
{
	const char *text;

	(void)state;
	setenv("XNM_LOG", "stderr", 1);
	xnm_log_init("test_log");
	text = stderr_of(log_long);
	assert_true(strlen(text) < 600);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_wins), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_zero),	   cmocka_unit_test(test_stderr_alone),
		cmocka_unit_test(test_person),	   cmocka_unit_test(test_long_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
