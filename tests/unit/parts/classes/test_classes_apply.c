/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_classes_apply.c - classes of uplinks that come and go, and who keeps them. */
#include "hotplug/parts/classes/members.h"
#include "tests/unit/core/fake/case.h"

#include "hotplug/base/marks.h"

static const struct xnm_owner self = { 1, 0 }, other = { 2, 0 };

static void set_root(enum xnm_qdisc_kind kind, uint32_t handle)
{
	fake.root = (struct xnm_qdisc){ .kind = kind, .handle = handle, .parent = XNM_TC_ROOT };
}

static void test_made(void **state)
{
	struct xnm_op *set;

	(void)state;
	plan.domid = self.domid;
	plan.devid = self.devid;
	(void)op(&xnm_op_classes_join, "eth0", 10);
	op(&xnm_op_classes_root, "eth0", 10)->u.classes.branch.class.classid = XNM_CLASS_ROOT;
	set = op(&xnm_op_classes_set, "eth0", 10);
	set->u.classes.branch.class.classid = XNM_CLASS_ID(2);
	set->u.classes.branch.queue.kind = XNM_QDISC_FQ_CODEL;
	op(&xnm_op_classes_delete, "eth0", 10)->u.classes.branch.class.classid = XNM_CLASS_ID(3);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "root 10\n"
					"qdisc 10 kind 6\n"
					"class 10 786e0001\n"
					"class 10 786e0020\n"
					"qdisc 10 kind 3\n"
					"no class 10 786e0030\n");
	assert_true(xnm_class_is_member(&ctx.dir, "eth0", &self));
	assert_false(xnm_class_has_others(&ctx.dir, "eth0", &self));
	assert_true(xnm_class_has_others(&ctx.dir, "eth0", &other));
	assert_false(xnm_class_has_others(&ctx.dir, "eth", &other));
	assert_true(xnm_classes_are_used(&ctx.dir));
	assert_int_equal(xnm_class_member_remove(&ctx.dir, "eth0", &self), 0);
}

/* Nobody asked for fq_codel: a kernel without it gets a pfifo. What was asked for is an error. */
static void test_stand_in(void **state)
{
	struct xnm_op *o;

	(void)state;
	o = op(&xnm_op_classes_set, "eth0", 10);
	o->u.classes.branch.queue.kind = XNM_QDISC_FQ_CODEL;
	o->u.classes.branch.stand_in.kind = XNM_QDISC_PFIFO;
	will_fail("qdisc", -ENOENT);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "class 10 0\nqdisc 10 kind 3\nqdisc 10 kind 4\n");
	o->u.classes.branch.stand_in.kind = XNM_QDISC_OTHER;
	fake.calls[0] = '\0';
	will_fail("qdisc", -ENOENT);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -ENOENT);
	assert_string_equal(fake.calls, "class 10 0\nqdisc 10 kind 3\n");
}

/* Somebody else's, made since the plan, is not replaced. */
static void test_rival(void **state)
{
	(void)state;
	(void)op(&xnm_op_classes_root, "eth0", 10);
	set_root(XNM_QDISC_TBF, XNM_TC_HANDLE(0x77));
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EEXIST);
	assert_string_equal(fake.calls, "root 10\n");
	assert_non_null(strstr(ctx.err.text, "somebody has just made a qdisc there"));
	fake.calls[0] = '\0';
	set_root(XNM_QDISC_HTB, XNM_TC_HANDLE(1));
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EEXIST);
	fake.calls[0] = '\0';
	set_root(XNM_QDISC_HTB, XNM_TC_HANDLE(XNM_CLASSES_MAJOR));
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "root 10\nqdisc 10 kind 6\nclass 10 0\n");
}

static int leave(void)
{
	plan.domid = self.domid;
	plan.devid = self.devid;
	fake.calls[0] = '\0';
	return apply(&xnm_op_classes_leave, "eth0");
}

static void test_leave(void **state)
{
	(void)state;
	set_root(XNM_QDISC_HTB, XNM_TC_HANDLE(XNM_CLASSES_MAJOR));
	assert_int_equal(xnm_class_member_add(&ctx.dir, "eth0", &self), 0);
	assert_int_equal(xnm_class_member_add(&ctx.dir, "eth0", &other), 0);
	assert_int_equal(leave(), 0);
	assert_string_equal(fake.calls, "");
	assert_false(xnm_class_is_member(&ctx.dir, "eth0", &self));
	assert_true(xnm_class_is_member(&ctx.dir, "eth0", &other));
	assert_int_equal(xnm_class_member_remove(&ctx.dir, "eth0", &other), 0);
}

/* The member goes last: a run that is killed before leaves it behind. */
static void test_last(void **state)
{
	(void)state;
	set_root(XNM_QDISC_HTB, XNM_TC_HANDLE(XNM_CLASSES_MAJOR));
	assert_int_equal(xnm_class_member_add(&ctx.dir, "eth0", &self), 0);
	will_fail("no qdisc", -EPERM);
	assert_int_equal(leave(), -EPERM);
	assert_true(xnm_class_is_member(&ctx.dir, "eth0", &self));
	fake_clear();
	set_root(XNM_QDISC_HTB, XNM_TC_HANDLE(XNM_CLASSES_MAJOR));
	plan.n = 0;
	assert_int_equal(leave(), 0);
	assert_string_equal(fake.calls, "get eth0\nroot 77\nno qdisc 77 ffffffff\n");
	assert_false(xnm_class_is_member(&ctx.dir, "eth0", &self));
}

/* What somebody else has put in the place of ours stays. */
static void test_last_of_others(void **state)
{
	(void)state;
	set_root(XNM_QDISC_PFIFO, XNM_TC_HANDLE(0x78));
	assert_int_equal(xnm_class_member_add(&ctx.dir, "eth0", &self), 0);
	assert_int_equal(leave(), 0);
	assert_string_equal(fake.calls, "get eth0\nroot 77\n");
	assert_false(xnm_class_is_member(&ctx.dir, "eth0", &self));
}

/* Of a VLAN's map what is ours goes, and what an administrator has set stays. */
static void test_last_of_vlan(void **state)
{
	(void)state;
	fake.kind = "vlan";
	fake.n_priorities = 3;
	fake.priorities[0] = (struct xnm_vlan_priority){ 6, 6 };
	fake.priorities[1] = (struct xnm_vlan_priority){ XNM_CLASS_ID(2), 3 };
	fake.priorities[2] = (struct xnm_vlan_priority){ XNM_PCP_NUMBER(5), 5 };
	assert_int_equal(xnm_class_member_add(&ctx.dir, "eth0.7", &self), 0);
	plan.domid = self.domid;
	plan.devid = self.devid;
	assert_int_equal(apply(&xnm_op_classes_leave, "eth0.7"), 0);
	assert_string_equal(fake.calls, "get eth0.7\nmap 77\nmap 77 786e0020 to 0\n"
					"map 77 786f0050 to 0\nroot 77\n");
	fake.calls[0] = '\0';
	plan.n = 0;
	op(&xnm_op_classes_priority, "eth0.7", 10)->u.classes.priority =
		(struct xnm_vlan_priority){ XNM_PCP_NUMBER(7), 7 };
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "map 10 786f0070 to 7\n");
}

static void test_gone(void **state)
{
	(void)state;
	assert_int_equal(xnm_class_member_add(&ctx.dir, "eth0", &self), 0);
	will_fail("get", -ENODEV);
	assert_int_equal(leave(), 0);
	assert_false(xnm_class_is_member(&ctx.dir, "eth0", &self));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_made),  TEST(test_stand_in),	   TEST(test_rival),
		TEST(test_leave), TEST(test_last),	   TEST(test_last_of_others),
		TEST(test_gone),  TEST(test_last_of_vlan),
	};

	return RUN_TESTS("classes-apply", tests);
}
