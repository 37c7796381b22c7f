/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearest.h - find the word that somebody meant. */
#ifndef XNM_NEAREST_H
#define XNM_NEAREST_H

/*
 * Keeps the word nearest to what somebody wrote: start with only the text,
 * offer each candidate, then best is the nearest, or NULL when none is near
 * enough to be meant. Case and '_' for '-' count for nothing.
 */
struct xnm_nearest {
	const char *text;
	const char *best;
	unsigned int distance;
};

void xnm_nearest_offer(struct xnm_nearest *nearest, const char *candidate);

#endif
