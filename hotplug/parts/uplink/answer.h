/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer.h - check by ARP who answers for the addresses of a lease. */
#ifndef XNM_DHCP_ANSWER_H
#define XNM_DHCP_ANSWER_H

#include "hotplug/core/apply.h"
#include "hotplug/parts/uplink/uplink.h"

/*
 * With guest=, the router of a lease (family 0: none), and the server if it is in the subnet of
 * address, must be that guest and no other machine on its bridge. DHCP clients do not tell from
 * which MAC address the answer came, so ARP requests for these addresses are sent to the guest's
 * vif alone. server is the client's text, or NULL. Returns 0, or -errno with ctx->err filled:
 * -EACCES if the guest does not answer.
 */
int xnm_dhcp_check_answer(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
			  const struct xnm_uplink_note *note, const struct xnm_cidr *address,
			  const struct xnm_cidr *router, const char *server);

/*
 * Checks by ARP that nobody on the uplink's link has the address, which udhcpc and dhclient do not.
 * If no request can be sent, it counts as free. Returns 0, -EADDRINUSE with ctx->err filled, or
 * another -errno.
 */
int xnm_dhcp_check_free(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
			const struct xnm_cidr *address);

#endif
