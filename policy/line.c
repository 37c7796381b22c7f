/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line.c - take one line from a policy file, and tell what is in it. */
#include "policy/line.h"

#include <string.h>

#include "policy/policy.h"

static void note_byte(struct xnm_text_line *line, int c)
{
	if (c >= 0x80)
		line->non_ascii = true;
	else if ((c < ' ' && c != '\t') || c == 0x7f)
		line->control = true;
	if (line->len + 1 < line->size)
		line->text[line->len++] = (char)c;
	else
		line->too_long = true;
}

bool xnm_line_take(struct xnm_text_line *line, FILE *stream, size_t *n_bytes)
{
	int c, next;
	bool any = false;

	while (*n_bytes <= XNM_MAX_POLICY_BYTES) {
		c = getc_unlocked(stream);
		if (c == EOF)
			break;
		any = true;
		(*n_bytes)++;
		if (c == '\n')
			break;
		if (c == '\r') {
			next = getc_unlocked(stream);
			if (next != EOF)
				ungetc(next, stream);
			if (next == '\n' || next == EOF) {
				line->cr = true;
				continue;
			}
		}
		note_byte(line, c);
	}
	line->text[line->len] = '\0';
	return any;
}

bool xnm_line_drop_bom(struct xnm_text_line *line)
{
	if (strncmp(line->text, "\xef\xbb\xbf", 3) != 0)
		return false;
	line->len -= 3;
	memmove(line->text, line->text + 3, line->len + 1);
	line->non_ascii = false;
	for (size_t i = 0; i < line->len; i++)
		line->non_ascii |= (unsigned char)line->text[i] >= 0x80;
	return true;
}

const char *xnm_skip_blanks(const char *p)
{
	while (xnm_is_blank(*p))
		p++;
	return p;
}

bool xnm_line_has_inline_comment(const struct xnm_text_line *line)
{
	for (const char *p = line->text; *p != '\0'; p++) {
		if (xnm_is_blank(*p) && (p[1] == ';' || p[1] == '#'))
			return true;
	}
	return false;
}

void xnm_line_trim_end(struct xnm_text_line *line)
{
	while (line->len > 0 && xnm_is_blank(line->text[line->len - 1]))
		line->text[--line->len] = '\0';
}

bool xnm_line_is_blank_or_comment(const struct xnm_text_line *line)
{
	const char *p = xnm_skip_blanks(line->text);

	return *p == '\0' || *p == ';' || *p == '#';
}
