/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_shape.c - rates, delays and losses of a [vif]: how they are read and merged, and doubts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "tests/unit/policy/policy_text.h"

/* Loads a policy that has one [vif], with this line. */
static const struct xnm_tc_policy *load_vif(const char *line)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "[network a]\nmtu=68\n[vif *]\nnetwork=a\n%s\n", line);
	load(text);
	return &policy.vifs[0].tc;
}

static void test_rates(void **state)
{
	static const struct {
		const char *text;
		uint64_t bit_s;
	} cases[] = {
		{ "800bit", 800 },	    { "10Mbit", 10000000 },
		{ "10mbit", 10000000 },	    { "1500Kbit", 1500000 },
		{ "1500kbit", 1500000 },    { "1Gbit", 1000000000 },
		{ "1.5Mbit", 1500000 },	    { "1.500000Mbit", 1500000 },
		{ "0.001Mbit", 1000 },	    { "999.999999999Gbit", 999999999999 },
		{ "1Tbit", 1000000000000 }, { "1.00000000000000Tbit", 1000000000000 },
		{ "10M", 10000000 },	    { "10m", 10000000 },
		{ "10K", 10000 },	    { "2G", 2000000000 },
		{ "1T", 1000000000000 },    { "10Mb/s", 10000000 },
		{ "250KB/s", 2000000 },	    { "250kB/s", 2000000 },
		{ "1GB/s", 8000000000 },    { "1.25GB/s", 10000000000 },
		{ "100B/s", 800 },	    { "0800b/s", 800 },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "rate=%s", cases[i].text);
		assert_int_equal(load_vif(line)->rate_bit_s, cases[i].bit_s);
	}
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		uint32_t us;
	} cases[] = {
		{ "20ms", 20000 },   { "500us", 500 },
		{ "2s", 2000000 },   { "1.5ms", 1500 },
		{ "1us", 1 },	     { "0.001ms", 1 },
		{ "60s", 60000000 }, { "60000ms", 60000000 },
		{ "0.5s", 500000 },  { "59.999999s", 59999999 },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "delay=%s", cases[i].text);
		assert_int_equal(load_vif(line)->lines[XNM_INBOUND].delay_us, cases[i].us);
	}
}

static void test_sizes_and_probabilities(void **state)
{
	(void)state;
	assert_int_equal(load_vif("rate=1M\nburst=15K")->burst_bytes, 15360);
	assert_int_equal(load_vif("rate=1M\nburst=64k")->burst_bytes, 65536);
	assert_int_equal(load_vif("rate=1M\nburst=9000")->burst_bytes, 9000);
	assert_int_equal(load_vif("rate=1M\nburst=1.5K")->burst_bytes, 1536);
	assert_int_equal(load_vif("rate=1M\nburst=1024M")->burst_bytes, 1 << 30);
	assert_int_equal(load_vif("loss=1%")->lines[XNM_INBOUND].loss_ppm, 10000);
	assert_int_equal(load_vif("loss=0.05%")->lines[XNM_INBOUND].loss_ppm, 500);
	assert_int_equal(load_vif("loss=0.0001%")->lines[XNM_INBOUND].loss_ppm, 1);
	assert_int_equal(load_vif("loss=100%")->lines[XNM_INBOUND].loss_ppm, 1000000);
	assert_int_equal(load_vif("loss=100.0000%")->lines[XNM_INBOUND].loss_ppm, 1000000);
}

static void test_loss_models(void **state)
{
	static const struct {
		const char *text;
		struct xnm_gemodel model;
	} cases[] = {
		/* the defaults of tc-netem(8) */
		{ "1%", { 10000, 990000, 1000000, 0 } },
		{ "1% 20%", { 10000, 200000, 1000000, 0 } },
		{ "1% 20% 70%", { 10000, 200000, 700000, 0 } },
		{ "1%  20%\t70% 0.1%", { 10000, 200000, 700000, 1000 } },
		{ "100% 0.0001% 100% 0%", { 1000000, 1, 1000000, 0 } },
		{ "99.9999%", { 999999, 1, 1000000, 0 } },
		{ "1% 20% 0% 0.5%", { 10000, 200000, 0, 5000 } },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		const struct xnm_tc_policy *tc;
		char line[64];

		(void)snprintf(line, sizeof(line), "gemodel=%s", cases[i].text);
		tc = load_vif(line);
		assert_memory_equal(&tc->lines[XNM_INBOUND].gemodel, &cases[i].model,
				    sizeof(cases[i].model));
		(void)snprintf(line, sizeof(line), "outbound-gemodel=%s", cases[i].text);
		tc = load_vif(line);
		assert_memory_equal(&tc->lines[XNM_OUTBOUND].gemodel, &cases[i].model,
				    sizeof(cases[i].model));
	}
	assert_int_equal(load_vif("gemodel=")->lines[XNM_INBOUND].gemodel.bad_loss_ppm, 0);
}

static void test_slots_and_seeds(void **state)
{
	const struct xnm_line *line = &load_vif("slot=5ms\nseed=4711\nloss=1%")->lines[XNM_INBOUND];

	(void)state;
	assert_int_equal(line->slot.min_us, 5000);
	assert_int_equal(line->slot.max_us, 5000);
	assert_int_equal(line->seed, 4711);
	load_vif("slot=800us 1.2ms\nseed=18446744073709551615\nloss=1%");
	assert_int_equal(line->slot.min_us, 800);
	assert_int_equal(line->slot.max_us, 1200);
	assert_true(line->seed == UINT64_MAX);
}

/* Each key has a field of its own. */
static void test_fields(void **state)
{
	static const struct xnm_tc_policy wanted = {
		.rate_bit_s = 1000000,
		.rates_bit_s = { 2000000, 3000000 },
		.burst_bytes = 4096,
		.queue_us = 5000,
		.queue = XNM_QUEUE_PFIFO,
		.lines = { { 7000, 6000, 80000, 90000, 100000, 110000, { 0 }, { 5, 6 }, 1 },
			   { 13000, 12000, 140000, 150000, 160000, 170000, { 0 }, { 7, 8 }, 2 } },
	};
	const struct xnm_tc_policy *tc = load_vif(
		"rate=1M\ninbound-rate=2M\noutbound-rate=3M\nburst=4K\nqueue=5ms\n"
		"qdisc=pfifo\njitter=6ms\ndelay=7ms\nloss=8%\nduplicate=9%\ncorrupt=10%\n"
		"reorder=11%\noutbound-jitter=12ms\noutbound-delay=13ms\noutbound-loss=14%\n"
		"outbound-duplicate=15%\noutbound-corrupt=16%\noutbound-reorder=17%\n"
		"slot=5us 6us\nseed=1\noutbound-slot=7us 8us\noutbound-seed=2");

	(void)state;
	assert_int_equal(tc->rate_bit_s, wanted.rate_bit_s);
	assert_memory_equal(tc->rates_bit_s, wanted.rates_bit_s, sizeof(wanted.rates_bit_s));
	assert_int_equal(tc->burst_bytes, wanted.burst_bytes);
	assert_int_equal(tc->queue_us, wanted.queue_us);
	assert_int_equal(tc->queue, wanted.queue);
	assert_memory_equal(tc->lines, wanted.lines, sizeof(wanted.lines));
	assert_int_equal(load_vif("rate=1M\nqdisc=fq_codel")->queue, XNM_QUEUE_FQ_CODEL);
	assert_int_equal(load_vif("rate=1M\nqdisc=cake")->queue, XNM_QUEUE_CAKE);
	/* an empty value takes back what an earlier file says */
	assert_int_equal(load_vif("rate=")->rate_bit_s, 0);
}

static void test_directions(void **state)
{
	struct xnm_shaping out[XNM_N_DIRECTIONS];

	(void)state;
	xnm_policy_shaping(load_vif("rate=1M"), out);
	assert_int_equal(out[XNM_INBOUND].rate_bit_s, 1000000);
	assert_int_equal(out[XNM_OUTBOUND].rate_bit_s, 1000000);
	assert_int_equal(out[XNM_INBOUND].queue, XNM_QUEUE_DEFAULT);

	xnm_policy_shaping(load_vif("rate=1M\noutbound-rate=3M"), out);
	assert_int_equal(out[XNM_INBOUND].rate_bit_s, 1000000);
	assert_int_equal(out[XNM_OUTBOUND].rate_bit_s, 3000000);

	/* what belongs to a rate is only where there is one */
	xnm_policy_shaping(load_vif("inbound-rate=2M\nburst=4K\nqueue=5ms\nqdisc=pfifo"), out);
	assert_int_equal(out[XNM_INBOUND].rate_bit_s, 2000000);
	assert_int_equal(out[XNM_INBOUND].burst_bytes, 4096);
	assert_int_equal(out[XNM_INBOUND].queue_us, 5000);
	assert_int_equal(out[XNM_INBOUND].queue, XNM_QUEUE_PFIFO);
	assert_true(xnm_shaping_is_none(&out[XNM_OUTBOUND]));
	assert_int_equal(out[XNM_OUTBOUND].burst_bytes, 0);
	assert_int_equal(out[XNM_OUTBOUND].queue_us, 0);
	assert_int_equal(out[XNM_OUTBOUND].queue, XNM_QUEUE_DEFAULT);

	xnm_policy_shaping(load_vif("delay=7ms\noutbound-loss=1%"), out);
	assert_int_equal(out[XNM_INBOUND].line.delay_us, 7000);
	assert_int_equal(out[XNM_INBOUND].line.loss_ppm, 0);
	assert_int_equal(out[XNM_OUTBOUND].line.delay_us, 0);
	assert_int_equal(out[XNM_OUTBOUND].line.loss_ppm, 10000);
}

static void test_unshaped(void **state)
{
	static const char *const shaped[] = {
		"rate=1M",	"inbound-rate=1M", "outbound-rate=1M",	 "delay=1ms",
		"duplicate=1%", "corrupt=1%",	   "outbound-delay=1ms", "outbound-loss=1%",
		"gemodel=1%",	"slot=1ms",	   "outbound-gemodel=1%"
	};

	(void)state;
	assert_true(xnm_tc_policy_is_none(load_vif("")));
	assert_true(xnm_tc_policy_is_none(load_vif("seed=1\noutbound-seed=1")));
	assert_true(xnm_tc_policy_is_none(load_vif("burst=4K\nqueue=1ms\nqdisc=pfifo")));
	for (size_t i = 0; i < XNM_N_ELEMENTS(shaped); i++)
		assert_false(xnm_tc_policy_is_none(load_vif(shaped[i])));
}

/* What is just enough is taken; test_policy_shape_bad.c has what is not. */
static void test_limits(void **state)
{
	(void)state;
	load("[vif *]\nrate=12112bit\nburst=1514\n");
	load("[network a]\nmtu=9000\n[vif a]\nnetwork=a\ninbound-rate=72112bit\nburst=9014\n"
	     "[vif b]\nnetwork=a\nmtu=1000\nrate=8112bit\n");
	load("[vif *]\ndelay=10ms\njitter=9.999ms\nreorder=1%\n");
	load("[vif *]\nqdisc=cake\nrate=1M\n");
}

static void test_texts(void **state)
{
	char rate[XNM_RATE_TEXT_LEN], delay[XNM_DELAY_TEXT_LEN];

	(void)state;
	assert_string_equal(xnm_rate_text(1500000, rate), "1500Kbit");
	assert_string_equal(xnm_rate_text(12112, rate), "12112bit");
	assert_string_equal(xnm_rate_text(10000000, rate), "10Mbit");
	assert_string_equal(xnm_rate_text(3000000000, rate), "3Gbit");
	assert_string_equal(xnm_rate_text(XNM_RATE_MAX_BIT_S, rate), "1Tbit");
	assert_string_equal(xnm_rate_text(UINT64_MAX, rate), "18446744073709551615bit");
	assert_string_equal(xnm_delay_text(1500, delay), "1500us");
	assert_string_equal(xnm_delay_text(20000, delay), "20ms");
	assert_string_equal(xnm_delay_text(2000000, delay), "2s");
	assert_string_equal(xnm_delay_text(UINT32_MAX, delay), "4294967295us");
}

static void test_doubts(void **state)
{
	static const struct {
		const char *text, *messages;
	} cases[] = {
		{ "[vif *]\nburst=4K\nqueue=1ms\nqdisc=pfifo\n",
		  "2: warning: burst= has no effect without rate=\n"
		  "3: warning: queue= has no effect without rate=\n"
		  "4: warning: qdisc= has no effect without rate=\n" },
		{ "[vif *]\ndelay=1ms\nqueue=1ms\n",
		  "3: warning: queue= has no effect without rate=\n" },
		{ "[vif *]\nburst=4K\noutbound-rate=1M\n", "" },
		{ "[vif *]\nburst=4K\ninbound-rate=1M\n", "" },
		{ "[vif *]\nseed=1\noutbound-seed=1\nslot=1ms\noutbound-loss=1%\n",
		  "2: warning: seed= has no effect: nothing there is random but slots, which take "
		  "no seed\n" },
		{ "[network a]\nfastpath=yes\n[vif a]\nnetwork=a\nfastpath=yes\nloss=1%\n"
		  "[vif b]\nnetwork=a\nrate=1M\n[vif c]\nnetwork=a\nfastpath=yes\n",
		  "5: warning: fastpath=yes has no effect: this host must see the packets of "
		  "[vif a] to limit or delay them\n" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct messages messages = { "" };

		load(cases[i].text);
		assert_int_equal(xnm_policy_check(&policy, collect, &messages), 0);
		assert_string_equal(messages.text, cases[i].messages);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_sizes_and_probabilities),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_loss_models),
		cmocka_unit_test(test_slots_and_seeds),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_unshaped),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_doubts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
