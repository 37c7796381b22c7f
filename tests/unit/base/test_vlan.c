/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vlan.c - the two spellings of VLANs, what they give and what is refused. */
#include "hotplug/base/vlan.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"

/* Every membership is compared through the canonical text, which lists them all. */
static void test_parse_good(void **state)
{
	static const struct {
		const char *text;
		unsigned int pvid;
		const char *canonical;
	} cases[] = {
		{ "10", 10, "10p" },
		{ "1", 1, "1p" },
		{ "4094", 4094, "4094p" },
		{ "10p", 10, "10p" },
		{ "10p/20", 10, "10p/20" },
		{ "20/10p", 10, "10p/20" },
		{ "10p/20u", 10, "10p/20u" },
		{ "20u/30/10p", 10, "10p/20u/30" },
		{ "10p/20-23", 10, "10p/20-23" },
		{ "10p/20-23u", 10, "10p/20-23u" },
		{ "10p/11/12", 10, "10p/11-12" },
		{ "9/10p/11", 10, "9/10p/11" },
		{ "5p/6u/7u/8", 5, "5p/6-7u/8" },
		{ "1p/100+10x4", 1, "1p/100/110/120/130/140" },
		{ "1p/100+1x4", 1, "1p/100-104" },
		{ "1p/100+10x4u", 1, "1p/100u/110u/120u/130u/140u" },
		{ "1p/4084+10x1", 1, "1p/4084/4094" },
		{ "1p/2-4094", 1, "1p/2-4094" },
		{ "1p/2+1x4092", 1, "1p/2-4094" },
		{ "4094p/1-4093u", 4094, "1-4093u/4094p" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		const char *reason = "none";
		struct xnm_vlans vlans, again;
		char text[64];

		assert_int_equal(xnm_vlans_parse(cases[i].text, &vlans, &reason), 0);
		assert_int_equal(vlans.pvid, cases[i].pvid);
		assert_true(xnm_vlan_test(vlans.member, vlans.pvid));
		assert_true(xnm_vlan_test(vlans.untagged, vlans.pvid));
		assert_string_equal(xnm_vlans_format(&vlans, text, sizeof(text)),
				    cases[i].canonical);
		assert_int_equal(xnm_vlans_parse(text, &again, &reason), 0);
		assert_true(xnm_vlans_equal(&vlans, &again));
		assert_false(xnm_vlans_empty(&vlans));
	}
}

#define BAD_ID	   "a VLAN is a number from 1 to 4094"
#define BAD_SERIES "a series is written A+STEPxCOUNT, as in 100+10x4"
#define BAD_END	   "after a VLAN only p, u or / may follow"
#define NO_PVID	   "no VLAN is marked as PVID (add p to one)"
#define TWICE	   "a VLAN is given twice"

static void test_parse_bad(void **state)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{ "", BAD_ID },
		{ "/", BAD_ID },
		{ "10p/", BAD_ID },
		{ "/10p", BAD_ID },
		{ "10p//20", BAD_ID },
		{ "0", BAD_ID },
		{ "4095", BAD_ID },
		{ "65546", BAD_ID }, /* 10 if it wrapped at 16 bits */
		{ "4294967306", BAD_ID },
		{ "1234567", BAD_ID },
		{ "12345678", BAD_ID },
		{ "99999999999999999999", BAD_ID },
		{ "010", BAD_ID },
		{ "-10", BAD_ID },
		{ "+10", BAD_ID },
		{ " 10", BAD_ID },
		{ "p", BAD_ID },
		{ "a", BAD_ID },
		{ "10 ", BAD_END },
		{ "10,20", BAD_END },
		{ "10pu", BAD_END },
		{ "10up", BAD_END },
		{ "10P", BAD_END },
		{ "10x", BAD_END },
		{ "10pp", BAD_END },
		{ "10\n", BAD_END },
		{ "1p/10-12-14", BAD_END },
		{ "1p/10-12+2x3", BAD_END },
		{ "10/20", NO_PVID },
		{ "10u", NO_PVID },
		{ "10u/20", NO_PVID },
		{ "10-12", NO_PVID },
		{ "100+10x4", NO_PVID },
		{ "10p/20p", "more than one VLAN is marked as PVID" },
		{ "10p/10", TWICE },
		{ "10p/10p", TWICE },
		{ "10/10", TWICE },
		{ "10p/20-30/25", TWICE },
		{ "10p/20-30/30-40", TWICE },
		{ "10p/20+5x4/25", TWICE },
		{ "10-12p", "only a single VLAN can be the PVID" },
		{ "10+1x1p", "only a single VLAN can be the PVID" },
		{ "1p/12-10", "a range A-B must go up" },
		{ "1p/10-10", "a range A-B must go up" },
		{ "1p/10-", BAD_ID },
		{ "1p/10-4095", BAD_ID },
		{ "1p/10--12", BAD_ID },
		{ "1p/10+", BAD_SERIES },
		{ "1p/10+2", BAD_SERIES },
		{ "1p/10+2x", BAD_SERIES },
		{ "1p/10+x2", BAD_SERIES },
		{ "1p/10+0x2", BAD_SERIES },
		{ "1p/10+2x0", BAD_SERIES },
		{ "1p/10+2X3", BAD_SERIES },
		{ "1p/10+2*3", BAD_SERIES },
		{ "1p/10+5000x2", BAD_SERIES },
		{ "1p/4085+10x1", "the series goes beyond VLAN 4094" },
		{ "1p/2+4094x4094", "the series goes beyond VLAN 4094" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct xnm_vlans vlans = { .pvid = 77 };
		const char *reason = "none";

		assert_int_equal(xnm_vlans_parse(cases[i].text, &vlans, &reason), -EINVAL);
		assert_string_equal(reason, cases[i].reason);
		assert_int_equal(vlans.pvid, 77);
	}
}

static void test_bridge_good(void **state)
{
	static const struct {
		const char *text, *bridge;
		unsigned int pvid;
		const char *vlans;
	} cases[] = {
		{ "ovs0.10", "ovs0", 10, "10p" },
		{ "ovs0.10:20", "ovs0", 10, "10p/20" },
		{ "ovs0.10:20:30", "ovs0", 10, "10p/20/30" },
		{ "ovs0:20:30", "ovs0", 0, "20/30" },
		{ "ovs0:4094", "ovs0", 0, "4094" },
		{ "br.lan.10", "br.lan", 10, "10p" },
		{ "br-10.1", "br-10", 1, "1p" },
		{ "fifteen-bytes12.4094", "fifteen-bytes12", 4094, "4094p" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		const char *reason = "none";
		struct xnm_vlans vlans;
		char bridge[IFNAMSIZ], text[64];

		assert_int_equal(xnm_vlans_parse_bridge(cases[i].text, bridge, &vlans, &reason), 0);
		assert_string_equal(bridge, cases[i].bridge);
		assert_int_equal(vlans.pvid, cases[i].pvid);
		assert_string_equal(xnm_vlans_format(&vlans, text, sizeof(text)), cases[i].vlans);
	}
}

#define BAD_BRIDGE "the part before the VLANs is not a bridge's name"
#define BAD_TRUNK  "trunks are numbers with a colon before each"

static void test_bridge_bad(void **state)
{
	static const struct {
		const char *text;
		int rc;
		const char *reason;
	} cases[] = {
		{ "", -ENOENT, "none" },
		{ "xenbr0", -ENOENT, "none" },
		{ "br.lan", -ENOENT, "none" },
		{ "br.10a", -ENOENT, "none" },
		{ "br.", -ENOENT, "none" },
		{ "10", -ENOENT, "none" },
		{ "any text, at all", -ENOENT, "none" },
		{ "br.0", -EINVAL, BAD_ID },
		{ "br.4095", -EINVAL, BAD_ID },
		{ "br.010", -EINVAL, BAD_ID },
		{ "br.99999999999999999999", -EINVAL, BAD_ID },
		{ "br:", -EINVAL, BAD_ID },
		{ "br:a", -EINVAL, BAD_ID },
		{ "br.10:", -EINVAL, BAD_ID },
		{ "br.10:4095", -EINVAL, BAD_ID },
		{ "br:10:", -EINVAL, BAD_ID },
		{ "br:10,20", -EINVAL, BAD_TRUNK },
		{ "br:10-20", -EINVAL, BAD_TRUNK },
		{ "br:10.20", -EINVAL, BAD_TRUNK },
		{ "br:10:10", -EINVAL, TWICE },
		{ "br.10:10", -EINVAL, TWICE },
		{ ".10", -EINVAL, BAD_BRIDGE },
		{ ":10", -EINVAL, BAD_BRIDGE },
		{ "all.10", -EINVAL, BAD_BRIDGE },
		{ "my bridge.10", -EINVAL, BAD_BRIDGE },
		{ "sixteen-bytes-12.10", -EINVAL, BAD_BRIDGE },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct xnm_vlans vlans = { .pvid = 77 };
		const char *reason = "none";
		char bridge[IFNAMSIZ] = "before";

		assert_int_equal(xnm_vlans_parse_bridge(cases[i].text, bridge, &vlans, &reason),
				 cases[i].rc);
		assert_string_equal(reason, cases[i].reason);
		assert_string_equal(bridge, "before");
		assert_int_equal(vlans.pvid, 77);
	}
}

static void test_format_cut(void **state)
{
	static const struct {
		size_t size;
		const char *shown;
	} cases[] = {
		{ 11, "10p/20/300" }, { 10, "10p/20..." }, { 8, "10p/..." }, { 7, "10p..." },
		{ 4, "..." },	      { 3, ".." },	   { 1, "" },
	};
	const char *reason = "none";
	struct xnm_vlans vlans;
	char out[16];

	(void)state;
	assert_int_equal(xnm_vlans_parse("10p/20/300", &vlans, &reason), 0);
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		memset(out, 'X', sizeof(out));
		assert_string_equal(xnm_vlans_format(&vlans, out, cases[i].size), cases[i].shown);
		assert_int_equal(out[cases[i].size], 'X');
	}
	assert_string_equal(xnm_vlans_format(&vlans, NULL, 0), "");
}

static void test_empty_and_equal(void **state)
{
	struct xnm_vlans a = { 0 }, b = { 0 };
	char out[16] = "X";

	(void)state;
	assert_true(xnm_vlans_empty(&a));
	assert_true(xnm_vlans_equal(&a, &b));
	assert_string_equal(xnm_vlans_format(&a, out, sizeof(out)), "");
	xnm_vlan_set(a.member, 4094);
	assert_false(xnm_vlans_empty(&a));
	assert_false(xnm_vlans_equal(&a, &b));
	xnm_vlan_set(b.member, 4094);
	assert_true(xnm_vlans_equal(&a, &b));
	xnm_vlan_set(b.untagged, 4094);
	assert_false(xnm_vlans_equal(&a, &b));
	xnm_vlan_set(a.untagged, 4094);
	b.pvid = 4094;
	assert_false(xnm_vlans_equal(&a, &b));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_good),  cmocka_unit_test(test_parse_bad),
		cmocka_unit_test(test_bridge_good), cmocka_unit_test(test_bridge_bad),
		cmocka_unit_test(test_format_cut),  cmocka_unit_test(test_empty_and_equal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
