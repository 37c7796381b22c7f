/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake.c - what the fake kernel and xenstore were asked, and which call fails. */
#include "tests/unit/core/fake/fake.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct fake fake;

void fake_clear(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.failing = fake.forwards_alone = "";
	fake.list_rc = -ENOENT;
	fake.generation = 8;
}

int fake_call(const char *fmt, ...)
{
	size_t len = strlen(fake.calls);
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(fake.calls + len, sizeof(fake.calls) - len - 1, fmt, args);
	va_end(args);
	strcat(fake.calls, "\n");
	if (fake.n_failures == 0 ||
	    strncmp(fake.calls + len, fake.failing, strlen(fake.failing)) != 0)
		return 0;
	fake.n_failures--;
	return fake.failing_rc;
}

void will_fail(const char *what, int rc)
{
	fake.failing = what;
	fake.failing_rc = rc;
	fake.n_failures = 1;
}
