/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearest.c - find the word that somebody meant, among those that there are. */
#include "policy/nearest.h"

#include <stddef.h>
#include <string.h>

#define NEAREST_LEN 32 /* longer words are not compared: no key has so many bytes */

static char fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '_' ? '-' : c;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/*
 * Letters to change, insert, leave out or swap with their neighbour; both
 * lengths at most NEAREST_LEN. Of the table only the last three rows are kept.
 */
static unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int rows[3][NEAREST_LEN + 1] = { { 0 } };
	size_t a_len = strlen(a), b_len = strlen(b);

	for (unsigned int j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (unsigned int i = 1; i <= a_len; i++) {
		const unsigned int *last = rows[(i + 2) % 3];
		unsigned int *row = rows[i % 3];
		const unsigned int *before = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned int j = 1; j <= b_len; j++) {
			unsigned int change = last[j - 1] + (fold(a[i - 1]) != fold(b[j - 1]));

			row[j] = min3(change, last[j] + 1, row[j - 1] + 1);
			if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
			    fold(a[i - 2]) == fold(b[j - 1]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return rows[a_len % 3][b_len];
}

void xnm_nearest_offer(struct xnm_nearest *nearest, const char *candidate)
{
	size_t len = strlen(nearest->text);
	unsigned int limit, distance;

	if (len > NEAREST_LEN || strlen(candidate) > NEAREST_LEN)
		return;
	/* about one slip in three letters, or anything looks like anything */
	limit = len < 3 ? 1 : (unsigned int)(len + 2) / 3;
	if (limit > 3)
		limit = 3;
	distance = edit_distance(nearest->text, candidate);
	if (distance > limit || (nearest->best && distance >= nearest->distance))
		return;
	nearest->best = candidate;
	nearest->distance = distance;
}
