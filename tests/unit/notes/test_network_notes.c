/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_network_notes.c - networks, who is in them, and what the kernel's settings were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/run_dir.h"

#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"

static struct xnm_network_note note, noted;

/* The fullest there is. */
static void fill_note(void)
{
	memset(&note, 0, sizeof(note));
	memcpy(note.bridge, "abcdefghijklmno", 16);
	note.n_settings = XNM_MAX_SETTINGS;
	for (unsigned int i = 0; i < note.n_settings; i++)
		(void)snprintf(note.settings[i], sizeof(note.settings[i]),
			       "ipv6/conf/abcdefghijklm%02u/accept_ra", i);
	for (unsigned int i = 0; i < XNM_MAX_ELEMENTS; i++) {
		struct xnm_element *element = xnm_elements_add(&note.elements, XNM_SET_FORWARDS6);

		/* no zeros at the ends: the longest lines */
		memset(element->key, 0xff, XNM_KEY_MAX);
		memset(element->end, 0xfe, XNM_KEY_MAX);
		memset(element->data, 0xfd, XNM_KEY_MAX - 1);
		element->key[0] = (uint8_t)i;
		element->key[1] = (uint8_t)(i >> 8);
	}
}

/* A network that is wanted without a vif has a member, which no check takes for a lost vif. */
static int note_setting(const char *path, uint32_t was)
{
	const struct xnm_sysctl_note setting = { .was = was, .set = 1, .newest = 7 };

	return xnm_sysctl_note_write(&dir, path, &setting);
}

static void test_hold(void **state)
{
	struct xnm_network_note held = { .bridge = "br0" };

	(void)state;
	assert_false(xnm_network_is_held(&dir, "held"));
	assert_int_equal(xnm_network_note_write(&dir, "held", &held), 0);
	assert_int_equal(xnm_network_hold(&dir, "held"), 0);
	assert_int_equal(xnm_network_hold(&dir, "held"), 0);
	assert_true(xnm_network_is_held(&dir, "held"));
	assert_true(xnm_network_has_members(&dir, "held"));
	assert_false(xnm_network_has_members(&dir, "he"));
	xnm_network_members_check(&dir);
	assert_true(xnm_network_is_held(&dir, "held"));
	assert_int_equal(xnm_network_unhold(&dir, "held"), 0);
	assert_int_equal(xnm_network_unhold(&dir, "held"), 0);
	assert_false(xnm_network_has_members(&dir, "held"));
	assert_int_equal(xnm_network_note_remove(&dir, "held"), 0);
}

static void test_round_trip(void **state)
{
	(void)state;
	fill_note();
	assert_int_equal(xnm_network_note_read(&dir, "lan", &noted), -ENOENT);
	assert_int_equal(xnm_network_note_write(&dir, "lan", &note), 0);
	memset(&noted, 0xa5, sizeof(noted));
	assert_int_equal(xnm_network_note_read(&dir, "lan", &noted), 0);
	assert_string_equal(noted.bridge, note.bridge);
	assert_int_equal(noted.n_settings, note.n_settings);
	for (unsigned int i = 0; i < note.n_settings; i++)
		assert_string_equal(noted.settings[i], note.settings[i]);
	assert_int_equal(noted.elements.n, XNM_MAX_ELEMENTS);
	assert_false(noted.elements.full);
	assert_memory_equal(noted.elements.list, note.elements.list, sizeof(note.elements.list));
	/* whether it was sent is of the note that is there */
	assert_false(noted.is_sent);
	xnm_network_note_sent(&dir, "lan");
	assert_int_equal(xnm_network_note_read(&dir, "lan", &noted), 0);
	assert_true(noted.is_sent);
	assert_int_equal(noted.elements.n, XNM_MAX_ELEMENTS);
	assert_int_equal(xnm_network_note_write(&dir, "lan", &note), 0);
	assert_int_equal(xnm_network_note_read(&dir, "lan", &noted), 0);
	assert_false(noted.is_sent);
	/* of a network whose vifs are routed, and which needs nothing */
	memset(&note, 0, sizeof(note));
	assert_int_equal(xnm_network_note_write(&dir, "lan", &note), 0);
	assert_int_equal(xnm_network_note_read(&dir, "lan", &noted), 0);
	assert_string_equal(noted.bridge, "");
	assert_int_equal(noted.n_settings + noted.elements.n, 0);
	assert_int_equal(xnm_network_note_remove(&dir, "lan"), 0);
	assert_int_equal(xnm_network_note_remove(&dir, "lan"), 0);
	/* which makes no note of one that has gone */
	xnm_network_note_sent(&dir, "lan");
	assert_int_equal(count_files("network"), 0);
}

/* What cannot be read is as if it had never been noted, and never more than there is room for. */
static void test_damaged(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"[vif]\n",
		"[network]\nelement=x\n",
		"[network]\nelement=inet/nothing 00\n",
		"[network]\nbridge=abcdefghijklmnopqrstuvwxyz\n",
		"[network]\nbridge\n",
		"bridge=lan\n",
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(texts); i++) {
		put_file("network/lan", texts[i]);
		assert_int_equal(xnm_network_note_read(&dir, "lan", &noted), 0);
		assert_int_equal(noted.elements.n, 0);
		assert_in_range(strlen(noted.bridge), 0, IFNAMSIZ - 1);
	}
}

static void test_too_much(void **state)
{
	static char text[200000];
	size_t len = 0;

	(void)state;
	len += (size_t)snprintf(text + len, sizeof(text) - len, "[network]\n");
	for (int i = 0; i < XNM_MAX_SETTINGS + 8; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "setting=ipv4/x%d\n", i);
	for (int i = 0; i < XNM_MAX_ELEMENTS + 8; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "element=inet/inside 61\n");
	put_file("network/lan", text);
	assert_int_equal(xnm_network_note_read(&dir, "lan", &noted), 0);
	assert_int_equal(noted.n_settings, XNM_MAX_SETTINGS);
	assert_int_equal(noted.elements.n, XNM_MAX_ELEMENTS);
}

/* Names that would lead elsewhere, or are those of members and settings. */
static void test_bad_names(void **state)
{
	static const char *const names[] = { "", ".", "..", ".lan", "a/b", "lan,1.0", "@ipv4,x" };

	(void)state;
	memset(&note, 0, sizeof(note));
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		assert_int_equal(xnm_network_note_write(&dir, names[i], &note), -EINVAL);
		assert_int_equal(xnm_network_note_read(&dir, names[i], &noted), -ENOENT);
		assert_int_equal(xnm_network_note_remove(&dir, names[i]), 0);
	}
	assert_int_equal(count_files("network"), 0);
}

static int count(void *arg, const char *network)
{
	unsigned int *n = arg;

	assert_string_equal(network, "lan");
	(*n)++;
	return 0;
}

static void test_members(void **state)
{
	unsigned int n = 0;

	(void)state;
	assert_false(xnm_network_has_members(&dir, "lan"));
	assert_int_equal(xnm_network_member_add(&dir, "lan", 1, 0), 0);
	assert_int_equal(xnm_network_member_add(&dir, "lan", 1, 0), 0);
	assert_true(xnm_network_is_member(&dir, "lan", 1, 0));
	assert_false(xnm_network_is_member(&dir, "lan", 1, 1));
	assert_false(xnm_network_is_member(&dir, "la", 1, 0));
	assert_true(xnm_network_has_members(&dir, "lan"));
	/* names that begin alike */
	assert_false(xnm_network_has_members(&dir, "la"));
	assert_false(xnm_network_has_members(&dir, "lan2"));
	assert_int_equal(xnm_network_member_remove(&dir, "la", 1, 0), 0);
	assert_true(xnm_network_has_members(&dir, "lan"));
	/* they are no networks */
	memset(&note, 0, sizeof(note));
	assert_int_equal(xnm_network_note_write(&dir, "lan", &note), 0);
	assert_int_equal(note_setting("ipv4/ip_forward", 0), 0);
	assert_int_equal(xnm_network_note_each(&dir, count, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(xnm_network_member_remove(&dir, "lan", 1, 0), 0);
	assert_int_equal(xnm_network_member_remove(&dir, "lan", 1, 0), 0);
	assert_false(xnm_network_has_members(&dir, "lan"));
}

/* Members that went without saying so. */
static void test_members_check(void **state)
{
	(void)state;
	note_vif(1, 0);
	assert_int_equal(xnm_network_member_add(&dir, "lan", 1, 0), 0);
	assert_int_equal(xnm_network_member_add(&dir, "lan", 2, 0), 0);
	assert_int_equal(xnm_network_member_add(&dir, "dmz", 1, 1), 0);
	assert_int_equal(note_setting("ipv4/3.0", 0), 0);
	put_file("network/README", "");
	put_file("network/lan,x", "");
	xnm_network_members_check(&dir);
	assert_true(xnm_network_is_member(&dir, "lan", 1, 0));
	assert_false(xnm_network_is_member(&dir, "lan", 2, 0));
	assert_false(xnm_network_is_member(&dir, "dmz", 1, 1));
	/* and nothing that is none */
	assert_int_equal(count_files("network"), 4);
}

static void test_settings(void **state)
{
	struct xnm_sysctl_note setting;
	uint32_t was = 7;

	(void)state;
	assert_int_equal(xnm_sysctl_note_read(&dir, "ipv4/ip_forward", &was), -ENOENT);
	assert_int_equal(note_setting("ipv4/ip_forward", 3), 0);
	/* the first note stays: the second one is of what we have set ourselves */
	assert_int_equal(note_setting("ipv4/ip_forward", 1), 0);
	assert_int_equal(xnm_sysctl_note_read(&dir, "ipv4/ip_forward", &was), 0);
	assert_int_equal(was, 3);
	/* but what was set last is how it must be found */
	setting = (struct xnm_sysctl_note){ .was = 9, .set = 5, .newest = 8 };
	assert_int_equal(xnm_sysctl_note_write(&dir, "ipv4/ip_forward", &setting), 0);
	assert_int_equal(xnm_sysctl_note_load(&dir, "ipv4/ip_forward", &setting), 0);
	assert_int_equal(setting.was, 3);
	assert_int_equal(setting.set, 5);
	assert_true(setting.has_set);
	assert_int_equal(setting.newest, 7);
	/* as an older version has written it */
	put_file("network/@ipv4,old", "[setting]\nwas=2\n");
	assert_int_equal(xnm_sysctl_note_load(&dir, "ipv4/old", &setting), 0);
	assert_int_equal(setting.was, 2);
	assert_false(setting.has_set);
	assert_int_equal(xnm_sysctl_note_remove(&dir, "ipv4/old"), 0);
	/* a device's name may have dots, and the longest path fits */
	assert_int_equal(note_setting("ipv6/conf/eth0.10/accept_ra", UINT32_MAX), 0);
	assert_int_equal(xnm_sysctl_note_read(&dir, "ipv6/conf/eth0.10/accept_ra", &was), 0);
	assert_int_equal(was, UINT32_MAX);
	assert_int_equal(xnm_sysctl_note_remove(&dir, "ipv4/ip_forward"), 0);
	assert_int_equal(xnm_sysctl_note_read(&dir, "ipv4/ip_forward", &was), -ENOENT);
	assert_int_equal(count_files("network"), 1);
	put_file("network/@ipv4,ip_forward", "[setting]\nwas=x\n");
	assert_int_equal(xnm_sysctl_note_read(&dir, "ipv4/ip_forward", &was), -EINVAL);
}

/* A folder that is not there has nothing in it. */
static void test_nowhere(void **state)
{
	struct xnm_run_dir nowhere = XNM_RUN_DIR_CLOSED;
	uint32_t was;

	(void)state;
	assert_int_equal(xnm_network_note_read(&nowhere, "lan", &noted), -ENOENT);
	assert_false(xnm_network_is_member(&nowhere, "lan", 1, 0));
	assert_false(xnm_network_has_members(&nowhere, "lan"));
	assert_int_equal(xnm_sysctl_note_read(&nowhere, "ipv4/ip_forward", &was), -ENOENT);
	xnm_network_members_check(&nowhere);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_run, remove_run)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hold),	  TEST(test_round_trip), TEST(test_damaged),
		TEST(test_too_much),	  TEST(test_bad_names),	 TEST(test_members),
		TEST(test_members_check), TEST(test_settings),	 TEST(test_nowhere),
	};
	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("network-notes", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
