/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stage functions of this part that its row in plan.c takes from other files. */
#ifndef XNM_SHAPE_STAGES_H
#define XNM_SHAPE_STAGES_H

#include "hotplug/core/part.h"

int shape_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
	       struct xnm_err *err);
int shape_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int shape_recall(struct xnm_facts *facts, struct xnm_ctx *ctx);

int shape_gc(struct xnm_gc *gc);

/* The ifb device through which what the event's device receives is led: ifb1.0, ifb1.0t of a tap. */
void shape_ifb_name(const struct xnm_event *event, char out[IFNAMSIZ]);

/* The device that drops what is mirrored to it: ifb1.0d. */
void shape_sink_name(const struct xnm_event *event, char out[IFNAMSIZ]);

/*
 * Whether xnm has made a device that is called as its ifb devices are: it gives them a group (ip
 * link set group) that nobody else uses, as notes of it may be lost. Pure.
 */
bool shape_ifb_is_ours(const struct xnm_link *link);
uint32_t shape_ifb_group(void);

/* The bits of XNM_SHAPE_* that are noted of the event's device. */
uint32_t shape_noted(const struct xnm_vif_note *note, bool tap);

#endif
