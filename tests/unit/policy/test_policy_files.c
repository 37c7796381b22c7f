/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_files.c - which files make up a policy, in what order, and which are refused. */
#include "policy/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/pool.h"

static struct xnm_policy policy;
static char top[64]; /* a fresh directory for each test */

struct messages {
	char text[4096];
};

/* "FILE:LINE: TEXT\n" of each, with the directory cut from FILE. */
static void collect(void *arg, const char *file, unsigned int line, const char *text)
{
	struct messages *m = arg;
	size_t used = strlen(m->text);

	if (strncmp(file, top, strlen(top)) == 0)
		file += strlen(top);
	if (line)
		(void)snprintf(m->text + used, sizeof(m->text) - used, "%s:%u: %s\n", file, line,
			       text);
	else
		(void)snprintf(m->text + used, sizeof(m->text) - used, "%s: %s\n", file, text);
}

static const char *at(const char *name)
{
	static char path[4][256];
	static unsigned int i;

	i = (i + 1) % 4;
	(void)snprintf(path[i], sizeof(path[i]), "%s/%s", top, name);
	return path[i];
}

static void make_dir(const char *name, mode_t mode)
{
	assert_int_equal(mkdir(at(name), 0700), 0);
	assert_int_equal(chmod(at(name), mode), 0);
}

static void make_file(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "we");

	assert_non_null(f);
	assert_int_equal(fputs(text, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(at(name), 0644), 0);
}

/* The tree that a host has: etc/xnm.ini, etc/policy.d and run/override.d. */
static int setup(void **state)
{
	(void)state;
	(void)snprintf(top, sizeof(top), "%s", "/tmp/xnm-unit-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	make_dir("etc", 0755);
	make_dir("etc/policy.d", 0755);
	make_dir("run", 0755);
	make_dir("run/override.d", 0755);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command);
}

static int load(struct messages *messages)
{
	messages->text[0] = '\0';
	return xnm_policy_load(&policy, at("etc/xnm.ini"), at("run"), XNM_ANY_HOST, collect,
			       messages);
}

static void load_good(void)
{
	struct messages messages;
	int rc = load(&messages);

	assert_string_equal(messages.text, "");
	assert_int_equal(rc, 0);
}

static void load_bad(int rc, const char *text)
{
	struct messages messages;
	int r = load(&messages);

	assert_string_equal(messages.text, text);
	assert_int_equal(r, rc);
}

static void load_dangling(const char *name, const char *target)
{
	char text[512];

	(void)snprintf(
		text, sizeof(text),
		"/%s: is a symbolic link to %s, which is not there; mend the link, or remove "
		"it\n",
		name, target);
	load_bad(-ENOENT, text);
}

static void test_no_files(void **state)
{
	(void)state;
	load_good();
	assert_false(policy.present);
	assert_int_equal(policy.global.version, 1);
	assert_int_equal(rmdir(at("etc/policy.d")), 0);
	assert_int_equal(rmdir(at("run/override.d")), 0);
	assert_int_equal(rmdir(at("run")), 0);
	assert_int_equal(rmdir(at("etc")), 0);
	load_good();
	assert_false(policy.present);
}

static void test_only_main(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", "[network lan]\n");
	assert_int_equal(rmdir(at("etc/policy.d")), 0);
	load_good();
	assert_true(policy.present);
	assert_int_equal(policy.n_networks, 1);
	assert_int_equal(policy.n_files, 1);
	assert_string_equal(policy.files[0], at("etc/xnm.ini"));
}

static void test_only_dropin(void **state)
{
	(void)state;
	make_file("etc/policy.d/a.ini", "[network lan]\n");
	load_good();
	assert_true(policy.present);
	assert_int_equal(policy.n_networks, 1);
}

static void test_relative_path(void **state)
{
	struct messages messages = { "" };

	(void)state;
	make_file("etc/xnm.ini", "[network lan]\n");
	make_file("etc/policy.d/a.ini", "[network lab]\n");
	assert_int_equal(chdir(at("etc")), 0);
	assert_int_equal(
		xnm_policy_load(&policy, "xnm.ini", at("run"), XNM_ANY_HOST, collect, &messages),
		0);
	assert_int_equal(chdir("/"), 0);
	assert_string_equal(messages.text, "");
	assert_int_equal(policy.n_networks, 2);
	assert_string_equal(policy.files[0], "xnm.ini");
	assert_string_equal(policy.files[1], "./policy.d/a.ini");
}

static void test_order(void **state)
{
	static const char *const names[] = { "etc/xnm.ini",	   "etc/policy.d/10-a.ini",
					     "etc/policy.d/9.ini", "etc/policy.d/B.ini",
					     "etc/policy.d/b.ini", "run/override.d/a.ini" };

	(void)state;
	for (size_t i = XNM_N_ELEMENTS(names); i-- > 0;)
		make_file(names[i], "# nothing\n");
	make_file("etc/policy.d/.hidden.ini", "[foo]\n");
	make_file("etc/policy.d/backup.ini~", "[foo]\n");
	make_file("etc/policy.d/x.INI", "[foo]\n");
	make_file("etc/policy.d/README", "[foo]\n");
	make_file("etc/policy.d/.ini", "[foo]\n");
	load_good();
	assert_int_equal(policy.n_files, XNM_N_ELEMENTS(names));
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++)
		assert_string_equal(policy.files[i], at(names[i]));
}

/* A later file changes scalars, adds to lists, and can empty both. */
static void test_dropin_continues(void **state)
{
	const struct xnm_network *lan = &policy.networks[0];

	(void)state;
	make_file("etc/xnm.ini", "[global]\non-unknown=reject\n[network lan]\nbridge=xenbr0\n"
				 "mtu=1500\ninterfaces=eth0\nvlan=10\nstp=yes\n");
	make_file("etc/policy.d/a.ini", "[network lan]\nmtu=9000\ninterfaces=eth1\n");
	make_file("etc/policy.d/b.ini", "[global]\non-unknown=accept\n[network lan]\nvlan=\nstp=\n"
					"[network lab]\n");
	load_good();
	assert_int_equal(policy.global.on_unknown, XNM_UNKNOWN_ACCEPT);
	assert_int_equal(policy.n_networks, 2);
	assert_int_equal(lan->mtu_bytes, 9000);
	assert_int_equal(lan->n_interfaces, 2);
	assert_false(lan->has_vlan);
	assert_int_equal(lan->stp, XNM_UNSET);
	assert_int_equal(lan->origin.file, 0);
	assert_int_equal(lan->origin.line, 3);
	assert_int_equal(lan->written.keys[XNM_KEY_INDEX(NETWORK, MTU)].file, 1);
	assert_int_equal(lan->written.keys[XNM_KEY_INDEX(NETWORK, MTU)].line, 2);
	make_file("run/override.d/x.ini", "[network lan]\ninterfaces=\ninterfaces=eth7\n");
	load_good();
	assert_int_equal(lan->n_interfaces, 1);
	assert_string_equal(lan->interfaces[0], "eth7");
}

/* As many ranges as fit are all of a pool; what is behind the last in memory is none. */
static void test_full_list(void **state)
{
	char text[1024] = "[network lan]\naddress=10.0.0.1/24\n[pool web]\nnetwork=lan\n";
	size_t len = strlen(text);

	(void)state;
	for (unsigned int i = 0; i < XNM_MAX_RANGES; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"range=10.0.0.%u-10.0.0.%u\n", 10 * (i + 1),
					10 * (i + 1) + 1);
	/* the third file has the number of AF_INET, which is noted behind the ranges */
	make_file("etc/xnm.ini", "");
	make_file("etc/policy.d/a.ini", "");
	make_file("etc/policy.d/b.ini", text);
	load_good();
	assert_int_equal(policy.pools[0].n_ranges, XNM_MAX_RANGES);
	assert_int_equal(xnm_pool_size(&policy.pools[0], AF_INET), 2 * XNM_MAX_RANGES);
	make_file("run/override.d/x.ini",
		  "[network lan]\naddress=\naddress=10.0.0.1/24\n"
		  "address=\naddress=10.0.0.1/25 10.0.0.129/28 10.0.0.145/28\n");
	load_bad(-EINVAL, "/etc/policy.d/b.ini:20: range=10.0.0.160-10.0.0.161: is in no subnet of "
			  "[network lan]\n");
}

static void assert_vifs(const char *wanted)
{
	char text[256] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < policy.n_vifs; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s=%u ",
					 policy.vifs[i].match, policy.vifs[i].mtu_bytes);
	assert_string_equal(text, wanted);
}

static void test_vif_precedence(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", "[vif a]\nmtu=101\n[vif b]\nmtu=102\n[vif c]\nmtu=103\n");
	make_file("etc/policy.d/1.ini", "[vif d]\nmtu=104\n[vif b]\nmtu=202\n");
	load_good();
	assert_vifs("a=101 b=202 c=103 d=104 ");
	make_file("run/override.d/1.ini", "[vif e]\nmtu=105\n[vif c]\nmtu=303\n");
	load_good();
	assert_vifs("e=105 a=101 b=202 c=303 d=104 ");
	make_file("run/override.d/2.ini", "[vif f]\n[vif e]\nmtu=405\n");
	load_good();
	assert_vifs("e=405 f=0 a=101 b=202 c=303 d=104 ");
	assert_int_equal(unlink(at("etc/xnm.ini")), 0);
	assert_int_equal(unlink(at("etc/policy.d/1.ini")), 0);
	load_good();
	assert_vifs("e=405 c=303 f=0 ");
}

/* Rotating the sections must not mix up what their match- keys say. */
static void test_override_keeps_matches(void **state)
{
	struct xnm_vif_identity id = { .devid = 1 };

	(void)state;
	make_file("etc/xnm.ini", "[vif * as 1]\nmatch-devid=1\n[vif *]\n");
	make_file("run/override.d/1.ini", "[vif * as 2]\nmatch-devid=2\n");
	load_good();
	assert_string_equal(xnm_policy_match(&policy, &id)->match, "* as 1");
	id.devid = 2;
	assert_string_equal(xnm_policy_match(&policy, &id)->match, "* as 2");
	id.devid = 3;
	assert_string_equal(xnm_policy_match(&policy, &id)->match, "*");
}

static void test_all_mistakes(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", "[network lan]\nmtu=1\n[vif *]\nnetwork=lab\n");
	make_file("etc/policy.d/a.ini", "\n[network lan]\nfoo=1\n[network lan]\n");
	make_file("run/override.d/a.ini", "version=1\n");
	load_bad(-EINVAL, "/etc/xnm.ini:2: mtu=1: must be a number of bytes from 68 to 65535\n"
			  "/etc/policy.d/a.ini:3: unknown key 'foo' in [network lan]\n"
			  "/etc/policy.d/a.ini:4: [network lan] is given twice; first in line 2\n"
			  "/run/override.d/a.ini:1: 'version=1' comes before the first section, as "
			  "in [global]\n");
}

static void test_reference_across_files(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", "[vif *]\nmtu=1500\n");
	make_file("etc/policy.d/a.ini", "[vif *]\n\nnetwork=lna\n");
	make_file("etc/policy.d/b.ini", "[network lan]\n");
	load_bad(-EINVAL, "/etc/policy.d/a.ini:3: network=lna: there is no [network lna]; did you "
			  "mean 'lan'?\n");
	make_file("etc/policy.d/a.ini", "[vif *]\nnetwork=lan\n");
	load_good();
}

static void test_writable_file(void **state)
{
	static const mode_t modes[] = { 0664, 0646, 0666 };

	(void)state;
	make_file("etc/xnm.ini", "[foo]\n");
	for (size_t i = 0; i < XNM_N_ELEMENTS(modes); i++) {
		assert_int_equal(chmod(at("etc/xnm.ini"), modes[i]), 0);
		load_bad(-EPERM, "/etc/xnm.ini: the file must not be writable by group or others; "
				 "chmod go-w it\n");
	}
	make_file("etc/xnm.ini", "[global]\n");
	make_file("etc/policy.d/a.ini", "[foo]\n");
	assert_int_equal(chmod(at("etc/policy.d/a.ini"), 0666), 0);
	load_bad(-EPERM, "/etc/policy.d/a.ini: the file must not be writable by group or others; "
			 "chmod go-w it\n");
}

static void test_writable_directory(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", "[global]\n");
	make_file("etc/policy.d/a.ini", "[global]\n");
	make_file("run/override.d/a.ini", "[global]\n");
	assert_int_equal(chmod(at("etc"), 0775), 0);
	assert_int_equal(chmod(at("etc/policy.d"), 0777), 0);
	assert_int_equal(chmod(at("run/override.d"), 0757), 0);
	load_bad(-EPERM,
		 "/etc: the directory must not be writable by group or others; chmod go-w it\n"
		 "/etc/policy.d: the directory must not be writable by group or others; chmod go-w "
		 "it\n"
		 "/run/override.d: the directory must not be writable by group or others; chmod "
		 "go-w it\n");
	assert_int_equal(chmod(at("etc"), 01777), 0);
	assert_int_equal(chmod(at("etc/policy.d"), 01775), 0);
	assert_int_equal(chmod(at("run/override.d"), 0755), 0);
	load_good();
}

static void test_foreign_owner(void **state)
{
	(void)state;
	if (geteuid() != 0) { /* cmocka 1.1 says "not ok" to skip() */
		print_message("# test_foreign_owner: only root can give a file away\n");
		return;
	}
	make_file("etc/xnm.ini", "[global]\n");
	assert_int_equal(chown(at("etc/xnm.ini"), 12345, 0), 0);
	load_bad(-EPERM, "/etc/xnm.ini: the file must belong to root\n");
	assert_int_equal(chown(at("etc/xnm.ini"), 0, 12345), 0);
	load_good();
	assert_int_equal(chown(at("etc"), 12345, 0), 0);
	load_bad(-EPERM, "/etc: the directory must belong to root\n");
}

static void test_symlinks(void **state)
{
	(void)state;
	make_dir("store", 0755);
	make_file("store/policy", "[network lan]\n");
	make_file("store/dropin", "[network lab]\n");
	assert_int_equal(symlink(at("store/policy"), at("etc/xnm.ini")), 0);
	assert_int_equal(symlink("../../store/dropin", at("etc/policy.d/a.ini")), 0);
	load_good();
	assert_int_equal(policy.n_networks, 2);
	assert_int_equal(chmod(at("store/dropin"), 0666), 0);
	load_bad(-EPERM, "/etc/policy.d/a.ini: the file must not be writable by group or others; "
			 "chmod go-w it\n");
	assert_int_equal(unlink(at("store/dropin")), 0);
	load_dangling("etc/policy.d/a.ini", "../../store/dropin");
	assert_int_equal(unlink(at("store/policy")), 0);
	assert_int_equal(unlink(at("etc/policy.d/a.ini")), 0);
	load_dangling("etc/xnm.ini", at("store/policy"));
}

/* Only a name that is not there at all stands for no policy. */
static void test_links_to_nowhere(void **state)
{
	static const char *const names[] = { "etc/xnm.ini", "etc/policy.d", "run/override.d", "etc",
					     "run" };
	static const char *const targets[] = { "nowhere", "/nowhere/at/all", "../nowhere",
					       "chain" };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		for (size_t k = 0; k < XNM_N_ELEMENTS(targets); k++) {
			/* the folders first, empty as they are */
			(void)rmdir(at("run/override.d"));
			(void)rmdir(at("etc/policy.d"));
			(void)rmdir(at(names[i]));
			assert_int_equal(symlink(targets[k], at(names[i])), 0);
			load_dangling(names[i], targets[k]);
			assert_int_equal(unlink(at(names[i])), 0);
			(void)mkdir(at("etc"), 0755);
			(void)mkdir(at("run"), 0755);
			load_good();
			assert_false(policy.present);
		}
	}
}

/* A link further up, on the way to what may or may not be there. */
static void test_link_on_the_way(void **state)
{
	struct messages messages = { "" };
	char path[128];

	(void)state;
	assert_int_equal(symlink("nowhere", at("link")), 0);
	(void)snprintf(path, sizeof(path), "%s", at("link/a/b/xnm.ini"));
	assert_int_equal(
		xnm_policy_load(&policy, path, at("run"), XNM_ANY_HOST, collect, &messages),
		-ENOENT);
	assert_non_null(strstr(messages.text, "/link: is a symbolic link to nowhere, "));
	(void)snprintf(path, sizeof(path), "%s", at("etc/a/b/xnm.ini"));
	messages.text[0] = '\0';
	assert_int_equal(
		xnm_policy_load(&policy, path, at("run"), XNM_ANY_HOST, collect, &messages), 0);
	assert_string_equal(messages.text, "");
	assert_false(policy.present);
}

static void test_not_a_directory(void **state)
{
	(void)state;
	assert_int_equal(rmdir(at("etc/policy.d")), 0);
	assert_int_equal(rmdir(at("etc")), 0);
	make_file("etc", "[global]\n");
	load_bad(-ENOTDIR, "/etc: cannot be opened: Not a directory\n");
	assert_int_equal(unlink(at("etc")), 0);
	assert_int_equal(symlink("etc", at("etc")), 0);
	load_bad(-ELOOP, "/etc: cannot be opened: Too many levels of symbolic links\n");
	assert_int_equal(unlink(at("etc")), 0);
	assert_int_equal(rmdir(at("run/override.d")), 0);
	assert_int_equal(rmdir(at("run")), 0);
	make_file("run", "");
	load_bad(-ENOTDIR, "/run/override.d: cannot be opened: Not a directory\n");
}

static void test_path_of_a_directory(void **state)
{
	struct messages messages = { "" };
	char path[128];

	(void)state;
	make_file("etc/xnm.ini", "[network lan]\n");
	(void)snprintf(path, sizeof(path), "%s", at("etc/"));
	assert_int_equal(
		xnm_policy_load(&policy, path, at("run"), XNM_ANY_HOST, collect, &messages),
		-EISDIR);
	assert_string_equal(messages.text, "/etc/: names a directory; name a file in it\n");
	(void)snprintf(path, sizeof(path), "%s", at("etc/xnm.ini/"));
	messages.text[0] = '\0';
	assert_int_not_equal(
		xnm_policy_load(&policy, path, at("run"), XNM_ANY_HOST, collect, &messages), 0);
}

/* A file that opens and then fails: of the kernel's own memory nothing is at its beginning. */
static void test_read_error(void **state)
{
	(void)state;
	assert_int_equal(symlink("/proc/self/mem", at("etc/xnm.ini")), 0);
	load_bad(-EIO, "/etc/xnm.ini: cannot be read: Input/output error\n");
}

static void test_device(void **state)
{
	(void)state;
	assert_int_equal(symlink("/dev/null", at("etc/policy.d/a.ini")), 0);
	load_bad(-EPERM, "/etc/policy.d/a.ini: is not a regular file\n");
}

static void test_not_a_file(void **state)
{
	(void)state;
	make_dir("etc/xnm.ini", 0755);
	load_bad(-EPERM, "/etc/xnm.ini: is not a regular file\n");
	assert_int_equal(rmdir(at("etc/xnm.ini")), 0);
	assert_int_equal(mkfifo(at("etc/xnm.ini"), 0600), 0);
	load_bad(-EPERM, "/etc/xnm.ini: is not a regular file\n");
	assert_int_equal(unlink(at("etc/xnm.ini")), 0);
	assert_int_equal(symlink("xnm.ini", at("etc/xnm.ini")), 0);
	load_bad(-ELOOP, "/etc/xnm.ini: cannot be opened: Too many levels of symbolic links\n");
	assert_int_equal(unlink(at("etc/xnm.ini")), 0);
	assert_int_equal(rmdir(at("etc/policy.d")), 0);
	make_file("etc/policy.d", "[global]\n");
	load_bad(-ENOTDIR, "/etc/policy.d: cannot be opened: Not a directory\n");
}

static void test_goes_on_behind_unreadable(void **state)
{
	(void)state;
	make_dir("etc/policy.d/a.ini", 0755);
	make_file("etc/policy.d/b.ini", "[foo]\n");
	load_bad(-EPERM, "/etc/policy.d/a.ini: is not a regular file\n"
			 "/etc/policy.d/b.ini:1: unknown section [foo]\n");
}

static void test_too_many_files(void **state)
{
	char name[64];

	(void)state;
	for (unsigned int i = 0; i < XNM_MAX_POLICY_FILES; i++) {
		(void)snprintf(name, sizeof(name), "etc/policy.d/%03u.ini", i);
		make_file(name, "");
	}
	load_good();
	make_file("etc/xnm.ini", "");
	load_bad(-E2BIG, "/etc/policy.d/063.ini: one file too many: at most 64 are possible\n");
	make_file("etc/policy.d/x.ini", "");
	assert_int_equal(unlink(at("etc/xnm.ini")), 0);
	load_bad(-E2BIG, "/etc/policy.d: more than 64 *.ini files\n");
}

static void test_long_path(void **state)
{
	char name[160] = "etc/policy.d/";
	struct messages messages;
	size_t len = strlen(name);

	(void)state;
	memset(name + len, 'n', 120);
	memcpy(name + len + 120, ".ini", 5);
	make_file(name, "");
	assert_int_equal(load(&messages), -ENAMETOOLONG);
	assert_non_null(strstr(messages.text, ".ini: the path is longer than 127 bytes\n"));
}

static void test_large_file(void **state)
{
	FILE *f = fopen(at("etc/xnm.ini"), "we");

	(void)state;
	assert_non_null(f);
	for (unsigned int i = 0; i < XNM_MAX_POLICY_BYTES / 16; i++)
		fputs("# 16 bytes long\n", f);
	fclose(f);
	load_good();
	f = fopen(at("etc/xnm.ini"), "ae");
	fputs("[foo]\n", f);
	fclose(f);
	load_bad(-EINVAL, "/etc/xnm.ini:65537: the file is larger than 1048576 bytes\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_no_files),
		TEST(test_only_main),
		TEST(test_only_dropin),
		TEST(test_relative_path),
		TEST(test_order),
		TEST(test_dropin_continues),
		TEST(test_full_list),
		TEST(test_vif_precedence),
		TEST(test_override_keeps_matches),
		TEST(test_all_mistakes),
		TEST(test_reference_across_files),
		TEST(test_writable_file),
		TEST(test_writable_directory),
		TEST(test_foreign_owner),
		TEST(test_symlinks),
		TEST(test_not_a_file),
		TEST(test_goes_on_behind_unreadable),
		TEST(test_too_many_files),
		TEST(test_long_path),
		TEST(test_large_file),
		TEST(test_links_to_nowhere),
		TEST(test_link_on_the_way),
		TEST(test_not_a_directory),
		TEST(test_path_of_a_directory),
		TEST(test_read_error),
		TEST(test_device),
	};

	umask(022);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
