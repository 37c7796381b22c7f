/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_schedules.c - the steps of a [schedule]: how they are read, and what they make of a vif's keys. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "policy/sections/schedule.h"
#include "tests/unit/policy/policy_text.h"

#define SECTIONS "[profile slow]\n[network lan]\n[vif web*]\nnetwork=lan\ndelay=20ms\n[vif *]\n"

static const struct xnm_schedule *load_steps(const char *steps)
{
	char text[4096];

	(void)snprintf(text, sizeof(text), SECTIONS "[schedule x]\n%s", steps);
	load(text);
	return xnm_policy_schedule(&policy, "x");
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		uint32_t ms;
	} cases[] = {
		{ "0s", 0 },
		{ "0ms", 0 },
		{ "1ms", 1 },
		{ "120s", 120000 },
		{ "2min", 120000 },
		{ "1h", 3600000 },
		{ "1d", 86400000 },
		{ "30d", 2592000000u },
		{ "720h", 2592000000u },
		{ "2592000000ms", 2592000000u },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "step=%s end\n", cases[i].text);
		assert_int_equal(load_steps(line)->steps[0].at_ms, cases[i].ms);
	}
}

static void test_steps(void **state)
{
	const struct xnm_schedule *schedule = load_steps(
		"description=a b\nstep=0s profile slow\nstep=1s   set  web1/0\trate=1Mbit  "
		"mtu=\nstep=1s reset web1/0 mtu\nstep=2s reset web1\nstep=2s end\n");
	char word[XNM_STEP_TEXT_LEN];

	(void)state;
	assert_int_equal(policy.n_schedules, 1);
	assert_string_equal(schedule->description, "a b");
	assert_int_equal(schedule->n_steps, 5);
	assert_int_equal(schedule->steps[0].action, XNM_STEP_PROFILE);
	assert_int_equal(schedule->steps[1].action, XNM_STEP_SET);
	assert_int_equal(schedule->steps[2].action, XNM_STEP_RESET);
	assert_int_equal(schedule->steps[3].action, XNM_STEP_RESET);
	assert_int_equal(schedule->steps[4].action, XNM_STEP_END);
	/* as many blanks as there need be */
	assert_string_equal(schedule->steps[1].text, "set web1/0 rate=1Mbit mtu=");
	assert_int_equal(schedule->steps[1].origin.line, 10);
	assert_true(xnm_step_word(&schedule->steps[1], 0, word));
	assert_string_equal(word, "set");
	assert_true(xnm_step_word(&schedule->steps[1], 3, word));
	assert_string_equal(word, "mtu=");
	assert_false(xnm_step_word(&schedule->steps[1], 4, word));
	assert_string_equal(word, "");
	assert_false(xnm_step_word(&schedule->steps[4], 1, word));
	assert_null(xnm_policy_schedule(&policy, "y"));
	/* the check of keys leaves nothing */
	assert_false(policy.overridden.present);
	assert_int_equal(policy.n_files, 1);
}

static const char *value(const struct xnm_override *override, const char *name)
{
	const struct xnm_override_key *key = xnm_override_find(override, name);

	return key ? key->value : NULL;
}

static void test_lay(void **state)
{
	static struct xnm_override override;
	const struct xnm_schedule *schedule =
		load_steps("step=0s set web1/0 rate=1Mbit address=10.0.0.1 address=10.0.0.2\n"
			   "step=1s set web1/0 address=10.0.0.3 mtu=\n"
			   "step=2s reset web1/0 rate flood\nstep=3s reset web1/0\n");

	(void)state;
	override.n = 0;
	assert_int_equal(xnm_override_set(&override, "guard", "yes"), 0);
	assert_int_equal(xnm_step_lay(&schedule->steps[0], &override), 0);
	assert_string_equal(value(&override, "rate"), "1Mbit");
	assert_string_equal(value(&override, "address"), "10.0.0.1 10.0.0.2");
	/* not continued from one step to the next */
	assert_int_equal(xnm_step_lay(&schedule->steps[1], &override), 0);
	assert_string_equal(value(&override, "address"), "10.0.0.3");
	assert_string_equal(value(&override, "mtu"), "");
	assert_int_equal(xnm_step_lay(&schedule->steps[2], &override), 0);
	assert_null(value(&override, "rate"));
	assert_string_equal(value(&override, "guard"), "yes");
	assert_int_equal(xnm_step_lay(&schedule->steps[3], &override), 0);
	assert_int_equal(override.n, 0);
}

/* Whether keys go together is asked only where the section of the vif is certain. */
static void test_together(void **state)
{
	static const char *const good[] = {
		"step=0s set web1/0 jitter=5ms\n",
		"step=0s set db delay=5ms\nstep=1s set db/0 jitter=2ms\n",
		"step=0s set vif1.0 jitter=5ms\n",
		"step=0s set 1.0 jitter=5ms\n",
		"step=0s profile slow\nstep=1s set db jitter=5ms\n",
		"step=0s set web1 jitter=5ms\nstep=1s reset web1\nstep=2s set web1 delay=1ms\n",
		"step=0s set web1 jitter=5ms\nstep=1s set web2 delay=1ms\n",
		"step=0s set web1/0 jitter=5ms\nstep=1s set web1/1 delay=1ms\n",
		"step=0s set nobody/3 mtu=1400\n",
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(good); i++)
		(void)load_steps(good[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_lay),
		cmocka_unit_test(test_together),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("schedules", tests, NULL, NULL);
}
