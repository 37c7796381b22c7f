/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_files.c - which files make up a policy, and in what order. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "policy/pool.h"
#include "tests/unit/policy/policy_dir.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	umask(022);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
