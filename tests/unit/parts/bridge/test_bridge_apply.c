/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_bridge_apply.c - what ports get, when a bridge goes, and what its cards get back. */
#include "hotplug/kernel/carry.h"
#include "hotplug/notes/bridge.h"
#include "tests/unit/core/fake/case.h"

static void test_vlans(void **state)
{
	(void)state;
	(void)op(&xnm_op_port_vlans, "vif1.0", 10);
	plan.bridge.vlan_add.pvid = 10;
	xnm_vlan_set(plan.bridge.vlan_add.member, 10);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "vlans 10 pvid 10\n");
	/* the new ones first: a port without any would drop frames of a guest that runs */
	fake.calls[0] = '\0';
	xnm_vlan_set(plan.bridge.vlan_del.member, 1);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "vlans 10 pvid 10\nno vlans 10 1\n");
}

static struct xnm_bridge_note release_note(void)
{
	struct xnm_bridge_note note = { .network = "lan", .n_interfaces = 1 };

	memcpy(note.interfaces[0], "eth1", 5);
	assert_int_equal(xnm_bridge_note_write(&ctx.dir, "lan", &note), 0);
	shared_op(&xnm_op_bridge_release, "lan", 0);
	return note;
}

/* Not ours: left alone. */
static void test_release_foreign(void **state)
{
	(void)state;
	shared_op(&xnm_op_bridge_release, "lan", 0);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_null(strstr(fake.calls, "delete"));
}

static void test_release_used(void **state)
{
	struct xnm_bridge_note note = release_note();

	(void)state;
	fake.ports = 1;
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "get lan\nports 77 but eth1\n");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
	/* nobody knows whether it is used */
	fake.calls[0] = '\0';
	fake.ports = 0;
	will_fail("ports", -EIO);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), -EIO);
	assert_null(strstr(fake.calls, "delete"));
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
}

/* The last vif has gone. */
static void test_release(void **state)
{
	struct xnm_bridge_note note = release_note();

	(void)state;
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "get lan\nports 77 but eth1\ndelete 77\n");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), -ENOENT);
}

static void test_release_deleted(void **state)
{
	struct xnm_bridge_note note = release_note();

	(void)state;
	will_fail("get lan", -ENODEV);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), -ENOENT);
}

/* A vif has moved away; the bridge that it left went with another one in the meantime. */
static void test_release_online(void **state)
{
	(void)state;
	(void)op(&xnm_op_device_up, "vif1.0", 10);
	(void)op(&xnm_op_bridge_release, "old0", 0);
	(void)op(&xnm_op_frontend_connected, "vif1.0", 0);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_non_null(strstr(fake.calls, "connected"));
}

/* A bridge that stands for an interface gives it back what it had, or stays. */
static void test_release_carried(void **state)
{
	struct xnm_bridge_note note = { .network = "lan", .n_interfaces = 1, .carries = "eth1" };

	(void)state;
	memcpy(note.interfaces[0], "eth1", 5);
	shared_op(&xnm_op_bridge_release, "lan", 0);
	fake.ports = 0;
	assert_int_equal(xnm_bridge_note_write(&ctx.dir, "lan", &note), 0);
	/* it is unplugged: its addresses would be lost */
	will_fail("get eth1", -ENODEV);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "get lan\nports 77 but eth1\nget eth1\n");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
	/* it cannot have them: all stays */
	fake.calls[0] = '\0';
	will_fail("carry routes", -ENETDOWN);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), -ENETDOWN);
	assert_null(strstr(fake.calls, "delete"));
	assert_non_null(strstr(fake.calls, "take new addresses from"));
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
	fake.calls[0] = '\0';
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(strstr(fake.calls, "get eth1"), "get eth1\nread what 77 has of eth1\n"
							    "carry addresses of  to  77\n"
							    "carry routes of  to  77\ndelete 77\n");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), -ENOENT);
}

/* Whatever fails, the interface has all it had, and the bridge what it had. */
static void test_carry(void **state)
{
	static const struct xnm_op_type *const kinds[] = { &xnm_op_carry_addresses,
							   &xnm_op_carry_switch,
							   &xnm_op_carry_end };
	static struct xnm_carry carry = { .ifname = "eth1", .ifindex = 5 };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		shared_op(kinds[i], "eth1", 5);
		plan.op[plan.n - 1].u.carry.carry = &carry;
		plan.op[plan.n - 1].u.carry.ifindex = 20;
		plan.op[plan.n - 1].u.carry.port = 5;
		memcpy(plan.op[plan.n - 1].u.carry.name, "lan", 4);
	}
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "carry addresses of eth1 to lan 20\n"
					"carry routes of eth1 to lan 20, port 5 from 0 to 20\n"
					"take addresses from eth1 5\n");
	fake.calls[0] = '\0';
	will_fail("take addresses", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_string_equal(strstr(fake.calls, "take addresses"),
			    "take addresses from eth1 5\nrestore eth1\n"
			    "carry back routes of eth1 from lan 20, port 5 to 0\n"
			    "take new addresses from lan 20\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_vlans),	    TEST(test_release_foreign), TEST(test_release_used),
		TEST(test_release),	    TEST(test_release_deleted), TEST(test_release_online),
		TEST(test_release_carried), TEST(test_carry),
	};

	return RUN_TESTS("bridge-apply", tests);
}
