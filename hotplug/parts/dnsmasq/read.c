/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read a vif's dnsmasq reservation. */
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "hotplug/parts/dnsmasq/stages.h"

int dnsmasq_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	const struct xnm_owner self = { ctx->event->domid, ctx->event->devid };

	if (want->dnsmasq.dir[0])
		xnm_dhcp_read(&ctx->dir, want->dnsmasq.dir, &self, facts->dnsmasq.line);
	return 0;
}
