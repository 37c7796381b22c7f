/* SPDX-License-Identifier: GPL-2.0-or-later */
/* columns.h - a table of text whose columns are as wide as they need to be. */
#ifndef XNM_COLUMNS_H
#define XNM_COLUMNS_H

#include "hotplug/base/util.h"

#define XNM_MAX_COLUMNS 24

struct xnm_columns {
	unsigned int n_columns; /* up to XNM_MAX_COLUMNS */
	unsigned int n_cells; /* line by line */
	char **cells;
};

/* Adds the next cell, of a new line when the last one is full. An empty text becomes "-". */
void xnm_columns_add(struct xnm_columns *columns, const char *fmt, ...) XNM_PRINTF(2, 3);

/* Prints all lines and frees them. */
void xnm_columns_print(struct xnm_columns *columns, FILE *stream);

#endif
