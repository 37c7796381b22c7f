/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stage functions of this part that its row in plan.c takes from other files. */
#ifndef XNM_CLASSES_STAGES_H
#define XNM_CLASSES_STAGES_H

#include "hotplug/core/part.h"

int classes_want(struct xnm_want *want, const struct xnm_event *event,
		 const struct xnm_guest *guest, struct xnm_err *err);
int classes_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int classes_gc(struct xnm_gc *gc);

#endif
