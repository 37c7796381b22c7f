/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_check.c - what is doubtful in a policy is found; examples have nothing of it. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "policy/sections/check.h"
#include "tests/unit/policy/policy_text.h"

/* The machine of the examples has all interfaces. */
unsigned int if_nametoindex(const char *name)
{
	return name[0] == '\0' ? 0 : 2;
}

static bool has_programs = true;

bool xnm_has_program(const char *name)
{
	assert_string_equal(name, "dnsmasq");
	return has_programs;
}

static void test_check(void **state)
{
	static const struct {
		const char *text, *messages;
		int rc;
	} cases[] = {
		{ "[network a]\naddress=10.0.0.1/24\n[vif x]\nnetwork=a\naddress=10.0.0.5/24\n"
		  "[vif y]\nnetwork=a\naddress=10.0.0.6 fd00::1\n[vif *]\n",
		  "", 0 },
		{ "[network a]\nforward=bridge\naddress=10.0.0.1/25 10.1.0.1/16\n[vif x]\n"
		  "network=a\naddress=10.1.7.7 10.0.0.127 10.0.0.128\n",
		  "6: address=10.0.0.128/32: is in no subnet of [network a]\n", -EINVAL },
		{ "[network a]\nforward=open\naddress=fd00::1/64\n[vif x]\nnetwork=a\n"
		  "address=fd00:0:0:1::1\n",
		  "6: address=fd00:0:0:1::1/128: is in no subnet of [network a]\n", -EINVAL },
		/* the host routes to it wherever it is */
		{ "[network a]\nforward=route\naddress=10.0.0.1/24\n[vif x]\nnetwork=a\n"
		  "address=192.0.2.1\n",
		  "", 0 },
		{ "[network a]\naddress=10.0.0.1/24\n[vif x]\nnetwork=a\naddress=10.0.0.1/24\n",
		  "5: address=10.0.0.1/24: the host itself has it in [network a]\n", -EINVAL },
		{ "[vif x]\naddress=10.0.0.1\n[vif y]\nmtu=1500\naddress=10.0.0.1/24\n",
		  "5: address=10.0.0.1/24: [vif x] has it already, t:2\n", -EINVAL },
		{ "[vif x]\naddress=10.0.0.1 10.0.0.2 10.0.0.1\n",
		  "2: address=10.0.0.1/32: [vif x] has it already, t:2\n", -EINVAL },
		/* the same private addresses in two networks */
		{ "[network a]\n[network b]\n[vif x]\nnetwork=a\naddress=10.0.0.1\n[vif y]\n"
		  "network=b\naddress=10.0.0.1\n",
		  "", 0 },
		{ "[vif *]\n[vif x]\n",
		  "2: warning: [vif x] is never used: [vif *] comes before it, t:1\n", 0 },
		{ "[vif *]\nmatch-devid=1\n[vif x]\n", "", 0 },
		{ "[vif *]\nmatch-devid=1\nmatch-devid=\n[vif x]\n",
		  "4: warning: [vif x] is never used: [vif *] comes before it, t:1\n", 0 },
		{ "[vif x]\n[vif x as 2]\nmatch-devid=1\n",
		  "2: warning: [vif x as 2] is never used: [vif x] comes before it, t:1\n", 0 },
		{ "[vif x]\n[vif x/0]\n[vif x/*]\n",
		  "2: warning: [vif x/0] is never used: [vif x] comes before it, t:1\n"
		  "3: warning: [vif x/*] is never used: [vif x] comes before it, t:1\n",
		  0 },
		{ "[vif x/0]\n[vif x]\n[vif y/0]\n[vif x/1]\n",
		  "4: warning: [vif x/1] is never used: [vif x] comes before it, t:2\n", 0 },
		{ "[vif web*]\n[vif web1]\n[vif web-*]\n[vif we]\n",
		  "2: warning: [vif web1] is never used: [vif web*] comes before it, t:1\n", 0 },
		{ "[network a]\naddress=10.0.0.1/24\n[pool p]\nnetwork=a\nrange=10.0.0.5\n",
		  "3: warning: [pool p]: no [vif] section says address=auto p\n", 0 },
		{ "[network a]\naddress=10.0.0.1/24\nlease-time=1d\ndomain=a.b\n",
		  "4: warning: domain= has no effect without dhcp=dnsmasq\n"
		  "3: warning: lease-time= has no effect without dhcp=dnsmasq\n",
		  0 },
		{ "[network a]\naddress=10.0.0.1/24\ndhcp=dnsmasq\nhost-services=dns\n",
		  "4: warning: host-services= has no dhcp: guests cannot ask for the addresses of "
		  "dhcp=dnsmasq\n",
		  0 },
		{ "[vif */0]\n[vif x/0]\n[vif x]\n[vif y/1]\n",
		  "2: warning: [vif x/0] is never used: [vif */0] comes before it, t:1\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct messages messages = { "" };

		load(cases[i].text);
		assert_int_equal(xnm_policy_check(&policy, collect, &messages), cases[i].rc);
		assert_string_equal(messages.text, cases[i].messages);
		assert_int_equal(xnm_policy_check(&policy, NULL, NULL), cases[i].rc);
	}
}

static void test_check_without_dnsmasq(void **state)
{
	struct messages messages = { "" };

	(void)state;
	has_programs = false;
	load("[network a]\naddress=10.0.0.1/24 fd00::1/64\nipv6-ra=dnsmasq\ndhcp=dnsmasq\n");
	assert_int_equal(xnm_policy_check(&policy, collect, &messages), 0);
	assert_string_equal(messages.text,
			    "4: warning: dhcp=dnsmasq: there is no program dnsmasq on "
			    "this machine; install it, and see 'xnm dnsmasq a'\n");
	has_programs = true;
}

static void load_file(const char *path)
{
	_cleanup_fclose_ FILE *stream = fopen(path, "re");

	if (!stream)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(xnm_policy_load_stream(&policy, stream, path, fail_on_mistake, NULL), 0);
	assert_int_equal(xnm_policy_check(&policy, fail_on_mistake, NULL), 0);
}

static void test_examples(void **state)
{
	DIR *dir = opendir("policy/examples");
	const struct dirent *entry;
	unsigned int n = 0;
	char path[1024];

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		/* a folder has the policy of its name, and what that was made of */
		if (strchr(entry->d_name, '.'))
			(void)snprintf(path, sizeof(path), "policy/examples/%s", entry->d_name);
		else
			(void)snprintf(path, sizeof(path), "policy/examples/%s/%s.ini",
				       entry->d_name, entry->d_name);
		load_file(path);
		assert_true(policy.n_networks > 0);
		n++;
	}
	closedir(dir);
	assert_in_range(n, 14, 100);
}

static void test_shipped(void **state)
{
	(void)state;
	load_file("policy/xnm.ini");
	assert_int_equal(policy.n_networks, 0);
	assert_int_equal(policy.n_vifs, 0);
	assert_int_equal(policy.global.on_unknown, XNM_UNKNOWN_ACCEPT);
}

/* What is commented out in the shipped file must be right as well. */
static void test_shipped_uncommented(void **state)
{
	_cleanup_fclose_ FILE *in = fopen("policy/xnm.ini", "re");
	_cleanup_fclose_ FILE *out = tmpfile();
	char line[256];

	(void)state;
	assert_non_null(in);
	assert_non_null(out);
	while (fgets(line, sizeof(line), in)) {
		bool is_key = line[0] == '#' && line[1] != ' ' && line[1] != '\n';

		fputs(is_key ? line + 1 : line, out);
	}
	rewind(out);
	assert_int_equal(xnm_policy_load_stream(&policy, out, "xnm.ini", fail_on_mistake, NULL), 0);
	assert_int_equal(xnm_policy_check(&policy, fail_on_mistake, NULL), 0);
	assert_int_equal(policy.n_networks, 2);
	assert_int_equal(policy.n_vifs, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_check_without_dnsmasq),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_shipped_uncommented),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
