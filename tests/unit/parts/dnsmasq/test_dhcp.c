/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_dhcp.c - names become labels, reservations are what dnsmasq reads, files come and go. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "hotplug/core/want.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "tests/unit/run_dir.h"

static void test_labels(void **state)
{
	static const struct {
		const char *name;
		uint32_t devid;
		const char *label;
	} cases[] = {
		{ "web1", 0, "web1" },
		{ "Web_1.example", 0, "web-1-example" },
		{ "web1", 2, "web1-2" },
		{ "--a  b--", 0, "a-b" },
		{ "", 0, "vif7-0" },
		{ "***", 1, "vif7-1" },
		{ "\xc3\xa4x", 0, "x" },
		/* words that mean something else in a reservation */
		{ "3600", 0, "guest-3600" },
		{ "12h", 0, "guest-12h" },
		{ "12hh", 0, "12hh" },
		{ "infinite", 0, "guest-infinite" },
		{ "ignore", 0, "guest-ignore" },
		{ "ignore", 1, "ignore-1" },
		{ "a,b", 0, "a-b" },
		{ "a\nb", 0, "a-b" },
		{ "set:x", 0, "set-x" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789", 65535,
		  "012345678901234567890123456789012345678901234567890-65535" },
	};
	char label[XNM_DNS_LABEL_LEN];

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		xnm_dns_label(label, cases[i].name, 7, cases[i].devid);
		assert_string_equal(label, cases[i].label);
	}
}

static void assert_line(const char *addresses, uint32_t lease_time_s, const char *wanted)
{
	static struct xnm_network network;
	static struct xnm_want want;
	static const struct xnm_event event = { .domid = 7 };
	static const struct xnm_guest guest = { .mac = { { 0, 0x16, 0x3e, 0, 0, 1 } },
						.domain_name = "web1" };
	char text[128], line[XNM_DHCP_LINE_LEN], *save = NULL;

	network.n_addresses = 2;
	assert_int_equal(xnm_parse_cidr("10.0.0.1/24", &network.addresses[0]), 0);
	assert_int_equal(xnm_parse_cidr("fd00::1/64", &network.addresses[1]), 0);
	network.lease_time_s = lease_time_s;
	want.network = &network;
	want.address.n = 0;
	(void)snprintf(text, sizeof(text), "%s", addresses);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		assert_int_equal(xnm_parse_cidr(word, &want.address.list[want.address.n++]), 0);
	xnm_dhcp_line(line, &event, &guest, &want);
	assert_string_equal(line, wanted);
}

static void test_lines(void **state)
{
	(void)state;
	assert_line("10.0.0.5", 0, "00:16:3e:00:00:01,10.0.0.5,web1,3600\n");
	assert_line("fd00::5", 120, "00:16:3e:00:00:01,[fd00::5],web1,120\n");
	assert_line("fd00::5 10.0.0.5/24 10.0.0.6", XNM_LEASE_INFINITE,
		    "00:16:3e:00:00:01,10.0.0.5,[fd00::5],web1,infinite\n");
	/* what dnsmasq cannot give on this link */
	assert_line("192.0.2.5 fe80::5 10.0.0.16/28 10.0.0.7", 0,
		    "00:16:3e:00:00:01,10.0.0.7,web1,3600\n");
	assert_line("192.0.2.5", 0, "");
	assert_line("", 0, "");
}

static const struct xnm_owner one = { 1, 0 }, two = { 2, 0 };

static void assert_file(const struct xnm_owner *vif, const char *text)
{
	char line[XNM_DHCP_LINE_LEN];

	xnm_dhcp_read(&dir, "dhcp/lan.hosts", vif, line);
	assert_string_equal(line, text);
}

static bool is_marked(void)
{
	return faccessat(dir.run_fd, "dhcp/lan.hosts.changed", F_OK, 0) == 0;
}

static void test_files(void **state)
{
	(void)state;
	assert_file(&one, "");
	assert_int_equal(xnm_dhcp_remove(&dir, "dhcp/lan.hosts", &one), 0);
	note_vif(1, 0);
	note_vif(2, 0);
	assert_int_equal(xnm_dhcp_write(&dir, "dhcp/lan.hosts", &one, "a\n"), 0);
	assert_file(&one, "a\n");
	assert_int_equal(count_files("dhcp/lan.hosts"), 1);
	/* what is new needs no signal, what goes is marked until the next one comes */
	assert_false(is_marked());
	assert_int_equal(xnm_dhcp_remove(&dir, "dhcp/lan.hosts", &one), 0);
	assert_true(is_marked());
	assert_int_equal(count_files("dhcp/lan.hosts"), 0);
	assert_int_equal(xnm_dhcp_write(&dir, "dhcp/lan.hosts", &two, "b\n"), 0);
	assert_false(is_marked());
	/* of a vif without notes, of a writer that was killed, and somebody else's */
	put_file("dhcp/lan.hosts/7.0", "stale\n");
	put_file("dhcp/lan.hosts/.2.0", "half");
	put_file("dhcp/lan.hosts/printer", "00:00:5e:00:53:01,10.0.0.9\n");
	assert_int_equal(xnm_dhcp_write(&dir, "dhcp/lan.hosts", &two, "c\n"), 0);
	assert_file(&two, "c\n");
	assert_int_equal(count_files("dhcp/lan.hosts"), 2);
}

/* Only a dnsmasq may get the signal: this test would die of it. */
static void test_wrong_pid(void **state)
{
	char pid[16];

	(void)state;
	note_vif(1, 0);
	assert_int_equal(xnm_dhcp_write(&dir, "dhcp/lan.hosts", &one, "a\n"), 0);
	(void)snprintf(pid, sizeof(pid), "%d\n", getpid());
	put_file("dhcp/lan.hosts.pid", pid);
	assert_int_equal(xnm_dhcp_write(&dir, "dhcp/lan.hosts", &one, "b\n"), 0);
	put_file("dhcp/lan.hosts.pid", "-1\n");
	assert_int_equal(xnm_dhcp_write(&dir, "dhcp/lan.hosts", &one, "c\n"), 0);
	assert_false(is_marked());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_lines),
		cmocka_unit_test_setup_teardown(test_files, open_run, remove_run),
		cmocka_unit_test_setup_teardown(test_wrong_pid, open_run, remove_run),
	};
	int rc;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(run_top) || rc;
}
