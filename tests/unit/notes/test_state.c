/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_state.c - notes on vifs are read as they were written, all at once or not at all. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/notes/vifname.h"
#include "tests/unit/notes/full_note.h"
#include "tests/unit/run_dir.h"

static void test_round_trip(void **state)
{
	struct xnm_vif_note written = full_note(), read;

	(void)state;
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	memset(&read, 0xa5, sizeof(read));
	assert_int_equal(xnm_vif_note_read(&dir, 32751, 65535, &read), 0);
	assert_true(xnm_vif_note_equal(&written, &read));
	assert_string_equal(read.domain_name, written.domain_name);
	assert_string_equal(read.network.name, written.network.name);
	/* with what the guest is told of each, too */
	for (unsigned int i = 0; i < written.address.n; i++)
		written.address.list[i].told_len = i % 2 ? 127 : 24;
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	assert_false(xnm_vif_note_equal(&written, &read));
	assert_int_equal(xnm_vif_note_read(&dir, 32751, 65535, &read), 0);
	assert_true(xnm_vif_note_equal(&written, &read));
	/* older notes have hosts with the length of their subnet; a prefix stays one */
	written.address.list[0].told_len = 0;
	xnm_vif_note_settle(&written);
	assert_int_equal(written.address.list[0].prefix_len, 24);
	assert_int_equal(written.address.list[0].told_len, 0);
	assert_int_equal(written.address.list[2].prefix_len, 32);
	assert_int_equal(written.address.list[2].told_len, 24);
	assert_int_equal(written.address.list[3].prefix_len, 128);
	/* almost nothing is a note too */
	written = (struct xnm_vif_note){ .address.mac = written.address.mac };
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	assert_int_equal(xnm_vif_note_read(&dir, 0, 0, &read), 0);
	assert_true(xnm_vif_note_equal(&written, &read));
}

/* Both devices of a vif have put as much as they may into nftables. */
static void test_elements(void **state)
{
	static struct xnm_vif_note written, read;

	(void)state;
	written.address.mac.b[5] = 1;
	for (int i = 0; i < 2; i++) {
		for (unsigned int k = 0; k < XNM_MAX_ELEMENTS; k++) {
			struct xnm_element *element =
				xnm_elements_add(&written.filter.elements[i], XNM_SET_FORWARDS6);

			/* no zeros at the ends: the longest lines */
			memset(element->key, 0xff, XNM_KEY_MAX);
			memset(element->end, 0xfe, XNM_KEY_MAX);
			memset(element->data, 0xfd, XNM_KEY_MAX - 1);
			element->key[0] = (uint8_t)k;
			element->key[1] = (uint8_t)(k / 256 + 2 * (unsigned int)i);
		}
	}
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	assert_int_equal(xnm_vif_note_read(&dir, 0, 0, &read), 0);
	assert_true(xnm_vif_note_equal(&written, &read));
	assert_memory_equal(read.filter.elements[0].list, written.filter.elements[0].list,
			    sizeof(written.filter.elements[0].list));
	assert_memory_equal(read.filter.elements[1].list, written.filter.elements[1].list,
			    sizeof(written.filter.elements[1].list));
	/* a copy is as long as what it copies, and clearing leaves none */
	read.filter.elements[1].n = 1;
	xnm_vif_note_copy(&written, &read);
	assert_true(xnm_vif_note_equal(&written, &read));
	assert_int_equal(written.filter.elements[1].n, 1);
	xnm_vif_note_clear(&written);
	assert_int_equal(written.filter.elements[0].n + written.filter.elements[1].n, 0);
	assert_false(xnm_vif_note_equal(&written, &read));
}

/* A domain is called what somebody called it; its notes must not change with that. */
static void test_domain_names(void **state)
{
	static const char *const names[] = {
		"web1",	     "a b",   "a ;b",  ";a",   "#a",  "a # b",	  "a=b",
		"a:b",	     "[vif]", "\"a\"", "'a'",  "a\\", " a",	  "a ",
		"ifname=x0", "= =",   "$(a)",  "%s%n", "a;",  "[bridge]", "  ;",
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		struct xnm_vif_note written = full_note(), read;
		int rc;

		(void)snprintf(written.domain_name, sizeof(written.domain_name), "%s", names[i]);
		assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
		rc = xnm_vif_note_read(&dir, written.domid, written.devid, &read);
		if (rc || !xnm_vif_note_equal(&written, &read))
			fail_msg("'%s' is read as '%s' (%d)", names[i], read.domain_name, rc);
	}
}

static void test_remove(void **state)
{
	struct xnm_vif_note written = full_note(), read;

	(void)state;
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	/* what a writer that was killed left goes too */
	put_file("vif/.32751.65535", "[vif]\n");
	assert_int_equal(count_files("vif"), 2);
	assert_int_equal(xnm_vif_note_remove(&dir, 32751, 65535), 0);
	assert_int_equal(xnm_vif_note_read(&dir, 32751, 65535, &read), -ENOENT);
	assert_int_equal(count_files("vif"), 0);
}

static void test_equal(void **state)
{
	struct xnm_vif_note a = full_note(), b;

	(void)state;
#define DIFFERS(change)                                   \
	do {                                              \
		b = a;                                    \
		assert_true(xnm_vif_note_equal(&a, &b));  \
		change;                                   \
		assert_false(xnm_vif_note_equal(&a, &b)); \
	} while (0)
	DIFFERS(b.domid = 1);
	DIFFERS(b.devid = 1);
	DIFFERS(b.domain_name[0] = 'x');
	DIFFERS(b.device.ifname[0] = 'x');
	DIFFERS(b.device.tap[0] = '\0');
	DIFFERS(b.device.vifname[0] = '\0');
	DIFFERS(b.address.mac.b[5]++);
	DIFFERS(b.network.name[0] = '\0');
	DIFFERS(b.bridge.name[2] = '1');
	DIFFERS(b.device.mtu_bytes--);
	DIFFERS(b.bridge.vlan[0] = '2');
	DIFFERS(b.address.scope[0] = '-');
	DIFFERS(b.routed.is_routed = false);
	DIFFERS(b.routed.via_bridge = false);
	DIFFERS(b.filter.locked = false);
	DIFFERS(b.bridge.port_flags = 1);
	DIFFERS(b.device.mtu_is_bridges = true);
	DIFFERS(b.routed.n_proxies--);
	DIFFERS(b.routed.proxies[1][3] = '1');
	DIFFERS(b.filter.elements[0].n++);
	DIFFERS(b.filter.elements[1].n++);
	DIFFERS(b.address.n--);
	DIFFERS(b.address.list[15].prefix_len--);
	DIFFERS(b.address.list[0].addr[3]++);
#undef DIFFERS
	/* what is behind the end does not count */
	b = a;
	a.device.ifname[0] = b.device.ifname[0] = '\0';
	b.device.ifname[5] = 'x';
	a.address.n = b.address.n = 1;
	b.address.list[7].addr[0]++;
	assert_true(xnm_vif_note_equal(&a, &b));
}

/* A reader sees the old or the new text, and a kill at any moment leaves one of them. */
static void test_atomic(void **state)
{
	struct xnm_vif_note one = full_note(), two = full_note(), read;
	unsigned int seen = 0;
	pid_t pid;

	(void)state;
	two.address.n = 1;
	two.device.mtu_bytes = 1500;
	assert_int_equal(xnm_vif_note_write(&dir, &one), 0);
	for (int round = 0; round < 20; round++) {
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			for (;;) {
				if (xnm_vif_note_write(&dir, &two) ||
				    xnm_vif_note_write(&dir, &one))
					_exit(1);
			}
		}
		/* on a busy machine the writer may have to wait for its turn */
		for (int i = 0; i < 200 || (seen != 3 && i < 1000000); i++) {
			assert_int_equal(xnm_vif_note_read(&dir, one.domid, one.devid, &read), 0);
			if (i >= 200)
				sched_yield();
			if (xnm_vif_note_equal(&read, &one))
				seen |= 1;
			else if (xnm_vif_note_equal(&read, &two))
				seen |= 2;
			else
				fail_msg("half a file was read");
		}
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_int_equal(xnm_vif_note_read(&dir, one.domid, one.devid, &read), 0);
	}
	assert_int_equal(seen, 3);
	/* the next write uses what the killed ones left */
	assert_int_equal(xnm_vif_note_write(&dir, &one), 0);
	assert_int_equal(count_files("vif"), 1);
}

static void test_mode(void **state)
{
	struct xnm_vif_note written = full_note();
	mode_t old = umask(0);
	struct stat st;

	(void)state;
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	umask(old);
	assert_int_equal(fstatat(dir.vif_fd, "32751.65535", &st, 0), 0);
	/* monitoring reads it, and nobody else writes it */
	assert_int_equal(st.st_mode & 07777, 0644);
}

struct seen {
	unsigned int n;
	uint32_t domid, devid;
	int answer;
};

static int see(void *arg, uint32_t domid, uint32_t devid)
{
	struct seen *seen = arg;

	seen->n++;
	seen->domid = domid;
	seen->devid = devid;
	return seen->answer;
}

static void test_each(void **state)
{
	struct xnm_run_dir nowhere = XNM_RUN_DIR_CLOSED;
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(xnm_vif_note_each(&nowhere, see, &seen), 0);
	assert_int_equal(xnm_vif_note_each(&dir, see, &seen), 0);
	assert_int_equal(seen.n, 0);
	put_file("vif/12.34", "");
	/* what is not ours is left alone */
	put_file("vif/.1.0", "");
	put_file("vif/README", "");
	put_file("vif/1.0.0", "");
	put_file("vif/99999.0", "");
	assert_int_equal(xnm_vif_note_each(&dir, see, &seen), 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.domid, 12);
	assert_int_equal(seen.devid, 34);
	/* it stops at the first answer, and can begin again */
	put_file("vif/12.35", "");
	seen = (struct seen){ .answer = 7 };
	assert_int_equal(xnm_vif_note_each(&dir, see, &seen), 7);
	assert_int_equal(seen.n, 1);
	seen = (struct seen){ 0 };
	assert_int_equal(xnm_vif_note_each(&dir, see, &seen), 0);
	assert_int_equal(seen.n, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_run, remove_run)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_round_trip),	 TEST(test_elements),
		TEST(test_domain_names), TEST(test_remove),
		TEST(test_atomic),	 TEST(test_mode),
		TEST(test_each),	 cmocka_unit_test(test_equal),
	};
	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("state", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
