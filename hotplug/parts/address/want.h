/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.h - the addresses that a vif gets from its pool. */
#ifndef XNM_ADDRESS_WANT_H
#define XNM_ADDRESS_WANT_H

#include "hotplug/core/want.h"

/* Appends the addresses that its pool has for the vif. */
void xnm_want_pool(struct xnm_want *want, const struct xnm_pool_facts *facts);

#endif
