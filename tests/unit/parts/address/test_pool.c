/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pool.c - ranges are counted right, and each MAC address keeps its own address. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"
#include "hotplug/notes/address.h"
#include "hotplug/parts/address/pool.h"
#include "hotplug/parts/address/pool_read.h"
#include "policy/types/types.h"
#include "tests/unit/run_dir.h"

static const struct xnm_pool_guest one = { { { 0, 0x16, 0x3e, 0, 0, 1 } }, "", "" };
static const struct xnm_pool_guest two = { { { 0, 0x16, 0x3e, 0, 0, 2 } }, "", "" };

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	if (xnm_parse_cidr(text, &out))
		fail_msg("'%s' is no address", text);
	return out;
}

/* A pool of these ranges. */
static struct xnm_pool pool_of(const char *first, const char *second)
{
	struct xnm_pool pool = { .name = "web", .network = "lan" };
	const char *texts[] = { first, second }, *reason;

	for (size_t i = 0; i < 2 && texts[i]; i++) {
		if (xnm_parse_range(texts[i], &pool.ranges[pool.n_ranges++], sizeof(pool.ranges[0]),
				    &reason))
			fail_msg("'%s' is no range", texts[i]);
	}
	return pool;
}

static void assert_at(const struct xnm_pool *pool, uint8_t family, uint64_t place, const char *text)
{
	char shown[XNM_CIDR_TEXT_LEN];
	struct xnm_cidr address;

	xnm_pool_address(pool, family, place, &address);
	xnm_format_cidr(&address, shown);
	assert_string_equal(shown, text);
	assert_true(xnm_pool_has(pool, &address));
}

static void test_sizes(void **state)
{
	static const struct {
		const char *first, *second;
		uint64_t size4, size6;
	} cases[] = {
		{ "10.0.0.5", NULL, 1, 0 },
		{ "10.0.0.5-10.0.0.5", "10.0.0.7", 2, 0 },
		{ "10.0.0.200-10.0.1.10", NULL, 67, 0 },
		{ "10.0.0.0/24", "fd00::/120", 256, 256 },
		{ "10.0.0.0/8", NULL, 1 << 24, 0 },
		{ "fd00::ffff-fd00::1:0", NULL, 0, 2 },
		{ "fd00::/96", NULL, 0, XNM_RANGE_SIZE_MAX },
		{ "fd00::/64", "fd00:1::1-fd00:1::2", 0, XNM_RANGE_SIZE_MAX + 2 },
		{ "fd00::1-fd00::1:0:0", NULL, 0, XNM_RANGE_SIZE_MAX },
		{ "fd00::2-fd00::1:0:0", NULL, 0, XNM_RANGE_SIZE_MAX - 1 },
		{ "fd00::ffff:ffff:ffff:ffff-fd00:0:0:1::", NULL, 0, 2 },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct xnm_pool pool = pool_of(cases[i].first, cases[i].second);

		assert_int_equal(xnm_pool_size(&pool, AF_INET), cases[i].size4);
		assert_int_equal(xnm_pool_size(&pool, AF_INET6), cases[i].size6);
	}
}

static void test_addresses(void **state)
{
	struct xnm_pool pool = pool_of("10.0.0.250-10.0.1.5", "10.9.0.1-10.9.0.2");
	struct xnm_pool pool6 = pool_of("10.0.0.1", "fd00::ff00/120");
	const struct xnm_cidr outside = cidr("10.0.1.6");

	(void)state;
	assert_at(&pool, AF_INET, 0, "10.0.0.250/32");
	assert_at(&pool, AF_INET, 5, "10.0.0.255/32");
	assert_at(&pool, AF_INET, 6, "10.0.1.0/32");
	assert_at(&pool, AF_INET, 12, "10.9.0.1/32");
	assert_at(&pool, AF_INET, 13, "10.9.0.2/32");
	assert_at(&pool6, AF_INET6, 255, "fd00::ffff/128");
	assert_at(&pool6, AF_INET, 0, "10.0.0.1/32");
	assert_false(xnm_pool_has(&pool, &outside));
}

static void test_place(void **state)
{
	unsigned int taken[64] = { 0 }, different = 0;
	struct xnm_mac mac = one.mac;

	(void)state;
	assert_int_equal(xnm_pool_place(&one.mac, 0), 0);
	assert_int_equal(xnm_pool_place(&one.mac, 1000), xnm_pool_place(&one.mac, 1000));
	/* MAC addresses that follow each other do not crowd in one place */
	for (unsigned int i = 0; i < 64; i++) {
		mac.b[5] = (uint8_t)i;
		assert_in_range(xnm_pool_place(&mac, 64), 0, 63);
		taken[xnm_pool_place(&mac, 64)]++;
	}
	for (unsigned int i = 0; i < 64; i++)
		different += taken[i] > 0;
	assert_in_range(different, 30, 64);
}

static void test_eui64(void **state)
{
	const struct xnm_cidr prefix = cidr("fd00:7::1/64"),
			      wanted = cidr("fd00:7::216:3eff:fe00:1");
	struct xnm_cidr address;

	(void)state;
	xnm_eui64(&address, &prefix, &one.mac);
	assert_true(xnm_cidr_equal(&address, &wanted));
}

static void test_notes(void **state)
{
	const struct xnm_cidr a = cidr("10.0.0.5"), b = cidr("10.0.0.6"), six = cidr("fd00::5");
	int fd = xnm_pool_open("web", true);
	struct xnm_mac owner;
	struct xnm_cidr out;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(xnm_pool_lookup(fd, &one, AF_INET, &out), -ENOENT);
	assert_int_equal(xnm_pool_assign(fd, &a, &one), 1);
	assert_int_equal(xnm_pool_assign(fd, &six, &one), 1);
	assert_int_equal(xnm_pool_assign(fd, &a, &one), 0);
	assert_int_equal(xnm_pool_lookup(fd, &one, AF_INET, &out), 0);
	assert_true(xnm_cidr_equal(&out, &a));
	assert_int_equal(xnm_pool_lookup(fd, &one, AF_INET6, &out), 0);
	assert_true(xnm_cidr_equal(&out, &six));

	/* another one takes it over: the first one has nothing any more */
	assert_int_equal(xnm_pool_assign(fd, &a, &two), 1);
	assert_int_equal(xnm_pool_owner(fd, &a, &owner), 0);
	assert_true(xnm_mac_equal(&owner, &two.mac));
	assert_int_equal(xnm_pool_lookup(fd, &one, AF_INET, &out), -ENOENT);
	assert_int_equal(xnm_pool_lookup(fd, &one, AF_INET6, &out), 0);

	/* and another address: the old one is free */
	assert_int_equal(xnm_pool_assign(fd, &b, &two), 1);
	assert_int_equal(xnm_pool_owner(fd, &a, &owner), -ENOENT);
	assert_int_equal(xnm_pool_lookup(fd, &two, AF_INET, &out), 0);
	assert_true(xnm_cidr_equal(&out, &b));
	assert_int_equal(close(fd), 0);
}

/* What a run leaves that was killed between the two links. */
static void test_half_notes(void **state)
{
	const struct xnm_cidr a = cidr("10.0.0.5");
	int fd = xnm_pool_open("web", true);
	struct xnm_cidr out;

	(void)state;
	assert_int_equal(symlinkat("00:16:3e:00:00:01", fd, "10.0.0.5"), 0);
	assert_int_equal(xnm_pool_lookup(fd, &one, AF_INET, &out), -ENOENT);
	assert_int_equal(xnm_pool_assign(fd, &a, &one), 1);
	assert_int_equal(xnm_pool_lookup(fd, &one, AF_INET, &out), 0);
	/* links that say nothing, or lead elsewhere */
	assert_int_equal(symlinkat("../../etc", fd, "00:16:3e:00:00:02,4"), 0);
	assert_int_equal(xnm_pool_lookup(fd, &two, AF_INET, &out), -ENOENT);
	assert_int_equal(symlinkat("old", fd, ".new"), 0);
	assert_int_equal(xnm_pool_assign(fd, &a, &two), 1);
	assert_int_equal(xnm_pool_lookup(fd, &two, AF_INET, &out), 0);
	assert_int_equal(close(fd), 0);
}

/* A guest is known again by its UUID or by its name; who has only its MAC address is another one. */
static void test_guests(void **state)
{
	const struct xnm_pool_guest web = { one.mac, "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a",
					    "web" };
	const struct xnm_pool_guest anew = { one.mac, "11111111-0d2f-4a37-8c55-1f0e2d3c4b5a",
					     "web" };
	const struct xnm_pool_guest renamed = { one.mac, web.uuid, "www a/b" };
	const struct xnm_pool_guest thief = { one.mac, "22222222-0d2f-4a37-8c55-1f0e2d3c4b5a",
					      "x" };
	const struct xnm_cidr a = cidr("10.0.0.5"), b = cidr("10.0.0.6"), c = cidr("10.0.0.7");
	int fd = xnm_pool_open("web", true);
	struct xnm_cidr out;

	(void)state;
	/* one that nobody has noted more of than a MAC address is that one's */
	assert_int_equal(xnm_pool_assign(fd, &a, &one), 1);
	assert_true(xnm_pool_is_own(fd, &a, &thief));
	assert_int_equal(xnm_pool_assign(fd, &a, &web), 0);
	assert_true(xnm_pool_is_own(fd, &a, &anew));
	assert_true(xnm_pool_is_own(fd, &a, &renamed));
	assert_true(xnm_pool_is_own(fd, &a, &one));
	assert_false(xnm_pool_is_own(fd, &a, &thief));
	assert_int_equal(xnm_pool_lookup(fd, &thief, AF_INET, &out), -ENOENT);
	/* each its own, in whatever order they come */
	assert_int_equal(xnm_pool_assign(fd, &b, &thief), 1);
	assert_int_equal(xnm_pool_assign(fd, &b, &thief), 0);
	assert_int_equal(xnm_pool_lookup(fd, &thief, AF_INET, &out), 0);
	assert_true(xnm_cidr_equal(&out, &b));
	assert_int_equal(xnm_pool_assign(fd, &a, &renamed), 0);
	assert_int_equal(xnm_pool_lookup(fd, &renamed, AF_INET, &out), 0);
	assert_true(xnm_cidr_equal(&out, &a));
	/* it moves, and only its own address goes back */
	assert_int_equal(xnm_pool_assign(fd, &c, &thief), 1);
	assert_false(xnm_pool_is_own(fd, &b, &thief));
	assert_true(xnm_pool_is_own(fd, &a, &renamed));
	/* the first one's is given to the second after all, as when a pool is full */
	assert_int_equal(xnm_pool_assign(fd, &a, &thief), 1);
	assert_int_equal(xnm_pool_lookup(fd, &thief, AF_INET, &out), 0);
	assert_true(xnm_cidr_equal(&out, &a));
	assert_int_equal(xnm_pool_lookup(fd, &renamed, AF_INET, &out), -ENOENT);
	assert_false(xnm_pool_is_own(fd, &c, &thief));
	assert_int_equal(close(fd), 0);
}

static struct xnm_policy policy;
static struct xnm_want want;

/* What a vif gets of a pool in 10.0.0.1/24. */
static int choose(const char *range, const struct xnm_pool_guest *guest, struct xnm_cidr *out)
{
	static const struct xnm_owner self = { 1, 0 };
	static struct xnm_pool pool;
	struct xnm_pool_facts facts;
	struct xnm_err err = { "" };
	int rc;

	pool = pool_of(range, NULL);
	policy.networks[0].n_addresses = 1;
	policy.networks[0].addresses[0] = cidr("10.0.0.1/24");
	want.policy = &policy;
	want.network = &policy.networks[0];
	want.address.pool = &pool;
	(void)snprintf(want.bridge.name, sizeof(want.bridge.name), "br0");
	(void)snprintf(want.address.scope, sizeof(want.address.scope), "br0");
	rc = xnm_pool_find(&facts, &dir, &self, guest, &want, &err);
	*out = facts.list[0];
	return rc;
}

static void assert_chosen(const char *range, const struct xnm_pool_guest *guest, const char *wanted)
{
	char shown[XNM_CIDR_TEXT_LEN] = "";
	struct xnm_cidr out;
	int rc = choose(range, guest, &out);

	if (rc == 0)
		xnm_format_cidr(&out, shown);
	assert_string_equal(shown, wanted);
}

static void give(const char *text, const struct xnm_pool_guest *guest, time_t age_s)
{
	const struct timespec then[2] = { { .tv_sec = time(NULL) - age_s },
					  { .tv_sec = time(NULL) - age_s } };
	const struct xnm_cidr address = cidr(text);
	int fd = xnm_pool_open("web", true);

	assert_true(xnm_pool_assign(fd, &address, guest) >= 0);
	assert_int_equal(utimensat(fd, text, then, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(close(fd), 0);
}

static void test_never_given(void **state)
{
	const struct xnm_owner other = { 2, 0 };
	const struct xnm_cidr claimed = cidr("10.0.0.3");
	struct xnm_owner owner;

	(void)state;
	/* the subnet's own address and the host's; the last one is the broadcast address */
	assert_chosen("10.0.0.0-10.0.0.1", &two, "");
	assert_chosen("10.0.0.255", &two, "");
	assert_chosen("10.0.0.0-10.0.0.2", &two, "10.0.0.2/32");
	/* one that the policy gives to somebody */
	policy.n_vifs = 1;
	policy.vifs[0].own.n = 1;
	policy.vifs[0].own.list[0] = cidr("10.0.0.2");
	assert_chosen("10.0.0.0-10.0.0.2", &two, "");
	policy.vifs[0].own.list[0] = cidr("10.0.0.128/25");
	assert_chosen("10.0.0.128-10.0.0.140", &two, "");
	policy.n_vifs = 0;
	/* routers and name servers that guests, or the host, are told of */
	policy.n_networks = 2;
	policy.networks[0].gateway.n = 1;
	policy.networks[0].gateway.list[0] = cidr("10.0.0.2");
	assert_chosen("10.0.0.2", &two, "");
	policy.networks[0].gateway.n = 0;
	policy.networks[1].dns.n = 2;
	policy.networks[1].dns.list[1] = cidr("10.0.0.2");
	assert_chosen("10.0.0.2", &two, "");
	policy.n_networks = policy.networks[1].dns.n = 0;
	policy.n_uplinks = 1;
	policy.uplinks[0].gateway.n = 1;
	policy.uplinks[0].gateway.list[0] = cidr("10.0.0.2");
	assert_chosen("10.0.0.2", &two, "");
	policy.n_uplinks = 0;
	assert_chosen("10.0.0.2", &two, "10.0.0.2/32");
	/* one that a vif has which lives, wherever that got it from */
	note_vif(2, 0);
	assert_int_equal(xnm_address_note_claim(&dir, "br0", &claimed, &other, NULL, &owner), 0);
	assert_chosen("10.0.0.3", &two, "");
	/* what it has of before counts only while it may have it */
	give("10.0.0.3", &two, 0);
	assert_chosen("10.0.0.3-10.0.0.4", &two, "10.0.0.4/32");
}

static void test_longest_unused(void **state)
{
	/* the one of note_vif() */
	static const struct xnm_pool_guest live = { { { 0, 0, 0, 0, 0, 1 } }, "", "" };
	static const struct xnm_pool_guest third = { { { 2, 2, 2, 2, 2, 2 } }, "", "" };

	(void)state;
	note_vif(2, 0);
	give("10.0.0.5", &live, 9000);
	give("10.0.0.6", &one, 1);
	assert_chosen("10.0.0.5-10.0.0.6", &two, "");
	give("10.0.0.6", &one, 60);
	assert_chosen("10.0.0.5-10.0.0.6", &two, "10.0.0.6/32");
	give("10.0.0.7", &third, 600);
	assert_chosen("10.0.0.5-10.0.0.7", &two, "10.0.0.7/32");
	/* a clock that was set back */
	give("10.0.0.7", &third, -600);
	assert_chosen("10.0.0.5-10.0.0.7", &two, "10.0.0.6/32");
}

static int open_both(void **state)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/lib", run_path);
	return setenv("XNM_STATE_DIR", path, 1) || open_run(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_eui64),
		cmocka_unit_test_setup_teardown(test_notes, open_both, remove_run),
		cmocka_unit_test_setup_teardown(test_half_notes, open_both, remove_run),
		cmocka_unit_test_setup_teardown(test_guests, open_both, remove_run),
		cmocka_unit_test_setup_teardown(test_never_given, open_both, remove_run),
		cmocka_unit_test_setup_teardown(test_longest_unused, open_both, remove_run),
	};
	int rc;

	(void)put_file;
	(void)count_files;
	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(run_top) || rc;
}
