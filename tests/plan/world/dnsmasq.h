/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq.h - the reservations of the model. */
#ifndef XNM_TESTS_WORLD_DNSMASQ_H
#define XNM_TESTS_WORLD_DNSMASQ_H

#include "hotplug/core/facts.h"
#include "tests/plan/world/vif.h"

/* Files that dnsmasq reads. */
struct world_dnsmasq {
	struct {
		struct xnm_owner vif;
		char line[XNM_DHCP_LINE_LEN]; /* "": none */
	} reservations[WORLD_VIFS];
};

#endif
