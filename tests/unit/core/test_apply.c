/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_apply.c - the order in which a plan is carried out, and what a failure takes back. */
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "tests/unit/core/fake/case.h"

static void set_name(struct xnm_op *o, const char *name)
{
	(void)snprintf(o->u.name, sizeof(o->u.name), "%s", name);
}

/* A network with all that belongs to it, made for a vif. */
static void plan_network(void)
{
	(void)shared_op(&xnm_op_bridge_note, "lan", 0);
	shared_op(&xnm_op_bridge_create, "lan", 0)->u.bridge.mtu_bytes = 1400;
	shared_op(&xnm_op_address_add, "lan", 0)->u.addr.prefix_len = 24;
	set_name(shared_op(&xnm_op_port_attach, "eth1", 40), "lan");
	(void)shared_op(&xnm_op_device_up, "eth1", 40);
	(void)shared_op(&xnm_op_device_up, "lan", 0);
	(void)op(&xnm_op_device_ipv6_off, "vif1.0", 10);
	(void)op(&xnm_op_vif_note_write, "vif1.0", 0);
	set_name(op(&xnm_op_port_attach, "vif1.0", 10), "lan");
	(void)op(&xnm_op_device_up, "vif1.0", 10);
	(void)op(&xnm_op_frontend_connected, "vif1.0", 0);
}

static void test_order(void **state)
{
	struct xnm_vif_note noted;
	struct xnm_bridge_note note;

	(void)state;
	plan_network();
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "create lan 1400\n"
					"get lan\naddress 77 /24\n"
					"get lan\nmaster 40 77\n"
					"up 40\n"
					"get lan\nup 77\n"
					"no ipv6 vif1.0\n"
					"get lan\nmaster 10 77\n"
					"up 10\n"
					"write backend/vif/1/0/hotplug-status=connected\n");
	assert_int_equal(xnm_vif_note_read(&ctx.dir, 1, 0, &noted), 0);
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
}

/* Nothing behind what failed; the network is taken back from its end to its beginning. */
static void test_failure(void **state)
{
	struct xnm_bridge_note note;

	(void)state;
	plan_network();
	will_fail("master 10", -EBUSY);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EBUSY);
	assert_non_null(strstr(fake.calls, "master 10 77\n"
					   "master 40 0\n"
					   "get lan\nports 77\ndelete 77\n"));
	assert_null(strstr(fake.calls, "connected"));
	assert_null(strstr(fake.calls, "up 10"));
	/* addresses go with the bridge */
	assert_null(strstr(fake.calls, "no address"));
	assert_string_equal(ctx.err.text,
			    "cannot attach vif1.0 to bridge lan: the kernel's own words");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), -ENOENT);
}

/* A bridge that was there keeps what it had. */
static void test_failure_old_bridge(void **state)
{
	(void)state;
	plan.bridge.ifindex = 20;
	shared_op(&xnm_op_address_add, "lan", 20)->u.addr.prefix_len = 24;
	set_name(shared_op(&xnm_op_port_attach, "eth1", 40), "lan");
	set_name(op(&xnm_op_port_attach, "vif1.0", 10), "lan");
	will_fail("master 10", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_string_equal(fake.calls, "address 20 /24\nmaster 40 20\nmaster 10 20\n"
					"master 40 0\nno address 20 /24\n");
}

/* Another one, who is no xnm, was faster: the bridge is not ours to delete. */
static void test_create_race(void **state)
{
	(void)state;
	plan_network();
	will_fail("create lan", -EEXIST);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EEXIST);
	assert_null(strstr(fake.calls, "delete"));
}

/* Failures that are none, for each operation and number. */
static void test_tolerated(void **state)
{
	static const struct failing rows[] = {
		{ &xnm_op_device_altname, "altname", -EOPNOTSUPP, 0 }, /* before Linux 5.5 */
		{ &xnm_op_device_altname, "altname", -EEXIST, 0 },
		{ &xnm_op_device_altname, "altname", -EPERM, -EPERM },
		{ &xnm_op_frontend_mtu, "write", -ENOENT, 0 },
		{ &xnm_op_frontend_mtu, "write", -EACCES, 0 },
		{ &xnm_op_frontend_mtu, "write", -ETIMEDOUT, -ETIMEDOUT },
		{ &xnm_op_frontend_connected, "write", -EACCES, -EACCES },
		{ &xnm_op_frontend_error_remove, "remove", -EACCES, -EACCES },
		{ &xnm_op_port_flags, "flags", -EOPNOTSUPP, -EOPNOTSUPP },
		{ &xnm_op_port_vlans, "vlans", -EOPNOTSUPP, -EOPNOTSUPP },
		{ &xnm_op_device_ipv6_off, "no ipv6", -EROFS, -EROFS },
		{ &xnm_op_device_mac, "mac", -EBUSY, -EBUSY },
		{ &xnm_op_device_mtu, "mtu", -EINVAL, -EINVAL },
	};

	check_failing(state, rows, XNM_N_ELEMENTS(rows));
}

/* A tear-down goes to its end. */
static void test_offline(void **state)
{
	struct xnm_vif_note noted;

	(void)state;
	assert_int_equal(xnm_vif_note_write(&ctx.dir, &plan.note), 0);
	(void)op(&xnm_op_device_down, "vif1.0", 10);
	(void)op(&xnm_op_port_detach, "vif1.0", 10);
	(void)op(&xnm_op_vif_note_remove, "vif1.0", 0);
	will_fail("down", -EPERM);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), -EPERM);
	assert_string_equal(fake.calls, "down 10\nmaster 10 0\n");
	assert_string_equal(ctx.err.text, "cannot set vif1.0 down: the kernel's own words");
	assert_int_equal(xnm_vif_note_read(&ctx.dir, 1, 0, &noted), -ENOENT);
	/* again: what has gone is done */
	ctx.err.text[0] = fake.calls[0] = '\0';
	will_fail("", -ENODEV);
	fake.failing = "down";
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(ctx.err.text, "");
}

/* The first vif of a network fails: it leaves nothing behind. */
static void test_undo(void **state)
{
	static struct xnm_network_note note;

	(void)state;
	add_setting("ipv4/ip_forward", 1, false);
	plan.network.note.elements.n = 1;
	plan.network.note.elements.list[0] = named(XNM_SET_INSIDE, "lan");
	(void)shared_op(&xnm_op_network_note_write, "", 10);
	(void)shared_op(&xnm_op_network_settings, "", 10);
	(void)shared_op(&xnm_op_network_join, "", 10);
	(void)op(&xnm_op_device_up, "vif1.0", 10);
	will_fail("up", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_non_null(strstr(fake.calls, "read ipv4/ip_forward\nset ipv4/ip_forward=1\nup 10\n"));
	assert_non_null(strstr(fake.calls,
			       "nft del drops lan\nnft del inside lan\nnft commit\ncount\n"
			       "read ipv4/ip_forward\nset ipv4/ip_forward=0\n"));
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), -ENOENT);
	assert_false(xnm_network_is_member(&ctx.dir, "lan", 1, 0));
	/* with another vif in it, only this one leaves */
	assert_int_equal(xnm_network_member_add(&ctx.dir, "lan", 2, 0), 0);
	will_fail("up", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), 0);
	assert_true(xnm_network_is_member(&ctx.dir, "lan", 2, 0));
	assert_false(xnm_network_is_member(&ctx.dir, "lan", 1, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),	TEST(test_failure),   TEST(test_failure_old_bridge),
		TEST(test_create_race), TEST(test_tolerated), TEST(test_offline),
		TEST(test_undo),
	};

	return RUN_TESTS("apply", tests);
}
