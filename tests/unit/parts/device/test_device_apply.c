/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_device_apply.c - a vif gets its name, whoever has it. */
#include "tests/unit/core/fake/case.h"

static void set_name(struct xnm_op *o, const char *name)
{
	(void)snprintf(o->u.name, sizeof(o->u.name), "%s", name);
}

static void test_rename(void **state)
{
	(void)state;
	plan.note.device.ifname[0] = 'v';
	set_name(op(&xnm_op_device_rename, "web0", 10), "vif1.0");
	/* its own alternative name is in the way */
	will_fail("name 10", -EEXIST);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "name 10 vif1.0\nno altname 10 vif1.0\nname 10 vif1.0\n");
	/* another device is */
	fake.calls[0] = '\0';
	will_fail("n", -EEXIST);
	fake.n_failures = 2;
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EEXIST);
	assert_string_equal(fake.calls, "name 10 vif1.0\nno altname 10 vif1.0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rename),
	};

	return RUN_TESTS("device-apply", tests);
}
