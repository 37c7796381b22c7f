/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.h - what the kernel of the model gives to a bridge's new port. */
#ifndef XNM_TESTS_WORLD_BRIDGE_H
#define XNM_TESTS_WORLD_BRIDGE_H

#include "hotplug/core/facts.h"

/* The VLANs of a new port: nbp_vlan_init() in net/bridge/br_vlan.c */
void world_default_vlans(struct xnm_facts *facts);

#endif
