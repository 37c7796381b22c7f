/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stage functions of this part that its row in plan.c takes from other files. */
#ifndef XNM_DNSMASQ_STAGES_H
#define XNM_DNSMASQ_STAGES_H

#include "hotplug/core/part.h"

int dnsmasq_want(struct xnm_want *want, const struct xnm_event *event,
		 const struct xnm_guest *guest, struct xnm_err *err);
int dnsmasq_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
void dnsmasq_before_bridge_goes(const struct xnm_plan *plan);

#endif
