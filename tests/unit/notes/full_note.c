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
		.ifname = "abcdefghijklmno",
		.tap = "a.b_c-d@e",
		.vifname = "web0",
		.mac = { { 0x00, 0x16, 0x3e, 0xab, 0xcd, 0xef } },
		.bridge = "br0.10",
		.mtu_bytes = 65535,
		.vlan = "10p/20/30-32",
		.scope = "br0.10",
		.routed = true,
		.via_bridge = true,
		.locked = true,
		.told = true,
		.segment = "lan.10",
		.n_proxies = 2,
		.proxies = { "abcdefghijklmno", "eth0" },
		.n_addresses = XNM_MAX_ADDRESSES,
	};

	/* the longest there are */
	memset(state.domain_name, 'd', sizeof(state.domain_name) - 1);
	memset(state.network, 'n', sizeof(state.network) - 1);
	for (unsigned int i = 0; i < XNM_MAX_ADDRESSES; i++) {
		struct xnm_cidr *addr = &state.addresses[i];

		assert_int_equal(
			xnm_parse_cidr(i % 2 ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/127"
					     : "192.0.2.0/24",
				       addr),
			0);
		addr->addr[i % 2 ? 15 : 3] |= (uint8_t)i;
	}
	return state;
}
