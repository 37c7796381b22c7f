/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_filter_apply.c - what is asked of nftables, in which order, and what happens when it refuses. */
#include "hotplug/parts/filter/ruleset.h"
#include "tests/unit/core/fake/case.h"

static void fill_filter(void)
{
	struct xnm_filter_change *filter = &plan.filter;

	filter->now.generation = 7;
	filter->exists[0] = filter->exists[1] = true;
	filter->add[filter->n_add++] = named(XNM_SET_BRIDGE_GUARD, "web0");
	filter->add[filter->n_add++] = named(XNM_SET_INSIDE, "lan");
	filter->del[filter->n_del++] = named(XNM_SET_BRIDGE_GUARD, "vif1.0");
	filter->del[filter->n_del++] = named(XNM_SET_BRIDGE_ANY4, "vif1.0");
}

/* What goes before what comes, as a key may be the same; counters go with their vif. */
static void test_filter(void **state)
{
	(void)state;
	fill_filter();
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_string_equal(fake.calls, "nft open\n"
					"nft begin 0\n"
					"nft del drops vif1.0\n"
					"nft del guard vif1.0\n"
					"nft del any4 vif1.0\n"
					"nft add guard web0\n"
					"nft add inside lan\n"
					"nft commit\n"
					"count\n");
}

static void test_filter_fails(void **state)
{
	(void)state;
	fill_filter();
	will_fail("nft commit", -EBUSY);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -EBUSY);
	assert_null(strstr(fake.calls, "count"));
	assert_non_null(strstr(ctx.err.text, "nftables' own words"));
	/* without the table there is nothing to delete; to add is another matter */
	fake.generation = plan.filter.now.generation;
	will_fail("nft commit", -ENOENT);
	fake.n_failures = 2;
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ENOENT);
	assert_null(strstr(fake.calls, "count"));
	/* somebody has flushed since it was planned: it is to be planned again, with or without
	 * something that is to go */
	fake.generation++;
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ESTALE);
	assert_null(strstr(fake.calls, "renew"));
	plan.filter.n_del = 0;
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ESTALE);
	fake.generation--;
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ENOENT);
	plan.filter.n_del = 2;
	/* what was to go had gone alone: the tables are made anew, once, from the notes */
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_non_null(strstr(
		fake.calls,
		"nft commit\nnft generation\nnft each ended4\nnft each ended6\nnft begin 7\n"));
	assert_non_null(strstr(fake.calls, "nft renew bridge\nnft renew inet\n"));
	plan.filter.n_add = 0;
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	/* one table that has gone is no reason to leave the other one as it is */
	plan.filter.del[plan.filter.n_del++] = named(XNM_SET_INSIDE, "vif1.0");
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_non_null(strstr(fake.calls,
			       "nft del any4 vif1.0\nnft commit\n"
			       "nft begin 0\nnft del drops vif1.0\nnft del inside vif1.0\n"
			       "nft commit\n"));
	ctx.nft = NULL;
	will_fail("nft open", -EPROTONOSUPPORT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -EPROTONOSUPPORT);
}

/* Each transaction that takes place is counted, by which others' are told from them. */
static void test_deletes_counted(void **state)
{
	(void)state;
	plan.filter.n_del = 2;
	plan.filter.del[0] = named(XNM_SET_BRIDGE_ANY4, "vif1.0");
	plan.filter.del[1] = named(XNM_SET_INSIDE, "vif1.0");
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_string_equal(fake.calls, "nft open\n"
					"nft begin 0\n"
					"nft del any4 vif1.0\n"
					"nft commit\n"
					"count\n"
					"nft begin 0\n"
					"nft del drops vif1.0\n"
					"nft del inside vif1.0\n"
					"nft commit\n"
					"count\n");
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_non_null(strstr(fake.calls, "nft commit\nnft begin 0\n"));
}

/* A table that is made anew gets what everybody has noted for it, and nothing of the other table. */
static void test_build(void **state)
{
	(void)state;
	note_vif(3, "vif3.0");
	note_network("lan", "lan");
	plan.filter.now.generation = 7;
	plan.filter.exists[XNM_TABLE_BRIDGE] = true;
	plan.filter.build[XNM_TABLE_BRIDGE] = true;
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	/* if the generation is another one, somebody else may have made it */
	assert_non_null(strstr(fake.calls, "nft begin 7\n"
					   "nft renew bridge\n"
					   "nft add guard vif3.0\n"
					   "nft commit\n"));
	plan.filter.build[XNM_TABLE_BRIDGE] = false;
	plan.filter.build[XNM_TABLE_INET] = true;
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_non_null(strstr(fake.calls, "nft begin 7\n"
					   "nft make inet\n"
					   "nft add guard vif3.0\n"
					   "nft add inside lan\n"
					   "nft commit\n"));
	will_fail("nft commit", -ESTALE);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ESTALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_filter),
		TEST(test_filter_fails),
		TEST(test_build),
		TEST(test_deletes_counted),
	};

	return RUN_TESTS("filter-apply", tests);
}
