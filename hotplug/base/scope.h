/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scope.h - where an address must be the only one of its kind, as text and as the group of a device. */
#ifndef XNM_SCOPE_H
#define XNM_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/vlan.h"

#define XNM_SCOPE_LEN 24 /* of a device's name, a dot and a VLAN */

/* "br0", "br0.10" for a VLAN of it, or "-" (bridge "") for what this host routes. */
void xnm_scope(char out[XNM_SCOPE_LEN], const char *bridge, bool has_vlan,
	       const struct xnm_vlans *vlan);
void xnm_scope_vlan(char out[XNM_SCOPE_LEN], const char *bridge, unsigned int vid);

/*
 * "br0*": all VLANs of a bridge at once. A port with tagged VLANs is there, and
 * so is, a second time, every address that somebody has in one of them.
 */
void xnm_scope_trunk(char out[XNM_SCOPE_LEN], const char *bridge);

/*
 * The group (ip link set group, IFLA_GROUP) of the devices that are in a scope,
 * by which rules tell it: not every kernel has "meta ibrname", and the name of
 * a device would have to stand in the sets once for each of the others. Never
 * 0, which is every device's group at first.
 */
uint32_t xnm_scope_group(const char *scope);

#endif
