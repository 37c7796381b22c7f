/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_cidr.c - what is a prefix, a host, a broadcast address, and what lies in what. */
#include "hotplug/base/cidr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "hotplug/base/util.h"

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

static void test_bits(void **state)
{
	static const struct {
		const char *text;
		bool host_bits, broadcast, prefix;
	} rows[] = {
		{ "10.0.0.0/24", false, false, true },
		{ "10.0.0.128/24", true, false, false },
		{ "10.0.0.1/24", true, false, false },
		{ "10.0.0.255/24", true, true, false },
		{ "10.0.0.3/30", true, true, false },
		{ "10.0.0.1/31", true, false, false },
		{ "10.0.0.0/31", false, false, true },
		{ "10.0.0.255/32", false, false, false },
		{ "10.0.0.127/24", true, false, false },
		{ "2001:db8::/64", false, false, true },
		{ "2001:db8::1/64", true, false, false },
		{ "2001:db8::1/128", false, false, false },
		{ "2001:db8::1/127", true, false, false },
		{ "0.0.0.0/0", false, false, true },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		struct xnm_cidr one = cidr(rows[i].text);

		/* an IPv4 address has four bytes, whatever is behind them */
		for (unsigned int after = 0; after < 2; after++) {
			if (xnm_cidr_has_host_bits(&one) != rows[i].host_bits ||
			    xnm_cidr_is_broadcast(&one) != rows[i].broadcast ||
			    xnm_cidr_is_prefix(&one) != rows[i].prefix)
				fail_msg("%s, %u", rows[i].text, after);
			if (one.family == AF_INET)
				memset(one.addr + 4, 0xff, sizeof(one.addr) - 4);
		}
	}
}

static void test_within(void **state)
{
	static const struct {
		const char *host, *subnet;
		bool within;
	} rows[] = {
		{ "10.0.0.7", "10.0.0.0/24", true },
		{ "10.0.1.7", "10.0.0.0/24", false },
		{ "10.0.1.7", "10.0.0.0/23", true },
		{ "10.0.2.7", "10.0.0.0/23", false },
		{ "10.0.0.7", "10.0.0.7", true },
		{ "10.0.0.6", "10.0.0.7", false },
		{ "10.0.0.6", "10.0.0.7/31", true },
		{ "192.0.2.1", "0.0.0.0/0", true },
		{ "2001:db8::1", "0.0.0.0/0", false },
		{ "2001:db8::1", "2001:db8::/127", true },
		{ "2001:db8::2", "2001:db8::/127", false },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		struct xnm_cidr host = cidr(rows[i].host), subnet = cidr(rows[i].subnet);

		if (xnm_cidr_within(&host, &subnet) != rows[i].within)
			fail_msg("%s in %s", rows[i].host, rows[i].subnet);
	}
}

/* Of the list, what another one makes superfluous; of two equal ones, the second. */
static void test_covered(void **state)
{
	struct xnm_cidr all[5] = { cidr("10.0.0.0/24"), cidr("10.0.0.7"), cidr("10.0.0.0/24"),
				   cidr("10.0.1.7"), cidr("10.0.0.0/16") };
	static const bool four[] = { false, true, true, false };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(xnm_cidr_is_covered(all, 4, i), four[i]);
		assert_true(xnm_cidr_is_covered(all, 5, i));
	}
	assert_false(xnm_cidr_is_covered(all, 5, 4));
	assert_true(xnm_cidr_is_among(all, 5, &all[4]));
	assert_false(xnm_cidr_is_among(all, 4, &all[4]));
}

static void test_leasable(void **state)
{
	static const struct {
		const char *text;
		bool leasable;
	} rows[] = {
		{ "0.0.0.1", false },	  { "1.0.0.1", true },	    { "126.0.0.1", true },
		{ "127.0.0.1", false },	  { "128.0.0.1", true },    { "169.253.0.1", true },
		{ "169.254.0.1", false }, { "170.254.0.1", true },  { "223.255.0.1", true },
		{ "224.0.0.1", false },	  { "2001:db8::1", false },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		struct xnm_cidr one = cidr(rows[i].text);

		if (xnm_is_leasable(&one) != rows[i].leasable)
			fail_msg("%s", rows[i].text);
	}
}

/* A host with the length of its subnet, or a subnet as a whole. */
static void test_settle(void **state)
{
	static const struct {
		const char *text;
		unsigned int len, told;
	} rows[] = {
		{ "10.0.0.5/24", 32, 24 }, { "10.0.0.0/24", 24, 0 },	{ "10.0.0.5/32", 32, 0 },
		{ "10.0.0.4/31", 32, 31 }, { "10.0.0.4/30", 30, 0 },	{ "fd00::5/64", 128, 64 },
		{ "fd00::/64", 64, 0 },	   { "fd00::4/127", 128, 127 }, { "fd00::4/126", 126, 0 },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		struct xnm_cidr one = cidr(rows[i].text);
		char text[XNM_CIDR_TEXT_LEN];

		xnm_cidr_settle(&one);
		if (one.prefix_len != rows[i].len || one.told_len != rows[i].told)
			fail_msg("%s: %u, %u", rows[i].text, one.prefix_len, one.told_len);
		xnm_cidr_format_told(&one, text);
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits),	cmocka_unit_test(test_within),
		cmocka_unit_test(test_covered), cmocka_unit_test(test_leasable),
		cmocka_unit_test(test_settle),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
