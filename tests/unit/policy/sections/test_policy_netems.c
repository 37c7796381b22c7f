/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_netems.c - what the lines of a policy need of a kernel's netem, and what is said if it lacks that. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "tests/unit/policy/policy_text.h"

static const struct xnm_netem_can all = { true, true, true, true, true };

/* What is said of the policy for a kernel that can do so much. */
static const char *said(const char *text, const struct xnm_netem_can *can)
{
	static struct messages messages;
	int rc;

	messages.text[0] = '\0';
	load(text);
	rc = xnm_policy_check_for(&policy, can, collect, &messages);
	assert_int_equal(rc, messages.text[0] && !strstr(messages.text, "warning") ? -EINVAL : 0);
	return messages.text;
}

#define NONE                                                                                \
	"=: this kernel has no netem (CONFIG_NET_SCH_NETEM, module sch_netem), which some " \
	"distributions have in a package of its own, as linux-modules-extra or "            \
	"kernel-modules-extra\n"

/* Each line of a policy is told of once, by its first key. */
static void test_no_netem(void **state)
{
	static const struct xnm_netem_can none = { 0 };

	(void)state;
	assert_string_equal(
		said("[vif a/0]\ndelay=1ms\nloss=1%\nseed=1\noutbound-loss=1%\n", &none),
		"2: delay" NONE "5: outbound-loss" NONE);
	assert_string_equal(said("[vif a/0]\n[link a/0 b/0]\nrtt=2ms\n[vif b/0]\n", &none),
			    "3: rtt" NONE);
	assert_string_equal(said("[link a/0 any]\na-to-b-corrupt=1%\nrate=1M\n", &none),
			    "2: a-to-b-corrupt" NONE);
	assert_string_equal(said("[vif a/0]\nrate=1M\n[link a/0 any]\nrate=1M\n", &none), "");
	/* without any, it refuses no duplicates either */
	assert_string_equal(
		said("[vif a/0]\nduplicate=1%\n[link a/0 any]\nb-to-a-delay=1ms\n", &none),
		"4: b-to-a-delay" NONE "2: duplicate" NONE);
}

#define SEED(key) \
	key "=: this kernel's netem takes no seed, as Linux 6.6 and later do: remove " key "=\n"

static void test_keys(void **state)
{
	struct xnm_netem_can can = all;

	(void)state;
	can.seed = false;
	assert_string_equal(
		said("[vif *]\nloss=1%\nseed=1\noutbound-loss=1%\noutbound-seed=1\n", &can),
		"3: " SEED("seed") "5: " SEED("outbound-seed"));
	/* of both ways it is one mistake, if it is one line */
	assert_string_equal(said("[link a/0 b/0]\nloss=1%\nseed=1\n", &can), "3: " SEED("seed"));
	assert_string_equal(said("[link a/0 b/0]\nloss=1%\nb-to-a-seed=1\na-to-b-seed=2\n", &can),
			    "3: " SEED("b-to-a-seed") "4: " SEED("a-to-b-seed"));
	can = all;
	can.gemodel = can.slot = false;
	assert_string_equal(
		said("[vif *]\nslot=1ms\ngemodel=1%\nseed=1\n", &can),
		"3: gemodel=: this kernel's netem knows no loss models: remove gemodel=\n"
		"2: slot=: this kernel's netem has no slots, as Linux 4.16 and later do: "
		"remove slot=\n");
	assert_string_equal(said("[vif *]\nslot=1ms\ngemodel=1%\nseed=1\n", &all), "");
}

static void test_duplicates(void **state)
{
	static const char *const text =
		"[vif a/0]\nduplicate=1%\n[link a/0 any]\nb-to-a-delay=1ms\n";
	struct xnm_netem_can can = all;

	(void)state;
	can.mixed_duplicates = false;
	assert_string_equal(
		said(text, &can),
		"2: duplicate= beside what [link a/0 any], t:3, says: this kernel refuses a "
		"vif with both (netem: cannot mix duplicating netems with other netems in "
		"tree); remove duplicate=, or what it says of delays, losses and the like\n");
	/* another kernel may */
	assert_non_null(strstr(said(text, &all), "2: warning: duplicate= beside "));
	assert_non_null(strstr(said(text, NULL), "2: warning: duplicate= beside "));
}

static void test_has_netems(void **state)
{
	(void)state;
	load("[vif *]\nrate=1M\nseed=1\n[link a/0 any]\nrate=1M\n");
	assert_false(xnm_policy_has_netems(&policy));
	load("[vif *]\noutbound-corrupt=1%\n");
	assert_true(xnm_policy_has_netems(&policy));
	load("[link a/0 any]\nrtt=1ms\n");
	assert_true(xnm_policy_has_netems(&policy));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_netem),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_has_netems),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
