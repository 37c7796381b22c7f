/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_shape_tree.c - the order, bursts and limits of the qdiscs for a rate and a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/parts/shape/tree.h"

#define MBIT 1000000ull

static struct xnm_shape_tree tree;

static void make(struct xnm_shaping shaping)
{
	assert_int_equal(shape_tree(&tree, &shaping, 1500, NULL, 0), 0);
}

static void test_none(void **state)
{
	(void)state;
	make((struct xnm_shaping){ .queue = XNM_QUEUE_CAKE, .queue_us = 1 });
	assert_int_equal(tree.n, 0);
}

/* A frame has its delay first; behind it the queue of the rate is what queue= says. */
static void test_order(void **state)
{
	(void)state;
	make((struct xnm_shaping){ .rate_bit_s = 10 * MBIT, .line = { .delay_us = 20000 } });
	assert_int_equal(tree.n, 4);
	assert_int_equal(tree.qdiscs[0].kind, XNM_QDISC_TBF);
	assert_int_equal(tree.qdiscs[1].kind, XNM_QDISC_NETEM);
	assert_int_equal(tree.qdiscs[2].kind, XNM_QDISC_TBF);
	assert_int_equal(tree.qdiscs[3].kind, XNM_QDISC_FQ_CODEL);
	assert_int_equal(tree.qdiscs[0].parent, XNM_TC_ROOT);
	for (unsigned int i = 1; i < tree.n; i++) {
		assert_int_equal(tree.qdiscs[i].parent, tree.qdiscs[i - 1].handle | 1);
		assert_int_equal(tree.qdiscs[i].handle & 0xFFFF, 0);
		assert_int_not_equal(tree.qdiscs[i].handle, tree.qdiscs[i - 1].handle);
	}
}

/*
 * What is above a line cuts all that is larger than a frame, with its tags, and limits nothing:
 * two frames at once would be lost together.
 */
static void test_frames(void **state)
{
	static const uint32_t mtus[] = { 68, 1280, 1500, 9000, 65535 };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(mtus); i++) {
		const struct xnm_shaping shaping = { .line = { .loss_ppm = 1 } };
		uint32_t frame = mtus[i] + 14;

		assert_int_equal(shape_tree(&tree, &shaping, mtus[i], NULL, 0), 0);
		assert_int_equal(tree.n, 2);
		assert_int_equal(tree.qdiscs[0].kind, XNM_QDISC_TBF);
		assert_true(shape_is_cutter(tree.qdiscs[0].handle));
		assert_false(shape_is_cutter(tree.qdiscs[1].handle));
		assert_true(tree.qdiscs[0].rate_bit_s >= 10000 * MBIT);
		assert_in_range(tree.qdiscs[0].burst_bytes, frame + 8, 2 * frame + 100);
		assert_true(tree.qdiscs[0].limit_bytes > 0);
	}
	make((struct xnm_shaping){ .line = { .delay_us = 1 } });
	assert_in_range(tree.qdiscs[0].burst_bytes, 1522, 2 * 1514 - 1);
	make((struct xnm_shaping){ .rate_bit_s = MBIT });
	assert_false(shape_is_cutter(tree.qdiscs[0].handle));
}

static void test_line_alone(void **state)
{
	(void)state;
	make((struct xnm_shaping){ .line = { .delay_us = 20000,
					     .jitter_us = 5000,
					     .loss_ppm = 10000,
					     .duplicate_ppm = 1,
					     .corrupt_ppm = 2,
					     .reorder_ppm = 3,
					     .slot = { 8, 9 },
					     .seed = 10 } });
	assert_int_equal(tree.n, 2);
	assert_int_equal(tree.qdiscs[1].delay_us, 20000);
	assert_int_equal(tree.qdiscs[1].jitter_us, 5000);
	assert_int_equal(tree.qdiscs[1].loss_ppm, 10000);
	assert_int_equal(tree.qdiscs[1].duplicate_ppm, 1);
	assert_int_equal(tree.qdiscs[1].corrupt_ppm, 2);
	assert_int_equal(tree.qdiscs[1].reorder_ppm, 3);
	assert_int_equal(tree.qdiscs[1].slot_min_us, 8);
	assert_int_equal(tree.qdiscs[1].slot_max_us, 9);
	assert_int_equal(tree.qdiscs[1].seed, 10);
	assert_int_equal(tree.qdiscs[1].limit_packets, 10000);
	make((struct xnm_shaping){ .line = { .gemodel = { 4, 5, 6, 7 } } });
	assert_int_equal(tree.n, 2);
	assert_int_equal(tree.qdiscs[1].turn_bad_ppm, 4);
	assert_int_equal(tree.qdiscs[1].turn_good_ppm, 5);
	assert_int_equal(tree.qdiscs[1].bad_loss_ppm, 6);
	assert_int_equal(tree.qdiscs[1].good_loss_ppm, 7);
	/* one without a delay, too */
	make((struct xnm_shaping){ .line = { .loss_ppm = 1 } });
	assert_int_equal(tree.n, 2);
}

/* 10 ms of the rate, but at least five frames; or what burst= says. */
static void test_burst(void **state)
{
	static const struct {
		uint64_t rate_bit_s;
		uint32_t asked_bytes, burst_bytes, limit_bytes;
	} cases[] = {
		{ 1 * MBIT, 0, 5 * 1514, 5 * 1514 + 6250 },
		{ 6 * MBIT, 0, 5 * 1514, 5 * 1514 + 37500 },
		{ 8 * MBIT, 0, 10000, 10000 + 50000 },
		{ 200 * MBIT, 0, 250000, 250000 + 1250000 },
		{ 200 * MBIT, 3000, 3000, 3000 + 1250000 },
		{ 1000000 * MBIT, 0, 1250000000, 0x7FFFFFFF },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		make((struct xnm_shaping){ .rate_bit_s = cases[i].rate_bit_s,
					   .burst_bytes = cases[i].asked_bytes });
		assert_int_equal(tree.n, 2);
		assert_int_equal(tree.qdiscs[0].kind, XNM_QDISC_TBF);
		assert_int_equal(tree.qdiscs[0].rate_bit_s, cases[i].rate_bit_s);
		/* the kernel keeps it as a time, of 64 ns or a few bytes */
		assert_in_range(tree.qdiscs[0].burst_bytes, cases[i].burst_bytes,
				cases[i].burst_bytes + cases[i].rate_bit_s / 100000000);
		assert_int_equal(tree.qdiscs[0].limit_bytes, cases[i].limit_bytes);
	}
}

/* The kernel counts bytes: a rate is a multiple of 8 bit/s. */
static void test_rate_is_of_bytes(void **state)
{
	(void)state;
	make((struct xnm_shaping){ .rate_bit_s = 12345 });
	assert_int_equal(tree.qdiscs[0].rate_bit_s, 12344);
}

/* Packets wait for a slot as they do on the line. */
static void test_slots_count(void **state)
{
	(void)state;
	make((struct xnm_shaping){ .rate_bit_s = 100 * MBIT,
				   .line = { .slot = { 10000, 100000 } } });
	assert_int_equal(tree.qdiscs[1].limit_packets, 1501);
}

static uint32_t limit(uint64_t rate_bit_s, uint32_t delay_us, uint32_t jitter_us, uint32_t queue_us)
{
	make((struct xnm_shaping){ .rate_bit_s = rate_bit_s,
				   .queue_us = queue_us,
				   .line = { .delay_us = delay_us, .jitter_us = jitter_us } });
	return tree.qdiscs[1].limit_packets;
}

/* All packets that are on the line or wait for the rate, and a fifth more. */
static void test_netem_limit(void **state)
{
	(void)state;
	assert_int_equal(limit(100 * MBIT, 100000, 0, 0), 1501);
	assert_int_equal(limit(100 * MBIT, 100000, 50000, 0), 2001);
	assert_int_equal(limit(100 * MBIT, 100000, 0, 150000), 2501);
	assert_int_equal(limit(1 * MBIT, 1000, 0, 0), 64);
	assert_int_equal(limit(100000 * MBIT, 1000000, 0, 0), 100000);
	assert_int_equal(limit(0, 100000, 0, 0), 10000);
}

static void test_queues(void **state)
{
	(void)state;
	make((struct xnm_shaping){ .rate_bit_s = 10 * MBIT, .queue = XNM_QUEUE_PFIFO });
	assert_int_equal(tree.n, 2);
	assert_int_equal(tree.qdiscs[1].kind, XNM_QDISC_PFIFO);
	assert_int_equal(tree.qdiscs[1].limit_packets, 62500 / 1514 + 1);
	make((struct xnm_shaping){
		.rate_bit_s = 100000, .queue = XNM_QUEUE_PFIFO, .queue_us = 1000 });
	assert_int_equal(tree.qdiscs[1].limit_packets, 2);
	make((struct xnm_shaping){ .rate_bit_s = 10 * MBIT, .queue = XNM_QUEUE_FQ_CODEL });
	assert_int_equal(tree.qdiscs[1].kind, XNM_QDISC_FQ_CODEL);
	assert_int_equal(tree.qdiscs[1].limit_packets, 10240);
	/* cake has its own */
	make((struct xnm_shaping){
		.rate_bit_s = 10 * MBIT, .queue = XNM_QUEUE_CAKE, .line = { .delay_us = 1 } });
	assert_int_equal(tree.n, 3);
	assert_int_equal(tree.qdiscs[2].kind, XNM_QDISC_CAKE);
	assert_int_equal(tree.qdiscs[2].rate_bit_s, 10 * MBIT);
	assert_int_equal(tree.qdiscs[2].limit_bytes, 0);
}

static void test_stand_in(void **state)
{
	const struct xnm_shaping shaping = { .rate_bit_s = 10 * MBIT };
	struct xnm_qdisc pfifo;

	(void)state;
	make(shaping);
	assert_int_equal(tree.stand_in_packets[0], 0);
	shape_stand_in(&pfifo, &tree.qdiscs[1], tree.stand_in_packets[1]);
	assert_int_equal(pfifo.kind, XNM_QDISC_PFIFO);
	assert_int_equal(pfifo.parent, tree.qdiscs[1].parent);
	assert_int_not_equal(pfifo.handle, tree.qdiscs[1].handle);
	assert_int_equal(pfifo.limit_packets, 62500 / 1514 + 1);
	/* nothing stands in for what was asked for */
	make((struct xnm_shaping){ .rate_bit_s = 10 * MBIT, .queue = XNM_QUEUE_FQ_CODEL });
	assert_int_equal(tree.stand_in_packets[1], 0);
}

/* One handle never means two places: the kernel would move the qdisc, and not make one. */
static void test_handles(void **state)
{
	struct {
		uint32_t handle, parent;
		enum xnm_qdisc_kind kind;
	} seen[64];
	unsigned int n = 0;

	(void)state;
	for (unsigned int i = 0; i < 16; i++) {
		make((struct xnm_shaping){ .rate_bit_s = i & 1 ? MBIT : 0,
					   .queue = (enum xnm_queue_kind)(i >> 2),
					   .line = { .delay_us = i & 2 ? 1 : 0 } });
		for (unsigned int k = 0; k < tree.n; k++) {
			for (unsigned int j = 0; j < n; j++)
				assert_true(seen[j].handle != tree.qdiscs[k].handle ||
					    (seen[j].parent == tree.qdiscs[k].parent &&
					     seen[j].kind == tree.qdiscs[k].kind));
			seen[n].handle = tree.qdiscs[k].handle;
			seen[n].parent = tree.qdiscs[k].parent;
			seen[n++].kind = tree.qdiscs[k].kind;
		}
	}
}

static void test_equal(void **state)
{
	struct xnm_qdisc is, wanted;

	(void)state;
	make((struct xnm_shaping){ .rate_bit_s = 1000 * MBIT, .line = { .delay_us = 20000 } });
	is = wanted = tree.qdiscs[1];
	assert_true(xnm_qdisc_equal(&is, &wanted));
}

#define DIFFERS(member)                                      \
	do {                                                 \
		is = wanted;                                 \
		is.member++;                                 \
		assert_false(xnm_qdisc_equal(&is, &wanted)); \
	} while (0)

static void test_differs(void **state)
{
	struct xnm_qdisc is, wanted;

	(void)state;
	make((struct xnm_shaping){ .rate_bit_s = MBIT, .line = { .delay_us = 20000 } });
	wanted = tree.qdiscs[1];
	DIFFERS(burst_bytes);
	DIFFERS(kind);
	DIFFERS(handle);
	DIFFERS(parent);
	DIFFERS(rate_bit_s);
	DIFFERS(limit_bytes);
	DIFFERS(limit_packets);
	DIFFERS(default_class);
	wanted = tree.qdiscs[0];
	DIFFERS(delay_us);
	DIFFERS(jitter_us);
	DIFFERS(loss_ppm);
	DIFFERS(duplicate_ppm);
	DIFFERS(corrupt_ppm);
	DIFFERS(reorder_ppm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),	    cmocka_unit_test(test_order),
		cmocka_unit_test(test_frames),	    cmocka_unit_test(test_line_alone),
		cmocka_unit_test(test_burst),	    cmocka_unit_test(test_rate_is_of_bytes),
		cmocka_unit_test(test_slots_count), cmocka_unit_test(test_netem_limit),
		cmocka_unit_test(test_queues),	    cmocka_unit_test(test_stand_in),
		cmocka_unit_test(test_handles),	    cmocka_unit_test(test_equal),
		cmocka_unit_test(test_differs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("shape-tree", tests, NULL, NULL);
}
