/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_manager_coming.c - who will set up a card once its service runs, and who leaves it alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/parts/bridge/manager.h"
#include "tests/unit/parts/bridge/manager_dir.h"

/* At boot the card is there before NetworkManager. */
static void test_coming(void **state)
{
	static const struct {
		const char *service;
		enum xnm_manager_kind kind;
		const char *path, *leaves; /* by which it leaves the card alone */
	} cases[] = {
		{ "NetworkManager", XNM_MANAGER_NM, "/etc/NetworkManager/conf.d/1.conf",
		  "[keyfile]\nunmanaged-devices=interface-name:eth0\n" },
		{ "NetworkManager", XNM_MANAGER_NM, "/etc/NetworkManager/conf.d/1.conf",
		  "[device-a]\nmatch-device=mac:00:16:3E:00:00:01\nmanaged=0\n" },
		{ "NetworkManager", XNM_MANAGER_NM, "/etc/NetworkManager/NetworkManager.conf",
		  "[main]\nno-auto-default=*\n" },
		{ "NetworkManager", XNM_MANAGER_NM, "/run/udev/data/n7", "E:NM_UNMANAGED=1\n" },
		{ "connman", XNM_MANAGER_CONNMAN, "/etc/connman/main.conf",
		  "NetworkInterfaceBlacklist=eth\n" },
		{ "dhcpcd", XNM_MANAGER_DHCPCD, "/etc/dhcpcd.conf", "denyinterfaces eth0\n" },
	};

	for (size_t i = 0; i < 4 * XNM_N_ELEMENTS(cases); i++) {
		unsigned int way = (unsigned int)i % 4;
		const char *service = cases[i / 4].service;

		(void)fresh(state);
		assert_int_equal(find(), XNM_MANAGER_NONE);
		enable(service, way);
		if (find() != cases[i / 4].kind || !found.comes)
			fail_msg("%s, way %u: %d", service, way, found.kind);
		put(cases[i / 4].path, cases[i / 4].leaves);
		if (find() != XNM_MANAGER_NONE)
			fail_msg("%s, way %u, left alone: %d", service, way, found.kind);
	}
	/* of another card */
	(void)fresh(state);
	enable("dhcpcd@eth1", 0);
	assert_int_equal(find(), XNM_MANAGER_NONE);
	enable("dhcpcd@eth0", 0);
	assert_int_equal(find(), XNM_MANAGER_DHCPCD);
	/* installed, and not enabled; or masked */
	(void)fresh(state);
	put("/run/systemd/system/x", "");
	put("/usr/lib/systemd/system/NetworkManager.service", "");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	enable("NetworkManager", 0);
	assert_int_equal(find(), XNM_MANAGER_NM);
	mask("NetworkManager");
	assert_int_equal(find(), XNM_MANAGER_NONE);
}

/* Those who wait for a profile, or leave to ifupdown what it has. */
static void test_coming_profiles(void **state)
{
	static const struct {
		const char *profile;
		bool fits;
	} cases[] = {
		{ "[connection]\ntype=ethernet\ninterface-name=eth0\n", true },
		{ "[connection]\ntype=ethernet\n[ipv4]\nmethod=auto\n", true },
		{ "[connection]\ntype=ethernet\n[ethernet]\nmac-address=00:16:3E:00:00:01\n",
		  true },
		{ "[connection]\ntype=ethernet\n[ethernet]\nmac-address=00:16:3E:00:00:02\n",
		  false },
		{ "[connection]\ntype=ethernet\ninterface-name=eth1\n", false },
		{ "[connection]\ntype=ethernet\ninterface-name=eth0\nautoconnect=false\n", false },
		{ "[connection]\ntype=wifi\n", false },
	};

	(void)state;
	enable("NetworkManager", 0);
	put("/etc/NetworkManager/NetworkManager.conf",
	    "[main]\nplugins=ifupdown,keyfile\nno-auto-default=eth0\n[ifupdown]\nmanaged=false\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		put("/etc/NetworkManager/system-connections/a.nmconnection", cases[i].profile);
		if ((find() == XNM_MANAGER_NM) != cases[i].fits)
			fail_msg("%s", cases[i].profile);
	}
	put("/etc/NetworkManager/system-connections/a.nmconnection", cases[0].profile);
	put("/etc/network/interfaces", "auto eth0\niface eth0 inet static\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/etc/network/interfaces", "auto eth1\niface eth1 inet static\n");
	assert_int_equal(find(), XNM_MANAGER_NM);
	/* it runs, and does not want the card; wicked has nothing to ask for */
	put_process(41, "NetworkManager", "/usr/sbin/NetworkManager --no-daemon", true);
	put("/run/NetworkManager/devices/7", "[device]\nmanaged=false\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	enable("wicked", 0);
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/etc/sysconfig/network/ifcfg-eth0", "BOOTPROTO='static'\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/etc/sysconfig/network/ifcfg-eth0", "STARTMODE='auto'\nBOOTPROTO='dhcp4'\n");
	assert_int_equal(find(), XNM_MANAGER_WICKED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_coming, fresh),
		cmocka_unit_test_setup(test_coming_profiles, fresh),
	};

	return make_top() ? remove_top(cmocka_run_group_tests(tests, NULL, NULL)) : 1;
}
