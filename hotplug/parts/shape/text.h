/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.h - qdiscs in words, much as tc(8) prints them. */
#ifndef XNM_SHAPE_TEXT_H
#define XNM_SHAPE_TEXT_H

#include <stddef.h>

#include "hotplug/parts/shape/shape.h"

const char *shape_kind_name(enum xnm_qdisc_kind kind);

/* " delay 20ms loss 1%", with what stands between a word and its value; "" of a plain line. */
#define SHAPE_LINE_TEXT_LEN 256
void shape_line_text(const struct xnm_line *line, char equals, char *out, size_t out_size);

/* "tbf rate 10Mbit burst 12500". */
void shape_qdisc_text(const struct xnm_qdisc *qdisc, char *out, size_t out_size);

#endif
