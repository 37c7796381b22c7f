/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.c - print qdiscs in words, much as tc(8) does. */
#include "hotplug/parts/shape/seen.h"
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

/* How the words of a line are written: "delay 20ms" as for tc(8), or "delay=20ms". */
struct words {
	struct text text;
	char equals;
};

static void append_ppm(struct words *words, const char *name, uint32_t ppm)
{
	/* "loss 0.05%" of 500 ppm */
	if (ppm)
		append(&words->text, " %s%c%.6g%%", name, words->equals, ppm / 10000.0);
}

static void append_us(struct words *words, const char *name, uint32_t us)
{
	char text[XNM_DELAY_TEXT_LEN];

	if (us)
		append(&words->text, " %s%c%s", name, words->equals, xnm_delay_text(us, text));
}

/* "gemodel 1% 20% 100% 0%" */
static void append_gemodel(struct words *words, const struct xnm_gemodel *model)
{
	if (model->turn_bad_ppm)
		append(&words->text, " gemodel%c%.6g%% %.6g%% %.6g%% %.6g%%", words->equals,
		       model->turn_bad_ppm / 10000.0, model->turn_good_ppm / 10000.0,
		       model->bad_loss_ppm / 10000.0, model->good_loss_ppm / 10000.0);
}

/* "slot 5ms 20ms" */
static void append_slot(struct words *words, const struct xnm_slot *slot)
{
	char max[XNM_DELAY_TEXT_LEN];

	append_us(words, "slot", slot->min_us);
	if (slot->min_us)
		append(&words->text, " %s", xnm_delay_text(slot->max_us, max));
}

void shape_line_text(const struct xnm_line *line, char equals, char *out, size_t out_size)
{
	struct words words = { .text = { .out = out, .size = out_size }, .equals = equals };

	out[0] = '\0';
	append_us(&words, "delay", line->delay_us);
	append_us(&words, "jitter", line->jitter_us);
	append_ppm(&words, "loss", line->loss_ppm);
	append_gemodel(&words, &line->gemodel);
	append_ppm(&words, "duplicate", line->duplicate_ppm);
	append_ppm(&words, "corrupt", line->corrupt_ppm);
	append_ppm(&words, "reorder", line->reorder_ppm);
	append_slot(&words, &line->slot);
	if (line->seed)
		append(&words.text, " seed%c%llu", equals, (unsigned long long)line->seed);
}

void shape_qdisc_text(const struct xnm_qdisc *qdisc, char *out, size_t out_size)
{
	struct text text = { .out = out, .size = out_size };
	char value[XNM_RATE_TEXT_LEN], line_text[SHAPE_LINE_TEXT_LEN];
	struct xnm_line line;

	shape_line_of(&line, qdisc);
	shape_line_text(&line, ' ', line_text, sizeof(line_text));
	append(&text, "%s%s", shape_kind_name(qdisc->kind), line_text);
	if (qdisc->rate_bit_s)
		append(&text, " rate %s", xnm_rate_text(qdisc->rate_bit_s, value));
	if (qdisc->burst_bytes)
		append(&text, " burst %u", qdisc->burst_bytes);
	if (qdisc->limit_packets)
		append(&text, " limit %u", qdisc->limit_packets);
}
