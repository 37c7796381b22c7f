/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_address_apply.c - addresses are claimed and released, and never taken from a vif that lives. */
#include "tests/unit/core/fake/case.h"

#include "hotplug/notes/address.h"
#include "hotplug/notes/vif.h"

static void test_claims(void **state)
{
	const struct xnm_owner self = { 1, 0 }, other = { 3, 0 };
	struct xnm_owner owner;

	(void)state;
	plan.note.address.n = 2;
	plan.note.address.list[0] = cidr("10.0.0.5");
	plan.note.address.list[1] = cidr("10.1.0.0/16");
	assert_int_equal(apply(&xnm_op_address_claim, "vif1.0"), 0);
	for (int i = 0; i < 2; i++)
		assert_true(
			xnm_address_note_is(&ctx.dir, "br0", &plan.note.address.list[i], &self));
	/* again, and back */
	assert_int_equal(apply(&xnm_op_address_claim, "vif1.0"), 0);
	plan.op[0].u.addr = plan.note.address.list[0];
	plan.op[0].type = &xnm_op_address_release;
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_false(xnm_address_note_is(&ctx.dir, "br0", &plan.note.address.list[0], &self));
	/* a vif that lives was faster */
	note_vif(3, "vif3.0");
	assert_int_equal(xnm_address_note_claim(&ctx.dir, "br0", &plan.note.address.list[0], &other,
						NULL, &owner),
			 0);
	assert_int_equal(apply(&xnm_op_address_claim, "vif1.0"), -EADDRINUSE);
	/* one that has gone was not */
	assert_int_equal(xnm_vif_note_remove(&ctx.dir, 3, 0), 0);
	assert_int_equal(apply(&xnm_op_address_claim, "vif1.0"), 0);
	/* what is somebody else's is not given back */
	note_vif(3, "vif3.0");
	xnm_owners_add(&plan.address.leave, &(struct xnm_owner){ 1, 0 });
	plan.domid = 3;
	assert_int_equal(apply(&xnm_op_address_claim, "vif3.0"), 0);
	plan.domid = 1;
	plan.n = 0;
	op(&xnm_op_address_release, "", 10)->u.addr = plan.note.address.list[0];
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_true(xnm_address_note_is(&ctx.dir, "br0", &plan.note.address.list[0], &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_claims),
	};

	return RUN_TESTS("address-apply", tests);
}
