/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fastpath_apply.c - the fast path keeps no vif from coming up; what is true no more is not left. */
#include <fcntl.h>
#include <unistd.h>

#include "hotplug/notes/files.h"
#include "hotplug/parts/fastpath/tree.h"
#include "tests/unit/core/fake/case.h"

/* A guest has netfront: no reason to stop it. But nothing stays of what is not true any more. */
static void test_fastpath(void **state)
{
	(void)state;
	(void)op(&xnm_op_fastpath_publish, "vif1.0", 10);
	ctx.store = (struct xnm_store *)&ctx;
	ctx.dir = (struct xnm_run_dir)XNM_RUN_DIR_CLOSED;
	/* without a run directory there is no lock */
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "");
	/* in which nobody has noted it: there is nothing to write */
	ctx.dir.locks.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "");
	fake.list_rc = -EIO;
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	/* but who is to be listed no more must not be */
	plan.op[0].type = &xnm_op_fastpath_withdraw;
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_string_equal(ctx.err.text, "cannot withdraw vif1.0 from the fast path: "
					  "Input/output error");
	fake.list_rc = -ENOENT;
	/* an offline without xenstored */
	ctx.store = NULL;
	fake.calls[0] = '\0';
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "");
	close(ctx.dir.locks.fd);
}

/* What a guest may write in every moment is in no transaction, and those have an end. */
static void test_fastpath_tree(void **state)
{
	static struct xnm_fp_change change = {
		.n = 5,
		.steps = { { .action = XNM_FP_WRITE, .domid = 1, .node = "inc", .value = "x" },
			   { .action = XNM_FP_WRITE, .domid = 2, .node = "inc", .value = "x" },
			   { .action = XNM_FP_CHANNEL, .domid = 1, .reader = 2, .node = "chan/2" },
			   { .action = XNM_FP_REMOVE, .domid = 1, .node = "peer/3" },
			   { .action = XNM_FP_REMOVE, .domid = 1, .node = "chan/3" } }
	};
	struct xnm_store *store = (struct xnm_store *)&ctx;

	(void)state;
#define TREE                                            \
	"begin\nwrite /local/domain/1/xnm/inc=x\n"      \
	"make /local/domain/1/xnm/chan/2 for 1 and 2\n" \
	"remove all /local/domain/1/xnm/peer/3\n"       \
	"write /local/domain/1/xnm/gen=1\ncommit\n"
	assert_int_equal(apply_fp_tree(store, &change, 1), 0);
	assert_string_equal(fake.calls, "remove all /local/domain/1/xnm/chan/2\n" TREE);
	fake.calls[0] = '\0';
	assert_int_equal(apply_fp_tree_channels(store, &change, 1), 0);
	assert_string_equal(fake.calls, "remove all /local/domain/1/xnm/chan/3\n");
	fake.calls[0] = '\0';
	will_fail("commit", -EAGAIN);
	assert_int_equal(apply_fp_tree(store, &change, 1), 0);
	assert_string_equal(fake.calls, "remove all /local/domain/1/xnm/chan/2\n" TREE TREE);
	fake.calls[0] = '\0';
	will_fail("commit", -EAGAIN);
	fake.n_failures = 100;
	assert_int_equal(apply_fp_tree(store, &change, 1), -EAGAIN);
	assert_int_equal(fake.n_failures, 90);
	/* what goes can always go */
	fake.calls[0] = '\0';
	assert_int_equal(apply_fp_tree_clear(store, &change, 1), 0);
	assert_string_equal(fake.calls, "remove /local/domain/1/xnm/v\n"
					"remove /local/domain/1/xnm/inc\n"
					"remove /local/domain/1/xnm/peer\n"
					"remove /local/domain/1/xnm/chan\n"
					"remove all /local/domain/1/xnm/peer/3\n"
					"remove all /local/domain/1/xnm/chan/3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fastpath),
		TEST(test_fastpath_tree),
	};

	return RUN_TESTS("fastpath-apply", tests);
}
