/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_override_note.c - the file of what was set for a vif: its name, and that half of one is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "hotplug/notes/override.h"
#include "tests/unit/run_dir.h"

static void assert_name(const char *uuid, const char *name, uint32_t devid, const char *wanted)
{
	char file[XNM_OVERRIDE_FILE_LEN];

	assert_true(xnm_override_file(uuid, name, devid, file));
	assert_string_equal(file, wanted);
}

static void test_file_name(void **state)
{
	char one[XNM_OVERRIDE_FILE_LEN], two[XNM_OVERRIDE_FILE_LEN], name[128];

	(void)state;
	assert_name("9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a", "web1", 2,
		    "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a.2");
	assert_name("", "web_1", 65535, "name=web_1.65535");
	assert_false(xnm_override_file("", "", 0, one));
	/* names with the same letters, of any bytes, stay in the folder and apart from each other */
	assert_true(xnm_override_file("", "../a b", 0, one));
	assert_true(xnm_override_file("", "...a.b", 0, two));
	assert_null(strchr(one, '/'));
	assert_string_not_equal(one, two);
	memset(name, 'a', sizeof(name));
	name[127] = '\0';
	assert_true(xnm_override_file("", name, 0, one));
	name[126] = 'b';
	assert_true(xnm_override_file("", name, 0, two));
	assert_string_not_equal(one, two);
	assert_true(strlen(one) < 100);
	/* no policy file, for whatever version */
	assert_null(strstr(one, ".ini"));
}

static void fill(struct xnm_override *override)
{
	*override = (struct xnm_override){ .guest = "web=1 #x", .devid = 3 };
	assert_int_equal(xnm_override_set(override, "mtu", "1400"), 0);
	assert_int_equal(xnm_override_set(override, "acl", ""), 0);
	assert_int_equal(xnm_override_set(override, "address", "10.0.0.1 a=b"), 0);
}

static int count(void *arg, const char *file)
{
	unsigned int *n = arg;

	assert_string_equal(file, "a.3");
	(*n)++;
	return 0;
}

static void test_round_trip(void **state)
{
	static struct xnm_override out, in;
	struct stat stamp, other;
	unsigned int n = 0;

	(void)state;
	assert_int_equal(xnm_override_note_read(&dir, "a.3", &in, &stamp), -ENOENT);
	assert_int_equal(stamp.st_ino, 0);
	assert_false(xnm_override_note_any(&dir));
	fill(&out);
	assert_int_equal(xnm_override_note_write(&dir, "a.3", &out), 0);
	assert_int_equal(xnm_override_note_read(&dir, "a.3", &in, &stamp), 0);
	assert_string_equal(in.guest, out.guest);
	assert_int_equal(in.devid, 3);
	assert_int_equal(in.n, 3);
	for (unsigned int i = 0; i < 3; i++) {
		assert_string_equal(in.keys[i].name, out.keys[i].name);
		assert_string_equal(in.keys[i].value, out.keys[i].value);
	}
	assert_int_equal(stamp.st_mode & 0777, 0644);
	xnm_override_note_stamp(&dir, "a.3", &other);
	assert_int_equal(other.st_ino, stamp.st_ino);
	assert_true(xnm_override_note_any(&dir));
	assert_int_equal(xnm_override_note_each(&dir, count, &n), 0);
	assert_int_equal(n, 1);
	/* without a key there is no file */
	out.n = 0;
	assert_int_equal(xnm_override_note_write(&dir, "a.3", &out), 0);
	assert_int_equal(xnm_override_note_write(&dir, "a.3", &out), 0);
	assert_int_equal(count_files("override.d/vif"), 0);
}

#define GOOD "# x\n[override]\nguest=g\ndevid=0\nkeys=2\nmtu=1400\nacl=web\n"

static void test_damaged(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"[override]\n",
		"[vif]\nguest=g\ndevid=0\nkeys=1\nmtu=1\n",
		"[override]\nguest=g\ndevid=0\nkeys=1\nmtu=1\n[more]\n",
		"[override]\ndevid=0\nguest=g\nkeys=1\nmtu=1\n",
		"[override]\nguest=g\ndevid=x\nkeys=1\nmtu=1\n",
		"[override]\nguest=g\ndevid=0\nkeys=0\n",
		"[override]\nguest=g\ndevid=0\nkeys=99\nmtu=1\n",
		"[override]\nguest=g\ndevid=0\nkeys=2\nmtu=1\nmtu=2\n",
		"[override]\nguest=g\ndevid=0\nkeys=1\nmtu\n",
	};
	static struct xnm_override in;
	char part[sizeof(GOOD)];

	(void)state;
	assert_int_equal(mkdirat(dir.run_fd, "override.d", 0755), 0);
	assert_int_equal(mkdirat(dir.run_fd, "override.d/vif", 0755), 0);
	for (size_t i = 0; i < XNM_N_ELEMENTS(texts); i++) {
		put_file("override.d/vif/a.0", texts[i]);
		assert_int_equal(xnm_override_note_read(&dir, "a.0", &in, NULL), -EINVAL);
	}
	put_file("override.d/vif/a.0", GOOD);
	assert_int_equal(xnm_override_note_read(&dir, "a.0", &in, NULL), 0);
	/* cut anywhere */
	for (size_t len = 0; len + 1 < sizeof(GOOD); len++) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)len, GOOD);
		put_file("override.d/vif/a.0", part);
		assert_int_equal(xnm_override_note_read(&dir, "a.0", &in, NULL), -EINVAL);
	}
	put_file("override.d/vif/a.0", GOOD);
	assert_int_equal(fchmodat(dir.run_fd, "override.d/vif/a.0", 0664, 0), 0);
	assert_int_equal(xnm_override_note_read(&dir, "a.0", &in, NULL), -EPERM);
	assert_int_equal(fchmodat(dir.run_fd, "override.d/vif/a.0", 0644, 0), 0);
	assert_int_equal(fchmodat(dir.run_fd, "override.d/vif", 0777, 0), 0);
	assert_int_equal(xnm_override_note_read(&dir, "a.0", &in, NULL), -EPERM);
	assert_int_equal(symlinkat("a.0", dir.run_fd, "override.d/vif/b.0"), 0);
	assert_int_equal(xnm_override_note_read(&dir, "b.0", &in, NULL), -ELOOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_name),
		cmocka_unit_test_setup_teardown(test_round_trip, open_run, remove_run),
		cmocka_unit_test_setup_teardown(test_damaged, open_run, remove_run),
	};

	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("override_note", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
