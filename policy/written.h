/* SPDX-License-Identifier: GPL-2.0-or-later */
/* written.h - the numbers of all sections and keys, and where each was written. */
#ifndef XNM_WRITTEN_H
#define XNM_WRITTEN_H

#include <stdint.h>

#define XNM_NAME_LEN	     64 /* section arguments, domain names in patterns */
#define XNM_MAX_SECTION_KEYS 64 /* different keys that one kind of section has */

/* Where a section or key was written: index into xnm_policy.files, and the line. */
struct xnm_origin {
	uint32_t file : 8;
	uint32_t line : 24; /* 0: built-in default */
};

/* Numbers of all sections and keys; those of one section's keys follow each other. */
enum xnm_section_id {
#define XNM_SECTION(id, ...) XNM_SECTION_##id,
#define XNM_KEY(...)
#include "policy/policy.def"
	XNM_N_SECTIONS,
};

enum xnm_key_id {
#define XNM_SECTION(id, ...)	  XNM_FIRST_KEY_OF_##id, XNM_BEFORE_##id = XNM_FIRST_KEY_OF_##id - 1,
#define XNM_KEY(section, id, ...) XNM_KEY_##section##_##id,
#include "policy/policy.def"
	XNM_N_KEYS,
};

/*
 * Where a section and its keys were written. opened is the last file's line
 * that continued the section; keys[] counts from the section's first key.
 */
struct xnm_written {
	struct xnm_origin opened;
	uint64_t profiles; /* of profile=, a bit for each name (profiles.c); 0: it always exists */
	struct xnm_origin keys[XNM_MAX_SECTION_KEYS];
};

/* The place of a key in the written.keys[] of its section, as in XNM_KEY_INDEX(VIF, NETWORK). */
#define XNM_KEY_INDEX(section, id) (XNM_KEY_##section##_##id - XNM_FIRST_KEY_OF_##section)

/* The place of a key, or of its section when the key was not written. */
#define XNM_KEY_ORIGIN(section, kind, id) \
	xnm_key_origin(&(section)->written, XNM_KEY_INDEX(kind, id), (section)->origin)

static inline struct xnm_origin xnm_key_origin(const struct xnm_written *written, unsigned int key,
					       struct xnm_origin section)
{
	return written->keys[key].line ? written->keys[key] : section;
}

#endif
