/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device.h - wants and facts of the netdev itself. */
#ifndef XNM_DEVICE_PART_H
#define XNM_DEVICE_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/kernel/link.h"

struct xnm_device_want {
	char name[IFNAMSIZ]; /* its final name */
	uint32_t mtu_bytes; /* 0: that of the bridge */
	const char *mtu_why;
};

struct xnm_device_facts {
	struct xnm_link link; /* the vif or the tap of the event */
	struct xnm_link holder; /* the device that has the name which this one should get */
	bool holder_is_same_guest; /* another vif of this guest still has the name */
	bool has_ipv4;
	bool tap_exists; /* offline only: the tap of the same NIC is still there */
};

struct xnm_mtu_op {
	uint32_t from, to; /* in bytes */
};

#endif
