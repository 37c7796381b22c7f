/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scope.c - name the place where an address must be the only one, and number it. */
#include "hotplug/base/scope.h"

#include <stdio.h>

void xnm_scope_vlan(char out[XNM_SCOPE_LEN], const char *bridge, unsigned int vid)
{
	(void)snprintf(out, XNM_SCOPE_LEN, "%.15s.%u", bridge, vid & 0xfff);
}

void xnm_scope(char out[XNM_SCOPE_LEN], const char *bridge, bool has_vlan,
	       const struct xnm_vlans *vlan)
{
	if (bridge[0] == '\0')
		(void)snprintf(out, XNM_SCOPE_LEN, "-");
	else if (has_vlan)
		xnm_scope_vlan(out, bridge, vlan->pvid);
	else
		(void)snprintf(out, XNM_SCOPE_LEN, "%.15s", bridge);
}

void xnm_scope_trunk(char out[XNM_SCOPE_LEN], const char *bridge)
{
	(void)snprintf(out, XNM_SCOPE_LEN, "%.15s*", bridge);
}

/* FNV-1a, without the bit that ip(8) would print as a sign: two scopes of a host have the same
 * number once in 2^31, and then keep apart a little more than they had to */
uint32_t xnm_scope_group(const char *scope)
{
	uint32_t value = 2166136261u;

	for (; *scope; scope++)
		value = (value ^ (uint8_t)*scope) * 16777619u;
	value &= 0x7fffffffu;
	return value ? value : 1;
}
