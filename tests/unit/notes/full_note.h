/* SPDX-License-Identifier: GPL-2.0-or-later */
/* full_note.h - a note on a vif with all that it may say. */
#ifndef XNM_TESTS_FULL_NOTE_H
#define XNM_TESTS_FULL_NOTE_H

#include "hotplug/notes/vif.h"

struct xnm_vif_note full_note(void);

#endif
