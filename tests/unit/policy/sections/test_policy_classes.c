/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_classes.c - classes of an uplink: what they say, and doubts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "policy/sections/classes.h"
#include "tests/unit/policy/policy_text.h"

#define UPLINK "[uplink wired]\ninterface=eth0\nrate=20Mbit\n"

/* This machine has all interfaces. */
unsigned int if_nametoindex(const char *name)
{
	return name[0] == '\0' ? 0 : 2;
}

static void test_class(void **state)
{
	const struct xnm_class_policy *class = &policy.classes[0];

	(void)state;
	load(UPLINK
	     "[class gold]\nguarantee=12Mbit\nrate=20Mbit\nburst=64K\npriority=0\nqdisc=cake\n"
	     "dscp=af31\n[class rest]\n[vif a]\nclass=gold\n[vif b]\nclass=default\n[vif c]\n");
	assert_int_equal(policy.uplinks[0].rate_bit_s, 20000000);
	assert_int_equal(policy.n_classes, 2);
	assert_string_equal(class->name, "gold");
	assert_int_equal(class->guarantee_bit_s, 12000000);
	assert_int_equal(class->rate_bit_s, 20000000);
	assert_int_equal(class->burst_bytes, 65536);
	assert_int_equal(class->priority, 0);
	assert_int_equal(class->queue, XNM_QUEUE_CAKE);
	assert_true(class->has_dscp);
	assert_int_equal(class->dscp, 26);
	class = &policy.classes[1];
	assert_int_equal(class->guarantee_bit_s, 0);
	assert_int_equal(class->priority, XNM_LAST_PRIORITY);
	assert_false(class->has_dscp);
	assert_string_equal(policy.vifs[0].class_name, "gold");
	assert_string_equal(policy.vifs[1].class_name, "default");
	assert_string_equal(policy.vifs[2].class_name, "");
	assert_ptr_equal(xnm_policy_class(&policy, "rest"), class);
	assert_null(xnm_policy_class(&policy, "default"));
	/* all of the uplink may be guaranteed */
	load(UPLINK "[class a]\nguarantee=12Mbit\nrate=12Mbit\n[class default]\nguarantee=8Mbit\n");
	/* an uplink whose rate nobody knows guarantees nothing, and takes all */
	load("[uplink u]\ninterface=eth0\n[class a]\nguarantee=12Gbit\n");
}

static void test_dscp(void **state)
{
	static const struct {
		const char *text;
		uint32_t value;
	} cases[] = {
		{ "0", 0 },	{ "cs0", 0 },	{ "le", 1 },  { "cs1", 8 },
		{ "af11", 10 }, { "af43", 38 }, { "va", 44 }, { "46", 46 },
		{ "ef", 46 },	{ "cs7", 56 },	{ "63", 63 },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "[class a]\ndscp=%s\n", cases[i].text);
		load(text);
		assert_true(policy.classes[0].has_dscp);
		assert_int_equal(policy.classes[0].dscp, cases[i].value);
	}
}

/* Its own counts before that of the class that it names. */
static void test_dscp_of_vif(void **state)
{
	uint32_t dscp;

	(void)state;
	load("[class a]\ndscp=af31\n[class b]\n[vif a]\nclass=a\n[vif b]\nclass=a\ndscp=cs0\n"
	     "[vif c]\nclass=b\ndscp=63\n[vif d]\nclass=b\n[vif e]\n");
	assert_true(xnm_vif_dscp(&policy, &policy.vifs[0], &dscp));
	assert_int_equal(dscp, 26);
	assert_true(xnm_vif_dscp(&policy, &policy.vifs[1], &dscp));
	assert_int_equal(dscp, 0);
	assert_true(xnm_vif_dscp(&policy, &policy.vifs[2], &dscp));
	assert_int_equal(dscp, 63);
	assert_false(xnm_vif_dscp(&policy, &policy.vifs[3], &dscp));
	assert_false(xnm_vif_dscp(&policy, &policy.vifs[4], &dscp));
	assert_false(xnm_vif_dscp(&policy, NULL, &dscp));
}

static void test_pcp_of_vif(void **state)
{
	uint32_t pcp;

	(void)state;
	load("[class a]\npcp=3\n[class b]\n[vif a]\nclass=a\n[vif b]\nclass=a\npcp=0\n"
	     "[vif c]\npcp=7\n[vif d]\nclass=b\n");
	assert_true(xnm_vif_pcp(&policy, &policy.vifs[0], &pcp));
	assert_int_equal(pcp, 3);
	assert_true(xnm_vif_pcp(&policy, &policy.vifs[1], &pcp));
	assert_int_equal(pcp, 0);
	assert_true(xnm_vif_pcp(&policy, &policy.vifs[2], &pcp));
	assert_int_equal(pcp, 7);
	assert_false(xnm_vif_pcp(&policy, &policy.vifs[3], &pcp));
	assert_false(xnm_vif_pcp(&policy, NULL, &pcp));
}

static void test_dscp_text(void **state)
{
	char text[XNM_DSCP_TEXT_LEN];

	(void)state;
	assert_string_equal(xnm_dscp_text(46, text), "ef");
	assert_string_equal(xnm_dscp_text(0, text), "cs0");
	assert_string_equal(xnm_dscp_text(41, text), "41");
}

static void test_doubts(void **state)
{
	static const struct {
		const char *text, *messages;
	} cases[] = {
		{ UPLINK "[class a]\n[class default]\n",
		  "4: warning: [class a]: no [vif] section says class=a\n" },
		{ "[uplink u]\ninterface=eth0\n[network n]\naddress=10.0.0.1/24\nforward=nat\n"
		  "uplink=u\n[class a]\n[vif *]\nnetwork=n\nclass=a\n",
		  "10: warning: class=a has no effect: no [uplink] of [network n] has a rate=\n" },
		{ "[uplink u]\ninterface=eth0\n[uplink v]\ninterface=eth1\nrate=1M\n[network n]\n"
		  "address=10.0.0.1/24\nforward=nat\nuplink=u\n[network m]\naddress=10.1.0.1/24\n"
		  "forward=nat\nuplink=u v\n[network o]\naddress=10.2.0.1/24\nforward=nat\n"
		  "[class a]\n[vif n]\nnetwork=n\nclass=a\n[vif m]\nnetwork=m\nclass=a\n"
		  "[vif o]\nnetwork=o\nclass=a\n[vif *]\nclass=a\n",
		  "20: warning: class=a has no effect: no [uplink] of [network n] has a rate=\n" },
		{ "[class a]\n[vif *]\nclass=a\n",
		  "3: warning: class=a has no effect: no [uplink] has a rate=\n" },
		{ UPLINK "[class a]\n[vif *]\nclass=a\n", "" },
		{ "[class a]\ndscp=ef\n[vif *]\nclass=a\n", "" },
		{ "[class a]\npcp=5\n[vif *]\nclass=a\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct messages messages = { "" };

		load(cases[i].text);
		assert_int_equal(xnm_policy_check(&policy, collect, &messages), 0);
		assert_string_equal(messages.text, cases[i].messages);
	}
}

/* A class keeps its number whatever stands before it. */
static void test_numbers(void **state)
{
	uint32_t gold;

	(void)state;
	load(UPLINK "[class gold]\n[class default]\n");
	gold = xnm_class_number(&policy, "gold");
	assert_in_range(gold, XNM_CLASS_REST + 1, XNM_MAX_CLASS_NUMBER);
	assert_int_equal(xnm_class_number(&policy, "default"), XNM_CLASS_REST);
	load(UPLINK "[class bronze]\n[class gold]\n");
	assert_int_equal(xnm_class_number(&policy, "gold"), gold);
	assert_int_equal(xnm_class_number(&policy, "default"), XNM_CLASS_REST);
	assert_int_not_equal(xnm_class_number(&policy, "bronze"), gold);
}

/* Of names whose hash is the same each has a number all the same: 64 of 4093. */
static void test_many_numbers(void **state)
{
	char text[4096] = UPLINK;

	(void)state;
	for (unsigned int i = 0; i < XNM_MAX_CLASSES; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "[class n%u]\n",
			       i * 37);
	load(text);
	for (unsigned int i = 0; i < policy.n_classes; i++) {
		assert_in_range(policy.classes[i].number, XNM_CLASS_REST + 1, XNM_MAX_CLASS_NUMBER);
		for (unsigned int k = 0; k < i; k++)
			assert_int_not_equal(policy.classes[i].number, policy.classes[k].number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_class),	    cmocka_unit_test(test_dscp),
		cmocka_unit_test(test_dscp_of_vif), cmocka_unit_test(test_dscp_text),
		cmocka_unit_test(test_pcp_of_vif),  cmocka_unit_test(test_doubts),
		cmocka_unit_test(test_numbers),	    cmocka_unit_test(test_many_numbers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
