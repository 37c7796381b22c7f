/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_facts_take.c - no run reads what another one has found of another vif. */
#include "hotplug/run/parts.h"
#include "hotplug/run/run.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What an online and others fill, with what must not reach the next vif. */
static void fill(struct xnm_facts *facts)
{
	memset(facts, 1, sizeof(*facts));
	facts->device.link.ifindex = 7;
	facts->uplink.n = XNM_MAX_WAYS;
	facts->uplink.slots.n = XNM_MAX_SLOTS;
}

static void test_nothing_is_known(void **state)
{
	static const struct xnm_guest unread;
	static struct xnm_plan plan;
	struct xnm_facts *facts = xnm_facts_take();
	struct xnm_event event;

	(void)state;
	fill(facts);
	xnm_facts_give_back();
	facts = xnm_facts_take();
	assert_memory_equal(&facts->guest, &unread, sizeof(unread));
	assert_false(facts->has_note);
	assert_false(facts->network.is_member || facts->owned.is_member || facts->filter.known);
	assert_false(facts->guestinfo.is_there || facts->foreign.known);
	assert_int_equal(facts->bridge.n_addresses + facts->routed.n_routes, 0);
	assert_int_equal(facts->uplink.n, 0);
	assert_int_equal(facts->uplink.slots.n, 0);
	/* of a vif of which nothing is known, nothing is to be removed */
	xnm_event_init(&event, XNM_VERB_OFFLINE, 3, 0);
	xnm_plan_offline(&plan, &event, facts);
	assert_int_equal(plan.n, 0);
	xnm_facts_give_back();
}

static void test_one_at_a_time(void **state)
{
	int status = 0;
	pid_t child;

	(void)state;
	(void)xnm_facts_take();
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)signal(SIGABRT, SIG_DFL);
		(void)xnm_facts_take();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	xnm_facts_give_back();
	/* and again once they were given back */
	(void)xnm_facts_take();
	xnm_facts_give_back();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_known),
		cmocka_unit_test(test_one_at_a_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("facts take", tests, NULL, NULL);
}
