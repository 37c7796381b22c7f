/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_shape_apply.c - qdiscs and ifb devices that come and go, and failures that are none. */
#include "tests/unit/core/fake/case.h"

static void test_shaped(void **state)
{
	struct xnm_op *redirect;

	(void)state;
	(void)op(&xnm_op_shape_ifb, "ifb1.0", 0);
	op(&xnm_op_shape_set, "ifb1.0", 0)->u.shape.qdisc.kind = XNM_QDISC_TBF;
	op(&xnm_op_shape_set, "vif1.0", 10)->u.shape.qdisc.kind = XNM_QDISC_NETEM;
	(void)op(&xnm_op_shape_hook, "vif1.0", 10);
	redirect = op(&xnm_op_shape_filter, "vif1.0", 10);
	COPY_NAME(redirect->u.shape.ifb, "ifb1.0");
	redirect->u.shape.filter.parent = XNM_TC_INGRESS;
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "ifb ifb1.0\n"
					"get ifb1.0\n"
					"qdisc 77 kind 1\n"
					"qdisc 10 kind 2\n"
					"qdisc 10 kind 7\n"
					"get ifb1.0\n"
					"filter 10 fffffff2 to 77\n");
}

static void test_unshaped(void **state)
{
	struct xnm_op *unled;

	(void)state;
	(void)op(&xnm_op_shape_end, "vif1.0", 10);
	unled = op(&xnm_op_shape_filter_delete, "vif1.0", 10);
	unled->u.shape.filter =
		(struct xnm_tc_filter){ .parent = XNM_TC_INGRESS, .preference = 8888 };
	(void)op(&xnm_op_shape_unhook, "vif1.0", 10);
	(void)op(&xnm_op_shape_ifb_delete, "ifb1.0", 11);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "no qdisc 10 ffffffff\n"
					"no filter 10 fffffff2 8888\n"
					"no qdisc 10 fffffff1\n"
					"delete 11\n");
}

/* What makes a line slower for who sends, and no more, is logged. */
static void test_copied(void **state)
{
	struct xnm_op *copy;

	(void)state;
	copy = op(&xnm_op_shape_copy, "vif1.0", 10);
	COPY_NAME(copy->u.shape.ifb, "ifb1.0d");
	copy->u.shape.filter.parent = XNM_TC_EGRESS;
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "ifb ifb1.0d\n"
					"get ifb1.0d\n"
					"qdisc 77 kind 8\n"
					"qdisc 10 kind 7\n"
					"filter 10 fffffff3 to 77\n");
	fake.calls[0] = '\0';
	will_fail("ifb", -EOPNOTSUPP);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "ifb ifb1.0d\n");
}

/* Nobody asked for fq_codel: a kernel without it gets a pfifo. What was asked for is an error. */
static void test_stand_in(void **state)
{
	struct xnm_op *o;

	(void)state;
	o = op(&xnm_op_shape_set, "vif1.0", 10);
	o->u.shape.qdisc.kind = XNM_QDISC_FQ_CODEL;
	o->u.shape.stand_in.kind = XNM_QDISC_PFIFO;
	will_fail("qdisc", -ENOENT);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "qdisc 10 kind 3\nqdisc 10 kind 4\n");
	fake.calls[0] = '\0';
	will_fail("qdisc", -EPERM);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EPERM);
	o->u.shape.stand_in.kind = XNM_QDISC_OTHER;
	fake.calls[0] = '\0';
	will_fail("qdisc", -ENOENT);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -ENOENT);
	assert_string_equal(fake.calls, "qdisc 10 kind 3\n");
	assert_string_equal(ctx.err.text, "cannot shape vif1.0: fq_codel: the kernel's own words");
}

static void test_tolerated(void **state)
{
	static const struct failing rows[] = {
		{ &xnm_op_shape_ifb, "ifb", -EEXIST, -EEXIST },
		{ &xnm_op_shape_ifb, "ifb", -EOPNOTSUPP, -EOPNOTSUPP },
		{ &xnm_op_shape_end, "no qdisc", -ENOENT, 0 },
		{ &xnm_op_shape_end, "no qdisc", -EPERM, -EPERM },
		{ &xnm_op_shape_filter_delete, "no filter", -ENOENT, 0 },
		{ &xnm_op_shape_filter_delete, "no filter", -EPERM, -EPERM },
		{ &xnm_op_shape_unhook, "no qdisc", -ENOENT, 0 },
		{ &xnm_op_shape_unhook, "no qdisc", -EPERM, -EPERM },
		{ &xnm_op_shape_ifb_delete, "delete", -ENODEV, 0 },
		{ &xnm_op_shape_ifb_delete, "delete", -EPERM, -EPERM },
		{ &xnm_op_shape_hook, "qdisc", -ENOENT, -ENOENT },
		{ &xnm_op_shape_filter, "filter", -ENOENT, -ENOENT },
		{ &xnm_op_shape_class, "class", -ENOENT, -ENOENT },
		{ &xnm_op_shape_class_delete, "no class", -ENOENT, 0 },
		{ &xnm_op_shape_class_delete, "no class", -EBUSY, -EBUSY },
	};

	check_failing(state, rows, XNM_N_ELEMENTS(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_shaped),   TEST(test_unshaped),  TEST(test_copied),
		TEST(test_stand_in), TEST(test_tolerated),
	};

	return RUN_TESTS("shape-apply", tests);
}
