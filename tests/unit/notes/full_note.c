/* SPDX-License-Identifier: GPL-2.0-or-later */
/* full_note.c - a note on a vif with all that it may say, and the longest of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/notes/full_note.h"

struct xnm_vif_note full_note(void)
{
	struct xnm_vif_note state = {
		.domid = 32751,
		.devid = 65535,
		.device.ifname = "abcdefghijklmno",
		.device.tap = "a.b_c-d@e",
		.device.vifname = "web0",
		.address.mac = { { 0x00, 0x16, 0x3e, 0xab, 0xcd, 0xef } },
		.bridge.name = "br0.10",
		.device.mtu_bytes = 65535,
		.bridge.vlan = "10p/20/30-32",
		.address.scope = "br0.10",
		.routed.is_routed = true,
		.routed.via_bridge = true,
		.filter.locked = true,
		.guestinfo.told = true,
		.fastpath.segment = "lan.10",
		.routed.n_proxies = 2,
		.routed.proxies = { "abcdefghijklmno", "eth0" },
		.address.n = XNM_MAX_ADDRESSES,
	};

	/* the longest there are */
	memset(state.domain_name, 'd', sizeof(state.domain_name) - 1);
	memset(state.network.name, 'n', sizeof(state.network.name) - 1);
	for (unsigned int i = 0; i < XNM_MAX_ADDRESSES; i++) {
		struct xnm_cidr *addr = &state.address.list[i];

		assert_int_equal(
			xnm_parse_cidr(i % 2 ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/127"
					     : "192.0.2.0/24",
				       addr),
			0);
		addr->addr[i % 2 ? 15 : 3] |= (uint8_t)i;
	}
	return state;
}
