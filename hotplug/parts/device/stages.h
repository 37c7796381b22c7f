/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stage functions of this part that its row in plan.c takes from other files. */
#ifndef XNM_DEVICE_STAGES_H
#define XNM_DEVICE_STAGES_H

#include "hotplug/core/part.h"
#include "hotplug/core/want.h"

int device_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
		struct xnm_err *err);
int device_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int device_recall(struct xnm_facts *facts, struct xnm_ctx *ctx);
/* alias_plan.c */
void device_alias_online(struct xnm_plan *plan, const struct xnm_view *view);
void device_alias_offline(struct xnm_plan *plan, const struct xnm_view *view);
int device_gc(struct xnm_gc *gc);

/* mtu_plan.c, all in bytes: the guest's MTU; that of its device, by the new note; and what the
 * bridge's was before `xnm set` gave the vif one, 0 if nobody needs to know. */
uint32_t device_guest_mtu(const struct xnm_want *want, const struct xnm_facts *facts);
uint32_t device_port_mtu(const struct xnm_view *view, const struct xnm_vif_note *note);
uint32_t device_bridge_mtu(const struct xnm_want *want, const struct xnm_facts *facts);
/* Why the guest has its MTU. Returns a text that lives as long as out. */
const char *device_mtu_why(const struct xnm_want *want, char out[XNM_SAYS_LEN]);

#endif
