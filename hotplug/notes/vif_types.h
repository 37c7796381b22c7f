/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif_types.h - how a value of each type that vif.def names is read, written and compared. */
#ifndef XNM_VIF_TYPES_H
#define XNM_VIF_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Of one member, or of one entry of a list. size is what the member has room for, in bytes. */
struct xnm_note_type {
	/* Fills a member that is all zero; false: that is no such value, and the file is damaged. */
	bool (*read)(void *member, size_t size, const char *value);
	/* Writes the line, or nothing for a value that is the same as no line; NULL: it never has one. */
	void (*write)(FILE *out, const char *key, const void *member);
	bool (*equal)(const void *a, const void *b); /* NULL: it is compared with another one */
	void (*clear)(void *member); /* NULL: zero it */
	void (*copy)(void *to, const void *from); /* NULL: copy its bytes */
	bool of_last; /* a line is about the last entry of the list, and makes none */
};

enum xnm_note_type_id {
	XNM_NOTE_TEXT,
	XNM_NOTE_IFNAME,
	XNM_NOTE_FILE,
	XNM_NOTE_MAC,
	XNM_NOTE_DOMID,
	XNM_NOTE_MTU,
	XNM_NOTE_MTU_FROM,
	XNM_NOTE_NUMBER,
	XNM_NOTE_FLAGS,
	XNM_NOTE_BOOL,
	XNM_NOTE_VIF,
	XNM_NOTE_ADDRESS,
	XNM_NOTE_TOLD_LEN,
	XNM_NOTE_ELEMENTS,
	XNM_N_NOTE_TYPES,
};

extern const struct xnm_note_type xnm_note_types[XNM_N_NOTE_TYPES];

#endif
