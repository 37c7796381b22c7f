/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack_core.h - the messages of the connection table, for the files of this folder only. */
#ifndef XNM_CONNTRACK_CORE_H
#define XNM_CONNTRACK_CORE_H

#include <libmnl/libmnl.h>

#include "hotplug/kernel/conntrack.h"

/* Reads a CTA_TUPLE_* attribute into tuple; members that it does not have keep their value. */
void conntrack_read_tuple(const struct nlattr *attr, struct xnm_tuple *tuple);

/* Whether a CTA_TUPLE_* has one of the addresses, as its source or destination. */
bool conntrack_tuple_has(const struct nlattr *tuple, const struct xnm_cidr *addresses,
			 unsigned int n);

#endif
