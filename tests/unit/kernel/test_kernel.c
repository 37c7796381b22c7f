/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_kernel.c - when two routes are the same to the kernel, and names that lead out of /proc/sys/net. */
#include "hotplug/kernel/rtnl.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/sysctl.h"

/* Makes a route of text; src may be NULL. */
static struct xnm_route route(const char *dst, int ifindex, uint32_t metric, const char *src)
{
	struct xnm_route r = { .ifindex = ifindex, .metric = metric };

	assert_int_equal(xnm_parse_cidr(dst, &r.dst), 0);
	if (src) {
		assert_int_equal(xnm_parse_cidr(src, &r.src), 0);
		r.has_src = true;
	}
	return r;
}

static void test_equal(void **state)
{
	static const struct {
		const char *dst_a, *dst_b;
		uint32_t metric_a, metric_b;
		const char *src_a, *src_b;
		bool equal;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1/32", 0, 0, NULL, NULL, true },
		{ "192.0.2.1", "192.0.2.2", 0, 0, NULL, NULL, false },
		{ "192.0.2.1/24", "192.0.2.2/24", 5, 5, NULL, NULL, true },
		{ "192.0.2.1/24", "192.0.2.1/25", 0, 0, NULL, NULL, false },
		{ "192.0.2.127/25", "192.0.2.129/25", 0, 0, NULL, NULL, false },
		{ "192.0.2.1", "192.0.2.1", 0, 1024, NULL, NULL, false },
		{ "0.0.0.0/0", "192.0.2.1/0", 0, 0, NULL, NULL, true },
		{ "0.0.0.0/0", "::/0", 0, 0, NULL, NULL, false },
		{ "2001:db8::1", "2001:db8::1", 0, 1024, NULL, NULL, true },
		{ "2001:db8::1", "2001:db8::1", 0, 1023, NULL, NULL, false },
		{ "2001:db8::1/64", "2001:db8::2/64", 0, 0, NULL, NULL, true },
		{ "2001:db8::1/127", "2001:db8::2/127", 0, 0, NULL, NULL, false },
		{ "192.0.2.1", "192.0.2.1", 0, 0, "203.0.113.1", NULL, false },
		{ "192.0.2.1", "192.0.2.1", 0, 0, "203.0.113.1", "203.0.113.1/24", true },
		{ "192.0.2.1", "192.0.2.1", 0, 0, "203.0.113.1", "203.0.113.2", false },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct xnm_route a = route(cases[i].dst_a, 3, cases[i].metric_a, cases[i].src_a);
		struct xnm_route b = route(cases[i].dst_b, 3, cases[i].metric_b, cases[i].src_b);

		assert_int_equal(xnm_route_equal(&a, &b), cases[i].equal);
		assert_int_equal(xnm_route_equal(&b, &a), cases[i].equal);
		b.ifindex = 4;
		assert_false(xnm_route_equal(&a, &b));
	}
}

static void test_bad_path(void **state)
{
	static const char *const paths[] = {
		"",
		".",
		"..",
		"/",
		"ipv4/",
		"/ipv4/ip_forward",
		"ipv4//ip_forward",
		"../kernel/pid_max",
		"ipv4/../../kernel/pid_max",
		"ipv4/./ip_forward",
		"ipv4/..",
	};
	uint32_t value = 4711;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(paths); i++) {
		assert_int_equal(xnm_sysctl_get(paths[i], &value), -EINVAL);
		assert_int_equal(xnm_sysctl_set(paths[i], 1), -EINVAL);
	}
	assert_int_equal(xnm_sysctl_get("ipv4/..no..such", &value), -ENOENT);
	assert_int_equal(value, 4711);
}

static void test_bad_name(void **state)
{
	static const char *const names[] = { "",       ".",	  "..",	  "a/b",
					     "../all", "vif1.0/", "/vif", "sixteen.letters." };
	uint32_t value = 4711;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		assert_int_equal(xnm_sysctl_conf_get(AF_INET, names[i], "tag", &value), -EINVAL);
		assert_int_equal(xnm_sysctl_conf_set(AF_INET, names[i], "tag", 1), -EINVAL);
	}
	assert_int_equal(xnm_sysctl_conf_set(AF_INET6, "all", "forwarding", 1), -EINVAL);
	assert_int_equal(xnm_sysctl_conf_set(AF_INET6, "default", "forwarding", 1), -EINVAL);
	assert_int_equal(xnm_sysctl_conf_get(AF_UNIX, "lo", "tag", &value), -EAFNOSUPPORT);
	assert_int_equal(xnm_sysctl_conf_get(AF_INET, "no.such-device", "tag", &value), -ENOENT);
	assert_int_equal(value, 4711);
}

static void test_purge_nothing(void **state)
{
	unsigned int n = 4711;

	(void)state;
	assert_int_equal(xnm_conntrack_purge(NULL, 0, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(xnm_conntrack_purge(NULL, 0, NULL), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_bad_path),
		cmocka_unit_test(test_bad_name),
		cmocka_unit_test(test_purge_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
