/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader.h - read an INI stream line by line, refusing what inih would misread. */
#ifndef XNM_READER_H
#define XNM_READER_H

#include <stdio.h>

struct xnm_reader_ops {
	/*
	 * A [name argument] line; argument is "" if there is none. After a return
	 * other than 0 the keys up to the next section are left out.
	 */
	int (*section)(void *arg, unsigned int line, const char *name, const char *argument);
	void (*key)(void *arg, unsigned int line, const char *name, const char *value);
	/* A line that is refused. Reading goes on behind it. */
	void (*mistake)(void *arg, unsigned int line, const char *text);
	/* A [ line that is refused: keys are left out up to the next section. */
	void (*section_lost)(void *arg);
};

/*
 * Reads stream to its end or to XNM_MAX_POLICY_BYTES, which is a mistake too.
 * Returns 0, whether or not there were mistakes, or -errno when reading failed.
 */
int xnm_read_ini(FILE *stream, const struct xnm_reader_ops *ops, void *arg);

#endif
