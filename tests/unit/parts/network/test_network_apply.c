/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_network_apply.c - settings of the kernel and notes on networks, and what is taken back. */
#include "hotplug/core/apply.h"
#include "hotplug/notes/network.h"
#include "tests/unit/core/fake/case.h"

static void test_settings(void **state)
{
	uint32_t was;

	(void)state;
	add_setting("ipv4/ip_forward", 1, false);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_string_equal(fake.calls, "read ipv4/ip_forward\nset ipv4/ip_forward=1\n");
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), 0);
	assert_int_equal(was, 0);
	/* what is so is left alone, and what it was once is not forgotten */
	fake.setting = 1;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_string_equal(fake.calls, "read ipv4/ip_forward\n");
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), 0);
	assert_int_equal(was, 0);
	/* a kernel that does not have it */
	will_fail("read", -ENOENT);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	/* and one that does not let us */
	fake.setting = 0;
	will_fail("set", -EROFS);
	assert_int_equal(apply(&xnm_op_network_settings, ""), -EROFS);
	assert_non_null(strstr(ctx.err.text, "ipv4/ip_forward=1"));
}

/* accept_ra=0 is somebody's decision, which 2 would revert. */
static void test_from_one(void **state)
{
	uint32_t was;

	(void)state;
	add_setting("ipv6/conf/eth0/accept_ra", 2, true);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_null(strstr(fake.calls, "set "));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, plan.network.sysctls[0].path, &was),
			 -ENOENT);
	fake.setting = 1;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_non_null(strstr(fake.calls, "set ipv6/conf/eth0/accept_ra=2\n"));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, plan.network.sysctls[0].path, &was), 0);
	assert_int_equal(was, 1);
}

/* Who asks routers more often already goes on, and gets nothing else back. */
static void test_at_most(void **state)
{
	uint32_t was;

	(void)state;
	add_setting("ipv6/neigh/eth0/retrans_time_ms", 200, false);
	plan.network.sysctls[0].at_most = true;
	fake.setting = 100;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_null(strstr(fake.calls, "set "));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, plan.network.sysctls[0].path, &was),
			 -ENOENT);
	fake.setting = 1000;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_non_null(strstr(fake.calls, "set ipv6/neigh/eth0/retrans_time_ms=200\n"));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, plan.network.sysctls[0].path, &was), 0);
	assert_int_equal(was, 1000);
}

/* The network stays while it has vifs; then all of it goes, in one transaction. */
static void test_release_network(void **state)
{
	static struct xnm_network_note note;
	uint32_t was;

	(void)state;
	add_setting("ipv4/ip_forward", 1, false);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	note_network("lan", "lan");
	assert_int_equal(apply(&xnm_op_network_join, ""), 0);
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_string_equal(fake.calls, "");
	assert_int_equal(apply(&xnm_op_network_leave, ""), 0);
	/* another network needs the setting too */
	note_network("dmz", "dmz");
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_non_null(strstr(fake.calls, "nft begin 0\nnft del drops lan\nnft del inside lan\n"
					   "nft commit\n"));
	assert_null(strstr(fake.calls, "outside"));
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), -ENOENT);
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), 0);
	/* another run was faster */
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_string_equal(fake.calls, "");
	COPY_NAME(plan.network.old_name, "dmz");
	fake.setting = 1;
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_non_null(strstr(fake.calls, "set ipv4/ip_forward=0\n"));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), -ENOENT);
	/* the last network of all takes the counters of what came from outside along */
	assert_non_null(strstr(fake.calls, "nft del drops outside\n"));
}

/* A network whose policy has changed: what it has stopped to need goes at once. */
static void test_note_changed(void **state)
{
	uint32_t was;

	(void)state;
	add_setting("ipv4/ip_forward", 1, false);
	add_setting("ipv4/conf/lan/route_localnet", 1, false);
	assert_int_equal(apply(&xnm_op_network_note_write, ""), 0);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	plan.network.note.n_settings = 1;
	fake.setting = 1;
	assert_int_equal(apply(&xnm_op_network_note_write, ""), 0);
	assert_string_equal(fake.calls, "read ipv4/conf/lan/route_localnet\n"
					"set ipv4/conf/lan/route_localnet=0\n");
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), 0);
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/conf/lan/route_localnet", &was),
			 -ENOENT);
}

/* The note stays if nftables did not let the elements go: the next one tries again. */
static void test_release_fails(void **state)
{
	static struct xnm_network_note note;

	(void)state;
	note_network("lan", "lan");
	will_fail("nft commit", -EPERM);
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), 0);
	will_fail("nft commit", -EPERM);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), -EPERM);
	/* no table, no elements */
	will_fail("nft commit", -ENOENT);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_settings),	    TEST(test_from_one),      TEST(test_at_most),
		TEST(test_release_network), TEST(test_release_fails), TEST(test_note_changed),
	};

	return RUN_TESTS("network-apply", tests);
}
