/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stage functions of this part that its row in plan.c takes from other files. */
#ifndef XNM_ADDRESS_STAGES_H
#define XNM_ADDRESS_STAGES_H

#include "hotplug/core/part.h"

int address_want(struct xnm_want *want, const struct xnm_event *event,
		 const struct xnm_guest *guest, struct xnm_err *err);
int address_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int address_recall(struct xnm_facts *facts, struct xnm_ctx *ctx);
int address_gc(struct xnm_gc *gc);

#endif
