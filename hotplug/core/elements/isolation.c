/* SPDX-License-Identifier: GPL-2.0-or-later */
/* isolation.c - decide the elements of isolated vifs, so that this host does not route between them. */
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/want.h"

#include <sys/socket.h>

#include "hotplug/base/cidr.h"

/* In a closed network, isolated guests are recognised by their addresses. */
static void add_addresses(struct xnm_elements *out, const struct xnm_want *want)
{
	for (unsigned int i = 0; i < want->address.n; i++) {
		const struct xnm_cidr *address = &want->address.list[i];
		struct xnm_element *element;

		if (xnm_cidr_is_prefix(address))
			continue;
		element = xnm_elements_add(out, address->family == AF_INET ? XNM_SET_ISOLATED4
									   : XNM_SET_ISOLATED6);
		xnm_key_ifname(element, 0, want->bridge.name);
		xnm_key_address(element, 1, address, false);
	}
}

void xnm_filter_isolation(struct xnm_elements *out, const struct xnm_want *want,
			  const struct xnm_mac *mac, const char *ifname)
{
	struct xnm_element *element;

	if (want->backend == XNM_BACKEND_ROUTE || !(want->bridge.port.value & XNM_PORT_ISOLATED))
		return;
	if (want->network && xnm_network_is_closed(want->network))
		add_addresses(out, want);
	/* a guest with share=yes is an uplink: others' packets leave through it, and answers come
	 * in */
	if (want->uplink.n_shares)
		return;
	xnm_key_ifname(xnm_elements_add(out, XNM_SET_BRIDGE_ISOLATED), 0, ifname);
	if (!want->filter.locked || want->bridge.has_vlan)
		xnm_key_ifname(xnm_elements_add(out, XNM_SET_BRIDGE_ISOLATED_LOOSE), 0, ifname);
	element = xnm_elements_add(out, XNM_SET_ISOLATED_MACS);
	xnm_key_ifname(element, 0, want->bridge.name);
	xnm_key_mac(element, 1, mac);
}
