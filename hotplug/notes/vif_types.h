/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif_types.h - how a value of each type that vif.def names is read, written and compared. */
#ifndef XNM_VIF_TYPES_H
#define XNM_VIF_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How to treat one member, or one entry of a list. size is that of the member, in bytes. */
struct xnm_note_type {
	/* Fills a member that is all zero; false: value is not of this type, and the file is damaged. */
	bool (*read)(void *member, size_t size, const char *value);
	/* Writes the line; nothing for a value that a note without the line has; NULL: writes none. */
	void (*write)(FILE *out, const char *key, const void *member);
	bool (*equal)(const void *a, const void *b); /* NULL: another key's type compares it */
	void (*clear)(void *member); /* NULL: zero it */
	void (*copy)(void *to, const void *from); /* NULL: copy its bytes */
	bool of_last; /* the line belongs to the list's last entry, and makes no new one */
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
