/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_dir.c - make a folder of policy files, and read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "policy/pool.h"
#include "tests/unit/policy/policy_dir.h"

struct xnm_policy policy;
char top[64];

void collect(void *arg, const char *file, unsigned int line, const char *text)
{
	struct messages *m = arg;
	size_t used = strlen(m->text);

	if (strncmp(file, top, strlen(top)) == 0)
		file += strlen(top);
	if (line)
		(void)snprintf(m->text + used, sizeof(m->text) - used, "%s:%u: %s\n", file, line,
			       text);
	else
		(void)snprintf(m->text + used, sizeof(m->text) - used, "%s: %s\n", file, text);
}

const char *at(const char *name)
{
	static char path[4][256];
	static unsigned int i;

	i = (i + 1) % 4;
	(void)snprintf(path[i], sizeof(path[i]), "%s/%s", top, name);
	return path[i];
}

void make_dir(const char *name, mode_t mode)
{
	assert_int_equal(mkdir(at(name), 0700), 0);
	assert_int_equal(chmod(at(name), mode), 0);
}

void make_file(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "we");

	assert_non_null(f);
	assert_int_equal(fputs(text, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(at(name), 0644), 0);
}

int setup(void **state)
{
	(void)state;
	(void)snprintf(top, sizeof(top), "%s", "/tmp/xnm-unit-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	make_dir("etc", 0755);
	make_dir("etc/policy.d", 0755);
	make_dir("run", 0755);
	make_dir("run/override.d", 0755);
	return 0;
}

int teardown(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command);
}

int load(struct messages *messages)
{
	messages->text[0] = '\0';
	return xnm_policy_load(&policy, at("etc/xnm.ini"), at("run"), XNM_ANY_HOST, collect,
			       messages);
}

void load_good(void)
{
	struct messages messages;
	int rc = load(&messages);

	assert_string_equal(messages.text, "");
	assert_int_equal(rc, 0);
}

void load_bad(int rc, const char *text)
{
	struct messages messages;
	int r = load(&messages);

	assert_string_equal(messages.text, text);
	assert_int_equal(r, rc);
}
