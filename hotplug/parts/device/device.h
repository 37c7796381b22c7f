/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device.h - wants and facts of the netdev itself. */
#ifndef XNM_DEVICE_PART_H
#define XNM_DEVICE_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/kernel/link.h"

struct xnm_op_type;

struct xnm_device_want {
	char name[IFNAMSIZ]; /* its final name */
	uint32_t mtu_bytes; /* 0: that of the bridge */
	const char *mtu_why; /* NULL: a line of the policy, see xnm_want_says() */
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

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

extern const struct xnm_op_type xnm_op_device_ipv6_off; /* dev */
extern const struct xnm_op_type xnm_op_device_ipv6_on; /* dev */
extern const struct xnm_op_type xnm_op_device_down; /* dev */
extern const struct xnm_op_type xnm_op_device_up; /* dev */
/* dev -> name; an altname of that spelling is dropped first */
extern const struct xnm_op_type xnm_op_device_rename;
extern const struct xnm_op_type xnm_op_device_altname; /* dev; name */
extern const struct xnm_op_type xnm_op_device_mac; /* dev; mac */
extern const struct xnm_op_type xnm_op_device_mtu; /* dev; mtu.* */
extern const struct xnm_op_type xnm_op_device_group; /* dev; group */
/* dev; plan->note.device.alias[of_tap], "" removes it */
extern const struct xnm_op_type xnm_op_device_alias;
/* plan->note, and the claim on its MAC address */
extern const struct xnm_op_type xnm_op_vif_note_write;
extern const struct xnm_op_type xnm_op_vif_note_remove;
extern const struct xnm_op_type xnm_op_device_name_wait; /* name: note that the vif waits for it */
extern const struct xnm_op_type xnm_op_frontend_mtu; /* mtu.to */
extern const struct xnm_op_type xnm_op_frontend_error_remove;
extern const struct xnm_op_type xnm_op_frontend_connected;

#endif
