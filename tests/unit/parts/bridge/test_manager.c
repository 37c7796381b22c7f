/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_manager.c - who is found to set up a card, by files of /proc, /run and /etc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/parts/bridge/manager.h"
#include "tests/unit/parts/bridge/manager_dir.h"

static void test_nobody(void **state)
{
	(void)state;
	assert_int_equal(find(), XNM_MANAGER_NONE);
}

static void test_clients(void **state)
{
	static const struct {
		const char *comm, *line;
		enum xnm_manager_kind kind;
	} cases[] = {
		{ "dhclient", "dhclient -nw eth0", XNM_MANAGER_DHCLIENT },
		{ "dhclient",
		  "/sbin/dhclient -4 -v -i -pf /run/dhclient.eth0.pid -lf /l -I -df /d eth0",
		  XNM_MANAGER_DHCLIENT },
		{ "dhclient", "dhclient", XNM_MANAGER_DHCLIENT },
		{ "dhclient", "dhclient -nw -pf /run/dhclient.pid", XNM_MANAGER_DHCLIENT },
		{ "dhclient", "dhclient -pf /run/dhclient.eth0.pid eth1", XNM_MANAGER_NONE },
		{ "udhcpc", "udhcpc -b -i eth0", XNM_MANAGER_UDHCPC },
		{ "udhcpc", "udhcpc -bi eth0", XNM_MANAGER_UDHCPC },
		{ "udhcpc", "udhcpc -ieth0 -p /run/udhcpc.eth0.pid", XNM_MANAGER_UDHCPC },
		{ "udhcpc", "udhcpc --interface=eth0", XNM_MANAGER_UDHCPC },
		{ "udhcpc", "udhcpc --interface eth0", XNM_MANAGER_UDHCPC },
		{ "udhcpc", "udhcpc -R", XNM_MANAGER_UDHCPC },
		{ "udhcpc", "udhcpc -i br0 -x hostname:eth0", XNM_MANAGER_NONE },
		{ "busybox", "busybox udhcpc -i eth0", XNM_MANAGER_UDHCPC },
		{ "busybox", "busybox httpd -i eth0", XNM_MANAGER_NONE },
		{ "udhcpc6", "udhcpc6 -i eth0", XNM_MANAGER_UDHCPC },
		{ "dhcpcd", "dhcpcd: eth0 [ip4] [ip6]", XNM_MANAGER_DHCPCD },
		{ "dhcpcd", "dhcpcd: eth01 [ip4]", XNM_MANAGER_NONE },
		{ "dhcpcd", "dhcpcd: br0 [ip4]", XNM_MANAGER_NONE },
		{ "dhcpcd", "dhcpcd: [manager] [ip4] [ip6]", XNM_MANAGER_DHCPCD },
		{ "dhcpcd", "dhcpcd: [network proxy] fe80::1", XNM_MANAGER_NONE },
		{ "dhcpcd", "dhcpcd -B eth0", XNM_MANAGER_DHCPCD },
		{ "odhcp6c", "odhcp6c -s /lib/script -P0 eth0", XNM_MANAGER_CLIENT },
		{ "dhcp6c", "/usr/sbin/dhcp6c -c /etc/dhcp6c.conf eth1 eth0", XNM_MANAGER_CLIENT },
		{ "dhcp6c", "/usr/sbin/dhcp6c eth1", XNM_MANAGER_NONE },
		{ "dhclient", "dhclient -6 -nw eth0", XNM_MANAGER_DHCLIENT },
		{ "sshd", "sshd eth0", XNM_MANAGER_NONE },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		(void)fresh(state);
		put_process(40, cases[i].comm, cases[i].line, false);
		if (find() != XNM_MANAGER_NONE)
			fail_msg("%s of another namespace", cases[i].line);
		put_process(41, cases[i].comm, cases[i].line, true);
		if (find() != cases[i].kind)
			fail_msg("%s: %d", cases[i].line, found.kind);
		if (found.kind)
			assert_int_equal(found.pid, 41);
	}
}

static void test_dhcpcd_conf(void **state)
{
	(void)state;
	put_process(41, "dhcpcd", "dhcpcd: [manager] [ip4]", true);
	put("/etc/dhcpcd.conf", "hostname\ndenyinterfaces wlan0 eth1 # not eth0\n");
	assert_int_equal(find(), XNM_MANAGER_DHCPCD);
	put("/etc/dhcpcd.conf", "denyinterfaces wlan0 eth*\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/etc/dhcpcd.conf", "allowinterfaces wlan0\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/etc/dhcpcd.conf", "allowinterfaces wlan0\nallowinterfaces eth0\n");
	assert_int_equal(find(), XNM_MANAGER_DHCPCD);
}

static void put_link(const char *text)
{
	put("/run/systemd/netif/links/7", text);
}

static void test_networkd_state(void **state)
{
	static const struct {
		const char *link, *file, *dropin;
		enum xnm_manager_kind kind;
	} cases[] = {
		{ "ADMIN_STATE=configured\nOPER_STATE=routable\nNETWORK_FILE=/n/a.network\n",
		  "[Match]\nName=eth0\n[Network]\nDHCP=yes\n", "", XNM_MANAGER_NETWORKD },
		{ "ADMIN_STATE=configuring\nNETWORK_FILE=/n/a.network\n",
		  "[Match]\nName=eth0\n[Network]\nAddress=192.0.2.1/24\n", "",
		  XNM_MANAGER_NETWORKD },
		{ "ADMIN_STATE=unmanaged\n", "", "", XNM_MANAGER_NONE },
		{ "ADMIN_STATE=unmanaged\nNETWORK_FILE=/n/a.network\n", "[Link]\nUnmanaged=yes\n",
		  "", XNM_MANAGER_NONE },
		/* it would take the card out of the bridge */
		{ "ADMIN_STATE=configured\nNETWORK_FILE=/n/a.network\n",
		  "[Match]\nName=eth0\n[Network]\nDHCP=no\n", "", XNM_MANAGER_NETWORKD },
		{ "ADMIN_STATE=configured\nNETWORK_FILE=/n/a.network\n",
		  "[Match]\nName=eth0\n[Network]\nDHCP=no\nKeepMaster=yes\n", "",
		  XNM_MANAGER_NONE },
		{ "ADMIN_STATE=configured\nNETWORK_FILE=/n/a.network\n",
		  "[Match]\nName=eth0\n[Network]\nBridge=br0\n", "", XNM_MANAGER_NONE },
		{ "ADMIN_STATE=configured\nNETWORK_FILE=/n/a.network\n",
		  "[Match]\nName=eth0\n[Network]\nBridge=br7\n", "", XNM_MANAGER_NETWORKD },
		{ "ADMIN_STATE=configured\nNETWORK_FILE=/n/a.network\n"
		  "NETWORK_FILE_DROPINS=\"/n/a.network.d/0.conf:/n/a.network.d/1.conf\"\n",
		  "[Match]\nName=eth0\n[Network]\nKeepMaster=yes\n", "[Network]\nDHCP = ipv4\n",
		  XNM_MANAGER_NETWORKD },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		(void)fresh(state);
		put_link(cases[i].link);
		put("/n/a.network", cases[i].file);
		put("/n/a.network.d/0.conf", "");
		put("/n/a.network.d/1.conf", cases[i].dropin);
		/* what one that has ended has left */
		assert_int_equal(find(), XNM_MANAGER_NONE);
		put_process(41, "systemd-network", "/lib/systemd/systemd-networkd", true);
		if (find() != cases[i].kind)
			fail_msg("%s%s", cases[i].link, cases[i].file);
		if (found.kind)
			assert_string_equal(found.what, "/n/a.network");
	}
}

/* At boot udev tells of the card before networkd runs. */
static void test_networkd_files(void **state)
{
	(void)state;
	put("/usr/lib/systemd/network/80-tunnel.network",
	    "[Match]\nName=tun*\n[Network]\nDHCP=yes\n");
	put("/usr/lib/systemd/network/10-xnm.network",
	    "[Match]\nProperty=XNM_UNMANAGED=1\n[Link]\nUnmanaged=yes\n");
	put("/etc/systemd/network/50-wired.network",
	    "[Match]\nName=wl0 eth*\nType=ether\n[Network]\nDHCP=yes\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/etc/systemd/system/multi-user.target.wants/systemd-networkd.service", "");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/run/systemd/system/x", "");
	assert_int_equal(find(), XNM_MANAGER_NETWORKD);
	assert_string_equal(found.what, "/etc/systemd/network/50-wired.network");
	/* the first one by name counts, and one in /etc in the place of others */
	put("/usr/lib/systemd/network/20-mac.network",
	    "[Match]\nMACAddress=00:16:3E:00:00:01\n[Network]\nDHCP=yes\n");
	assert_int_equal(find(), XNM_MANAGER_NETWORKD);
	assert_string_equal(found.what, "/usr/lib/systemd/network/20-mac.network");
	put("/etc/systemd/network/20-mac.network", "");
	assert_int_equal(find(), XNM_MANAGER_NETWORKD);
	assert_string_equal(found.what, "/etc/systemd/network/50-wired.network");
	put("/etc/systemd/network/10-eth0.network", "[Match]\nName=eth0\n[Link]\nUnmanaged=yes\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/etc/systemd/network/10-eth0.network", "[Match]\nName=!eth0\n[Link]\nUnmanaged=yes\n");
	assert_int_equal(find(), XNM_MANAGER_NETWORKD);
	/* one that runs, and has not looked at it yet */
	put_process(41, "systemd-network", "/lib/systemd/systemd-networkd", true);
	put_link("ADMIN_STATE=pending\n");
	assert_int_equal(find(), XNM_MANAGER_NETWORKD);
	put_link("ADMIN_STATE=unmanaged\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
}

static void test_network_manager(void **state)
{
	(void)state;
	put("/run/NetworkManager/devices/7", "[device]\nmanaged=true\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put_process(41, "NetworkManager", "/usr/sbin/NetworkManager --no-daemon", true);
	assert_int_equal(find(), XNM_MANAGER_NM);
	put("/run/NetworkManager/devices/7", "[device]\nmanaged=false\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/run/NetworkManager/devices/7", "[device]\nnm-owned=true\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
}

/* Before it has looked at the card. */
static void test_network_manager_conf(void **state)
{
	static const struct {
		const char *list;
		bool leaves;
	} cases[] = {
		{ "interface-name:eth0", true },
		{ "interface-name:=eth0", true },
		{ "\"mac:00:16:3E:00:00:01\"", true },
		{ "interface-name:wl*,interface-name:eth*", true },
		{ "*,except:interface-name:eth0", false },
		{ "*;except:type:wifi", true },
		{ "interface-name:eth1", false },
	};

	put_process(41, "NetworkManager", "/usr/sbin/NetworkManager --no-daemon", true);
	assert_int_equal(find(), XNM_MANAGER_NM);
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		char text[128];

		(void)snprintf(text, sizeof(text), "[keyfile]\nunmanaged-devices=%s\n",
			       cases[i].list);
		put("/etc/NetworkManager/conf.d/1.conf", text);
		if ((find() == XNM_MANAGER_NONE) != cases[i].leaves)
			fail_msg("%s", cases[i].list);
	}
	put("/run/udev/data/n7", "I:1\nE:NM_UNMANAGED=1\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	(void)state;
}

/* netplan, and cloud-init by it, have a generator that writes to /run and enables networkd there. */
static void test_generated(void **state)
{
	(void)state;
	put("/run/systemd/network/10-netplan-eth0.network",
	    "[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n");
	put("/run/systemd/system/x", "");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	enable("systemd-networkd", 1);
	assert_int_equal(find(), XNM_MANAGER_NETWORKD);
}

static void test_others(void **state)
{
	(void)state;
	put_process(41, "connmand", "/usr/sbin/connmand -n", true);
	assert_int_equal(find(), XNM_MANAGER_CONNMAN);
	put("/etc/connman/main.conf", "[General]\nNetworkInterfaceBlacklist=vmnet,eth0\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put_process(42, "wickedd-dhcp4", "/usr/lib/wicked/bin/wickedd-dhcp4", true);
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/run/wicked/leaseinfo.eth0.dhcp.ipv4", "");
	assert_int_equal(find(), XNM_MANAGER_WICKED);
}

static void test_ifupdown(void **state)
{
	(void)state;
	put("/etc/network/interfaces",
	    "source interfaces.d/*.cfg\nsource-directory /etc/network/more\n");
	put("/etc/network/interfaces.d/a.cfg", "# iface eth0 inet dhcp\niface eth0 inet static\n");
	put("/etc/network/more/b", "auto eth0\n\tiface eth0 inet6 dhcp\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/sbin/ifup", "");
	assert_int_equal(find(), XNM_MANAGER_IFUPDOWN);
	assert_string_equal(found.what, "iface eth0 inet6 dhcp");
	put("/etc/network/more/b", "source /etc/network/interfaces\niface eth1 inet dhcp\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	/* files that others bring may bring more, and none goes on for ever */
	put("/etc/network/more/b", "source deep/c\nsource-directory /etc/network/more\n");
	put("/etc/network/deep/c", "allow-hotplug eth0\niface eth0 inet6 auto\n\tdhcp 1\n");
	assert_int_equal(find(), XNM_MANAGER_IFUPDOWN);
	assert_string_equal(found.what, "iface eth0 inet6, dhcp 1");
	put("/etc/network/deep/c", "iface eth0 inet6 auto\n\tdhcp 0\niface eth1\n\tuse dhcp\n");
	assert_int_equal(find(), XNM_MANAGER_NONE);
	put("/etc/network/deep/c", "iface eth0\n\tuse dhcp\n");
	assert_int_equal(find(), XNM_MANAGER_IFUPDOWN);
}

/* The error text of an event has 320 bytes, of which what stands before takes its part. */
static void test_texts(void **state)
{
	struct xnm_manager manager = { .pid = 4194304 };
	char text[512];

	(void)state;
	memset(manager.what, 'x', strlen("255.255.255.255/32"));
	for (int kind = XNM_MANAGER_NETWORKD; kind <= XNM_MANAGER_DHCP_ROUTE; kind++) {
		manager.kind = (enum xnm_manager_kind)kind;
		xnm_manager_say(&manager, "enp0s31f6abcdef", "xenbr0123456789", text, sizeof(text));
		assert_in_range(strlen(text), 40, 255 - 15);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nobody, fresh),
		cmocka_unit_test_setup(test_clients, fresh),
		cmocka_unit_test_setup(test_dhcpcd_conf, fresh),
		cmocka_unit_test_setup(test_networkd_state, fresh),
		cmocka_unit_test_setup(test_networkd_files, fresh),
		cmocka_unit_test_setup(test_network_manager, fresh),
		cmocka_unit_test_setup(test_network_manager_conf, fresh),
		cmocka_unit_test_setup(test_others, fresh),
		cmocka_unit_test_setup(test_generated, fresh),
		cmocka_unit_test_setup(test_ifupdown, fresh),
		cmocka_unit_test(test_texts),
	};

	return make_top() ? remove_top(cmocka_run_group_tests(tests, NULL, NULL)) : 1;
}
