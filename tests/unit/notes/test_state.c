/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_state.c - notes are read as they were written, and damaged ones are told from none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/run_dir.h"

#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/notes/vifname.h"

static bool exists(const char *name)
{
	struct stat st;

	return fstatat(dir.run_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct xnm_vif_note full_state(void)
{
	struct xnm_vif_note state = {
		.domid = 32751,
		.devid = 65535,
		.ifname = "abcdefghijklmno",
		.tap = "a.b_c-d@e",
		.vifname = "web0",
		.mac = { { 0x00, 0x16, 0x3e, 0xab, 0xcd, 0xef } },
		.bridge = "br0.10",
		.mtu_bytes = 65535,
		.vlan = "10p/20/30-32",
		.scope = "br0.10",
		.routed = true,
		.via_bridge = true,
		.locked = true,
		.told = true,
		.segment = "lan.10",
		.n_proxies = 2,
		.proxies = { "abcdefghijklmno", "eth0" },
		.n_addresses = XNM_MAX_ADDRESSES,
	};

	/* the longest there are */
	memset(state.domain_name, 'd', sizeof(state.domain_name) - 1);
	memset(state.network, 'n', sizeof(state.network) - 1);
	for (unsigned int i = 0; i < XNM_MAX_ADDRESSES; i++) {
		struct xnm_cidr *addr = &state.addresses[i];

		assert_int_equal(
			xnm_parse_cidr(i % 2 ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/127"
					     : "192.0.2.0/24",
				       addr),
			0);
		addr->addr[i % 2 ? 15 : 3] |= (uint8_t)i;
	}
	return state;
}

static void test_round_trip(void **state)
{
	struct xnm_vif_note written = full_state(), read;

	(void)state;
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	memset(&read, 0xa5, sizeof(read));
	assert_int_equal(xnm_vif_note_read(&dir, 32751, 65535, &read), 0);
	assert_true(xnm_vif_note_equal(&written, &read));
	assert_string_equal(read.domain_name, written.domain_name);
	assert_string_equal(read.network, written.network);
	/* with what the guest is told of each, too */
	for (unsigned int i = 0; i < written.n_addresses; i++)
		written.addresses[i].told_len = i % 2 ? 127 : 24;
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	assert_false(xnm_vif_note_equal(&written, &read));
	assert_int_equal(xnm_vif_note_read(&dir, 32751, 65535, &read), 0);
	assert_true(xnm_vif_note_equal(&written, &read));
	/* older notes have hosts with the length of their subnet; a prefix stays one */
	written.addresses[0].told_len = 0;
	xnm_vif_note_settle(&written);
	assert_int_equal(written.addresses[0].prefix_len, 24);
	assert_int_equal(written.addresses[0].told_len, 0);
	assert_int_equal(written.addresses[2].prefix_len, 32);
	assert_int_equal(written.addresses[2].told_len, 24);
	assert_int_equal(written.addresses[3].prefix_len, 128);
	/* almost nothing is a note too */
	written = (struct xnm_vif_note){ .mac = written.mac };
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	assert_int_equal(xnm_vif_note_read(&dir, 0, 0, &read), 0);
	assert_true(xnm_vif_note_equal(&written, &read));
}

/* Both devices of a vif have put as much as they may into nftables. */
static void test_elements(void **state)
{
	static struct xnm_vif_note written, read;

	(void)state;
	written.mac.b[5] = 1;
	for (int i = 0; i < 2; i++) {
		for (unsigned int k = 0; k < XNM_MAX_ELEMENTS; k++) {
			struct xnm_element *element =
				xnm_elements_add(&written.elements[i], XNM_SET_FORWARDS6);

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
	assert_memory_equal(read.elements[0].list, written.elements[0].list,
			    sizeof(written.elements[0].list));
	assert_memory_equal(read.elements[1].list, written.elements[1].list,
			    sizeof(written.elements[1].list));
	/* a copy is as long as what it copies, and clearing leaves none */
	read.elements[1].n = 1;
	xnm_vif_note_copy(&written, &read);
	assert_true(xnm_vif_note_equal(&written, &read));
	assert_int_equal(written.elements[1].n, 1);
	xnm_vif_note_clear(&written);
	assert_int_equal(written.elements[0].n + written.elements[1].n, 0);
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
		struct xnm_vif_note written = full_state(), read;
		int rc;

		(void)snprintf(written.domain_name, sizeof(written.domain_name), "%s", names[i]);
		assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
		rc = xnm_vif_note_read(&dir, written.domid, written.devid, &read);
		if (rc || !xnm_vif_note_equal(&written, &read))
			fail_msg("'%s' is read as '%s' (%d)", names[i], read.domain_name, rc);
	}
}

static void test_none(void **state)
{
	struct xnm_run_dir nowhere = XNM_RUN_DIR_CLOSED;
	struct xnm_vif_note read;

	(void)state;
	memset(&read, 0xa5, sizeof(read));
	assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &read), -ENOENT);
	/* the caller may use it all the same */
	assert_int_equal(read.domid, 1);
	assert_string_equal(read.ifname, "");
	assert_int_equal(xnm_vif_note_remove(&dir, 1, 0), 0);
	assert_int_equal(xnm_vif_note_read(&nowhere, 1, 0, &read), -ENOENT);
	assert_int_equal(xnm_vif_note_remove(&nowhere, 1, 0), 0);
}

static void test_remove(void **state)
{
	struct xnm_vif_note written = full_state(), read;

	(void)state;
	assert_int_equal(xnm_vif_note_write(&dir, &written), 0);
	/* what a writer that was killed left goes too */
	put_file("vif/.32751.65535", "[vif]\n");
	assert_int_equal(count_files("vif"), 2);
	assert_int_equal(xnm_vif_note_remove(&dir, 32751, 65535), 0);
	assert_int_equal(xnm_vif_note_read(&dir, 32751, 65535, &read), -ENOENT);
	assert_int_equal(count_files("vif"), 0);
}

#define MAC "mac=00:16:3e:00:00:01\n"

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
	struct xnm_vif_note written = full_state(), noted;
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
		if (rc == 0 && noted.ifname[0])
			assert_true(xnm_ifname_ok(noted.ifname));
		assert_in_range(noted.n_addresses, 0, XNM_MAX_ADDRESSES);
	}
}

static void test_newer(void **state)
{
	struct xnm_vif_note read;

	(void)state;
	/* keys of a newer version, comments, an old one's missing keys */
	put_file("vif/1.0", "# by xnm\n[vif]\n" MAC "ifname=web0\nrate=5\n\n");
	assert_int_equal(xnm_vif_note_read(&dir, 1, 0, &read), 0);
	assert_string_equal(read.ifname, "web0");
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
	assert_true(strlen(read.ifname) < sizeof(read.ifname));
	memset(text + len, 'x', sizeof(text) - len - 1);
	put_file("vif/1.0", text);
	(void)xnm_vif_note_read(&dir, 1, 0, &read);
	assert_true(strlen(read.ifname) < sizeof(read.ifname));
}

static void test_links_refused(void **state)
{
	struct xnm_vif_note written = full_state(), read;

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

static void test_equal(void **state)
{
	struct xnm_vif_note a = full_state(), b;

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
	DIFFERS(b.ifname[0] = 'x');
	DIFFERS(b.tap[0] = '\0');
	DIFFERS(b.vifname[0] = '\0');
	DIFFERS(b.mac.b[5]++);
	DIFFERS(b.network[0] = '\0');
	DIFFERS(b.bridge[2] = '1');
	DIFFERS(b.mtu_bytes--);
	DIFFERS(b.vlan[0] = '2');
	DIFFERS(b.scope[0] = '-');
	DIFFERS(b.routed = false);
	DIFFERS(b.via_bridge = false);
	DIFFERS(b.locked = false);
	DIFFERS(b.port_flags = 1);
	DIFFERS(b.mtu_is_bridges = true);
	DIFFERS(b.n_proxies--);
	DIFFERS(b.proxies[1][3] = '1');
	DIFFERS(b.elements[0].n++);
	DIFFERS(b.elements[1].n++);
	DIFFERS(b.n_addresses--);
	DIFFERS(b.addresses[15].prefix_len--);
	DIFFERS(b.addresses[0].addr[3]++);
#undef DIFFERS
	/* what is behind the end does not count */
	b = a;
	a.ifname[0] = b.ifname[0] = '\0';
	b.ifname[5] = 'x';
	a.n_addresses = b.n_addresses = 1;
	b.addresses[7].addr[0]++;
	assert_true(xnm_vif_note_equal(&a, &b));
}

/* A reader sees the old or the new text, and a kill at any moment leaves one of them. */
static void test_atomic(void **state)
{
	struct xnm_vif_note one = full_state(), two = full_state(), read;
	unsigned int seen = 0;
	pid_t pid;

	(void)state;
	two.n_addresses = 1;
	two.mtu_bytes = 1500;
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
	struct xnm_vif_note written = full_state();
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

static void test_bridge_notes(void **state)
{
	struct xnm_bridge_note note = { .network = "lan", .keep = true, .n_interfaces = 2 };
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

static void test_read_only(void **state)
{
	struct xnm_run_dir other;
	char path[80];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/none", run_path);
	assert_int_equal(xnm_run_dir_open(&other, path, true), 0);
	assert_int_equal(other.run_fd, -1);
	assert_int_equal(other.vif_fd, -1);
	assert_int_equal(other.locks.fd, -1);
	assert_false(exists("none"));
	xnm_run_dir_close(&other);
	/* a part is missing: what is there can be read, and nothing is made */
	assert_int_equal(mkdirat(dir.run_fd, "part", 0755), 0);
	assert_int_equal(mkdirat(dir.run_fd, "part/vif", 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/part", run_path);
	assert_int_equal(xnm_run_dir_open(&other, path, true), 0);
	assert_true(other.vif_fd >= 0);
	assert_int_equal(other.bridge_fd, -1);
	assert_int_equal(other.vifname_fd, -1);
	assert_int_equal(other.network_fd, -1);
	assert_int_equal(other.address_fd, -1);
	assert_int_equal(other.prefix_fd, -1);
	assert_false(exists("part/lock"));
	assert_false(exists("part/bridge"));
	xnm_run_dir_close(&other);
	assert_int_equal(other.run_fd, -1);
	/* twice is no harm */
	xnm_run_dir_close(&other);
}

static void test_run_dir(void **state)
{
	struct xnm_run_dir other;
	char path[80];

	(void)state;
	assert_true(exists("vif"));
	assert_true(exists("bridge"));
	assert_true(exists("vifname"));
	assert_true(exists("network"));
	assert_true(exists("address"));
	assert_true(exists("prefix"));
	assert_true(exists("lock"));
	put_file("file", "");
	(void)snprintf(path, sizeof(path), "%s/file", run_path);
	assert_int_equal(xnm_run_dir_open(&other, path, false), -ENOTDIR);
	xnm_run_dir_close(&other);
	(void)snprintf(path, sizeof(path), "%s/none/deep", run_path);
	assert_int_equal(xnm_run_dir_open(&other, path, false), -ENOENT);
	xnm_run_dir_close(&other);
}

static void make_file(const char *name, int age_s)
{
	struct timespec times[2] = { { .tv_sec = time(NULL) - age_s } };
	int fd = openat(dir.run_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	times[1] = times[0];
	assert_true(fd >= 0);
	assert_int_equal(futimens(fd, times), 0);
	assert_int_equal(close(fd), 0);
}

/* Who writes just now must find what he writes to; notes themselves may be of any age. */
static void test_sweep(void **state)
{
	(void)state;
	make_file("vif/.1.0", 3600);
	make_file("prefix/.10.0.0.0", 62);
	make_file("network/.lan", 30);
	make_file("vif/1.0", 3600);
	make_file(".other", 3600);
	assert_int_equal(mkdirat(dir.run_fd, "bridge/.folder", 0755), 0);
	xnm_run_dir_sweep(&dir);
	assert_false(exists("vif/.1.0"));
	assert_false(exists("prefix/.10.0.0.0"));
	assert_true(exists("network/.lan"));
	assert_true(exists("vif/1.0"));
	assert_true(exists(".other"));
	assert_true(exists("bridge/.folder"));
}

static void test_run_dir_path(void **state)
{
	(void)state;
	unsetenv("XNM_RUN_DIR");
	assert_string_equal(xnm_run_dir_path(), "/run/xnm");
	setenv("XNM_RUN_DIR", "/tmp/x", 1);
	assert_string_equal(xnm_run_dir_path(), "/tmp/x");
	/* the caller's folder must not matter */
	setenv("XNM_RUN_DIR", "x", 1);
	assert_string_equal(xnm_run_dir_path(), "/run/xnm");
	setenv("XNM_RUN_DIR", "", 1);
	assert_string_equal(xnm_run_dir_path(), "/run/xnm");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_run, remove_run)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_round_trip),
		TEST(test_elements),
		TEST(test_domain_names),
		TEST(test_none),
		TEST(test_remove),
		TEST(test_damaged),
		TEST(test_too_many_addresses),
		TEST(test_truncated),
		TEST(test_newer),
		TEST(test_long_values),
		TEST(test_links_refused),
		TEST(test_atomic),
		TEST(test_mode),
		TEST(test_each),
		TEST(test_bridge_notes),
		TEST(test_bridge_cards),
		TEST(test_bridge_damaged),
		TEST(test_bridge_bad_names),
		TEST(test_vifname),
		TEST(test_vifname_damaged),
		TEST(test_read_only),
		TEST(test_run_dir),
		TEST(test_sweep),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_run_dir_path),
	};
	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("state", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
