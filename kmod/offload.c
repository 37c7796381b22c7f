// SPDX-License-Identifier: GPL-2.0-only
/* offload.c - whether checksum and segmentation that are left to do fit the frame. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/virtio_net.h>

#include "guard.h"

/* no TCP sends smaller segments; one frame that is cut into many of them is an attack */
#define GSO_MIN 8

static u32 get16(__virtio16 value)
{
	return __virtio16_to_cpu(true, value);
}

/*
 * The checksum must be that of the frame's own TCP or UDP header, where netfront also finds it
 * (skb_checksum_setup()): whoever completes it writes there, after all firewalls saw the frame.
 */
static bool csum_fits(const struct xnm_headers *headers, const struct virtio_net_hdr *vnet)
{
	u32 len, offset;

	switch (headers->protocol) {
	case IPPROTO_TCP:
		len = sizeof(struct tcphdr);
		offset = offsetof(struct tcphdr, check);
		break;
	case IPPROTO_UDP:
		len = sizeof(struct udphdr);
		offset = offsetof(struct udphdr, check);
		break;
	default:
		return false;
	}
	return !headers->fragment && get16(vnet->csum_start) == headers->at &&
	       get16(vnet->csum_offset) == offset && headers->at + len <= headers->end;
}

/* bytes of IP and TCP headers in each segment, or 0 if the frame cannot be segmented */
static u32 gso_headers(const struct sk_buff *skb, const struct xnm_headers *headers)
{
	u32 len = headers->at - ETH_HLEN;
	struct tcphdr buf;
	const struct tcphdr *tcp;

	if (headers->protocol != IPPROTO_TCP || headers->end != skb->len)
		return 0;
	/* tx.c segments frames with IPv6 extension headers before it sends them */
	if (headers->v6 && len != sizeof(struct ipv6hdr))
		return 0;
	tcp = skb_header_pointer(skb, headers->at, sizeof(buf), &buf);
	if (!tcp || tcp->doff < 5 || headers->at + tcp->doff * 4 > headers->end)
		return 0;
	return len + tcp->doff * 4;
}

static enum xnm_verdict guard_gso(const struct sk_buff *skb, const struct xnm_headers *headers,
				  const struct virtio_net_hdr *vnet, u32 mtu)
{
	u8 type = vnet->gso_type & ~VIRTIO_NET_HDR_GSO_ECN;
	u32 size = get16(vnet->gso_size), len;

	if (type != (headers->v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4))
		return XNM_V_OFFLOAD;
	if (vnet->flags != VIRTIO_NET_HDR_F_NEEDS_CSUM || headers->protocol != IPPROTO_TCP)
		return XNM_V_OFFLOAD;
	if (size < GSO_MIN || size > mtu)
		return XNM_V_SIZE;
	len = gso_headers(skb, headers);
	if (!len)
		return XNM_V_OFFLOAD;
	return len + size > mtu ? XNM_V_SIZE : XNM_V_FAST;
}

/**
 * xnm_offload_check - whether a record's virtio header fits its frame
 * @skb: the frame, with its data at the Ethernet header
 * @headers: where its headers are, from xnm_guard_frame()
 * @vnet: a private copy of the virtio header
 * @mtu: of the device that is to receive it
 *
 * Return: XNM_V_FAST, or why not.
 */
enum xnm_verdict xnm_offload_check(const struct sk_buff *skb, const struct xnm_headers *headers,
				   const struct virtio_net_hdr *vnet, u32 mtu)
{
	if (vnet->flags & ~VIRTIO_NET_HDR_F_NEEDS_CSUM)
		return XNM_V_OFFLOAD;
	if (vnet->flags && !csum_fits(headers, vnet))
		return XNM_V_OFFLOAD;
	if (vnet->gso_type != VIRTIO_NET_HDR_GSO_NONE)
		return guard_gso(skb, headers, vnet, mtu);
	return skb->len > mtu + ETH_HLEN ? XNM_V_SIZE : XNM_V_FAST;
}
