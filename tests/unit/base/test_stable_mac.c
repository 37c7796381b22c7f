/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_stable_mac.c - the same MAC address every time, and another for each host and each name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "hotplug/base/stable_mac.h"

#define HOST "0123456789abcdef0123456789abcdef"

static struct xnm_mac mac_of(const char *host, const char *name)
{
	struct xnm_mac mac;

	xnm_stable_mac(&mac, host, name);
	return mac;
}

/* Bridges keep theirs over boots and over new versions of xnm. */
static void test_same(void **state)
{
	char text[XNM_MAC_TEXT_LEN];
	struct xnm_mac mac = mac_of(HOST, "lan");

	(void)state;
	xnm_format_mac(&mac, text);
	assert_string_equal(text, "da:3e:46:99:2b:9d");
}

static void test_differs(void **state)
{
	static struct xnm_mac macs[512];
	char name[16];

	(void)state;
	for (unsigned int i = 0; i < 512; i++) {
		(void)snprintf(name, sizeof(name), "net%u", i / 2);
		macs[i] = mac_of(i % 2 ? HOST : "another", name);
		assert_int_equal(macs[i].b[0] & 3, 2);
		for (unsigned int k = 0; k < i; k++)
			assert_false(xnm_mac_equal(&macs[k], &macs[i]));
	}
	/* where one text ends and the other begins counts */
	macs[0] = mac_of("ab", "c");
	macs[1] = mac_of("a", "bc");
	assert_false(xnm_mac_equal(&macs[0], &macs[1]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_differs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
