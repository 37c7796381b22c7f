/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_value.c - numbers, truth values, MAC and IP addresses and names: good and bad text. */
#include "hotplug/base/value.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "hotplug/base/util.h"

static void test_u32_good(void **state)
{
	static const struct {
		const char *text;
		uint32_t min, max, value;
	} cases[] = {
		{ "0", 0, 0, 0 },
		{ "1", 1, 1, 1 },
		{ "68", 68, 65535, 68 },
		{ "65535", 68, 65535, 65535 },
		{ "32751", 0, XNM_DOMID_MAX, 32751 },
		{ "4294967295", 0, UINT32_MAX, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		uint32_t value = 4711;

		assert_int_equal(xnm_parse_u32(cases[i].text, cases[i].min, cases[i].max, &value),
				 0);
		assert_int_equal(value, cases[i].value);
	}
}

static void test_u32_bad(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
		{ "", -EINVAL },
		{ " 70", -EINVAL },
		{ "70 ", -EINVAL },
		{ "+70", -EINVAL },
		{ "-70", -EINVAL },
		{ "0x70", -EINVAL },
		{ "070", -EINVAL },
		{ "00", -EINVAL },
		{ "7e1", -EINVAL },
		{ "70.0", -EINVAL },
		{ "70\n", -EINVAL },
		{ "\xd9\xa7", -EINVAL },
		{ "0", -ERANGE },
		{ "67", -ERANGE },
		{ "65536", -ERANGE },
		{ "4294967296", -ERANGE },
		{ "4294967364", -ERANGE }, /* 68 if it wrapped at 32 bits */
		{ "18446744073709551684", -ERANGE }, /* and at 64 bits */
		{ "99999999999999999999999999999999999999", -ERANGE },
		{ "9999999999999999999999999999999999999x", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		uint32_t value = 4711;

		assert_int_equal(xnm_parse_u32(cases[i].text, 68, 65535, &value), cases[i].rc);
		assert_int_equal(value, 4711);
	}
}

static void test_bool(void **state)
{
	static const char *const yes[] = { "yes", "true", "on", "1" };
	static const char *const no[] = { "no", "false", "off", "0" };
	static const char *const bad[] = {
		"", "y", "Yes", "YES", "2", "yes ", " no", "01", "nope"
	};
	bool value;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(yes); i++) {
		value = false;
		assert_int_equal(xnm_parse_bool(yes[i], &value), 0);
		assert_true(value);
	}
	for (size_t i = 0; i < XNM_N_ELEMENTS(no); i++) {
		value = true;
		assert_int_equal(xnm_parse_bool(no[i], &value), 0);
		assert_false(value);
	}
	for (size_t i = 0; i < XNM_N_ELEMENTS(bad); i++) {
		value = true;
		assert_int_equal(xnm_parse_bool(bad[i], &value), -EINVAL);
		assert_true(value);
	}
}

static void test_mac_good(void **state)
{
	struct xnm_mac a, b;
	char text[XNM_MAC_TEXT_LEN];

	(void)state;
	assert_int_equal(xnm_parse_mac("00:16:3e:AB:cd:0f", &a), 0);
	xnm_format_mac(&a, text);
	assert_string_equal(text, "00:16:3e:ab:cd:0f");
	assert_int_equal(xnm_parse_mac(text, &b), 0);
	assert_true(xnm_mac_equal(&a, &b));
	assert_int_equal(xnm_parse_mac("fe:ff:ff:ff:ff:ff", &b), 0);
	assert_false(xnm_mac_equal(&a, &b));
}

static void test_mac_bad(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
		{ "", -EINVAL },
		{ "0", -EINVAL },
		{ "00", -EINVAL },
		{ "00:", -EINVAL },
		{ "00:16:3e:00:00", -EINVAL },
		{ "00:16:3e:00:00:", -EINVAL },
		{ "00:16:3e:00:00:0", -EINVAL },
		{ "00:16:3e:00:00:01:", -EINVAL },
		{ "00:16:3e:00:00:01:02", -EINVAL },
		{ "00:16:3e:00:00:011", -EINVAL },
		{ "0:16:3e:00:00:01", -EINVAL },
		{ "00-16-3e-00-00-01", -EINVAL },
		{ "00163e000001", -EINVAL },
		{ "00:16:3e:00:00:0g", -EINVAL },
		{ "00:16:3e:00:00: 1", -EINVAL },
		{ " 00:16:3e:00:00:01", -EINVAL },
		{ "00:16:3e:00:00:01 ", -EINVAL },
		{ "00:00:00:00:00:00", -ERANGE },
		{ "01:00:5e:00:00:01", -ERANGE },
		{ "ff:ff:ff:ff:ff:ff", -ERANGE },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct xnm_mac mac = { { 1, 2, 3, 4, 5, 6 } };

		assert_int_equal(xnm_parse_mac(cases[i].text, &mac), cases[i].rc);
		assert_int_equal(mac.b[0], 1);
	}
}

static void test_cidr_good(void **state)
{
	static const struct {
		const char *text;
		int family;
		const char *shown;
	} cases[] = {
		{ "192.0.2.1", AF_INET, "192.0.2.1/32" },
		{ "192.0.2.1/24", AF_INET, "192.0.2.1/24" },
		{ "0.0.0.0/0", AF_INET, "0.0.0.0/0" },
		{ "255.255.255.255/32", AF_INET, "255.255.255.255/32" },
		{ "2001:db8::1", AF_INET6, "2001:db8::1/128" },
		{ "2001:DB8:0:0::1/64", AF_INET6, "2001:db8::1/64" },
		{ "::/0", AF_INET6, "::/0" },
		{ "::ffff:192.0.2.1/96", AF_INET6, "::ffff:192.0.2.1/96" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128", AF_INET6,
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct xnm_cidr cidr, again;
		char text[XNM_CIDR_TEXT_LEN];

		assert_int_equal(xnm_parse_cidr(cases[i].text, &cidr), 0);
		assert_int_equal(cidr.family, cases[i].family);
		xnm_format_cidr(&cidr, text);
		assert_string_equal(text, cases[i].shown);
		assert_int_equal(xnm_parse_cidr(text, &again), 0);
		assert_true(xnm_cidr_equal(&cidr, &again));
	}
}

static void test_cidr_bad(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
		{ "", -EINVAL },
		{ "/24", -EINVAL },
		{ "192.0.2", -EINVAL },
		{ "192.0.2.1.1", -EINVAL },
		{ "192.0.2.256", -EINVAL },
		{ "192.0.2.01", -EINVAL },
		{ "192.0.2.1/", -EINVAL },
		{ "192.0.2.1/ 24", -EINVAL },
		{ "192.0.2.1/024", -EINVAL },
		{ "192.0.2.1/24/24", -EINVAL },
		{ "192.0.2.1/255.255.255.0", -EINVAL },
		{ "192.0.2.1/33", -ERANGE },
		{ "192.0.2.1-192.0.2.5", -EINVAL },
		{ " 192.0.2.1", -EINVAL },
		{ "192.0.2.1 ", -EINVAL },
		{ "2001:db8::1/129", -ERANGE },
		{ "2001:db8::1::", -EINVAL },
		{ "2001:db8::g", -EINVAL },
		{ "fe80::1%eth0", -EINVAL },
		{ "host.example", -EINVAL },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct xnm_cidr cidr = { .family = 77 };

		assert_int_equal(xnm_parse_cidr(cases[i].text, &cidr), cases[i].rc);
		assert_int_equal(cidr.family, 77);
	}
}

static void test_cidr_equal(void **state)
{
	struct xnm_cidr a, b;

	(void)state;
	assert_int_equal(xnm_parse_cidr("192.0.2.1/24", &a), 0);
	assert_int_equal(xnm_parse_cidr("192.0.2.1/25", &b), 0);
	assert_false(xnm_cidr_equal(&a, &b));
	assert_int_equal(xnm_parse_cidr("192.0.2.2/24", &b), 0);
	assert_false(xnm_cidr_equal(&a, &b));
	assert_int_equal(xnm_parse_cidr("c000:201::/24", &b), 0); /* the same first 4 bytes */
	assert_false(xnm_cidr_equal(&a, &b));
	/* what lies behind an IPv4 address does not count */
	b = a;
	b.addr[15] = 1;
	assert_true(xnm_cidr_equal(&a, &b));
}

static void test_ifname(void **state)
{
	static const char *const good[] = {
		"a",   "eth0", "br-lan", "vif1.0", "enp3s0.10", "web_0", "fifteen-bytes12",
		"x@y", "...",  "all2",	 "0",	   "defaults"
	};
	static const char *const bad[] = {
		"",	     ".",	  "..",	   "all",   "default", "-eth0", "eth0 ",
		" eth0",     "eth/0",	  "eth:0", "eth\n", "eth%d",   "et\th", "sixteen-bytes-12",
		"k\xc3\xb6", "$(reboot)", "a;b",   "a*",    "\x7f"
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(good); i++)
		assert_true(xnm_ifname_ok(good[i]));
	for (size_t i = 0; i < XNM_N_ELEMENTS(bad); i++)
		assert_false(xnm_ifname_ok(bad[i]));
}

static void test_ifname_is_vif(void **state)
{
	static const char *const yes[] = { "vif1.0", "vif32751.65535", "vif1.0-emu", "vif0.0" };
	static const char *const no[] = { "",	     "vif",	  "vif1",
					  "vif1.",   "vif.0",	  "vif1.0.0",
					  "vif1.0-", "vif1.0-em", "vif1.0-emus",
					  "xvif1.0", "vifa.0",	  "vif1.a",
					  "VIF1.0",  "vif-1.0",	  "tap1.0" };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(yes); i++)
		assert_true(xnm_ifname_is_vif(yes[i]));
	for (size_t i = 0; i < XNM_N_ELEMENTS(no); i++)
		assert_false(xnm_ifname_is_vif(no[i]));
}

static void test_text_ok(void **state)
{
	(void)state;
	assert_true(xnm_text_ok("", 0));
	assert_true(xnm_text_ok("all of it ~", 11));
	assert_true(xnm_text_ok("ok\n", 2));
	assert_false(xnm_text_ok("ok\n", 3));
	assert_false(xnm_text_ok("o\0k", 3));
	assert_false(xnm_text_ok("\x7f", 1));
	assert_false(xnm_text_ok("\xc3\xb6", 2));
	assert_false(xnm_text_ok("\t", 1));
}

static void test_printable(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *shown;
	} cases[] = {
		{ "", 8, "" },
		{ "seven b", 8, "seven b" },
		{ "eight by", 8, "eigh..." },
		{ "much longer than that", 8, "much..." },
		{ "a\nb\tc\x1b[", 8, "a?b?c?[" },
		{ "\xc3\xb6", 8, "??" },
		{ "abc", 4, "abc" },
		{ "abcd", 4, "..." },
		{ "abcd", 3, ".." },
		{ "abcd", 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		char out[16];

		memset(out, 'X', sizeof(out));
		assert_string_equal(xnm_printable(cases[i].text, out, cases[i].size),
				    cases[i].shown);
		assert_int_equal(out[cases[i].size], 'X');
	}
	assert_string_equal(xnm_printable("abc", NULL, 0), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u32_good), cmocka_unit_test(test_u32_bad),
		cmocka_unit_test(test_bool),	 cmocka_unit_test(test_mac_good),
		cmocka_unit_test(test_mac_bad),	 cmocka_unit_test(test_cidr_good),
		cmocka_unit_test(test_cidr_bad), cmocka_unit_test(test_cidr_equal),
		cmocka_unit_test(test_ifname),	 cmocka_unit_test(test_ifname_is_vif),
		cmocka_unit_test(test_text_ok),	 cmocka_unit_test(test_printable),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
