/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_tc_ticks.c - what is rounded for the kernel's traffic control is not rounded again. */
#include "hotplug/kernel/tc_ticks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/tc.h"

#define MBIT 1000000ull
#define GBIT (1000 * MBIT)

static const uint64_t rates[] = {
	8,	    56,		8000, 64000,	 MBIT,		 1000000 / 7 * 8, 10 * MBIT,
	125 * MBIT, 200 * MBIT, GBIT, 10 * GBIT, 34359738360ull, 34359738368ull,  100 * GBIT,
	400 * GBIT
};
static const uint32_t bursts[] = { 1,	  64,	  1514,	   1600,     7570,	 12500,
				   15001, 125000, 1250003, 12500000, 0x7FFFFFFF, UINT32_MAX };

/* Ticks of 64 ns, as the kernel counts them on all machines. */
static void test_known(void **state)
{
	(void)state;
	/* 12500 bytes at 10 Mbit/s are 10 ms */
	assert_int_equal(tc_bytes_to_ticks(10 * MBIT, 12500), 156250);
	assert_int_equal(tc_ticks_to_bytes(10 * MBIT, 156250), 12500);
	/* 8 ns for a byte */
	assert_int_equal(tc_bytes_to_ticks(GBIT, 8), 1);
	assert_int_equal(tc_bytes_to_ticks(GBIT, 7), 0);
	assert_int_equal(tc_ticks_to_bytes(GBIT, 1), 15);
	/* 274 seconds, and no more */
	assert_int_equal(tc_bytes_to_ticks(8, 274), 4281250000u);
	assert_int_equal(tc_bytes_to_ticks(8, 275), UINT32_MAX);
	assert_int_equal(tc_us_to_ticks(64), 1000);
	assert_int_equal(tc_us_to_ticks(1), 15);
	assert_int_equal(tc_ticks_to_us(1000), 64);
	assert_int_equal(tc_us_to_ticks(UINT32_MAX), UINT32_MAX);
	assert_int_equal(tc_ppm_to_chance(0), 0);
	assert_int_equal(tc_ppm_to_chance(1), 4295);
	assert_int_equal(tc_ppm_to_chance(10000), 42949673);
	assert_int_equal(tc_ppm_to_chance(500000), 2147483648u);
	assert_int_equal(tc_ppm_to_chance(1000000), UINT32_MAX);
	assert_int_equal(tc_ppm_to_chance(UINT32_MAX), UINT32_MAX);
}

static void test_bursts(void **state)
{
	(void)state;
	for (size_t r = 0; r < XNM_N_ELEMENTS(rates); r++) {
		for (size_t b = 0; b < XNM_N_ELEMENTS(bursts); b++) {
			uint32_t ticks = tc_bytes_to_ticks(rates[r], bursts[b]);
			uint32_t rounded = tc_ticks_to_bytes(rates[r], ticks);

			assert_int_equal(
				tc_ticks_to_bytes(rates[r], tc_bytes_to_ticks(rates[r], rounded)),
				rounded);
			/* more than there is room for */
			if (ticks == UINT32_MAX || rounded == UINT32_MAX)
				continue;
			assert_int_equal(tc_bytes_to_ticks(rates[r], rounded), ticks);
			/* never smaller, as a frame of the largest size must fit; not by much */
			assert_in_range(rounded - bursts[b], 0, rates[r] / 8 * 64 / 1000000000);
		}
	}
}

static void test_times_and_chances(void **state)
{
	(void)state;
	for (uint32_t us = 0; us < 274000000; us += us < 5000 ? 1 : us / 1000)
		assert_int_equal(tc_ticks_to_us(tc_us_to_ticks(us)), us);
	for (uint32_t ppm = 0; ppm <= 1000000; ppm++)
		assert_int_equal(tc_chance_to_ppm(tc_ppm_to_chance(ppm)), ppm);
}

static void assert_rounded(struct xnm_qdisc is, const struct xnm_qdisc *expected)
{
	struct xnm_qdisc again;

	xnm_qdisc_round(&is);
	assert_memory_equal(&is, expected, sizeof(is));
	again = is;
	xnm_qdisc_round(&again);
	assert_memory_equal(&again, &is, sizeof(is));
}

static void test_qdiscs(void **state)
{
	static const struct {
		struct xnm_qdisc is, rounded;
	} cases[] = {
		{ { .kind = XNM_QDISC_TBF, .rate_bit_s = 15, .burst_bytes = 100 },
		  { .kind = XNM_QDISC_TBF, .rate_bit_s = 8, .burst_bytes = 100 } },
		{ { .kind = XNM_QDISC_TBF, .rate_bit_s = 0, .burst_bytes = 100 },
		  { .kind = XNM_QDISC_TBF, .rate_bit_s = 8, .burst_bytes = 100 } },
		{ { .kind = XNM_QDISC_TBF, .rate_bit_s = GBIT + 1, .burst_bytes = 1514 },
		  { .kind = XNM_QDISC_TBF, .rate_bit_s = GBIT, .burst_bytes = 1519 } },
		{ { .kind = XNM_QDISC_CAKE, .rate_bit_s = 7 }, { .kind = XNM_QDISC_CAKE } },
		{ { .kind = XNM_QDISC_FQ_CODEL },
		  { .kind = XNM_QDISC_FQ_CODEL, .limit_packets = 10240 } },
		{ { .kind = XNM_QDISC_FQ_CODEL, .limit_packets = 5 },
		  { .kind = XNM_QDISC_FQ_CODEL, .limit_packets = 5 } },
		{ { .kind = XNM_QDISC_NETEM, .loss_ppm = 1000001, .reorder_ppm = 5000000 },
		  { .kind = XNM_QDISC_NETEM, .loss_ppm = 1000000, .reorder_ppm = 1000000 } },
		{ { .kind = XNM_QDISC_NETEM, .jitter_us = 2147484 },
		  { .kind = XNM_QDISC_NETEM, .jitter_us = 2147483 } },
		{ { .kind = XNM_QDISC_NETEM,
		    .loss_ppm = 5,
		    .turn_bad_ppm = 1000001,
		    .bad_loss_ppm = 7 },
		  { .kind = XNM_QDISC_NETEM, .turn_bad_ppm = 1000000, .bad_loss_ppm = 7 } },
		{ { .kind = XNM_QDISC_NETEM,
		    .loss_ppm = 5,
		    .turn_good_ppm = 1,
		    .bad_loss_ppm = 2,
		    .good_loss_ppm = 3 },
		  { .kind = XNM_QDISC_NETEM, .loss_ppm = 5 } },
		{ { .kind = XNM_QDISC_NETEM, .slot_min_us = 5, .slot_max_us = 4 },
		  { .kind = XNM_QDISC_NETEM, .slot_min_us = 5, .slot_max_us = 5 } },
		{ { .kind = XNM_QDISC_HTB, .default_class = 0x10030 },
		  { .kind = XNM_QDISC_HTB, .default_class = 0x30 } },
		{ { .kind = XNM_QDISC_CLSACT },
		  { .kind = XNM_QDISC_CLSACT, .handle = 0xFFFF0000, .parent = 0xFFFFFFF1 } },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++)
		assert_rounded(cases[i].is, &cases[i].rounded);
}

/* Each field that a kind has makes a difference; a seed only if one is wanted. */
static void test_equal(void **state)
{
	static const struct xnm_qdisc netem = { .kind = XNM_QDISC_NETEM, .seed = 7 };
	static const struct xnm_qdisc others[] = {
		{ .kind = XNM_QDISC_NETEM, .handle = 1 },
		{ .kind = XNM_QDISC_NETEM, .parent = 1 },
		{ .kind = XNM_QDISC_NETEM, .limit_packets = 1 },
		{ .kind = XNM_QDISC_NETEM, .delay_us = 1 },
		{ .kind = XNM_QDISC_NETEM, .jitter_us = 1 },
		{ .kind = XNM_QDISC_NETEM, .loss_ppm = 1 },
		{ .kind = XNM_QDISC_NETEM, .duplicate_ppm = 1 },
		{ .kind = XNM_QDISC_NETEM, .corrupt_ppm = 1 },
		{ .kind = XNM_QDISC_NETEM, .reorder_ppm = 1 },
		{ .kind = XNM_QDISC_NETEM, .turn_bad_ppm = 1 },
		{ .kind = XNM_QDISC_NETEM, .slot_max_us = 1 },
		{ .kind = XNM_QDISC_NETEM, .seed = 8 },
		{ .kind = XNM_QDISC_PFIFO },
	};
	struct xnm_qdisc is = netem, wanted = netem;

	(void)state;
	assert_true(xnm_qdisc_equal(&netem, &netem));
	wanted.seed = 0;
	assert_true(xnm_qdisc_equal(&netem, &wanted));
	for (size_t i = 0; i < XNM_N_ELEMENTS(others); i++) {
		if (xnm_qdisc_equal(&netem, &others[i]))
			fail_msg("qdisc %zu is equal", i);
	}
	wanted = is = others[9];
	is.turn_good_ppm = 1;
	assert_false(xnm_qdisc_equal(&is, &wanted));
	is = wanted;
	is.bad_loss_ppm = 1;
	assert_false(xnm_qdisc_equal(&is, &wanted));
	is = wanted;
	is.good_loss_ppm = 1;
	assert_false(xnm_qdisc_equal(&is, &wanted));
	is = wanted = others[10];
	is.slot_min_us = 1;
	assert_false(xnm_qdisc_equal(&is, &wanted));
	/* rounded before it is compared */
	wanted = (struct xnm_qdisc){ .kind = XNM_QDISC_TBF,
				     .rate_bit_s = GBIT + 1,
				     .burst_bytes = 1514 };
	is = (struct xnm_qdisc){ .kind = XNM_QDISC_TBF, .rate_bit_s = GBIT, .burst_bytes = 1519 };
	assert_true(xnm_qdisc_equal(&is, &wanted));
	is.rate_bit_s += 8;
	assert_false(xnm_qdisc_equal(&is, &wanted));
	is.rate_bit_s -= 8;
	is.burst_bytes += 8;
	assert_false(xnm_qdisc_equal(&is, &wanted));
	is.burst_bytes -= 8;
	is.limit_bytes = 1;
	assert_false(xnm_qdisc_equal(&is, &wanted));
	is = wanted = (struct xnm_qdisc){ .kind = XNM_QDISC_HTB, .default_class = 3 };
	is.default_class = 4;
	assert_false(xnm_qdisc_equal(&is, &wanted));
}

static void test_classes(void **state)
{
	struct xnm_tc_class class = {
		.rate_bit_s = GBIT + 3,
		.ceil_bit_s = MBIT,
		.burst_bytes = 1514,
		.cburst_bytes = 1514,
		.priority = 8,
		.quantum_bytes = 200000,
	};

	(void)state;
	xnm_tc_class_round(&class);
	assert_int_equal(class.rate_bit_s, GBIT);
	assert_int_equal(class.ceil_bit_s, GBIT);
	assert_int_equal(class.burst_bytes, 1519);
	assert_int_equal(class.cburst_bytes, 1519);
	assert_int_equal(class.priority, 7);
	assert_int_equal(class.quantum_bytes, 0);
	assert_int_equal(tc_default_quantum(8), 1000);
	assert_int_equal(tc_default_quantum(4 * MBIT), 50000);
	assert_int_equal(tc_default_quantum(400 * GBIT), 200000);
}

static void test_filters(void **state)
{
	static const struct {
		const char *is, *rounded;
	} cases[] = {
		{ "10.1.2.3/23", "10.1.2.0/23" }, { "10.1.2.3/0", "0.0.0.0/0" },
		{ "10.1.2.3/32", "10.1.2.3/32" }, { "2001:db8::5/127", "2001:db8::4/127" },
		{ "2001:db8::5/0", "::/0" },	  { "2001:db8:ffff::5/33", "2001:db8:8000::/33" },
		{ "2001:db8::5", "2001:db8::5" },
	};
	struct xnm_tc_filter is = { 0 }, expected = { 0 };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		assert_int_equal(xnm_parse_cidr(cases[i].is, &is.prefix), 0);
		assert_int_equal(xnm_parse_cidr(cases[i].rounded, &expected.prefix), 0);
		xnm_tc_filter_round(&is);
		assert_memory_equal(&is, &expected, sizeof(is));
	}
	/* one without a prefix stays as it is */
	memset(&is, 0, sizeof(is));
	memset(&expected, 0, sizeof(expected));
	xnm_tc_filter_round(&is);
	assert_memory_equal(&is, &expected, sizeof(is));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_bursts),
		cmocka_unit_test(test_times_and_chances),
		cmocka_unit_test(test_qdiscs),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_filters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
