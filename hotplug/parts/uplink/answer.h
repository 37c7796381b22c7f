/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer.h - whether a lease is from whom the policy says that it must come from. */
#ifndef XNM_DHCP_ANSWER_H
#define XNM_DHCP_ANSWER_H

#include "hotplug/core/apply.h"
#include "hotplug/parts/uplink/uplink.h"

/*
 * With guest=, the router of a lease (family 0: none) and the server, where it is
 * in the subnet of address, must be that guest, and no other machine of its
 * bridge: no client says from which MAC address it was answered, so the guest is
 * asked for the addresses, and nobody else hears that. server is text of the
 * client's, or NULL. Returns 0, or -errno with err of ctx filled: -EACCES when
 * it is another's.
 */
int xnm_dhcp_check_answer(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
			  const struct xnm_uplink_note *note, const struct xnm_cidr *address,
			  const struct xnm_cidr *router, const char *server);

/*
 * Whether nobody on the link of the uplink answers for the address: udhcpc and
 * dhclient do not ask. Where nothing can be asked, nobody does. Returns 0,
 * -EADDRINUSE with err of ctx filled, or another -errno.
 */
int xnm_dhcp_check_free(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
			const struct xnm_cidr *address);

#endif
