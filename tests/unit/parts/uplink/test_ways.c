/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_ways.c - which default routes the uplinks get together, and who must give way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/parts/uplink/decide.h"
#include "hotplug/parts/uplink/stages.h"

#define OTHER_PROGRAM 3 /* RTPROT_BOOT */

static struct xnm_uplink uplinks[4];
static struct xnm_uplink_seen ways[4];
static struct xnm_way_decision decisions[4];
static struct xnm_slots slots;
static struct xnm_plan plan;
static unsigned int n;

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out = { 0 };

	if (text)
		assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

static struct xnm_default route(const char *gateway, uint32_t metric, uint8_t protocol)
{
	return (struct xnm_default){ .gateway = cidr(gateway),
				     .has_gateway = true,
				     .protocol = protocol,
				     .metric = metric };
}

static int begin(void **state)
{
	(void)state;
	n = 0;
	memset(uplinks, 0, sizeof(uplinks));
	memset(ways, 0, sizeof(ways));
	memset(&slots, 0, sizeof(slots));
	xnm_plan_clear(&plan);
	return 0;
}

/* An uplink whose device is there. */
static struct xnm_uplink_seen *add_way(const char *gateway, uint32_t metric)
{
	struct xnm_uplink *uplink = &uplinks[n];
	struct xnm_uplink_seen *way = &ways[n];

	(void)snprintf(uplink->name, sizeof(uplink->name), "up%u", n);
	(void)snprintf(uplink->device, sizeof(uplink->device), "eth%u", n);
	uplink->gateway.n = 1;
	uplink->gateway.list[0] = cidr(gateway);
	uplink->metric = metric;
	uplink->n_track = 1;
	way->uplink = uplink;
	way->ifindex = (int)++n;
	(void)snprintf(way->note.name, sizeof(way->note.name), "%s", uplink->name);
	(void)snprintf(way->note.device, sizeof(way->note.device), "%s", uplink->device);
	return way;
}

static void add_slot(const struct xnm_default *one)
{
	slots.list[slots.n++] = *one;
}

/* A route of ours that is noted, and exists. */
static void had(struct xnm_uplink_seen *way, const char *gateway, uint32_t metric)
{
	struct xnm_default old = route(gateway, metric, XNM_RTPROT);

	way->has_note = true;
	way->note.routes[way->note.n_routes++] = old;
	way->defaults[way->n_defaults++] = old;
	add_slot(&old);
}

/* Behind the end of the list is an uplink that is up and wants metric 10100. */
static void decide(void)
{
	static struct xnm_way_decision left;

	memset(&left, 0, sizeof(left));
	left.n_new = 1;
	left.new[0] = route("192.0.2.99", 10100, XNM_RTPROT);
	decisions[n] = left;
	ways[n].uplink = &uplinks[n];
	xnm_decide_ways(decisions, ways, n, &slots);
	assert_memory_equal(&decisions[n], &left, sizeof(left));
}

static void test_lease_ends(void **state)
{
	static const struct {
		const char *expected, *leased, *router, *device;
		bool dhcp, ends;
	} rows[] = {
		{ NULL, NULL, NULL, "eth0", false, false },
		{ NULL, "192.168.43.9/24", "192.168.43.1", "eth0", true, false },
		{ NULL, "192.168.43.9/24", "192.168.43.1", "eth0", false, true },
		{ NULL, "192.168.43.9/24", "192.168.43.1", "eth1", true, true },
		{ NULL, NULL, "192.168.43.1", "eth1", true, true },
		{ "192.168.43.0/24", "192.168.43.9/24", "192.168.43.1", "eth0", true, false },
		{ "192.168.43.0/24", "192.168.43.9/25", "192.168.43.1", "eth0", true, false },
		{ "192.168.43.0/24", "192.168.43.9/23", "192.168.43.1", "eth0", true, true },
		{ "192.168.43.0/24", "192.168.44.9/24", "192.168.43.1", "eth0", true, true },
		{ "192.168.43.0/24", "192.168.43.9/24", "192.168.44.1", "eth0", true, true },
		{ "192.168.43.0/24", NULL, "192.168.43.1", "eth0", true, false },
		{ "192.168.43.0/24", "192.168.43.9/24", NULL, "eth0", true, false },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		struct xnm_uplink_seen *way;

		(void)begin(NULL);
		way = add_way("192.0.2.1", 100);
		uplinks[0].gateway.dhcp = rows[i].dhcp;
		uplinks[0].gateway.expected = cidr(rows[i].expected);
		way->note.leased = cidr(rows[i].leased);
		way->note.router = cidr(rows[i].router);
		(void)snprintf(way->note.device, sizeof(way->note.device), "%s", rows[i].device);
		if (xnm_way_lease_ends(way) != rows[i].ends)
			fail_msg("row %zu", i);
	}
	/* a client that has no lease yet */
	memset(&ways[0].note, 0, sizeof(ways[0].note));
	ways[0].note.dhcp_pid = 7;
	assert_true(xnm_way_lease_ends(&ways[0]));
}

/* A slot is a metric of one family. */
static void test_slot(void **state)
{
	struct xnm_default four = route("192.0.2.1", 100, XNM_RTPROT);
	struct xnm_default six = route("2001:db8::1", 100, XNM_RTPROT);

	(void)state;
	add_slot(&four);
	slots.list[1] = six;
	assert_ptr_equal(xnm_slot_find(&slots, &four), &slots.list[0]);
	assert_null(xnm_slot_find(&slots, &six));
	slots.n = 2;
	assert_ptr_equal(xnm_slot_find(&slots, &six), &slots.list[1]);
	six.metric++;
	assert_null(xnm_slot_find(&slots, &six));
}

/* Whether the device has it, as ours. */
static void test_has(void **state)
{
	struct xnm_uplink_seen *way = add_way("192.0.2.1", 100);
	const struct xnm_default ours = route("192.0.2.1", 100, XNM_RTPROT);

	(void)state;
	way->defaults[0] = route("192.0.2.1", 100, OTHER_PROGRAM);
	way->defaults[1] = route("192.0.2.1", 200, XNM_RTPROT);
	way->defaults[2] = ours;
	way->n_defaults = 2;
	assert_false(xnm_way_has(way, &ours));
	way->n_defaults = 3;
	assert_true(xnm_way_has(way, &ours));
}

/* Where another program has made a default route, we make none of that family. */
static void test_foreign(void **state)
{
	struct xnm_uplink_seen *way = add_way("192.0.2.1", 100);

	(void)state;
	uplinks[0].gateway.list[1] = cidr("2001:db8::1");
	way->defaults[0] = route("192.0.2.254", 5, OTHER_PROGRAM);
	decide();
	assert_int_equal(decisions[0].n_new, 1);
	assert_int_equal(decisions[0].new[0].metric, 100);
	uplinks[0].gateway.n = 2;
	way->n_defaults = 1;
	decide();
	assert_int_equal(decisions[0].n_new, 1);
	assert_int_equal(decisions[0].new[0].gateway.family, uplinks[0].gateway.list[1].family);
	way->defaults[0].protocol = XNM_RTPROT;
	decide();
	assert_int_equal(decisions[0].n_new, 2);
}

/* Of what is noted, only what exists is noted again; if not all that exists is known, all of it. */
static void test_noted(void **state)
{
	struct xnm_uplink_seen *way = add_way("192.0.2.1", 100);
	struct xnm_default old;

	(void)state;
	had(way, "192.0.2.1", 300);
	had(way, "192.0.2.1", 400);
	way->note.n_routes = 1;
	(void)snprintf(way->note.left_device, sizeof(way->note.left_device), "old0");
	old = route("192.0.2.1", 500, XNM_RTPROT);
	way->note.left[0] = old;
	add_slot(&old);
	decide();
	assert_int_equal(decisions[0].both.n_routes, 2);
	assert_int_equal(decisions[0].both.routes[0].metric, 100);
	assert_int_equal(decisions[0].both.routes[1].metric, 300);
	assert_int_equal(decisions[0].both.n_left, 0);
	assert_int_equal(decisions[0].wanted.n_routes, 1);
	way->note.n_left = 1;
	decide();
	assert_int_equal(decisions[0].both.n_left, 1);
	slots.n = 0;
	decide();
	assert_int_equal(decisions[0].both.n_routes, 1);
	assert_int_equal(decisions[0].both.n_left, 0);
	old = route("192.0.2.200", 7, XNM_RTPROT);
	while (slots.n < XNM_MAX_SLOTS)
		add_slot(&old);
	decide();
	assert_int_equal(decisions[0].both.n_routes, 2);
	assert_int_equal(decisions[0].both.n_left, 1);
	slots.n--;
	/* it exists behind the end of the list, so it does not */
	slots.list[slots.n] = way->note.routes[0];
	decide();
	assert_int_equal(decisions[0].both.n_routes, 1);
}

/* Another program has the new metric: the old route stays, of that family alone. */
static void test_blocked(void **state)
{
	struct xnm_uplink_seen *way = add_way("192.0.2.1", 200);
	struct xnm_default taken = route("198.51.100.1", 200, OTHER_PROGRAM);

	(void)state;
	uplinks[0].gateway.n = 2;
	uplinks[0].gateway.list[1] = cidr("2001:db8::1");
	had(way, "192.0.2.1", 100);
	had(way, "2001:db8::1", 100);
	/* behind the end of the list */
	slots.list[slots.n] = taken;
	decide();
	assert_false(decisions[0].blocked[0] || decisions[0].blocked[1]);
	add_slot(&taken);
	decide();
	assert_true(decisions[0].blocked[0] && !decisions[0].blocked[1]);
	assert_int_equal(decisions[0].rival[0].protocol, OTHER_PROGRAM);
	assert_int_equal(decisions[0].wanted.n_routes, 2);
	assert_int_equal(decisions[0].wanted.routes[0].metric, 200);
	assert_int_equal(decisions[0].wanted.routes[1].metric, 100);
	assert_int_equal(decisions[0].wanted.routes[1].gateway.family, taken.gateway.family);
	/* of the old ones, only that of IPv6 goes */
	xnm_plan_way_end(&plan, way, decisions, n, 0);
	assert_int_equal(plan.n, 1);
	assert_ptr_equal(plan.op[0].type, &xnm_op_uplink_default_del);
	assert_int_equal(plan.op[0].u.uplink.route.metric, 100);
	assert_int_not_equal(plan.op[0].u.uplink.route.gateway.family, taken.gateway.family);
}

/* One that must keep its metric blocks the one that wants it, in whatever order they stand. */
static void test_blocks_another(void **state)
{
	const struct xnm_default taken = route("198.51.100.1", 200, OTHER_PROGRAM);

	for (unsigned int keeper = 0; keeper < 2; keeper++) {
		(void)begin(state);
		(void)add_way("192.0.2.1", keeper == 0 ? 200 : 100);
		(void)add_way("192.0.2.1", keeper == 0 ? 100 : 200);
		had(&ways[keeper], "192.0.2.1", 100);
		decide();
		assert_false(decisions[0].blocked[0] || decisions[1].blocked[0]);
		add_slot(&taken);
		decide();
		assert_true(decisions[0].blocked[0] && decisions[1].blocked[0]);
		/* without its device it keeps nothing */
		ways[keeper].ifindex = 0;
		decide();
		assert_true(decisions[keeper].is_skipped);
		assert_false(decisions[!keeper].blocked[0]);
	}
}

/* Of two that want one metric: the one that is up, or the first one. */
static void test_comes_first(void **state)
{
	(void)state;
	(void)add_way("192.0.2.1", 100);
	(void)add_way("198.51.100.1", 100);
	decide();
	assert_true(!decisions[0].blocked[0] && decisions[1].blocked[0]);
	ways[0].note.health.down = true;
	uplinks[1].metric = 100 + XNM_METRIC_OF_DOWN;
	decide();
	assert_true(decisions[0].blocked[0] && !decisions[1].blocked[0]);
	ways[0].note.health.down = false;
	ways[1].note.health.down = true;
	uplinks[0].metric = 100 + XNM_METRIC_OF_DOWN;
	uplinks[1].metric = 100;
	decide();
	assert_true(!decisions[0].blocked[0] && decisions[1].blocked[0]);
	/* another family, or another metric */
	uplinks[1].gateway.list[0] = cidr("2001:db8::1");
	decide();
	assert_true(!decisions[0].blocked[0] && !decisions[1].blocked[0]);
	/* one alone, whatever is behind the end of the list */
	n = 1;
	uplinks[0].metric = 100;
	ways[0].note.health.down = true;
	decide();
	assert_int_equal(decisions[0].new[0].metric, 10100);
	assert_false(decisions[0].blocked[0]);
}

/* Which uplinks wait: those without a device, and others' whose lease must end first. */
static void test_skipped(void **state)
{
	static const struct {
		int ifindex;
		bool bridge, own, other, skipped;
	} rows[] = {
		{ 1, false, false, false, false }, { 0, false, false, false, true },
		{ 0, true, false, false, false },  { 0, false, true, false, false },
		{ 0, false, true, true, true },	   { 1, false, true, true, false },
	};
	struct xnm_uplink_seen *way = add_way("192.0.2.1", 100);

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		way->ifindex = rows[i].ifindex;
		way->is_bridge = rows[i].bridge;
		way->is_own = rows[i].own;
		way->is_other = rows[i].other;
		decide();
		assert_int_equal(decisions[0].is_skipped, rows[i].skipped);
		assert_int_equal(decisions[0].n_new, !rows[i].skipped);
	}
	way->note.dhcp_pid = 7;
	decide();
	assert_true(decisions[0].ends_lease && decisions[0].is_skipped);
	way->is_other = false;
	decide();
	assert_true(decisions[0].ends_lease && !decisions[0].is_skipped);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lease_ends, begin),
		cmocka_unit_test_setup(test_slot, begin),
		cmocka_unit_test_setup(test_has, begin),
		cmocka_unit_test_setup(test_foreign, begin),
		cmocka_unit_test_setup(test_noted, begin),
		cmocka_unit_test_setup(test_blocked, begin),
		cmocka_unit_test_setup(test_blocks_another, begin),
		cmocka_unit_test_setup(test_comes_first, begin),
		cmocka_unit_test_setup(test_skipped, begin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
