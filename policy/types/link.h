/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.h - read the ends of a link. */
#ifndef XNM_TYPES_LINK_H
#define XNM_TYPES_LINK_H

#include "policy/link.h"

/*
 * Reads one word of [link A B]; of a vif, out->network stays "". Returns 0, or
 * -EINVAL with *reason, which is left alone when the word is none of all these.
 */
int xnm_link_end_parse(struct xnm_link_end *out, const char *word, const char **reason);

/* Takes "A B" apart. Returns 0, or -EINVAL if these are not two words. */
int xnm_link_split(const char *text, char a[XNM_NAME_LEN], char b[XNM_NAME_LEN]);

#endif
