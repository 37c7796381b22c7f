/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_text.c - read a policy from a text, and collect what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "policy/sections/check.h"
#include "tests/unit/policy/policy_text.h"

struct xnm_policy policy;

void fail_on_mistake(void *arg, const char *file, unsigned int line, const char *text)
{
	(void)arg;
	fail_msg("%s:%u: %s", file, line, text);
}

void collect(void *arg, const char *file, unsigned int line, const char *text)
{
	struct messages *m = arg;
	size_t used = strlen(m->text);

	(void)file;
	(void)snprintf(m->text + used, sizeof(m->text) - used, "%u: %s\n", line, text);
}

void load(const char *text)
{
	_cleanup_fclose_ FILE *stream = fmemopen((char *)(uintptr_t)text, strlen(text), "r");

	assert_non_null(stream);
	assert_int_equal(xnm_policy_load_stream(&policy, stream, "t", fail_on_mistake, NULL), 0);
}

void assert_cidr(const struct xnm_cidr *cidr, const char *text)
{
	char shown[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(cidr, shown);
	assert_string_equal(shown, text);
}
