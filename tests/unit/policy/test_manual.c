/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_manual.c - xnm.ini(5) and the word list for shells have every section and key. */
#include "policy/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int mkman_main(int argc, char **argv);

/* The program itself, with another name for its main(). */
#define main mkman_main
#include "policy/mkman.c"
#undef main

static char output[128 * 1024];

/* Runs mkman with one argument and keeps what it prints in output. */
static int run(const char *argument)
{
	char *argv[] = { (char *)(uintptr_t) "mkman", (char *)(uintptr_t)argument, NULL };
	FILE *tmp = tmpfile();
	int saved, rc;
	size_t len;

	assert_non_null(tmp);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_true(saved >= 0);
	assert_true(dup2(fileno(tmp), STDOUT_FILENO) >= 0);
	rc = mkman_main(2, argv);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	close(saved);
	rewind(tmp);
	len = fread(output, 1, sizeof(output) - 1, tmp);
	output[len] = '\0';
	fclose(tmp);
	return rc;
}

/* Every key stands behind the heading of its section, in the order of the table. */
static void test_manual(void **state)
{
	const char *p = output;
	char text[128];

	(void)state;
	assert_int_equal(run("policy/xnm.ini.5.scd.in"), 0);
	assert_null(strstr(output, "@KEYS@"));
	for (unsigned int i = 0; i < XNM_N_KEYS; i++) {
		const struct xnm_section_def *section = &xnm_sections[xnm_keys[i].section];

		if (i == section->first_key) {
			(void)snprintf(text, sizeof(text), "\n# SECTION [%s%s%s]\n", section->name,
				       section->argument ? " " : "",
				       section->argument ? section->argument : "");
			p = strstr(p, text);
			assert_non_null(p);
		}
		(void)snprintf(text, sizeof(text), "\n*%s=*", xnm_keys[i].name);
		p = strstr(p, text);
		assert_non_null(p);
	}
	assert_non_null(strstr(p, "\n# SEE ALSO\n"));
}

static void test_keys(void **state)
{
	const char *p = output;
	unsigned int n_lines = 0;

	(void)state;
	assert_int_equal(run("keys"), 0);
	for (; *p != '\0'; p = strchr(p, '\n') + 1) {
		char line[128];

		(void)snprintf(line, sizeof(line), "%s %s\n",
			       xnm_sections[xnm_keys[n_lines].section].name,
			       xnm_keys[n_lines].name);
		assert_memory_equal(p, line, strlen(line));
		n_lines++;
	}
	assert_int_equal(n_lines, XNM_N_KEYS);
}

/* A list of words is told by its "..." in the manual, and every key says something. */
static void test_texts(void **state)
{
	unsigned int key = 0;

	(void)state;
	for (size_t i = 0; i < N_ENTRIES; i++) {
		const struct entry *e = &entries[i];

		assert_in_range(strlen(e->help), 10, 1000);
		assert_int_equal(e->help[strlen(e->help) - 1], '.');
		if (!e->section)
			continue;
		assert_string_equal(e->name, xnm_keys[key].name);
		/* of a list of names, only one fits into acl= */
		if ((xnm_types[xnm_keys[key].type].form == XNM_WORDS ||
		     xnm_types[xnm_keys[key].type].form == XNM_SET) &&
		    strcmp(e->name, "acl") != 0)
			assert_string_equal(e->values + strlen(e->values) - 3, "...");
		key++;
	}
	assert_int_equal(key, XNM_N_KEYS);
}

static void test_keys_are_spelt_alike(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < XNM_N_KEYS; i++)
		assert_int_equal(strspn(xnm_keys[i].name, "abcdefghijklmnopqrstuvwxyz46-"),
				 strlen(xnm_keys[i].name));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_keys_are_spelt_alike),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
