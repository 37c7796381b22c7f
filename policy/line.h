/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line.h - one line of a policy file, before anybody splits it. */
#ifndef XNM_POLICY_LINE_H
#define XNM_POLICY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One line without its end, as far as it fits, and what was seen in all of it. */
struct xnm_text_line {
	char *text;
	size_t len;
	size_t size;
	bool too_long, control, non_ascii, cr;
};

/*
 * Reads up to the next line end, counting the bytes, or until there are more than
 * XNM_MAX_POLICY_BYTES. Returns false when there is no line left.
 */
bool xnm_line_take(struct xnm_text_line *line, FILE *stream, size_t *n_bytes);

/* Removes a byte order mark from the beginning. Returns whether there was one. */
bool xnm_line_drop_bom(struct xnm_text_line *line);

/* Removes blanks at the end. */
void xnm_line_trim_end(struct xnm_text_line *line);

bool xnm_line_is_blank_or_comment(const struct xnm_text_line *line);

/* Whether a blank and then ';' or '#' comes: inih ends the value at the first of these. */
bool xnm_line_has_inline_comment(const struct xnm_text_line *line);

static inline bool xnm_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The first byte of p that is no blank. */
const char *xnm_skip_blanks(const char *p);

#endif
