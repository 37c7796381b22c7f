/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_state_damaged.c - damaged notes on vifs are told from none. */
#include <errno.h>
#include <fcntl.h>
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
#include "tests/unit/notes/full_note.h"
#include "tests/unit/run_dir.h"

#define MAC "mac=00:16:3e:00:00:01\n"

static void test_none(void **state)
{
	struct xnm_run_dir nowhere = XNM_RUN_DIR_CLOSED;
	struct xnm_vif_note read;

	(void)state;
	memset(&read, 0xa5, sizeof(read));
	assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &read), -ENOENT);
	/* the caller may use it all the same */
	assert_int_equal(read.domid, 1);
	assert_string_equal(read.device.ifname, "");
	assert_int_equal(xnm_vif_note_remove(&dir, 1, 0), 0);
	assert_int_equal(xnm_vif_note_read(&nowhere, 1, 0, &read), -ENOENT);
	assert_int_equal(xnm_vif_note_remove(&nowhere, 1, 0), 0);
}

static void test_damaged(void **state)
{
	static const char *const damaged[] = {
		"[vif",
		"ifname=vif1.0\n",
		"[bridge]\nkeep=yes\n",
		"[vif]\nifname\n",
		"[vif]\n" MAC "ifname=../../etc\n",
		"[vif]\n" MAC "ifname=vif1.0 vif2.0\n",
		"[vif]\n" MAC "ifname=-x\n",
		"[vif]\n" MAC "ifname=all\n",
		"[vif]\n" MAC "tap=a/b\n",
		"[vif]\n" MAC "vifname=.\n",
		"[vif]\n" MAC "bridge=a:b\n",
		"[vif]\n" MAC "bridge=br\xc3\xa4\n",
		"[vif]\nmac=00:16:3e:00:00\n",
		"[vif]\nmac=\n",
		"[vif]\n" MAC "mtu=-1\n",
		"[vif]\n" MAC "mtu=65536\n",
		"[vif]\n" MAC "mtu=1e3\n",
		"[vif]\n" MAC "address=10.0.0.256\n",
		"[vif]\n" MAC "address=10.0.0.1/33\n",
		"[vif]\n" MAC "routed=maybe\n",
		"[vif]\n" MAC "locked=\n",
		"[vif]\n" MAC "proxy=../eth0\n",
		/* what is in nftables must not be forgotten there */
		"[vif]\n" MAC "element=bridge/macs\n",
		"[vif]\n" MAC "element=bridge/nothing 00\n",
		"[vif]\n" MAC "tap-element=0\n",
	};
	struct xnm_vif_note read;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(damaged); i++) {
		int rc;

		put_file("vif/1.0", damaged[i]);
		rc = xnm_vif_note_read(&dir, 1, 0, &read);
		if (rc != -EINVAL)
			fail_msg("row %zu (%s) gives %d", i, damaged[i], rc);
	}
}

static void test_too_many_addresses(void **state)
{
	char text[1024] = "[vif]\n" MAC;
	struct xnm_vif_note read;

	(void)state;
	for (int i = 0; i <= XNM_MAX_ADDRESSES; i++)
		strcat(text, "address=10.0.0.1/32\n");
	put_file("vif/1.0", text);
	assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &read), -EINVAL);
}

/* Truncated at every byte: never more than was written, and never a name that is no name. */
static void test_truncated(void **state)
{
	struct xnm_vif_note written = full_note(), noted;
	char text[4096];
	ssize_t len;
	int fd;

	(void)state;
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	fd = openat(dir.vif_fd, "32751.65535", O_RDONLY | O_CLOEXEC);
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_in_range(len, 100, sizeof(text) - 1);
	for (; len > 0; len--) {
		int rc;

		text[len] = '\0';
		put_file("vif/1.0", text);
		rc = xnm_vif_note_read(&dir, 1, 0, &noted);
		assert_true(rc == 0 || rc == -EINVAL);
		if (rc == 0 && noted.device.ifname[0])
			assert_true(xnm_ifname_ok(noted.device.ifname));
		assert_in_range(noted.address.n, 0, XNM_MAX_ADDRESSES);
	}
}

static void test_newer(void **state)
{
	struct xnm_vif_note read;

	(void)state;
	/* keys of a newer version, comments, an old one's missing keys */
	put_file("vif/1.0", "# by xnm\n[vif]\n" MAC "ifname=web0\nrate=5\n\n");
	assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &read), 0);
	assert_string_equal(read.device.ifname, "web0");
	assert_int_equal(read.domid, 1);
}

static void test_long_values(void **state)
{
	char text[8192] = "[vif]\n" MAC "ifname=";
	struct xnm_vif_note read;
	size_t len = strlen(text);

	(void)state;
	/* cut values, not overrun buffers */
	memset(text + len, 'x', 190);
	put_file("vif/1.0", text);
	(void)xnm_vif_note_read(&dir, 1, 0, &read);
	assert_true(strlen(read.device.ifname) < sizeof(read.device.ifname));
	memset(text + len, 'x', sizeof(text) - len - 1);
	put_file("vif/1.0", text);
	(void)xnm_vif_note_read(&dir, 1, 0, &read);
	assert_true(strlen(read.device.ifname) < sizeof(read.device.ifname));
}

static void test_links_refused(void **state)
{
	struct xnm_vif_note written = full_note(), read;

	(void)state;
	written.domid = 1;
	written.devid = 0;
	assert_int_equal(symlinkat("/etc/hostname", dir.vif_fd, "1.0"), 0);
	assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &read), -ELOOP);
	/* a write replaces the link, not what it leads to; a link in the place of its
	 * temporary file is not followed */
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &read), 0);
	assert_int_equal(symlinkat("/tmp/xnm-must-not-exist", dir.vif_fd, ".1.0"), 0);
	assert_int_equal(xnm_vif_note_write(&dir, &written), -ELOOP);
	assert_int_equal(access("/tmp/xnm-must-not-exist", F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_run, remove_run)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),	  TEST(test_damaged), TEST(test_too_many_addresses),
		TEST(test_truncated),	  TEST(test_newer),   TEST(test_long_values),
		TEST(test_links_refused),
	};
	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("state-damaged", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
