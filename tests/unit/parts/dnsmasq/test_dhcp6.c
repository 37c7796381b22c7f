/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_dhcp6.c - leases are found in what dnsmasq writes and in nothing else; the packet that ends one. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <cmocka.h>

#include "hotplug/kernel/dhcp6_release.c"
#include "tests/unit/run_dir.h"

/* What happens to the file while it is read, once. */
static void (*after_read)(void);

static ssize_t read_then(int fd, void *buf, size_t len)
{
	void (*then)(void) = after_read;
	ssize_t got = read(fd, buf, len);

	after_read = NULL;
	if (then)
		then();
	return got;
}

#define read read_then
#include "hotplug/parts/dnsmasq/lease.c"
#undef read

#define SERVER "duid 00:01:00:01:32:9c:c1:7a:8a:4a:e7:f7:16:0d\n"
#define CLIENT "00:03:00:01:00:16:3e:aa:00:01"

static const struct xnm_mac mac = { { 0, 0x16, 0x3e, 0xaa, 0, 1 } };

static struct xnm_cidr address_of(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

/* What is found of an address in a file of this text. */
static int find(const char *text, size_t len, const char *address_text, struct xnm_lease6 *out)
{
	struct xnm_cidr address = address_of(address_text);
	int fd = memfd_create("leases", MFD_CLOEXEC), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	rc = xnm_lease_find(fd, &address, out);
	assert_int_equal(close(fd), 0);
	return rc;
}

static int find_in(const char *text, size_t len, struct xnm_lease6 *out)
{
	return find(text, len, "fd30::10", out);
}

static void assert_client(const struct xnm_lease6 *lease, uint32_t iaid, bool temporary)
{
	static const uint8_t server[] = { 0,	1,    0,    1,	  0x32, 0x9c, 0xc1,
					  0x7a, 0x8a, 0x4a, 0xe7, 0xf7, 0x16, 0x0d };
	static const uint8_t client[] = { 0, 3, 0, 1, 0, 0x16, 0x3e, 0xaa, 0, 1 };

	assert_int_equal(lease->iaid, iaid);
	assert_int_equal(lease->temporary, temporary);
	assert_int_equal(lease->server.len, sizeof(server));
	assert_memory_equal(lease->server.b, server, sizeof(server));
	assert_int_equal(lease->client.len, sizeof(client));
	assert_memory_equal(lease->client.b, client, sizeof(client));
}

static void test_found(void **state)
{
	static const struct {
		const char *text;
		uint32_t iaid;
		bool temporary;
	} cases[] = {
		{ SERVER "1795819347 1051328513 fd30::10 web1 " CLIENT "\n", 1051328513, false },
		{ SERVER "0 T4294967295 fd30:0::10 * " CLIENT "\n", UINT32_MAX, true },
		{ "1795819347 00:16:3e:aa:00:01 10.30.0.10 web1 ff:3e:aa:00:01\n" SERVER
		  "1 2 fd30::1 a 00:01\n1 0 fd30::10 b " CLIENT "\nnonsense",
		  0, false },
		/* what is no line of dnsmasq's */
		{ "\n \n" SERVER "1 2 3\n1 2 fd30::10 a b c\n1 -2 fd30::10 a 00:01\n"
		  "1 4294967296 fd30::10 a 00:01\n1 T fd30::10 a 00:01\n1 2 fd30::10 a *\n"
		  "1 2 fd30::10 a 00:1\n1 2 fd30::10 a 0001\n1 2 fd30::10 a 00:01:\n"
		  "1 2 fd30::10 a :00\n1 2 fd30::10 a 00:0g\n1 2 fd30::10/128 a 00:01\n"
		  "1 2 10.30.0.16 a 00:01\nx 2 fd30::10 a 00:01\n7 7 fd30::10 a " CLIENT "\n",
		  7, false },
		/* another server, and what of it came back */
		{ "duid 00:02\n" SERVER "vendorclass fd30::10 00:01\n1 2 fd30::10 a " CLIENT "\n",
		  2, false },
	};
	struct xnm_lease6 lease;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		assert_int_equal(find_in(cases[i].text, strlen(cases[i].text), &lease), 0);
		assert_client(&lease, cases[i].iaid, cases[i].temporary);
	}
}

static void test_not_found(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
		{ "", -EAGAIN },
		{ "1795819347 00:16:3e:aa:00:01 10.30.0.10 web1 *\n", -ENOENT },
		{ SERVER, -ENOENT },
		{ SERVER "1 2 fd30::1 a 00:01\n", -ENOENT },
		{ SERVER "1 2 fd30::10 a 00:01", -EAGAIN },
		{ "duid 00:0", -EAGAIN },
		/* without a server, or one that is none */
		{ "1 2 fd30::10 a 00:01\n" SERVER, -ENOENT },
		{ "duid *\n1 2 fd30::10 a 00:01\n", -ENOENT },
		{ SERVER "duid 00:\n1 2 fd30::10 a 00:01\n", -ENOENT },
		{ "duid 00:01 00:02\n1 2 fd30::10 a 00:01\n", -ENOENT },
	};
	static const char with_nul[] = SERVER "1 2 fd30::10 a 00:01\0\n";
	struct xnm_lease6 lease;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++)
		assert_int_equal(find_in(cases[i].text, strlen(cases[i].text), &lease),
				 cases[i].rc);
	assert_int_equal(find_in(with_nul, sizeof(with_nul) - 1, &lease), -ENOENT);
}

/* Of these only whether they are there. */
static void test_ipv4(void **state)
{
	static const char text[] = "1795819347 00:16:3e:aa:00:01 10.30.0.10 web1 *\n"
				   "0 06-00:16:3e:aa:00:02 10.30.0.11 * 00:01\n" SERVER
				   "1 2 fd30::a1e:c a 00:01\n1 2 a1e:c:: a 00:01\n";
	struct xnm_lease6 lease;

	(void)state;
	assert_int_equal(find(text, sizeof(text) - 1, "10.30.0.10", &lease), 0);
	assert_int_equal(find(text, sizeof(text) - 1, "10.30.0.11", &lease), 0);
	assert_int_equal(find(text, sizeof(text) - 1, "10.30.0.12", &lease), -ENOENT);
	assert_int_equal(find(text, sizeof(text) - 2, "10.30.0.1", &lease), -EAGAIN);
}

static char text[512 * 1024];
static size_t text_len;

static int XNM_PRINTF(1, 2) add(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text + text_len, sizeof(text) - text_len, fmt, args);
	va_end(args);
	assert_true(len >= 0 && (size_t)len < sizeof(text) - text_len);
	text_len += (size_t)len;
	return len;
}

static void add_bytes(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		(void)add("%s%02x", i ? ":" : "", i);
}

static void test_long(void **state)
{
	struct xnm_lease6 lease;

	(void)state;
	text_len = 0;
	for (unsigned int i = 0; i < 2000; i++)
		(void)add("1795819347 00:16:3e:aa:%02x:%02x 10.30.0.1 web%u *\n", i / 256, i % 256,
			  i);
	(void)add(SERVER);
	for (unsigned int i = 0; i < 1000; i++)
		(void)add("1795819347 %u fd30::1:%x web%u " CLIENT "\n", i, i, i);
	/* no lines of this length are dnsmasq's, whatever is in them */
	for (unsigned int i = 2029; i < 2129; i++) {
		(void)add("%0*u", (int)i, 1);
		(void)add(" 2 fd30::10 a 00:01\n");
	}
	(void)add("1 4 fd30::10 a ");
	add_bytes(XNM_DUID_MAX + 1);
	(void)add("\n1 5 fd30::10 ");
	for (unsigned int i = 0; i < 255; i++)
		(void)add("a");
	(void)add(" ");
	add_bytes(XNM_DUID_MAX);
	(void)add("\n");
	assert_int_equal(find_in(text, text_len, &lease), 0);
	assert_int_equal(lease.iaid, 5);
	assert_int_equal(lease.client.len, XNM_DUID_MAX);
	for (unsigned int i = 0; i < XNM_DUID_MAX; i++)
		assert_int_equal(lease.client.b[i], i);
}

static int read_lan(void)
{
	struct xnm_cidr address = address_of("fd30::10");
	struct xnm_lease6 lease;

	return xnm_lease_read("lan", &address, &lease);
}

static void test_file(void **state)
{
	static char name[300];
	struct xnm_cidr address = address_of("fd30::10");
	struct xnm_lease6 lease;
	char path[XNM_LEASE_PATH_LEN], wanted[128];

	(void)state;
	(void)snprintf(wanted, sizeof(wanted), "%s/dhcp/lan.leases", run_path);
	assert_int_equal(xnm_lease_path(path, "lan"), 0);
	assert_string_equal(path, wanted);
	memset(name, 'a', sizeof(name) - 1);
	assert_int_equal(xnm_lease_path(path, name), -ENAMETOOLONG);
	assert_int_equal(xnm_lease_read(name, &address, &lease), -ENAMETOOLONG);

	assert_int_equal(read_lan(), -ENOENT);
	assert_int_equal(mkdirat(dir.run_fd, "dhcp", 0755), 0);
	assert_int_equal(read_lan(), -ENOENT);
	put_file("dhcp/lan.leases", "");
	assert_int_equal(read_lan(), -EAGAIN);
	put_file("dhcp/lan.leases", SERVER "1 2 fd30::10 a 00:01\n");
	assert_int_equal(read_lan(), 0);
	/* nothing that could keep us */
	assert_int_equal(renameat(dir.run_fd, "dhcp/lan.leases", dir.run_fd, "dhcp/other"), 0);
	assert_int_equal(symlinkat("other", dir.run_fd, "dhcp/lan.leases"), 0);
	assert_int_equal(read_lan(), -ELOOP);
	assert_int_equal(unlinkat(dir.run_fd, "dhcp/lan.leases", 0), 0);
	assert_int_equal(mkfifoat(dir.run_fd, "dhcp/lan.leases", 0644), 0);
	assert_int_equal(read_lan(), -EINVAL);
}

#define WANTED "1 2 fd30::10 a 00:01\n"

static void put_whole(void)
{
	put_file("dhcp/lan.leases", SERVER WANTED);
}

static void put_empty(void)
{
	put_file("dhcp/lan.leases", "");
}

static void on_alarm(int sig)
{
	static const char whole[] = SERVER WANTED;
	int fd = openat(dir.run_fd, "dhcp/lan.leases", O_WRONLY | O_TRUNC | O_CLOEXEC);

	(void)sig;
	(void)!write(fd, whole, sizeof(whole) - 1);
	(void)close(fd);
}

/* dnsmasq empties its file, and some time later it is whole again. */
static void test_written_anew(void **state)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value = { .tv_usec = 5000 } };

	(void)state;
	assert_int_equal(mkdirat(dir.run_fd, "dhcp", 0755), 0);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	put_file("dhcp/lan.leases", SERVER "1 2 fd3");
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(read_lan(), 0);

	/* the line comes to where it was looked for already, or to nowhere */
	text_len = 0;
	(void)add(SERVER "%0*u\n" WANTED, LINE_LEN - (int)strlen(SERVER) - 1, 0);
	put_file("dhcp/lan.leases", text);
	after_read = put_whole;
	assert_int_equal(read_lan(), 0);
	assert_null(after_read);
	put_file("dhcp/lan.leases", text);
	after_read = put_empty;
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(read_lan(), 0);
}

static void test_packet(void **state)
{
	static const char wanted[] =
		"\x0c\x00" /* RELAY-FORW */
		"\xfd\x30\0\0\0\0\0\0\0\0\0\0\0\0\0\x10" /* link-address */
		"\xfe\x80\0\0\0\0\0\0\x02\x16\x3e\xff\xfe\xaa\0\x01" /* peer-address */
		"\0\x09\0\x43" /* RELAY_MSG */
		"\x08\xaa\0\x01" /* RELEASE */
		"\0\x01\0\x03\x01\x02\x03" /* CLIENTID */
		"\0\x02\0\x02\x04\x05" /* SERVERID */
		"\0\x08\0\x02\0\0" /* ELAPSED_TIME */
		"\0\x03\0\x28\0\0\x01\x02\0\0\0\0\0\0\0\0" /* IA_NA */
		"\0\x05\0\x18\xfd\x30\0\0\0\0\0\0\0\0\0\0\0\0\0\x10" /* IAADDR */
		"\0\0\0\0\0\0\0\0";
	const size_t len = sizeof(wanted) - 1;
	struct xnm_cidr address = address_of("fd30::10"), peer;
	struct xnm_lease6 lease = { .server = { 2, { 4, 5 } },
				    .client = { 3, { 1, 2, 3 } },
				    .iaid = 258 };
	struct packet packet = { .len = 0 };

	(void)state;
	peer = address_of("fe80::216:3eff:feaa:1");
	put_relayed(&packet, &address, &peer, &mac, &lease);
	assert_int_equal(packet.len, len);
	assert_memory_equal(packet.b, wanted, len);

	/* IA_TA has no times */
	packet.len = 0;
	lease.temporary = true;
	put_relayed(&packet, &address, &peer, &mac, &lease);
	assert_int_equal(packet.len, len - 8);
	assert_int_equal(packet.b[37], 67 - 8);
	assert_int_equal(packet.b[62], 4);
	assert_int_equal(packet.b[64], 32);

	/* the longest */
	packet.len = 0;
	lease.temporary = false;
	lease.server.len = lease.client.len = XNM_DUID_MAX;
	put_relayed(&packet, &address, &peer, &mac, &lease);
	assert_int_equal(packet.len, len - 2 - 3 + 2 * XNM_DUID_MAX);
	assert_true(packet.len <= sizeof(packet.b));
}

static int open_both(void **state)
{
	return setenv("XNM_STATE_DIR", run_path, 1) || open_run(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_long),
		cmocka_unit_test_setup_teardown(test_file, open_both, remove_run),
		cmocka_unit_test_setup_teardown(test_written_anew, open_both, remove_run),
		cmocka_unit_test(test_packet),
	};
	int rc;

	(void)count_files;
	(void)note_vif;
	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(run_top) || rc;
}
