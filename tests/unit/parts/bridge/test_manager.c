/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_manager.c - who is found to set up a card, by files of /proc, /run and /etc in a folder of the test's own. */
#include <errno.h>
#include <ftw.h>
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
#include "hotplug/parts/bridge/manager.h"

#define CARD 7 /* eth0's number in the kernel */

static char top[] = "/tmp/xnm-test-manager.XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	return ftw->level > 0 ? remove(path) : 0;
}

static void write_file(const char *name, const char *bytes, size_t len)
{
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s%s", top, name);
	for (char *slash = strchr(path + strlen(top) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void put(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

/* "dhclient -4 eth0": a process of that command line, in our network namespace or another. */
static void put_process(int pid, const char *comm, const char *line, bool ours)
{
	char path[64], own[128], its[128], words[256];
	size_t len = strlen(line) + 1;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	put(path, comm);
	memcpy(words, line, len);
	for (size_t i = 0; strncmp(line, "dhcpcd:", 7) != 0 && i < len; i++)
		words[i] = words[i] == ' ' ? '\0' : words[i];
	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	write_file(path, words, len);
	(void)snprintf(path, sizeof(path), "/proc/%d/net/dev", pid);
	put(path, "");
	if (!ours)
		return;
	(void)snprintf(own, sizeof(own), "%s/proc/self/net/dev", top);
	(void)snprintf(its, sizeof(its), "%s%s", top, path);
	assert_int_equal(unlink(its), 0);
	assert_int_equal(link(own, its), 0);
}

static int fresh(void **state)
{
	(void)state;
	(void)nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	put("/proc/self/net/dev", "");
	put("/proc/sys/kernel", "");
	return 0;
}

static struct xnm_manager found;

static enum xnm_manager_kind find(void)
{
	const struct xnm_card card = { .root = top,
				       .name = "eth0",
				       .bridge = "br0",
				       .ifindex = CARD,
				       .mac = { { 0x00, 0x16, 0x3e, 0, 0, 1 } } };

	xnm_manager_find(&card, &found);
	return found.kind;
}

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

static void mask(const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/etc/systemd/system/%s.service", top, name);
	assert_int_equal(symlink("/dev/null", path), 0);
}

/* A service of that name starts at boot, by one of the ways in which it may. */
static void enable(const char *name, unsigned int way)
{
	static const struct {
		const char *init, *folder, *end;
	} ways[] = {
		{ "/run/systemd/system/x", "/etc/systemd/system/multi-user.target.wants/",
		  ".service" },
		{ "/run/systemd/system/x", "/run/systemd/generator/multi-user.target.wants/",
		  ".service" },
		{ "/run/openrc/x", "/etc/runlevels/default/", "" },
		{ "/run/initctl", "/etc/rc2.d/S02", "" },
	};
	char path[128];

	put(ways[way].init, "");
	(void)snprintf(path, sizeof(path), "%s%s%s", ways[way].folder, name, ways[way].end);
	put(path, "");
}

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
		cmocka_unit_test_setup(test_coming, fresh),
		cmocka_unit_test_setup(test_coming_profiles, fresh),
		cmocka_unit_test_setup(test_generated, fresh),
		cmocka_unit_test_setup(test_ifupdown, fresh),
		cmocka_unit_test(test_texts),
	};
	int rc;

	if (!mkdtemp(top))
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	(void)rmdir(top);
	return rc;
}
