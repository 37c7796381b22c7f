/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_bridge_notes.c - notes on bridges, their cards, and names that vifs wait for. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/notes/vifname.h"
#include "tests/unit/run_dir.h"

static void test_bridge_notes(void **state)
{
	struct xnm_bridge_note note = {
		.network = "lan", .keep = true, .n_interfaces = 2, .mtu_bytes = 65535
	};
	struct xnm_bridge_note read;

	(void)state;
	memcpy(note.interfaces[0], "eth0", 5);
	memcpy(note.interfaces[1], "abcdefghijklmno", 16);
	memcpy(note.carries, "eth0", 5);
	note.cards[1].ifindex = INT_MAX;
	assert_int_equal(xnm_parse_mac("00:16:3e:00:00:07", &note.cards[1].mac), 0);
	note.n_own = 2;
	assert_int_equal(xnm_parse_cidr("192.0.2.1/24", &note.own[0]), 0);
	assert_int_equal(xnm_parse_cidr("2001:db8::1/64", &note.own[1]), 0);
	assert_int_equal(xnm_bridge_note_read(&dir, "br0", &read), -ENOENT);
	assert_false(xnm_made_bridge(&dir, "br0"));
	assert_int_equal(xnm_bridge_note_write(&dir, "br0", &note), 0);
	assert_int_equal(xnm_bridge_note_read(&dir, "br0", &read), 0);
	assert_string_equal(read.network, "lan");
	assert_true(read.keep);
	assert_int_equal(read.mtu_bytes, 65535);
	assert_int_equal(read.n_interfaces, 2);
	assert_string_equal(read.interfaces[0], "eth0");
	assert_string_equal(read.interfaces[1], "abcdefghijklmno");
	assert_string_equal(read.carries, "eth0");
	assert_int_equal(read.cards[0].ifindex, 0);
	assert_int_equal(read.cards[1].ifindex, INT_MAX);
	assert_true(xnm_mac_equal(&read.cards[1].mac, &note.cards[1].mac));
	assert_int_equal(read.n_own, 2);
	assert_true(xnm_cidr_equal(&read.own[1], &note.own[1]));
	assert_false(xnm_made_bridge(&dir, "br0"));
	note.keep = false;
	assert_int_equal(xnm_bridge_note_write(&dir, "br0", &note), 0);
	assert_true(xnm_made_bridge(&dir, "br0"));
	assert_int_equal(xnm_bridge_note_remove(&dir, "br0"), 0);
	assert_int_equal(xnm_bridge_note_read(&dir, "br0", &read), -ENOENT);
	assert_int_equal(xnm_bridge_note_remove(&dir, "br0"), 0);
}

/* A card whose number cannot be read is looked for by its name. */
static void test_bridge_cards(void **state)
{
	static const char *const damaged[] = {
		"card=",
		"card=5",
		"card=5 ",
		"card= 00:16:3e:00:00:07",
		"card=0 00:16:3e:00:00:07",
		"card=-5 00:16:3e:00:00:07",
		"card=2147483648 00:16:3e:00:00:07",
		"card=5x 00:16:3e:00:00:07",
		"card=5 00:16:3e:00:00",
		"card=5  00:16:3e:00:00:07",
		"card=555555555555555555555555 00:16:3e:00:00:07",
	};
	struct xnm_bridge_note read;
	char text[128];

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(damaged); i++) {
		(void)snprintf(text, sizeof(text), "[bridge]\nkeep=no\ninterface=eth0\n%s\n",
			       damaged[i]);
		put_file("bridge/br0", text);
		assert_int_equal(xnm_bridge_note_read(&dir, "br0", &read), 0);
		assert_int_equal(read.n_interfaces, 1);
		if (read.cards[0].ifindex)
			fail_msg("row %zu is taken for a number", i);
	}
	/* of no interface */
	put_file("bridge/br0", "[bridge]\nkeep=no\ncard=5 00:16:3e:00:00:07\ninterface=eth0\n");
	assert_int_equal(xnm_bridge_note_read(&dir, "br0", &read), 0);
	assert_int_equal(read.cards[0].ifindex, 0);
	assert_int_equal(xnm_bridge_note_remove(&dir, "br0"), 0);
}

/* What says that a bridge may be deleted must say so without doubt. */
static void test_bridge_damaged(void **state)
{
	static const char *const damaged[] = { "", "[bridge]\n", "[bridge]\nkeep=\n",
					       "[bridge]\nkeep=maybe\n", "\xff\xfe" };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(damaged); i++) {
		put_file("bridge/br0", damaged[i]);
		if (xnm_made_bridge(&dir, "br0"))
			fail_msg("row %zu lets the bridge be deleted", i);
	}
}

static void test_bridge_bad_names(void **state)
{
	static const char *const names[] = {
		"", ".", "..", "../vif/1.0", "a/b", "all", "abcdefghijklmnop"
	};
	struct xnm_bridge_note read;

	(void)state;
	put_file("vif/1.0", "[bridge]\nkeep=no\n");
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		assert_int_equal(xnm_bridge_note_read(&dir, names[i], &read), -ENOENT);
		assert_false(xnm_made_bridge(&dir, names[i]));
	}
}

static void test_vifname(void **state)
{
	uint32_t domid, devid;

	(void)state;
	assert_int_equal(xnm_vifname_note_read(&dir, "web0", &domid, &devid), -ENOENT);
	assert_int_equal(xnm_vifname_note_write(&dir, "web0", 5, 1), 0);
	assert_int_equal(xnm_vifname_note_read(&dir, "web0", &domid, &devid), 0);
	assert_int_equal(domid, 5);
	assert_int_equal(devid, 1);
	/* who asks last gets it; who has been replaced takes nothing back */
	assert_int_equal(xnm_vifname_note_write(&dir, "web0", 6, 0), 0);
	assert_int_equal(xnm_vifname_note_remove(&dir, "web0", 5, 1), 0);
	assert_int_equal(xnm_vifname_note_read(&dir, "web0", &domid, &devid), 0);
	assert_int_equal(domid, 6);
	assert_int_equal(xnm_vifname_note_remove(&dir, "web0", 6, 0), 0);
	assert_int_equal(xnm_vifname_note_read(&dir, "web0", &domid, &devid), -ENOENT);
	assert_int_equal(xnm_vifname_note_remove(&dir, "web0", 6, 0), 0);
	assert_int_equal(count_files("vifname"), 0);
}

static void test_vifname_damaged(void **state)
{
	static const char *const targets[] = { "x", "5.0.0", "../vif/5.0", "99999.0", "5." };
	uint32_t domid, devid;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(targets); i++) {
		(void)unlinkat(dir.vifname_fd, "web0", 0);
		assert_int_equal(symlinkat(targets[i], dir.vifname_fd, "web0"), 0);
		if (xnm_vifname_note_read(&dir, "web0", &domid, &devid) == 0)
			fail_msg("'%s' is read as %u.%u", targets[i], domid, devid);
	}
	assert_int_equal(unlinkat(dir.vifname_fd, "web0", 0), 0);
	put_file("vifname/web0", "5.0");
	assert_true(xnm_vifname_note_read(&dir, "web0", &domid, &devid) < 0);
	/* and a name that leads out of the folder */
	assert_int_equal(symlinkat("5.0", dir.run_fd, "outside"), 0);
	assert_true(xnm_vifname_note_read(&dir, "../outside", &domid, &devid) < 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_run, remove_run)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bridge_notes),     TEST(test_bridge_cards), TEST(test_bridge_damaged),
		TEST(test_bridge_bad_names), TEST(test_vifname),      TEST(test_vifname_damaged),
	};
	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("bridge-notes", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
