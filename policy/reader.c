/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader.c - the strict line reader that stands between a policy file and inih. */
#include "policy/reader.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "hotplug/base/value.h"
#include "policy/line.h"
#include "policy/policy.h"

/*
 * inih splits and trims the lines, but as a library built elsewhere it is
 * lenient where a policy must not be: it cuts long lines and names, takes an
 * indented line for more of the value before, ends a value at " ;", splits at
 * ':' and tells neither line numbers nor sections without keys. So every line
 * goes through read_line() first. What inih would not read as it was meant is
 * reported and handed on as an empty line; sections are announced from here,
 * which also lets a [vif] pattern contain brackets.
 */

#define INIH_MAX_NAME 49 /* MAX_SECTION and MAX_NAME of inih, without the NUL */

struct reader {
	FILE *stream;
	const struct xnm_reader_ops *ops;
	void *arg;
	unsigned int line; /* the number of the line that inih has now */
	size_t n_bytes;
	bool any_section;
	bool skip; /* the section we are in was refused */
	bool cr_reported;
};

static void complain(struct reader *r, const char *fmt, ...) XNM_PRINTF(2, 3);

static void complain(struct reader *r, const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	r->ops->mistake(r->arg, r->line, text);
}

/* Looks for bytes that no line may have. */
static bool bytes_ok(struct reader *r, const struct xnm_text_line *line)
{
	if (line->cr && !r->cr_reported) {
		/* in a file from a DOS editor that is every line: saying it once is enough */
		r->cr_reported = true;
		complain(r, "the line ends in CR LF; save the file with Unix line ends");
	}
	if (line->control) {
		complain(r, "the line has a control or NUL byte");
		return false;
	}
	return true;
}

/* Refuses what inih, or a person, would read in another way. */
static bool form_ok(struct reader *r, const struct xnm_text_line *line)
{
	const char *text = line->text;

	if (line->non_ascii)
		complain(r, "only comments may have other than ASCII letters");
	else if (line->too_long)
		complain(r,
			 "the line is longer than the %zu bytes that can be read; "
			 "repeat the key to append to a list",
			 line->size - 1);
	else if (xnm_is_blank(*text))
		complain(r, "the line is indented; begin it in the first column");
	else if (line->text[line->len - 1] == '\\')
		complain(r, "a line cannot be continued with '\\'; "
			    "repeat the key to append to a list");
	else if (xnm_line_has_inline_comment(line))
		complain(r, "a comment cannot follow a value; put comments on a line of their own");
	else
		return true;
	return false;
}

/*
 * A byte order mark is refused, but the line behind it is read: keys would seem
 * to have no section.
 */
static void drop_bom(struct reader *r, struct xnm_text_line *line)
{
	if (r->line == 1 && xnm_line_drop_bom(line))
		complain(r, "the file begins with a byte order mark; save it without");
}

static bool key_ok(struct reader *r, const struct xnm_text_line *line)
{
	size_t key_len = strcspn(line->text, "=:");
	char shown[48];

	if (line->text[key_len] == '=' && key_len > 0 && key_len <= INIH_MAX_NAME && r->any_section)
		return true;
	xnm_printable(line->text, shown, sizeof(shown));
	if (line->text[key_len] == ':')
		complain(r, "':' in '%s' is no separator; write key=value", shown);
	else if (line->text[key_len] == '\0')
		complain(r, "no '=' in '%s'; write key=value", shown);
	else if (key_len == 0)
		complain(r, "no key before '=' in '%s'; write key=value", shown);
	else if (key_len > INIH_MAX_NAME)
		complain(r, "the key '%s' is longer than %d bytes", shown, INIH_MAX_NAME);
	else
		complain(r, "'%s' comes before the first section, as in [global]", shown);
	return false;
}

/* Splits a [name argument] line, in a copy of it, and announces it. */
static int announce(struct reader *r, const struct xnm_text_line *line)
{
	char name[INIH_MAX_NAME + 1];
	size_t inside = line->len - 2; /* without the brackets */
	size_t name_len;

	if (line->len < 2 || line->text[line->len - 1] != ']') {
		complain(r, "no ']' at the end of the section's line");
		return -EINVAL;
	}
	if (inside > INIH_MAX_NAME) {
		complain(r, "the section's name is longer than %d bytes", INIH_MAX_NAME);
		return -EINVAL;
	}
	memcpy(name, line->text + 1, inside);
	name[inside] = '\0';
	while (inside > 0 && xnm_is_blank(name[inside - 1]))
		name[--inside] = '\0';
	name_len = strcspn(name, " \t");
	if (name_len == 0) {
		complain(r, "no name after '['");
		return -EINVAL;
	}
	if (name_len == inside)
		return r->ops->section(r->arg, r->line, name, "");
	name[name_len] = '\0';
	return r->ops->section(r->arg, r->line, name, xnm_skip_blanks(name + name_len + 1));
}

/* Whether inih may see the line. */
static bool accept_line(struct reader *r, struct xnm_text_line *line)
{
	bool ok;

	drop_bom(r, line);
	if (!bytes_ok(r, line) || xnm_line_is_blank_or_comment(line))
		return false;
	xnm_line_trim_end(line);
	ok = form_ok(r, line);
	if (line->text[0] == '[') {
		r->any_section = true;
		r->skip = !ok || announce(r, line);
		if (r->skip)
			r->ops->section_lost(r->arg);
		return !r->skip;
	}
	return ok && !r->skip && key_ok(r, line);
}

/* The ini_reader, which inih calls for each line: like fgets(), but strict. */
static char *read_line(char *out, int size, void *arg)
{
	struct reader *r = arg;
	struct xnm_text_line line = { .text = out, .size = (size_t)size };

	if (r->n_bytes > XNM_MAX_POLICY_BYTES)
		return NULL;
	if (!xnm_line_take(&line, r->stream, &r->n_bytes))
		return NULL;
	r->line++;
	if (r->n_bytes > XNM_MAX_POLICY_BYTES) {
		complain(r, "the file is larger than %d bytes", XNM_MAX_POLICY_BYTES);
		return NULL;
	}
	if (!accept_line(r, &line))
		out[0] = '\0';
	return out;
}

static int handle_key(void *arg, const char *section, const char *name, const char *value)
{
	struct reader *r = arg;

	(void)section; /* inih cuts it at the first ']': announce() has told the whole name */
	r->ops->key(r->arg, r->line, name, value);
	return 1;
}

int xnm_read_ini(FILE *stream, const struct xnm_reader_ops *ops, void *arg)
{
	struct reader r = { .stream = stream, .ops = ops, .arg = arg };
	int line;

	line = ini_parse_stream(read_line, &r, handle_key, &r);
	if (ferror(stream))
		return -EIO;
	if (line < 0)
		return -ENOMEM; /* an inih built to take its line buffer from the heap */
	if (line > 0) {
		/* nothing that read_line() lets through should end here */
		r.line = (unsigned int)line;
		complain(&r, "the line cannot be read");
	}
	return 0;
}
