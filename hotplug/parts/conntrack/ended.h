/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ended.h - keep ended connections from being taken for new ones. */
#ifndef XNM_CONNTRACK_ENDED_H
#define XNM_CONNTRACK_ENDED_H

#include "hotplug/core/apply.h"

struct xnm_connection;

/* Adds a connection; the list is sent as a whole. */
void apply_ended_add(struct xnm_elements *list, const struct xnm_connection *connection);
int apply_ended_send(struct xnm_ctx *ctx, const struct xnm_elements *list);

/* Deletes all conntrack entries of the addresses, and their entries in the sets of ended
 * connections. Returns 0 or -errno. */
int apply_forget(struct xnm_ctx *ctx, const struct xnm_cidr *list, unsigned int n);

#endif
