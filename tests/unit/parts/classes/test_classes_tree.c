/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_classes_tree.c - rates, bursts and queues of the classes of an uplink. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/parts/classes/tree.h"

#define MBIT  1000000ull
#define FRAME 1514u

static struct xnm_policy policy;
static const struct xnm_uplink uplink = { .rate_bit_s = 20 * MBIT };
static struct xnm_class_branch branch;

static void add(const char *name, uint32_t number, struct xnm_class_policy class)
{
	class.number = number;
	(void)snprintf(class.name, sizeof(class.name), "%s", name);
	policy.classes[policy.n_classes++] = class;
}

static int begin(void **state)
{
	(void)state;
	policy.n_classes = 0;
	memset(&branch, 0xAA, sizeof(branch));
	return 0;
}

static const char *make(unsigned int i)
{
	return classes_branch(&branch, &policy, &uplink, 1500, i);
}

static void test_class(void **state)
{
	(void)state;
	add("gold", 5, (struct xnm_class_policy){ .guarantee_bit_s = 12 * MBIT, .priority = 2 });
	assert_string_equal(make(0), "gold");
	assert_int_equal(branch.class.classid, 0x786E0050);
	assert_int_equal(branch.class.parent, 0x786E0001);
	assert_int_equal(branch.class.rate_bit_s, 12 * MBIT);
	assert_int_equal(branch.class.ceil_bit_s, 20 * MBIT);
	assert_int_equal(branch.class.priority, 2);
	/* 10 ms of the rate */
	assert_in_range(branch.class.burst_bytes, 15000, 15008);
	assert_in_range(branch.class.cburst_bytes, 25000, 25008);
	assert_int_equal(branch.class.quantum_bytes, 60000);
	assert_int_equal(branch.queue.kind, XNM_QDISC_FQ_CODEL);
	assert_int_equal(branch.queue.parent, branch.class.classid);
	assert_int_equal(branch.stand_in.kind, XNM_QDISC_PFIFO);
	assert_int_equal(branch.stand_in.parent, branch.class.classid);
	/* 50 ms of all it may get */
	assert_int_equal(branch.stand_in.limit_packets, 125000 / FRAME);
	assert_int_not_equal(branch.stand_in.handle, branch.queue.handle);
}

static void test_limits(void **state)
{
	(void)state;
	add("a", 2, (struct xnm_class_policy){ .rate_bit_s = 5 * MBIT, .burst_bytes = 3000 });
	add("b", 3, (struct xnm_class_policy){ .rate_bit_s = 500 * MBIT });
	assert_string_equal(make(0), "a");
	/* the kernel wants a guarantee */
	assert_int_equal(branch.class.rate_bit_s, 1000);
	assert_int_equal(branch.class.ceil_bit_s, 5 * MBIT);
	assert_in_range(branch.class.burst_bytes, 3000, 3008);
	assert_in_range(branch.class.cburst_bytes, 3000, 3008);
	/* not less than a frame */
	assert_int_equal(branch.class.quantum_bytes, FRAME);
	assert_string_equal(make(1), "b");
	assert_int_equal(branch.class.ceil_bit_s, 20 * MBIT);
	assert_in_range(branch.class.burst_bytes, 5 * FRAME, 5 * FRAME + 8);
}

static void test_rest(void **state)
{
	(void)state;
	add("a", 2, (struct xnm_class_policy){ .guarantee_bit_s = 12 * MBIT });
	assert_string_equal(make(1), "default");
	assert_int_equal(branch.class.classid, 0x786E0010);
	assert_int_equal(branch.class.rate_bit_s, 8 * MBIT);
	assert_int_equal(branch.class.ceil_bit_s, 20 * MBIT);
	assert_int_equal(branch.class.priority, XNM_LAST_PRIORITY);
	assert_null(make(2));
	add("default", XNM_CLASS_REST, (struct xnm_class_policy){ .guarantee_bit_s = 8 * MBIT });
	assert_string_equal(make(1), "default");
	assert_int_equal(branch.class.rate_bit_s, 8 * MBIT);
	assert_null(make(2));
	policy.classes[0].guarantee_bit_s = 20 * MBIT;
	policy.n_classes = 1;
	assert_string_equal(make(1), "default");
	assert_int_equal(branch.class.rate_bit_s, 1000);
}

static void test_queues(void **state)
{
	static const struct {
		enum xnm_queue_kind queue;
		enum xnm_qdisc_kind kind, stand_in;
	} rows[] = {
		{ XNM_QUEUE_DEFAULT, XNM_QDISC_FQ_CODEL, XNM_QDISC_PFIFO },
		{ XNM_QUEUE_FQ_CODEL, XNM_QDISC_FQ_CODEL, XNM_QDISC_OTHER },
		{ XNM_QUEUE_PFIFO, XNM_QDISC_PFIFO, XNM_QDISC_OTHER },
		{ XNM_QUEUE_CAKE, XNM_QDISC_CAKE, XNM_QDISC_OTHER },
	};
	uint32_t handles[XNM_N_ELEMENTS(rows)];

	(void)state;
	for (unsigned int i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		policy.n_classes = 0;
		add("a", 7, (struct xnm_class_policy){ .queue = rows[i].queue });
		assert_non_null(make(0));
		assert_int_equal(branch.queue.kind, rows[i].kind);
		assert_int_equal(branch.stand_in.kind, rows[i].stand_in);
		handles[i] = branch.queue.handle;
		assert_int_equal(handles[i] & 0xFFFF, 0);
	}
	/* another kind has another handle, and so takes the place of this one in one step */
	assert_int_not_equal(handles[1], handles[2]);
	assert_int_not_equal(handles[2], handles[3]);
	assert_int_not_equal(handles[1], handles[3]);
}

/* Handles and class ids of all numbers are different, and none is that of the root. */
static void test_handles(void **state)
{
	uint32_t last = 0;

	(void)state;
	for (uint32_t number = XNM_CLASS_REST; number <= XNM_MAX_CLASS_NUMBER; number++) {
		policy.n_classes = 0;
		add("a", number, (struct xnm_class_policy){ .priority = 1 });
		assert_non_null(make(0));
		assert_int_equal(branch.class.classid >> 16, XNM_CLASSES_MAJOR);
		assert_int_equal(branch.class.classid & 0xF, 0);
		assert_true(branch.queue.handle > last);
		assert_true(branch.stand_in.handle > branch.queue.handle);
		last = branch.stand_in.handle;
	}
	assert_true(last < XNM_TC_HANDLE(XNM_CLASSES_MAJOR));
}

static void test_root(void **state)
{
	struct xnm_tc_class root;
	struct xnm_qdisc htb;

	(void)state;
	classes_htb(&htb);
	assert_int_equal(htb.kind, XNM_QDISC_HTB);
	assert_int_equal(htb.handle, 0x786E0000);
	assert_int_equal(htb.parent, XNM_TC_ROOT);
	assert_int_equal(htb.default_class, 0x10);
	classes_root(&root, &uplink, 1500);
	assert_int_equal(root.classid, 0x786E0001);
	assert_int_equal(root.parent, htb.handle);
	assert_int_equal(root.rate_bit_s, 20 * MBIT);
	assert_int_equal(root.ceil_bit_s, 20 * MBIT);
}

/* Every value counts. */
static void test_equal(void **state)
{
	struct xnm_class_branch other;

	(void)state;
	add("a", 2, (struct xnm_class_policy){ .guarantee_bit_s = 12 * MBIT });
	assert_non_null(make(0));
	assert_true(xnm_tc_class_equal(&branch.class, &branch.class));
	assert_true(xnm_qdisc_equal(&branch.queue, &branch.queue));
#define DIFFERS(equal, what, member, value)                     \
	do {                                                    \
		other = branch;                                 \
		other.member = (value);                         \
		assert_false(equal(&other.what, &branch.what)); \
	} while (0)
	DIFFERS(xnm_tc_class_equal, class, class.classid, 1);
	DIFFERS(xnm_tc_class_equal, class, class.parent, 1);
	DIFFERS(xnm_tc_class_equal, class, class.rate_bit_s, 8);
	DIFFERS(xnm_tc_class_equal, class, class.ceil_bit_s, 8);
	DIFFERS(xnm_tc_class_equal, class, class.burst_bytes, 8);
	DIFFERS(xnm_tc_class_equal, class, class.cburst_bytes, 8);
	DIFFERS(xnm_tc_class_equal, class, class.priority, 1);
	DIFFERS(xnm_tc_class_equal, class, class.quantum_bytes, 1);
	DIFFERS(xnm_qdisc_equal, queue, queue.kind, XNM_QDISC_PFIFO);
	DIFFERS(xnm_qdisc_equal, queue, queue.handle, 1);
	DIFFERS(xnm_qdisc_equal, queue, queue.parent, 1);
	DIFFERS(xnm_qdisc_equal, queue, queue.limit_packets, 1);
	DIFFERS(xnm_qdisc_equal, queue, queue.rate_bit_s, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_class, begin),
		cmocka_unit_test_setup(test_limits, begin),
		cmocka_unit_test_setup(test_rest, begin),
		cmocka_unit_test_setup(test_queues, begin),
		cmocka_unit_test_setup(test_handles, begin),
		cmocka_unit_test_setup(test_root, begin),
		cmocka_unit_test_setup(test_equal, begin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
