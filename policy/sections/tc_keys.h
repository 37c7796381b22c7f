/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_keys.h - the checks that every section with rates and delays has in common. */
#ifndef XNM_TC_KEYS_H
#define XNM_TC_KEYS_H

#include "policy/sections/resolver.h"

/* A section, and the largest packet that passes it. */
struct xnm_tc_keys {
	const struct xnm_resolver *r;
	const void *section;
	const struct xnm_written *written;
	struct xnm_origin origin;
	unsigned int first_key;
	uint32_t mtu_bytes;
};

/* Where a key was written, or else the section. */
struct xnm_origin xnm_tc_keys_origin(const struct xnm_tc_keys *s, enum xnm_key_id id);

/* Whether a key was written with a value that was refused. */
bool xnm_tc_keys_refused(const struct xnm_tc_keys *s, enum xnm_key_id id);

/* That a rate, unless it is 0, lets a frame pass in a second. */
void xnm_tc_keys_rate(const struct xnm_tc_keys *s, enum xnm_key_id id, uint64_t bit_s);

/* That a burst, unless it is 0, has room for a frame, and is not for a queue that has none. */
void xnm_tc_keys_burst(const struct xnm_tc_keys *s, enum xnm_key_id id, uint32_t bytes,
		       enum xnm_queue_kind queue);

/* The keys that a line is made of. */
struct xnm_line_keys {
	enum xnm_key_id delay, jitter, reorder, loss, gemodel;
};

/* That what needs a delay has one, and that losses are said in one way. */
void xnm_tc_keys_line(const struct xnm_tc_keys *s, const struct xnm_line *line,
		      const struct xnm_line_keys *keys);

#endif
