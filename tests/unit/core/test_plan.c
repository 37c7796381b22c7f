/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_plan.c - what holds for every plan, tried with very many that nobody has thought of. */

/*
 * tests/plan has the cases with a meaning. Here wants and facts are thrown
 * together at random, the plan is carried out on a model of the kernel, and
 * must have broken no rule and leave nothing to do. The numbers come from a
 * generator of our own: every run of the test makes the same plans.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/plan.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/routed/routed.h"
#include "hotplug/run/parts.h"
#include "tests/plan/model.h"
#include "tests/unit/core/random.h"

#define ROUNDS 100000

/* What must be so when all has been carried out. */
static void check_online(const struct xnm_facts *facts, const struct xnm_want *want)
{
	const struct xnm_link *device = &facts->device.link;

	assert_int_equal(device->up, want->attach);
	assert_int_equal(device->master,
			 want->attach && want->backend != XNM_BACKEND_ROUTE ? BRIDGE_INDEX : 0);
	if (want->backend != XNM_BACKEND_ROUTE) {
		assert_false(device->has_ipv6);
		assert_false(facts->device.has_ipv4);
	}
	assert_true(facts->has_note);
	assert_string_equal(facts->note.bridge.name, want->attach ? want->bridge.name : "");
	if (want->device.mtu_bytes)
		assert_int_equal(facts->note.device.mtu_bytes, want->device.mtu_bytes);
	/* a bridge of others follows the smallest MTU of its ports */
	if (want->attach && want->backend != XNM_BACKEND_ROUTE)
		assert_true(device->mtu_bytes >= facts->bridge.link.mtu_bytes ||
			    (want->network && facts->bridge.is_ours));
	if (!facts->device.holder.ifindex)
		assert_string_equal(device->name, want->device.name);
	if (!want->attach)
		return;
	assert_int_equal(device->port_flags & want->bridge.port.mask, want->bridge.port.value);
	if (want->bridge.has_vlan) {
		assert_true(facts->bridge.link.vlan_filtering);
		assert_true(facts->bridge.has_port_vlans &&
			    xnm_vlans_equal(&facts->bridge.port_vlans, &want->bridge.vlan));
	}
}

static bool has_op(const struct xnm_plan *plan, const struct xnm_op_type *type)
{
	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].type == type)
			return true;
	}
	return false;
}

static void print_case(unsigned int round, const struct xnm_plan *plan, const char *title)
{
	printf("# round %u, %s:\n", round, title);
	xnm_plan_print(plan, stdout);
}

/* As an online makes one: with what is noted and what nftables has. */
static int plan_online(struct xnm_plan *plan, struct model *model, const struct xnm_event *event,
		       const struct xnm_want *want, struct xnm_err *err)
{
	look(model, event, want);
	return xnm_plan_online(plan, event, want, &model->facts, err);
}

static void online_and_offline(enum xnm_verb verb, uint64_t first_seed)
{
	static struct xnm_plan plan, again;
	static struct model model;
	struct xnm_facts *facts = &model.facts;
	static struct xnm_want want;
	struct xnm_event event;
	unsigned int n_possible = 0;

	random_begin(first_seed);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct xnm_err err = { "" };
		bool tap = verb == XNM_VERB_ADD;
		char old_bridge[IFNAMSIZ];
		unsigned int n_broken;
		bool made_bridge;

		xnm_event_init(&event, verb, 1, 0);
		random_case(&model, &want, &event);
		if (plan_online(&plan, &model, &event, &want, &err)) {
			assert_string_not_equal(err.text, "");
			continue;
		}
		n_possible++;
		assert_string_equal(err.text, "");
		assert_false(plan.full);
		made_bridge = facts->bridge.was_made;
		COPY(old_bridge, facts->note.bridge.name);
		n_broken = carry_out_online(&model, &plan);
		if (n_broken)
			print_case(round, &plan, "broken rules");
		assert_int_equal(n_broken, 0);
		check_online(facts, &want);
		/* nobody else would take it away */
		assert_int_equal(has_op(&plan, &xnm_op_bridge_release),
				 made_bridge && strcmp(old_bridge, facts->note.bridge.name) != 0);
		if (plan_online(&again, &model, &event, &want, &err) || again.n) {
			print_case(round, &plan, "not converged");
			print_case(round, &again, "still to do");
			fail_msg("round %u: %s", round, err.text);
		}
		/* and back */
		event.verb = tap ? XNM_VERB_REMOVE : XNM_VERB_OFFLINE;
		facts->device.tap_exists = facts->device.tap_exists && facts->note.device.tap[0];
		look(&model, &event, NULL);
		xnm_plan_offline(&plan, &event, facts);
		n_broken = carry_out_offline(&model, &plan);
		if (n_broken)
			print_case(round, &plan, "broken rules of an offline");
		assert_int_equal(n_broken, 0);
		assert_false(facts->device.link.up);
		assert_int_equal(facts->device.link.master, 0);
		assert_string_equal(facts->device.link.name, xnm_event_device(&event));
		if (tap)
			assert_int_equal(facts->has_note, facts->note.device.ifname[0] != '\0');
		else
			assert_int_equal(facts->has_note, facts->device.tap_exists);
	}
	/* or the cases are no good */
	assert_in_range(n_possible, ROUNDS / 4, ROUNDS);
}

static void test_vif(void **state)
{
	(void)state;
	online_and_offline(XNM_VERB_ONLINE, 1);
}

static void test_tap(void **state)
{
	(void)state;
	online_and_offline(XNM_VERB_ADD, 2);
}

static void check_text(const struct xnm_op_type *type)
{
	struct xnm_op op = { .type = type, .dev = "abcdefghijklmno" };
	static struct xnm_carry carry;
	static struct xnm_plan plan;
	char text[256], small[8];

	if (op.type == &xnm_op_port_flags)
		op.u.port.mask = ALL_PORT_FLAGS;
	if (op.type == &xnm_op_carry_addresses || op.type == &xnm_op_carry_switch ||
	    op.type == &xnm_op_carry_end)
		op.u.carry.carry = &carry;
	plan.filter.n_add = 1;
	plan.network.n_sysctls = plan.conntrack.n_forget = 1;
	COPY(plan.network.sysctls[0].path, "ipv4/ip_forward");
	text[0] = '\0';
	assert_ptr_equal(xnm_op_text(&plan, &op, text, sizeof(text)), text);
	assert_true(strlen(text) > 5);
	(void)xnm_op_text(&plan, &op, small, sizeof(small));
	assert_int_equal(strlen(small), sizeof(small) - 1);
}

/* Every operation of the model has words, which fit. */
static void test_texts(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < world_n_parts; i++) {
		for (unsigned int k = 0; k < world_parts[i]->n_ops; k++)
			check_text(world_parts[i]->ops[k].type);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vif),
		cmocka_unit_test(test_tap),
		cmocka_unit_test(test_texts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
