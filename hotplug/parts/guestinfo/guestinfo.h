/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.h - the keys below xnm/vif/<devid> by which a guest configures its own vif. */
#ifndef XNM_TOLD_H
#define XNM_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/guestinfo.h"
#include "hotplug/base/value.h"

struct xnm_op_type;
struct xnm_want;

struct xnm_guestinfo_facts {
	bool is_denied; /* this domain may not write what guests are told */
	bool is_there;
	struct xnm_told told; /* what the guest is told now; only with is_there */
};

/* The changes to the keys that the guest reads. */
struct xnm_guestinfo_plan {
	bool removed; /* the guest's keys are removed */
	bool anew; /* create the folder anew */
	unsigned int
		keys; /* bits of enum xnm_told_key to write, or to remove if the value is empty */
	struct xnm_told told;
};

/* The folder: "/local/domain/1/xnm/vif/0". */
#define XNM_TOLD_PATH_LEN 64
void xnm_told_path(uint32_t domid, uint32_t devid, char out[XNM_TOLD_PATH_LEN]);

/* Whether the guest gets any keys: it has addresses, name servers, or share=yes. */
bool xnm_wants_told(const struct xnm_want *want);

/* Fills all keys; mtu_bytes is what the vif will have. */
void xnm_told_fill(struct xnm_told *told, const struct xnm_want *want, const struct xnm_mac *mac,
		   uint32_t mtu_bytes);

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* plan->guestinfo: the guest's keys in xenstore */
extern const struct xnm_op_type xnm_op_guestinfo_write;
extern const struct xnm_op_type xnm_op_guestinfo_remove; /* removes them */

#endif
