/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_apply.c - the order in which a plan is carried out, and what a failure takes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/core/apply.h"
#include "hotplug/parts/fastpath/tree.h"
#include "tests/unit/core/fake_verbs.h"

static char run_dir[] = "/tmp/xnm-test-apply.XXXXXX";
static struct xnm_event event;
static struct xnm_ctx ctx;
static struct xnm_plan plan;

static struct xnm_op *op(const struct xnm_op_type *type, const char *dev, int ifindex)
{
	struct xnm_op *op = &plan.op[plan.n++];

	op->type = type;
	op->phase = XNM_PHASE_DEVICE;
	op->ifindex = ifindex;
	(void)snprintf(op->dev, sizeof(op->dev), "%s", dev);
	return op;
}

static struct xnm_op *shared_op(const struct xnm_op_type *type, const char *dev, int ifindex)
{
	struct xnm_op *o = op(type, dev, ifindex);

	o->phase = XNM_PHASE_BRIDGE;
	return o;
}

static void set_name(struct xnm_op *o, const char *name)
{
	(void)snprintf(o->u.name, sizeof(o->u.name), "%s", name);
}

static int begin(void **state)
{
	(void)state;
	calls[0] = '\0';
	failing = "";
	ports = 0;
	n_ipv4 = 0;
	memset(&plan, 0, sizeof(plan));
	plan.domid = 1;
	plan.state.domid = 1;
	plan.state.mac.b[5] = 1;
	xnm_event_init(&event, XNM_VERB_ONLINE, 1, 0);
	memset(&ctx, 0, sizeof(ctx));
	ctx.rtnl = (struct xnm_rtnl *)&ctx;
	ctx.event = &event;
	ctx.frontend = "/fe";
	return xnm_run_dir_open(&ctx.dir, run_dir, false);
}

static int end(void **state)
{
	(void)state;
	(void)xnm_vif_note_remove(&ctx.dir, 1, 0);
	(void)xnm_bridge_note_remove(&ctx.dir, "lan");
	xnm_run_dir_close(&ctx.dir);
	return 0;
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
	assert_string_equal(calls, "create lan 1400\n"
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
	assert_non_null(strstr(calls, "master 10 77\n"
				      "master 40 0\n"
				      "get lan\nports 77\ndelete 77\n"));
	assert_null(strstr(calls, "connected"));
	assert_null(strstr(calls, "up 10"));
	/* addresses go with the bridge */
	assert_null(strstr(calls, "no address"));
	assert_string_equal(ctx.err.text,
			    "cannot attach vif1.0 to bridge lan: the kernel's own words");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), -ENOENT);
}

/* A bridge that was there keeps what it had. */
static void test_failure_old_bridge(void **state)
{
	(void)state;
	plan.bridge_ifindex = 20;
	shared_op(&xnm_op_address_add, "lan", 20)->u.addr.prefix_len = 24;
	set_name(shared_op(&xnm_op_port_attach, "eth1", 40), "lan");
	set_name(op(&xnm_op_port_attach, "vif1.0", 10), "lan");
	will_fail("master 10", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_string_equal(calls, "address 20 /24\nmaster 40 20\nmaster 10 20\n"
				   "master 40 0\nno address 20 /24\n");
}

/* Another one, who is no xnm, was faster: the bridge is not ours to delete. */
static void test_create_race(void **state)
{
	(void)state;
	plan_network();
	will_fail("create lan", -EEXIST);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EEXIST);
	assert_null(strstr(calls, "delete"));
}

static void test_rename(void **state)
{
	(void)state;
	plan.state.ifname[0] = 'v';
	set_name(op(&xnm_op_device_rename, "web0", 10), "vif1.0");
	/* its own alternative name is in the way */
	will_fail("name 10", -EEXIST);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(calls, "name 10 vif1.0\nno altname 10 vif1.0\nname 10 vif1.0\n");
	/* another device is */
	calls[0] = '\0';
	will_fail("n", -EEXIST);
	n_failures = 2;
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EEXIST);
	assert_string_equal(calls, "name 10 vif1.0\nno altname 10 vif1.0\n");
}

/* Failures that are none, for each operation and number. */
static void test_tolerated(void **state)
{
	static const struct {
		const struct xnm_op_type *type;
		const char *call;
		int rc;
		int wanted;
	} rows[] = {
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

	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		int rc;

		if (i) {
			end(state);
			assert_int_equal(begin(state), 0);
		}
		(void)op(rows[i].type, "vif1.0", 10);
		will_fail(rows[i].call, rows[i].rc);
		rc = xnm_apply_online(&ctx, &plan);
		if (rc != rows[i].wanted)
			fail_msg("row %zu: %d", i, rc);
		assert_int_equal(ctx.err.text[0] == '\0', rc == 0);
		assert_int_equal(n_failures, 0);
	}
}

/* One transaction: again when others were faster, and nothing of it after a failure. */
static void test_tell(void **state)
{
	(void)state;
	ctx.store = (struct xnm_store *)&ctx;
	(void)op(&xnm_op_guestinfo_write, "vif1.0", 10);
	plan.tell.anew = true;
	plan.tell.keys = 1u << XNM_TOLD_IP;
	(void)snprintf(plan.tell.told.value[XNM_TOLD_IP], XNM_TOLD_LEN, "192.0.2.2/24");
	will_fail("commit", -EAGAIN);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
#define TRANSACTION                                     \
	"begin\nremove all /local/domain/1/xnm/vif/0\n" \
	"make /local/domain/1/xnm/vif/0 for 1\n"        \
	"write /local/domain/1/xnm/vif/0/ip=192.0.2.2/24\n"
	assert_string_equal(calls, TRANSACTION "commit\n" TRANSACTION "commit\n");
	calls[0] = '\0';
	/* a driver domain may not */
	will_fail("make", -EACCES);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_non_null(strstr(calls, "abort\n"));
	calls[0] = '\0';
	will_fail("write", -ENOSPC);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -ENOSPC);
	assert_non_null(strstr(calls, "write /local/domain/1/xnm/vif/0/ip=192.0.2.2/24\nabort\n"));
	/* only what has changed */
	ctx.err.text[0] = calls[0] = '\0';
	plan.tell.anew = false;
	plan.tell.keys |= 1u << XNM_TOLD_DNS;
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(calls, "begin\nwrite /local/domain/1/xnm/vif/0/ip=192.0.2.2/24\n"
				   "remove /local/domain/1/xnm/vif/0/dns\ncommit\n");
}

static void test_untell(void **state)
{
	(void)state;
	(void)op(&xnm_op_guestinfo_remove, "vif1.0", 10);
	/* an offline without xenstored */
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(calls, "");
	ctx.store = (struct xnm_store *)&ctx;
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(calls, "remove all /local/domain/1/xnm/vif/0\n");
	/* no reason to stop a vif that goes on */
	will_fail("remove all", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
}

/* A guest has netfront: no reason to stop it. But nothing stays of what is not true any more. */
static void test_fastpath(void **state)
{
	(void)state;
	(void)op(&xnm_op_fastpath_publish, "vif1.0", 10);
	ctx.store = (struct xnm_store *)&ctx;
	ctx.dir = (struct xnm_run_dir)XNM_RUN_DIR_CLOSED;
	/* without a run directory there is no lock */
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(calls, "");
	/* in which nobody has noted it: there is nothing to write */
	ctx.dir.locks.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(calls, "");
	list_rc = -EIO;
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	/* but who is to be listed no more must not be */
	plan.op[0].type = &xnm_op_fastpath_withdraw;
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_string_equal(ctx.err.text, "cannot publish vif1.0 for the fast path no more: "
					  "Input/output error");
	list_rc = -ENOENT;
	/* an offline without xenstored */
	ctx.store = NULL;
	calls[0] = '\0';
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(calls, "");
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
	assert_string_equal(calls, "remove all /local/domain/1/xnm/chan/2\n" TREE);
	calls[0] = '\0';
	assert_int_equal(apply_fp_tree_channels(store, &change, 1), 0);
	assert_string_equal(calls, "remove all /local/domain/1/xnm/chan/3\n");
	calls[0] = '\0';
	will_fail("commit", -EAGAIN);
	assert_int_equal(apply_fp_tree(store, &change, 1), 0);
	assert_string_equal(calls, "remove all /local/domain/1/xnm/chan/2\n" TREE TREE);
	calls[0] = '\0';
	will_fail("commit", -EAGAIN);
	n_failures = 100;
	assert_int_equal(apply_fp_tree(store, &change, 1), -EAGAIN);
	assert_int_equal(n_failures, 90);
	/* what goes can always go */
	calls[0] = '\0';
	assert_int_equal(apply_fp_tree_clear(store, &change, 1), 0);
	assert_string_equal(calls, "remove /local/domain/1/xnm/v\n"
				   "remove /local/domain/1/xnm/inc\n"
				   "remove /local/domain/1/xnm/peer\n"
				   "remove /local/domain/1/xnm/chan\n"
				   "remove all /local/domain/1/xnm/peer/3\n"
				   "remove all /local/domain/1/xnm/chan/3\n");
}

static void test_vlans(void **state)
{
	(void)state;
	(void)op(&xnm_op_port_vlans, "vif1.0", 10);
	plan.vlan_add.pvid = 10;
	xnm_vlan_set(plan.vlan_add.member, 10);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(calls, "vlans 10 pvid 10\n");
	/* the new ones first: a port without any would drop frames of a guest that runs */
	calls[0] = '\0';
	xnm_vlan_set(plan.vlan_del.member, 1);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(calls, "vlans 10 pvid 10\nno vlans 10 1\n");
}

static void test_flush(void **state)
{
	unsigned int n = 0;

	(void)state;
	(void)op(&xnm_op_address_flush, "vif1.0", 10);
	n_ipv4 = XNM_MAX_ADDRESSES * 2 + 3;
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	for (const char *p = calls; (p = strstr(p, "no address")); p++)
		n++;
	assert_int_equal(n, XNM_MAX_ADDRESSES * 2 + 3);
	assert_int_equal(n_ipv4, 0);
}

/* A tear-down goes to its end. */
static void test_offline(void **state)
{
	struct xnm_vif_note noted;

	(void)state;
	assert_int_equal(xnm_vif_note_write(&ctx.dir, &plan.state), 0);
	(void)op(&xnm_op_device_down, "vif1.0", 10);
	(void)op(&xnm_op_port_detach, "vif1.0", 10);
	(void)op(&xnm_op_vif_note_remove, "vif1.0", 0);
	will_fail("down", -EPERM);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), -EPERM);
	assert_string_equal(calls, "down 10\nmaster 10 0\n");
	assert_string_equal(ctx.err.text, "cannot set vif1.0 down: the kernel's own words");
	assert_int_equal(xnm_vif_note_read(&ctx.dir, 1, 0, &noted), -ENOENT);
	/* again: what has gone is done */
	ctx.err.text[0] = calls[0] = '\0';
	will_fail("", -ENODEV);
	failing = "down";
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(ctx.err.text, "");
}

/* A bridge that stands for an interface gives it back what it had, or stays. */
static void test_release_carried(void **state)
{
	struct xnm_bridge_note note = { .network = "lan", .n_interfaces = 1, .carries = "eth1" };

	(void)state;
	memcpy(note.interfaces[0], "eth1", 5);
	shared_op(&xnm_op_bridge_release, "lan", 0);
	ports = 0;
	assert_int_equal(xnm_bridge_note_write(&ctx.dir, "lan", &note), 0);
	/* it is unplugged: its addresses would be lost */
	will_fail("get eth1", -ENODEV);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(calls, "get lan\nports 77 but eth1\nget eth1\n");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
	/* it cannot have them: all stays */
	calls[0] = '\0';
	will_fail("carry routes", -ENETDOWN);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), -ENETDOWN);
	assert_null(strstr(calls, "delete"));
	assert_non_null(strstr(calls, "take new addresses from"));
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
	calls[0] = '\0';
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(strstr(calls, "get eth1"), "get eth1\nread what 77 has of eth1\n"
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
	assert_string_equal(calls, "carry addresses of eth1 to lan 20\n"
				   "carry routes of eth1 to lan 20, port 5 from 0 to 20\n"
				   "take addresses from eth1 5\n");
	calls[0] = '\0';
	will_fail("take addresses", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_string_equal(strstr(calls, "take addresses"),
			    "take addresses from eth1 5\nrestore eth1\n"
			    "carry back routes of eth1 from lan 20, port 5 to 0\n"
			    "take new addresses from lan 20\n");
}

static void test_release(void **state)
{
	struct xnm_bridge_note note = { .network = "lan", .n_interfaces = 1 };

	(void)state;
	memcpy(note.interfaces[0], "eth1", 5);
	shared_op(&xnm_op_bridge_release, "lan", 0);
	/* not ours: left alone */
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_null(strstr(calls, "delete"));
	/* still used */
	assert_int_equal(xnm_bridge_note_write(&ctx.dir, "lan", &note), 0);
	calls[0] = '\0';
	ports = 1;
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(calls, "get lan\nports 77 but eth1\n");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
	/* nobody knows whether it is used */
	calls[0] = '\0';
	ports = 0;
	will_fail("ports", -EIO);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), -EIO);
	assert_null(strstr(calls, "delete"));
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), 0);
	/* the last vif has gone */
	calls[0] = '\0';
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_string_equal(calls, "get lan\nports 77 but eth1\ndelete 77\n");
	assert_int_equal(xnm_bridge_note_read(&ctx.dir, "lan", &note), -ENOENT);
	/* somebody else deleted it */
	assert_int_equal(xnm_bridge_note_write(&ctx.dir, "lan", &note), 0);
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
	assert_non_null(strstr(calls, "connected"));
}

static int remove_run_dir(void **state)
{
	static const char *const parts[] = { "vif",    "bridge", "vifname", "network", "address",
					     "prefix", "mac",	 "lock",    "" };
	char path[64];

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(parts); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", run_dir, parts[i]);
		if (remove(path))
			return -1;
	}
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_failure),
		TEST(test_failure_old_bridge),
		TEST(test_create_race),
		TEST(test_rename),
		TEST(test_tolerated),
		TEST(test_tell),
		TEST(test_flush),
		TEST(test_offline),
		TEST(test_untell),
		TEST(test_fastpath),
		TEST(test_fastpath_tree),
		TEST(test_flush),
		TEST(test_offline),
		TEST(test_vlans),
		TEST(test_flush),
		TEST(test_offline),
		TEST(test_release),
		TEST(test_release_online),
		TEST(test_release_carried),
		TEST(test_carry),
	};

	if (!mkdtemp(run_dir))
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("apply", tests, NULL, remove_run_dir);
}
