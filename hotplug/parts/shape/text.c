/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.c - print qdiscs in words, much as tc(8) does. */
#include "hotplug/parts/shape/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/event.h"
#include "policy/tc.h"

const char *shape_kind_name(enum xnm_qdisc_kind kind)
{
	static const char *const names[XNM_N_QDISC_KINDS] = {
		[XNM_QDISC_OTHER] = "other",
		[XNM_QDISC_TBF] = "tbf",
		[XNM_QDISC_NETEM] = "netem",
		[XNM_QDISC_FQ_CODEL] = "fq_codel",
		[XNM_QDISC_PFIFO] = "pfifo",
		[XNM_QDISC_CAKE] = "cake",
		[XNM_QDISC_HTB] = "htb",
		[XNM_QDISC_CLSACT] = "clsact",
		[XNM_QDISC_BLACKHOLE] = "blackhole",
	};

	return names[kind];
}

struct text {
	char *out;
	size_t size, len;
};

static void append(struct text *text, const char *format, ...) XNM_PRINTF(2, 3);

static void append(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->out + text->len, text->size - text->len, format, args);
	va_end(args);
	if (n > 0)
		text->len +=
			(size_t)n < text->size - text->len ? (size_t)n : text->size - text->len - 1;
}

/* "loss 0.05%" of 500 ppm */
static void append_ppm(struct text *text, const char *name, uint32_t ppm)
{
	if (ppm)
		append(text, " %s %.6g%%", name, ppm / 10000.0);
}

/* "gemodel 1% 20% 100% 0%" */
static void append_gemodel(struct text *text, const struct xnm_qdisc *netem)
{
	if (netem->turn_bad_ppm)
		append(text, " gemodel %.6g%% %.6g%% %.6g%% %.6g%%", netem->turn_bad_ppm / 10000.0,
		       netem->turn_good_ppm / 10000.0, netem->bad_loss_ppm / 10000.0,
		       netem->good_loss_ppm / 10000.0);
}

/* "slot 5ms 20ms" */
static void append_slot(struct text *text, const struct xnm_qdisc *netem)
{
	char min[XNM_DELAY_TEXT_LEN], max[XNM_DELAY_TEXT_LEN];

	if (netem->slot_min_us)
		append(text, " slot %s %s", xnm_delay_text(netem->slot_min_us, min),
		       xnm_delay_text(netem->slot_max_us, max));
}

static void append_line(struct text *text, const struct xnm_qdisc *netem)
{
	char value[XNM_DELAY_TEXT_LEN];

	if (netem->delay_us)
		append(text, " delay %s", xnm_delay_text(netem->delay_us, value));
	if (netem->jitter_us)
		append(text, " jitter %s", xnm_delay_text(netem->jitter_us, value));
	append_ppm(text, "loss", netem->loss_ppm);
	append_gemodel(text, netem);
	append_ppm(text, "duplicate", netem->duplicate_ppm);
	append_ppm(text, "corrupt", netem->corrupt_ppm);
	append_ppm(text, "reorder", netem->reorder_ppm);
	append_slot(text, netem);
	if (netem->seed)
		append(text, " seed %llu", (unsigned long long)netem->seed);
}

void shape_qdisc_text(const struct xnm_qdisc *qdisc, char *out, size_t out_size)
{
	struct text text = { .out = out, .size = out_size };
	char value[XNM_RATE_TEXT_LEN];

	append(&text, "%s", shape_kind_name(qdisc->kind));
	append_line(&text, qdisc);
	if (qdisc->rate_bit_s)
		append(&text, " rate %s", xnm_rate_text(qdisc->rate_bit_s, value));
	if (qdisc->burst_bytes)
		append(&text, " burst %u", qdisc->burst_bytes);
	if (qdisc->limit_packets)
		append(&text, " limit %u", qdisc->limit_packets);
}
