/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_foreign_apply.c - rules in others' chains are noted before they are made, and until they are gone. */
#include "hotplug/kernel/nft_foreign.h"
#include "hotplug/notes/foreign.h"
#include "hotplug/notes/network.h"
#include "tests/unit/core/fake/case.h"

/* Others' chains: noted before it is done, and until it is undone. */
static void test_through(void **state)
{
	struct xnm_foreign_note note;
	struct xnm_op *let;

	(void)state;
	(void)op(&xnm_op_foreign_join, "lan", 10);
	let = op(&xnm_op_foreign_rules, "lan", 10);
	let->u.foreign.rules = XNM_THROUGH_FROM | XNM_THROUGH_TO;
	COPY_NAME(let->u.foreign.chain, "DOCKER-USER");
	will_fail("nft let", -EPERM);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EPERM);
	assert_int_equal(xnm_foreign_note_read(&ctx.dir, "lan", &note), 0);
	assert_string_equal(note.chain[0], "DOCKER-USER");
	/* the chain has gone since it was seen: look again */
	will_fail("nft let", -ENOENT);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -ESTALE);
	fake.calls[0] = '\0';
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "nft let through 4 'DOCKER-USER' lan 3\ncount\n");
	assert_true(xnm_network_is_member(&ctx.dir, ":lan", 1, 0));
	/* another vif needs it too */
	assert_int_equal(xnm_network_member_add(&ctx.dir, ":lan", 2, 0), 0);
	assert_int_equal(apply(&xnm_op_foreign_leave, "lan"), 0);
	assert_string_equal(fake.calls, "");
	plan.domid = 2;
	assert_int_equal(apply(&xnm_op_foreign_leave, "lan"), 0);
	assert_non_null(strstr(fake.calls, "nft let through 4 '' lan 0\ncount\n"
					   "nft let through 6 '' lan 0\ncount\n"));
	assert_int_equal(xnm_foreign_note_read(&ctx.dir, "lan", &note), -ENOENT);
	plan.domid = 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_through),
	};

	return RUN_TESTS("foreign-apply", tests);
}
