/* SPDX-License-Identifier: GPL-2.0-or-later */
/* columns.c - a table of text whose columns are as wide as they need to be. */
#include "hotplug/cli/columns.h"

#include <stdarg.h>
#include <string.h>

void xnm_columns_add(struct xnm_columns *columns, const char *fmt, ...)
{
	char **cells = reallocarray(columns->cells, columns->n_cells + 1, sizeof(*cells));
	char *text = NULL;
	va_list args;

	if (!cells)
		return;
	columns->cells = cells;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	cells[columns->n_cells++] = text;
}

static const char *cell(const struct xnm_columns *columns, unsigned int i)
{
	const char *text = columns->cells[i];

	return text && text[0] ? text : "-";
}

static int width(const struct xnm_columns *columns, unsigned int column)
{
	size_t max = 0;

	for (unsigned int i = column; i < columns->n_cells; i += columns->n_columns) {
		size_t len = strlen(cell(columns, i));

		if (len > max)
			max = len;
	}
	return (int)max;
}

void xnm_columns_print(struct xnm_columns *columns, FILE *stream)
{
	unsigned int last = columns->n_columns - 1;
	int widths[XNM_MAX_COLUMNS];

	if (columns->n_columns == 0 || columns->n_columns > XNM_MAX_COLUMNS)
		return;
	for (unsigned int i = 0; i < columns->n_columns; i++)
		widths[i] = width(columns, i);
	for (unsigned int i = 0; i < columns->n_cells; i++) {
		unsigned int column = i % columns->n_columns;

		if (column == last)
			fprintf(stream, "%s\n", cell(columns, i));
		else
			fprintf(stream, "%-*s  ", widths[column], cell(columns, i));
	}
	for (unsigned int i = 0; i < columns->n_cells; i++)
		free(columns->cells[i]);
	free(columns->cells);
	columns->cells = NULL;
	columns->n_cells = 0;
}
