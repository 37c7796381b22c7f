/* SPDX-License-Identifier: GPL-2.0-only */
/* guard.h - the answer to whether a frame may take the fast path, and why not. */
#ifndef XNM_GUARD_H
#define XNM_GUARD_H

#include <linux/types.h>

struct sk_buff;
struct virtio_net_hdr;
struct xnm_ident;

/* whether a frame takes the fast path; why it takes the slow path, or is refused */
enum xnm_verdict {
	XNM_V_FAST,
	XNM_V_SHAPE, /* cannot be understood */
	XNM_V_VLAN, /* VLAN tag, or neither IPv4 nor IPv6 */
	XNM_V_MAC, /* MAC address of another vif */
	XNM_V_IP, /* IP address of another vif */
	XNM_V_SERVICE, /* DHCP, neighbours, routers, multicast groups: dom0 must see them */
	XNM_V_OFFLOAD, /* checksum or segmentation that a record cannot describe */
	XNM_V_SIZE, /* longer than the MTU, or than a record can be */
	XNM_V_COUNT
};

/**
 * struct xnm_headers - where the headers of a frame are that may take the fast path
 * @protocol: protocol behind the IP header and its extension headers; of a later fragment, what the
 *            fragment header names
 * @v6: it is IPv6
 * @fragment: it is a fragment, or has an IPv6 fragment header
 * @at: offset of the header of @protocol, from the Ethernet header on
 * @end: offset of the end of the IP packet; what follows is padding
 */
struct xnm_headers {
	u8 protocol;
	bool v6;
	bool fragment;
	u32 at;
	u32 end;
};

/* guard.c */
enum xnm_verdict xnm_guard_frame(const struct sk_buff *skb, const struct xnm_ident *from,
				 struct xnm_headers *headers);
const char *xnm_guard_name(enum xnm_verdict verdict);

/* offload.c */
enum xnm_verdict xnm_offload_check(const struct sk_buff *skb, const struct xnm_headers *headers,
				   const struct virtio_net_hdr *vnet, u32 mtu);

#endif
