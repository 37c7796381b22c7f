/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_reasons.c - what dropped packets are counted as. */
#include "hotplug/core/elements/elements.h"

const struct xnm_drop_reason xnm_drop_reasons[] = {
	{ "spoofed-mac", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "spoofed-arp", XNM_DROPS_BRIDGE },
	{ "spoofed-ipv4", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "spoofed-ipv6", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "spoofed-nd", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "malformed-arp", XNM_DROPS_BRIDGE },
	{ "malformed-ipv4", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "malformed-ipv6", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "fragmented-nd", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "dhcp-server", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "spoofed-dhcp", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "router-advert", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "redirect", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "multicast-query", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "reserved-mac", XNM_DROPS_BRIDGE },
	{ "vlan-tag", XNM_DROPS_BRIDGE },
	{ "ethertype", XNM_DROPS_BRIDGE },
	{ "loopback", XNM_DROPS_INET },
	{ "foreign-source", XNM_DROPS_INET },
	{ "isolated", XNM_DROPS_INET | XNM_DROPS_BRIDGE_TO },
	{ "forward", XNM_DROPS_INET | XNM_DROPS_TO },
	{ "host", XNM_DROPS_INET },
	{ "acl", XNM_DROPS_INET | XNM_DROPS_TO },
	{ "ended", XNM_DROPS_INET | XNM_DROPS_TO },
	{ "loop", XNM_DROPS_INET },
	{ "spoofed-source", XNM_DROPS_OUTSIDE },
	{ "host-forward", XNM_DROPS_OUTSIDE },
};
const unsigned int xnm_n_drop_reasons = XNM_N_ELEMENTS(xnm_drop_reasons);
