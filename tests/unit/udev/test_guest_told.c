/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_guest_told.c - what xnm-guest accepts of what dom0 tells, and what it refuses. */
#include "udev/guest_told.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct xnm_mac our_mac = { { 0x00, 0x16, 0x3e, 0, 0, 1 } };

/* Keys and values in turns, as they are read; then what they say of each other. */
static int told(struct guest_told *out, struct xnm_err *err, const char *const *words)
{
	int rc = 0;

	memset(out, 0, sizeof(*out));
	err->text[0] = '\0';
	for (; rc == 0 && words[0]; words += 2)
		rc = guest_told_key(out, words[0], words[1], err);
	return rc ? rc : guest_told_check(out, &our_mac, "eth0", err);
}

#define TOLD(out, err, ...) told(out, err, (const char *const[]){ __VA_ARGS__, NULL })

static void test_all(void **state)
{
	struct guest_told out;
	struct xnm_err err;

	(void)state;
	assert_int_equal(TOLD(&out, &err, "mac", "00:16:3e:00:00:01", "net", "a.b-c_9", "ip",
			      "192.0.2.2/24 10.0.0.1/32 fd00::2/64 192.0.2.130/31", "gateway",
			      "fe80::1 192.0.2.1", "dns", "9.9.9.9 2620:fe::fe", "mtu", "1280",
			      "share", "yes", "share-to", "wlan0 wwan* enp0s31f6.100", "later",
			      "\"; whatever"),
			 0);
	assert_true(out.present);
	assert_int_equal(out.n_addresses, 4);
	assert_int_equal(out.addresses[1].prefix_len, 32);
	assert_int_equal(out.n_gateways, 2);
	assert_int_equal(out.n_dns, 2);
	assert_int_equal(out.mtu_bytes, 1280);
	assert_true(out.share);
	assert_int_equal(out.n_share_to, 3);
	assert_string_equal(out.share_to[1], "wwan*");
	assert_string_equal(out.net, "a.b-c_9");
}

static void test_little(void **state)
{
	struct guest_told out;
	struct xnm_err err;

	(void)state;
	assert_int_equal(
		TOLD(&out, &err, "mac", "00:16:3e:00:00:01", "dns", "9.9.9.9", "share", "no"), 0);
	assert_false(out.share);
	assert_int_equal(out.n_addresses + out.n_gateways + out.mtu_bytes, 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *key, *value, *message;
	} rows[] = {
		{ "mac", "", "mac='' is not a MAC address" },
		{ "mac", "ff:ff:ff:ff:ff:ff", "mac='ff:ff:ff:ff:ff:ff' is not a MAC address" },
		{ "mac", "00:16:3e:00:00:01 ", "mac='00:16:3e:00:00:01 ' is not a MAC address" },
		{ "mac", "00:16:3e:00:00:02",
		  "mac='00:16:3e:00:00:02' is not that of eth0, 00:16:3e:00:00:01" },
		{ "net", "", "net='' is not the name of a network" },
		{ "net", "a b", "net='a b' is not the name of a network" },
		{ "net", "a\nb", "net='a?b' is not the name of a network" },
		{ "ip", "", "ip='' is not an address that is allowed here" },
		{ "ip", "192.0.2.1", "ip='192.0.2.1' is not an address that is allowed here" },
		{ "ip", "192.0.2.1/33",
		  "ip='192.0.2.1/33' is not an address that is allowed here" },
		{ "ip", "192.0.2.1/024",
		  "ip='192.0.2.1/024' is not an address that is allowed here" },
		{ "ip", "192.0.2.1/24 ", "ip='' is not an address that is allowed here" },
		{ "ip", "192.0.2.1/24  10.0.0.1/8",
		  "ip='' is not an address that is allowed here" },
		{ "ip", "192.0.2.1/24,10.0.0.1/8",
		  "ip='192.0.2.1/24,10.0.0.1/8' is not an address that is allowed here" },
		{ "ip", "0.0.0.0/0", "ip='0.0.0.0/0' is no address that an interface can have" },
		{ "ip", "127.0.0.1/8",
		  "ip='127.0.0.1/8' is no address that an interface can have" },
		{ "ip", "ff02::1/64", "ip='ff02::1/64' is no address that an interface can have" },
		{ "ip", "192.0.2.1/24 192.0.2.1/25", "ip='192.0.2.1/25' is given twice" },
		{ "ip", "eth0", "ip='eth0' is not an address that is allowed here" },
		{ "gateway", "10.0.0.1",
		  "gateway='10.0.0.1' has no address of its family "
		  "beside it in ip" },
		{ "gateway", "10.0.0.1/8",
		  "gateway='10.0.0.1/8' must be one address, without a prefix length" },
		{ "gateway", "10.0.0.1 10.0.0.2 10.0.0.3",
		  "gateway='10.0.0.3' is one address too many" },
		{ "gateway", "fe80::1%eth0",
		  "gateway='fe80::1%eth0' is not an address that is allowed here" },
		{ "dns", "localhost", "dns='localhost' is not an address that is allowed here" },
		{ "dns", "127.0.0.1", "dns='127.0.0.1' is no address that an interface can have" },
		{ "mtu", "67", "mtu='67' is not a number from 68 to 65535" },
		{ "mtu", "65536", "mtu='65536' is not a number from 68 to 65535" },
		{ "mtu", "1500.", "mtu='1500.' is not a number from 68 to 65535" },
		{ "mtu", "-1", "mtu='-1' is not a number from 68 to 65535" },
		{ "share", "", "share='' is neither yes nor no" },
		{ "share", "YES", "share='YES' is neither yes nor no" },
		{ "share-to", "wlan0", "share-to='wlan0' has no share=yes beside it" },
		{ "share-to", "", "share-to='' is not the name of an interface" },
		{ "share-to", "*", "share-to='*' is not the name of an interface" },
		{ "share-to", "w*0", "share-to='w*0' is not the name of an interface" },
		{ "share-to", "wlan0 ", "share-to='' is not the name of an interface" },
		{ "share-to", "wlan0  lan0", "share-to='' is not the name of an interface" },
		{ "share-to", "wlan0,lan0",
		  "share-to='wlan0,lan0' is not the name of an interface" },
		{ "share-to", "wlan0\"", "share-to='wlan0\"' is not the name of an interface" },
		{ "share-to", "..", "share-to='..' is not the name of an interface" },
		{ "share-to", "a/b", "share-to='a/b' is not the name of an interface" },
		{ "share-to", "default", "share-to='default' is not the name of an interface" },
		{ "share-to", "abcdefghijklmnop",
		  "share-to='abcdefghijklmnop' is not the name of an interface" },
		{ "share-to", "wlan0 lo", "share-to='lo' leads nowhere" },
		{ "share-to", "wlan0 lan0 wlan0", "share-to='wlan0' is given twice" },
		{ "share-to", "a b c d e f g h i", "share-to='i' is one interface too many" },
	};
	struct guest_told out;
	struct xnm_err err;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		assert_int_equal(
			TOLD(&out, &err, "mac", "00:16:3e:00:00:01", rows[i].key, rows[i].value),
			-EINVAL);
		assert_string_equal(err.text, rows[i].message);
	}
}

static void test_together(void **state)
{
	struct guest_told out;
	struct xnm_err err;

	(void)state;
	assert_int_equal(TOLD(&out, &err, "ip", "192.0.2.2/24"), -EINVAL);
	assert_string_equal(err.text, "mac is missing");
	assert_int_equal(TOLD(&out, &err, "mac", "00:16:3e:00:00:01", "ip", "192.0.2.2/24",
			      "gateway", "192.0.2.2"),
			 -EINVAL);
	assert_string_equal(err.text, "gateway='192.0.2.2' is our own address");
	assert_int_equal(TOLD(&out, &err, "mac", "00:16:3e:00:00:01", "ip", "192.0.2.2/24",
			      "gateway", "192.0.2.1 192.0.2.3"),
			 -EINVAL);
	assert_string_equal(err.text, "gateway='192.0.2.3' is a second one of its family");
	assert_int_equal(
		TOLD(&out, &err, "mac", "00:16:3e:00:00:01", "ip", "fd00::2/64", "mtu", "1279"),
		-EINVAL);
	assert_string_equal(err.text, "mtu='1279' is too small for IPv6");
	assert_int_equal(TOLD(&out, &err, "mac", "00:16:3e:00:00:01", "share", "yes", "share-to",
			      "wlan0 eth0"),
			 -EINVAL);
	assert_string_equal(err.text, "share-to='eth0' is the vif itself");
}

static void test_long(void **state)
{
	struct xnm_err err = { "" };
	struct guest_told out;
	char text[2000], *p = text;

	(void)state;
	memset(&out, 0, sizeof(out));
	memset(text, '9', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(guest_told_key(&out, "ip", text, &err), -EINVAL);
	for (int i = 1; i <= 17; i++)
		p += snprintf(p, 40, "%s2001:db8::%x/64", i > 1 ? " " : "", i);
	err.text[0] = '\0';
	assert_int_equal(guest_told_key(&out, "ip", text, &err), -EINVAL);
	assert_string_equal(err.text, "ip='2001:db8::11/64' is one address too many");
	*strrchr(text, ' ') = '\0';
	assert_int_equal(guest_told_key(&out, "ip", text, &err), 0);
	assert_int_equal(out.n_addresses, 16);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),	cmocka_unit_test(test_little),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_together),
		cmocka_unit_test(test_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
