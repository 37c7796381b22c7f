/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_view.c - which card gives its MAC address to the bridge. */
#include "hotplug/core/part.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct xnm_facts facts;
static struct xnm_carry carry;

/* The last byte of the bridge's MAC address, or 0 if no card gives one. */
static unsigned int given(void)
{
	struct xnm_mac mac = { { 0 } };

	bool is_given = xnm_plan_bridge_mac(&facts, &mac);

	assert_int_equal(is_given, mac.b[5] != 0);
	return mac.b[5];
}

/* The card with addresses, or else the first one that exists. */
static void test_bridge_mac(void **state)
{
	(void)state;
	facts.bridge.n_cards = 3;
	for (int i = 0; i < 4; i++) {
		facts.bridge.cards[i].ifindex = i + 1;
		facts.bridge.cards[i].mac.b[5] = (uint8_t)(i + 1);
	}
	assert_int_equal(given(), 1);
	facts.bridge.cards[0].ifindex = 0;
	assert_int_equal(given(), 2);
	facts.bridge.carry = &carry;
	carry.ifindex = 3;
	assert_int_equal(given(), 3);
	carry.ifindex = 2;
	assert_int_equal(given(), 2);
	/* behind the end of the list */
	carry.ifindex = 4;
	assert_int_equal(given(), 2);
	facts.bridge.n_cards = 1;
	assert_int_equal(given(), 0);
	/* of one that is to be made */
	facts.bridge.stable_mac.b[5] = 9;
	assert_int_equal(given(), 9);
	facts.bridge.cards[0].ifindex = 1;
	assert_int_equal(given(), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bridge_mac),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
