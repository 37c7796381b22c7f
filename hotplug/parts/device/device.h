/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device.h - what is wanted and known of the netdev itself. */
#ifndef XNM_DEVICE_PART_H
#define XNM_DEVICE_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/kernel/link.h"

struct xnm_device_want {
	char name[IFNAMSIZ]; /* in the end */
	uint32_t mtu_bytes; /* 0: that of the bridge */
	const char *mtu_why;
};

struct xnm_device_facts {
	struct xnm_link link; /* the vif or the tap of the event */
	struct xnm_link holder; /* who has the name that the device should get */
	bool holder_is_same_guest; /* a migration overlap: the same vifname */
	bool has_ipv4;
	bool tap_exists; /* offline only: the tap of the same NIC is still there */
};

struct xnm_mtu_op {
	uint32_t from, to; /* in bytes */
};

#endif
