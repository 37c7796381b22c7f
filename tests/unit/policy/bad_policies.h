/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bad_policies.h - run a table of policies that must be refused, each as a test of its own. */
#ifndef BAD_POLICIES_H
#define BAD_POLICIES_H

#include "policy/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"

struct bad {
	const char *name;
	const char *text;
	const char *messages; /* "LINE: TEXT\n" of each, in order */
	size_t text_len; /* 0: up to the NUL */
};

struct messages {
	char text[2048];
	size_t used;
};

static void collect(void *arg, const char *file, unsigned int line, const char *text)
{
	struct messages *m = arg;
	int len;

	assert_string_equal(file, "t");
	len = snprintf(m->text + m->used, sizeof(m->text) - m->used, "%u: %s\n", line, text);
	assert_in_range(len, 0, sizeof(m->text) - m->used - 1);
	m->used += (size_t)len;
}

static struct xnm_policy policy;

static int load(const char *text, size_t len, xnm_policy_report report, void *arg)
{
	_cleanup_fclose_ FILE *stream = fmemopen((char *)(uintptr_t)text, len, "r");

	assert_non_null(stream);
	return xnm_policy_load_stream(&policy, stream, "t", report, arg);
}

static bool is_zero(const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (((const unsigned char *)data)[i])
			return false;
	}
	return true;
}

/* Loads a policy with little in it, which must not show what the load before has left. */
static void assert_cleared(void)
{
	assert_int_equal(load("[network lan]\n[vif *]\n", 22, NULL, NULL), 0);
	assert_int_equal(policy.n_networks, 1);
	assert_int_equal(policy.n_vifs, 1);
	assert_int_equal(policy.vifs[0].mtu_bytes, 0);
	assert_int_equal(policy.vifs[0].n_acls, 0);
	assert_int_equal(policy.networks[0].forward, XNM_FORWARD_BRIDGE);
	assert_int_equal(policy.networks[0].n_uplinks, 0);
	assert_int_equal(policy.n_uplinks, 0);
	assert_int_equal(policy.n_forwards, 0);
	assert_int_equal(policy.n_acls, 0);
	assert_true(is_zero(policy.uplinks, 2 * sizeof(policy.uplinks[0])));
	assert_true(is_zero(policy.forwards, 2 * sizeof(policy.forwards[0])));
	assert_true(is_zero(policy.acls, 2 * sizeof(policy.acls[0])));
}

static void test_bad(void **state)
{
	const struct bad *bad = *state;
	size_t len = bad->text_len ? bad->text_len : strlen(bad->text);
	struct messages messages = { .used = 0 };

	assert_int_equal(load(bad->text, len, collect, &messages), -EINVAL);
	assert_string_equal(messages.text, bad->messages);
	/* nobody has to listen */
	assert_int_equal(load(bad->text, len, NULL, NULL), -EINVAL);
	assert_cleared();
}

static struct CMUnitTest tests[256];
static size_t n_tests;

static inline void add_tests(const struct bad *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(n_tests < XNM_N_ELEMENTS(tests));
		tests[n_tests++] = (struct CMUnitTest){
			.name = list[i].name,
			.test_func = test_bad,
			.initial_state = (void *)(uintptr_t)&list[i],
		};
	}
}

static inline int run_bad_policies(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests("bad policies", tests, n_tests, NULL, NULL);
}

#endif
