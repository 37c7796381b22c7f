/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_links.c - links between vifs, networks and prefixes: their ends, ways and order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "policy/sections/links.h"
#include "policy/sections/meet.h"
#include "tests/unit/policy/policy_text.h"

#define NETS "[network lan]\n[network wan]\n"
#define VIFS "[vif a/0]\nnetwork=lan\n[vif b/0]\nnetwork=lan\n[vif c/1]\nnetwork=wan\n"

static void test_ends(void **state)
{
	const struct xnm_link_end *ends = policy.links[0].ends;
	char text[XNM_LINK_END_TEXT_LEN];

	(void)state;
	load(NETS VIFS "[link a/0  c/1]\ndelay=1ms\n[link net:lan 10.0.0.0/8]\nloss=1%\n"
		       "[link 2001:db8::5 any]\nrate=1M\n[link new/7 net:wan]\nrate=1M\n");
	assert_int_equal(policy.n_links, 4);
	assert_string_equal(policy.links[0].name, "a/0 c/1");
	assert_int_equal(ends[0].kind, XNM_END_VIF);
	assert_string_equal(ends[0].domain, "a");
	assert_int_equal(ends[0].devid, 0);
	assert_string_equal(ends[0].network, "lan");
	assert_string_equal(ends[1].domain, "c");
	assert_int_equal(ends[1].devid, 1);
	assert_string_equal(ends[1].network, "wan");
	ends = policy.links[1].ends;
	assert_int_equal(ends[0].kind, XNM_END_NETWORK);
	assert_string_equal(ends[0].network, "lan");
	assert_string_equal(xnm_link_end_text(&ends[0], text), "net:lan");
	assert_int_equal(ends[1].kind, XNM_END_PREFIX);
	assert_string_equal(xnm_link_end_text(&ends[1], text), "10.0.0.0/8");
	ends = policy.links[2].ends;
	assert_string_equal(xnm_link_end_text(&ends[0], text), "2001:db8::5/128");
	assert_int_equal(ends[1].kind, XNM_END_ANY);
	assert_string_equal(xnm_link_end_text(&ends[1], text), "any");
	ends = policy.links[3].ends;
	assert_string_equal(ends[0].network, "");
	assert_string_equal(xnm_link_end_text(&ends[0], text), "new/7");
}

/* A key for one way replaces the one for both. */
static void test_ways(void **state)
{
	static const struct xnm_line a_to_b = { 5000,  2000,  10000,	20000, 30000,
						40000, { 0 }, { 1, 2 }, 7 };
	static const struct xnm_line b_to_a = { 9000,  3000,  50000,	60000, 70000,
						80000, { 0 }, { 3, 3 }, 8 };
	const struct xnm_shaping *ways = policy.links[0].ways;

	(void)state;
	load("[link a/0 b/0]\nrate=1Mbit\ndelay=5ms\njitter=2ms\nloss=1%\nduplicate=2%\n"
	     "corrupt=3%\nreorder=4%\nburst=4K\nqueue=7ms\nqdisc=pfifo\nb-to-a-rate=2Mbit\n"
	     "b-to-a-delay=9ms\nb-to-a-jitter=3ms\nb-to-a-loss=5%\nb-to-a-duplicate=6%\n"
	     "b-to-a-corrupt=7%\nb-to-a-reorder=8%\nslot=1us 2us\nseed=7\nb-to-a-slot=3us\n"
	     "b-to-a-seed=8\n");
	assert_int_equal(ways[XNM_A_TO_B].rate_bit_s, 1000000);
	assert_int_equal(ways[XNM_B_TO_A].rate_bit_s, 2000000);
	assert_memory_equal(&ways[XNM_A_TO_B].line, &a_to_b, sizeof(a_to_b));
	assert_memory_equal(&ways[XNM_B_TO_A].line, &b_to_a, sizeof(b_to_a));
	for (unsigned int i = 0; i < XNM_N_WAYS; i++) {
		assert_int_equal(ways[i].burst_bytes, 4096);
		assert_int_equal(ways[i].queue_us, 7000);
		assert_int_equal(ways[i].queue, XNM_QUEUE_PFIFO);
	}

	load("[link a/0 b/0]\na-to-b-rate=2Mbit\na-to-b-delay=9ms\na-to-b-jitter=3ms\n"
	     "a-to-b-loss=5%\na-to-b-duplicate=6%\na-to-b-corrupt=7%\na-to-b-reorder=8%\n"
	     "queue=1ms\na-to-b-slot=3us\na-to-b-seed=8\n");
	assert_int_equal(ways[XNM_A_TO_B].rate_bit_s, 2000000);
	assert_memory_equal(&ways[XNM_A_TO_B].line, &b_to_a, sizeof(b_to_a));
	assert_int_equal(ways[XNM_A_TO_B].queue_us, 1000);
	assert_true(xnm_shaping_is_none(&ways[XNM_B_TO_A]));
	assert_int_equal(ways[XNM_B_TO_A].queue_us, 0);

	load("[link a/0 b/0]\nrtt=41ms\njitter=20ms\n");
	assert_int_equal(ways[XNM_A_TO_B].line.delay_us, 20500);
	assert_int_equal(ways[XNM_B_TO_A].line.delay_us, 20500);
}

/* Losses of one way, said as a share or as a model, take the place of those of both. */
static void test_losses(void **state)
{
	static const struct xnm_gemodel one = { 10000, 200000, 1000000, 0 };
	static const struct xnm_gemodel other = { 20000, 300000, 1000000, 0 }, none = { 0 };
	const struct xnm_shaping *ways = policy.links[0].ways;

	(void)state;
	load("[link a/0 b/0]\ngemodel=1% 20%\nb-to-a-gemodel=2% 30%\n");
	assert_memory_equal(&ways[XNM_A_TO_B].line.gemodel, &one, sizeof(one));
	assert_memory_equal(&ways[XNM_B_TO_A].line.gemodel, &other, sizeof(other));
	load("[link a/0 b/0]\ngemodel=1% 20%\na-to-b-loss=3%\n");
	assert_memory_equal(&ways[XNM_A_TO_B].line.gemodel, &none, sizeof(none));
	assert_int_equal(ways[XNM_A_TO_B].line.loss_ppm, 30000);
	assert_memory_equal(&ways[XNM_B_TO_A].line.gemodel, &one, sizeof(one));
	load("[link a/0 b/0]\nloss=3%\na-to-b-gemodel=1% 20%\n");
	assert_memory_equal(&ways[XNM_A_TO_B].line.gemodel, &one, sizeof(one));
	assert_int_equal(ways[XNM_A_TO_B].line.loss_ppm, 0);
	assert_int_equal(ways[XNM_B_TO_A].line.loss_ppm, 30000);
}

/* What is no mistake: wider and narrower links, and links that never meet. */
static void test_taken(void **state)
{
	(void)state;
	load(NETS VIFS "[link a/0 c/1]\ndelay=1ms\n[link a/0 net:wan]\ndelay=2ms\n"
		       "[link net:lan net:wan]\ndelay=3ms\n[link net:lan any]\ndelay=4ms\n"
		       "[link 10.0.0.0/8 any]\ndelay=5ms\n[link 10.1.0.0/16 any]\ndelay=6ms\n");
	load(NETS VIFS "[link net:lan net:lan]\nrate=100Mbit\n");
	/* both fit a packet between a and b, and say the same */
	load(NETS VIFS "[link a/0 any]\ndelay=1ms\n[link b/0 any]\ndelay=1ms\n");
	/* one that is narrower says what holds */
	load(NETS VIFS "[link a/0 any]\ndelay=1ms\n[link b/0 any]\ndelay=2ms\n[link b/0 a/0]\n"
		       "rate=1M\n");
	/* prefixes that have nothing in common, and addresses that are not known */
	load(NETS VIFS "[link a/0 10.0.0.0/8]\ndelay=1ms\n[link b/0 11.0.0.0/8]\ndelay=2ms\n");
	load(NETS VIFS "[link a/0 net:lan]\ndelay=1ms\n[link c/1 net:wan]\ndelay=2ms\n");
	/* networks that cannot meet are not on both links */
	load("[network x]\nforward=none\naddress=10.0.0.1/24\n[network y]\nforward=none\n"
	     "address=10.1.0.1/24\n[vif a/0]\nnetwork=x\n[vif b/0]\nnetwork=y\n[link a/0 any]\n"
	     "delay=1ms\n[link b/0 any]\ndelay=2ms\n");
	/* a match- key decides in which network it is */
	load("[network x]\nforward=none\naddress=10.0.0.1/24\n[network y]\nforward=none\n"
	     "address=10.1.0.1/24\n[vif a/0 as 1]\nnetwork=x\nmatch-mac=00:16:3e:00:00:01\n"
	     "[vif a/0]\nnetwork=x\n[vif b/0]\nnetwork=y\n[link a/0 b/0]\ndelay=1ms\n");
	assert_string_equal(policy.links[0].ends[0].network, "");
	/* the smaller MTU of both ends counts */
	load("[network x]\nmtu=9000\n[network y]\n[vif a/0]\nnetwork=x\n[vif b/0]\nnetwork=y\n"
	     "mtu=1000\n[link a/0 b/0]\nrate=8112bit\n[link a/0 any]\nrate=12112bit\n"
	     "[link net:x a/0]\nburst=9014\nrate=1M\n");
}

static const struct xnm_network *network(const char *name)
{
	return xnm_policy_network(&policy, name);
}

static bool may_meet(const char *a, const char *b)
{
	bool there = xnm_networks_may_meet(&policy, network(a), network(b));

	assert_int_equal(there, xnm_networks_may_meet(&policy, network(b), network(a)));
	return there;
}

#define NONE   "[network none]\naddress=10.0.0.1/24\nforward=none\n"
#define NONE2  "[network none2]\naddress=10.1.0.1/24\nforward=none\n"
#define NAT    "[network nat]\naddress=10.2.0.1/24\nforward=nat\n"
#define ROUTE  "[network route]\naddress=10.3.0.1/24\nforward=route\n"
#define ROUTE2 "[network route2]\naddress=10.4.0.1/24\nforward=route\n"
#define BRIDGE "[network bridge]\n"
#define OPEN   "[network open]\naddress=10.5.0.1/24\nforward=open\n"

static void test_meeting(void **state)
{
	(void)state;
	load(NONE NONE2 NAT ROUTE ROUTE2 BRIDGE OPEN);
	assert_true(may_meet("none", "none"));
	assert_false(may_meet("none", "none2"));
	assert_false(may_meet("none", "nat"));
	assert_false(may_meet("none", "route"));
	assert_false(may_meet("none", "bridge"));
	assert_false(may_meet("none", "open"));
	assert_false(may_meet("nat", "route"));
	assert_true(may_meet("route", "route2"));
	assert_true(may_meet("nat", "bridge"));
	assert_true(may_meet("nat", "open"));
	assert_true(may_meet("route", "open"));
	assert_true(may_meet("bridge", "open"));
	/* a forwarded port */
	load(NONE NAT "[forward web]\nnetwork=nat\nlisten-port=80\ntarget=10.2.0.2\n");
	assert_true(may_meet("none", "nat"));
	/* an uplink in the other network */
	load(NONE NAT
	     "uplink=up\n[uplink up]\nguest=car/0\ngateway=none\n[vif car/0]\nnetwork=none\n"
	     "locking-mode=unlocked\n");
	assert_true(may_meet("none", "nat"));
	load(NONE NAT "uplink=up\n[uplink up]\ninterface=none\n");
	assert_true(may_meet("none", "nat"));
	/* a guest that routes */
	load(NONE NONE2
	     "[vif r/0]\nnetwork=none\nlocking-mode=unlocked\n[vif r/1]\nnetwork=none2\n");
	assert_true(may_meet("none", "none2"));
	load(NONE NONE2 "[vif r/0]\nnetwork=none\nallow=router\n[vif r/1]\nnetwork=none2\n");
	assert_true(may_meet("none", "none2"));
	load(NONE NONE2 "[vif r/0]\nnetwork=none\n[vif r/1]\nnetwork=none2\nipv4-allowed=any\n");
	assert_true(may_meet("none", "none2"));
	load(NONE NONE2 "[vif r/0]\nnetwork=none\n[vif r/1]\nnetwork=none2\n[vif s/0]\n"
			"network=none\nlocking-mode=unlocked\n");
	assert_false(may_meet("none", "none2"));
}

static void test_vifs_at_ends(void **state)
{
	struct xnm_cidr own[2] = { { .family = AF_INET, .prefix_len = 32, .addr = { 10, 1, 2, 3 } },
				   { .family = AF_INET, .prefix_len = 24, .addr = { 192, 0, 2 } } };
	struct xnm_link_vif vif = {
		.domain = "a", .devid = 0, .network = "lan", .n = 2, .addresses = own
	};
	const struct xnm_link_policy *links = policy.links;

	(void)state;
	load(NETS
	     "[link a/0 a/1]\nloss=1%\n[link net:lan net:wan]\nloss=1%\n"
	     "[link 10.0.0.0/8 11.0.0.0/8]\nloss=1%\n[link 192.0.2.0/24 192.0.2.0/25]\nloss=1%\n"
	     "[link any b/0]\nloss=1%\n");
	for (unsigned int i = 0; i < 4; i++) {
		assert_true(xnm_link_end_has(&links[i].ends[0], &vif));
		assert_false(xnm_link_end_has(&links[i].ends[1], &vif));
	}
	assert_true(xnm_link_end_has(&links[4].ends[0], &vif));
	assert_false(xnm_link_end_has(&links[4].ends[1], &vif));

	load(NETS "[link b/0 net:wan]\nloss=1%\n[link any net:lan]\nloss=1%\n");
	assert_true(xnm_policy_needs_name(&policy));
	assert_true(xnm_policy_link_needs_host(&policy, &vif));
	/* the other end of its link, where that is one vif, is enough */
	vif.network = "wan";
	assert_false(xnm_policy_link_needs_host(&policy, &vif));
	vif = (struct xnm_link_vif){ .domain = "b", .network = "" };
	assert_true(xnm_policy_link_needs_host(&policy, &vif));
	vif.domain = "";
	assert_false(xnm_policy_link_needs_host(&policy, &vif));
	load(NETS "[link net:lan net:wan]\nloss=1%\n");
	assert_false(xnm_policy_needs_name(&policy));
	assert_false(xnm_policy_link_needs_host(&policy, &vif));
	vif.network = "lan";
	assert_true(xnm_policy_link_needs_host(&policy, &vif));
	vif.network = "wan";
	assert_true(xnm_policy_link_needs_host(&policy, &vif));
}

/* Each link is narrower than those behind it. */
static void test_order(void **state)
{
	(void)state;
	load(NETS "[link a/0 b/0]\nloss=1%\n[link 10.0.0.0/8 a/0]\nloss=1%\n"
		  "[link a/0 net:wan]\nloss=1%\n[link any a/0]\nloss=1%\n"
		  "[link 10.0.0.1 10.0.0.2]\nloss=1%\n[link 10.0.0.0/24 10.0.0.1]\nloss=1%\n"
		  "[link 10.0.0.0/24 10.1.0.0/24]\nloss=1%\n[link 10.1.0.0/24 any]\nloss=1%\n"
		  "[link net:lan net:wan]\nloss=1%\n[link net:lan any]\nloss=1%\n");
	for (unsigned int i = 0; i < policy.n_links; i++) {
		for (unsigned int k = 0; k < policy.n_links; k++) {
			int order = xnm_link_compare(&policy.links[i], &policy.links[k]);

			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
	}
}

#define NO_SEED " has no effect: nothing there is random but slots, which take no seed\n"

static void test_doubts(void **state)
{
	struct messages messages = { "" };

	(void)state;
	load("[link a/0 b/0]\nloss=1%\nqueue=1ms\nqdisc=cake\n"
	     "[link a/0 c/0]\nb-to-a-rate=1M\nqueue=1ms\n"
	     "[link a/0 d/0]\na-to-b-loss=1%\nseed=1\nb-to-a-seed=1\n"
	     "[link a/0 e/0]\nslot=1ms\nseed=1\n");
	assert_int_equal(xnm_policy_check(&policy, collect, &messages), 0);
	assert_string_equal(messages.text,
			    "3: warning: queue= has no effect without rate=\n"
			    "4: warning: qdisc= has no effect without rate=\n"
			    "11: warning: b-to-a-seed=" NO_SEED "14: warning: seed=" NO_SEED);
}

#define BESIDE(key, line, other)                                                             \
	line ": warning: " key "= beside what " other ", says: kernels from Linux 6.16 on "  \
	     "refuse a vif with both (netem: cannot mix duplicating netems with other "      \
	     "netems in tree), and updates of older ones, too; remove " key "=, or what it " \
	     "says of delays, losses and the like\n"

static void test_duplicates(void **state)
{
	static const struct {
		const char *text, *messages;
	} cases[] = {
		{ "[link a/0 c/1]\nduplicate=1%\n[link a/0 any]\ndelay=1ms\n",
		  BESIDE("duplicate", "9", "[link a/0 any], t:10") },
		{ "[link a/0 net:wan]\nb-to-a-duplicate=1%\n[link a/0 any]\nb-to-a-delay=1ms\n",
		  BESIDE("b-to-a-duplicate", "9", "[link a/0 any], t:10") },
		{ "[link net:lan net:wan]\nloss=1%\n[link a/0 net:wan]\nduplicate=1%\n",
		  BESIDE("duplicate", "11", "[link net:lan net:wan], t:8") },
		/* in another direction, at another vif, and a link without a line */
		{ "[link a/0 net:wan]\na-to-b-duplicate=1%\n[link a/0 any]\nb-to-a-delay=1ms\n",
		  "" },
		{ "[link a/0 net:wan]\nduplicate=1%\n[link b/0 any]\nb-to-a-duplicate=1%\n", "" },
		{ "[link a/0 net:wan]\nduplicate=1%\n[link a/0 any]\nrate=1M\n", "" },
		{ "[link a/0 net:wan]\nduplicate=1%\n", "" },
		{ "[link net:lan net:lan]\nduplicate=1%\n", "" },
		/* the vif's own line */
		{ "[vif d/0]\nnetwork=lan\nduplicate=1%\n[link d/0 any]\ndelay=1ms\n",
		  BESIDE("duplicate", "10", "[link d/0 any], t:11") },
		{ "[vif d/0]\nnetwork=lan\noutbound-loss=1%\n[link net:lan any]\nduplicate=1%\n",
		  BESIDE("duplicate", "12", "[vif d/0], t:8") },
		{ "[vif d/0]\naddress=10.0.0.9\nloss=1%\n[link 10.0.0.0/8 any]\nduplicate=1%\n",
		  BESIDE("duplicate", "12", "[vif d/0], t:8") },
		{ "[vif d/0]\nnetwork=wan\nloss=1%\nduplicate=1%\n[link net:lan any]\ndelay=1ms\n",
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct messages messages = { "" };
		char text[512];

		(void)snprintf(text, sizeof(text), "%s%s",
			       NETS "[vif a/0]\nnetwork=lan\n[vif b/0]\n[vif c/1]\nnetwork=wan\n",
			       cases[i].text);
		load(text);
		assert_int_equal(xnm_policy_check(&policy, collect, &messages), 0);
		assert_string_equal(messages.text, cases[i].messages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),	     cmocka_unit_test(test_ways),
		cmocka_unit_test(test_taken),	     cmocka_unit_test(test_meeting),
		cmocka_unit_test(test_vifs_at_ends), cmocka_unit_test(test_order),
		cmocka_unit_test(test_doubts),	     cmocka_unit_test(test_losses),
		cmocka_unit_test(test_duplicates),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
