/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_guestinfo_apply.c - what is written to a guest's folder, and removed from it. */
#include "tests/unit/core/fake/case.h"

static void plan_tell(void)
{
	ctx.store = (struct xnm_store *)&ctx;
	(void)op(&xnm_op_guestinfo_write, "vif1.0", 10);
	plan.guestinfo.anew = true;
	plan.guestinfo.keys = 1u << XNM_TOLD_IP;
	COPY_NAME(plan.guestinfo.told.value[XNM_TOLD_IP], "192.0.2.2/24");
}

/* One transaction: again when others were faster. */
static void test_tell(void **state)
{
	(void)state;
	plan_tell();
	will_fail("commit", -EAGAIN);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
#define TRANSACTION                                     \
	"begin\nremove all /local/domain/1/xnm/vif/0\n" \
	"make /local/domain/1/xnm/vif/0 for 1\n"        \
	"write /local/domain/1/xnm/vif/0/ip=192.0.2.2/24\n"
	assert_string_equal(fake.calls, TRANSACTION "commit\n" TRANSACTION "commit\n");
}

/* Nothing of it stays after a failure. */
static void test_tell_fails(void **state)
{
	(void)state;
	plan_tell();
	/* a driver domain may not */
	will_fail("make", -EACCES);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_non_null(strstr(fake.calls, "abort\n"));
	fake.calls[0] = '\0';
	will_fail("write", -ENOSPC);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -ENOSPC);
	assert_non_null(
		strstr(fake.calls, "write /local/domain/1/xnm/vif/0/ip=192.0.2.2/24\nabort\n"));
}

static void test_tell_changes(void **state)
{
	(void)state;
	plan_tell();
	plan.guestinfo.anew = false;
	plan.guestinfo.keys |= 1u << XNM_TOLD_DNS;
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "begin\nwrite /local/domain/1/xnm/vif/0/ip=192.0.2.2/24\n"
					"remove /local/domain/1/xnm/vif/0/dns\ncommit\n");
}

static void test_untell(void **state)
{
	(void)state;
	(void)op(&xnm_op_guestinfo_remove, "vif1.0", 10);
	/* an offline without xenstored */
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "");
	ctx.store = (struct xnm_store *)&ctx;
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "remove all /local/domain/1/xnm/vif/0\n");
	/* no reason to stop a vif that goes on */
	will_fail("remove all", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tell),
		TEST(test_tell_fails),
		TEST(test_tell_changes),
		TEST(test_untell),
	};

	return RUN_TESTS("guestinfo-apply", tests);
}
