/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.h - the part of core/want.c that is about addresses. */
#ifndef XNM_WANT_PARTS_H
#define XNM_WANT_PARTS_H

#include "hotplug/core/want.h"

/* Takes the policy's addresses, or else those of the guest's keys; the pool's come later. Returns
 * 0, or -errno with err filled. */
int want_addresses(struct xnm_want *want, const struct xnm_guest *guest, struct xnm_err *err);

/* Returns 0, or -EINVAL with err filled if one belongs to another network than the vif. */
int want_check_addresses(const struct xnm_want *want, struct xnm_err *err);

#endif
