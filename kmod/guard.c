// SPDX-License-Identifier: GPL-2.0-only
/* guard.c - which frames may pass by dom0: one answer for what we send and what a peer sent. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "xnm.h"

/* nobody sends segments as small as this; many of them out of one frame are an attack */
#define GSO_MIN 8

static const char *const names[XNM_V_COUNT] = {
	[XNM_FAST] = "none",	     [XNM_V_SHAPE] = "shape", [XNM_V_VLAN] = "vlan",
	[XNM_V_MAC] = "mac",	     [XNM_V_IP] = "ip",	      [XNM_V_SERVICE] = "service",
	[XNM_V_OFFLOAD] = "offload", [XNM_V_SIZE] = "size",
};

/**
 * xnm_guard_name - a verdict in one word
 * @verdict: the verdict
 */
const char *xnm_guard_name(enum xnm_verdict verdict)
{
	return names[verdict];
}

/* DHCP stays where dom0's rules are; a fragment without ports is none */
static enum xnm_verdict guard_udp(const struct sk_buff *skb, int offset, u16 server, u16 client)
{
	struct udphdr buf;
	const struct udphdr *udp = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	u16 dest;

	if (!udp)
		return XNM_V_SHAPE;
	dest = ntohs(udp->dest);
	if (dest == server || dest == client)
		return XNM_V_SERVICE;
	return XNM_FAST;
}

static enum xnm_verdict guard_ipv4(const struct sk_buff *skb, const struct xnm_id *from)
{
	struct iphdr buf;
	const struct iphdr *ip = skb_header_pointer(skb, ETH_HLEN, sizeof(buf), &buf);
	struct in6_addr mapped;

	if (!ip || ip->version != 4 || ip->ihl < 5)
		return XNM_V_SHAPE;
	ipv6_addr_set_v4mapped(ip->saddr, &mapped);
	if (!xnm_ident_has(from, &mapped))
		return XNM_V_IP;
	/* its checksum is of a kind that nobody but the driver completes */
	if (ip->protocol == IPPROTO_SCTP)
		return XNM_V_OFFLOAD;
	if (ip->protocol != IPPROTO_UDP || ip->frag_off & htons(IP_OFFSET))
		return XNM_FAST;
	return guard_udp(skb, ETH_HLEN + ip->ihl * 4, 67, 68);
}

static enum xnm_verdict guard_icmpv6(const struct sk_buff *skb, int offset)
{
	u8 buf;
	const u8 *type = skb_header_pointer(skb, offset, sizeof(buf), &buf);

	if (!type)
		return XNM_V_SHAPE;
	/* router and neighbour solicitations, advertisements and redirects are 133 to 137 */
	return *type >= 133 && *type <= 137 ? XNM_V_SERVICE : XNM_FAST;
}

static enum xnm_verdict guard_ipv6(const struct sk_buff *skb, const struct xnm_id *from)
{
	struct ipv6hdr buf;
	const struct ipv6hdr *ip = skb_header_pointer(skb, ETH_HLEN, sizeof(buf), &buf);
	__be16 frag_off = 0;
	u8 next;
	int offset;

	if (!ip || ip->version != 6)
		return XNM_V_SHAPE;
	if (!xnm_ident_has(from, &ip->saddr))
		return XNM_V_IP;
	next = ip->nexthdr;
	offset = ipv6_skip_exthdr(skb, ETH_HLEN + sizeof(*ip), &next, &frag_off);
	if (offset < 0)
		return XNM_V_SHAPE;
	if (frag_off & htons(IP6_OFFSET))
		return XNM_FAST;
	if (next == IPPROTO_SCTP)
		return XNM_V_OFFLOAD;
	if (next == IPPROTO_ICMPV6)
		return guard_icmpv6(skb, offset);
	if (next == IPPROTO_UDP)
		return guard_udp(skb, offset, 547, 546);
	return XNM_FAST;
}

/**
 * xnm_guard_frame - whether a frame may take the fast path
 * @skb: the frame, with its data at the Ethernet header
 * @from: the vif that it must come from
 *
 * Return: XNM_FAST, or why not.
 */
enum xnm_verdict xnm_guard_frame(const struct sk_buff *skb, const struct xnm_id *from)
{
	struct ethhdr buf;
	const struct ethhdr *eth = skb_header_pointer(skb, 0, sizeof(buf), &buf);

	if (!eth)
		return XNM_V_SHAPE;
	if (skb_vlan_tag_present(skb))
		return XNM_V_VLAN;
	if (!ether_addr_equal(eth->h_source, from->mac) || is_multicast_ether_addr(eth->h_dest))
		return XNM_V_MAC;
	if (eth->h_proto == htons(ETH_P_IP))
		return guard_ipv4(skb, from);
	if (eth->h_proto == htons(ETH_P_IPV6))
		return guard_ipv6(skb, from);
	return XNM_V_VLAN;
}

/* where the TCP header of a frame begins that wants to be segmented, or 0 */
static unsigned int tcp_at(const struct sk_buff *skb, bool v6)
{
	union {
		struct iphdr v4;
		struct ipv6hdr v6;
	} buf;
	const struct iphdr *v4;

	if (v6) {
		const struct ipv6hdr *ip =
			skb_header_pointer(skb, ETH_HLEN, sizeof(buf.v6), &buf.v6);

		return ip && ip->nexthdr == IPPROTO_TCP ? ETH_HLEN + sizeof(*ip) : 0;
	}
	v4 = skb_header_pointer(skb, ETH_HLEN, sizeof(buf.v4), &buf.v4);
	return v4 && v4->protocol == IPPROTO_TCP && !ip_is_fragment(v4) ? ETH_HLEN + v4->ihl * 4
									: 0;
}

static u32 get16(__virtio16 value)
{
	return __virtio16_to_cpu(true, value);
}

static enum xnm_verdict guard_gso(const struct sk_buff *skb, const struct virtio_net_hdr *vnet,
				  unsigned int mtu)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	u8 type = vnet->gso_type & ~VIRTIO_NET_HDR_GSO_ECN;
	bool v6 = type == VIRTIO_NET_HDR_GSO_TCPV6;
	u32 start = get16(vnet->csum_start), size = get16(vnet->gso_size);
	unsigned int tcp;

	if (!v6 && type != VIRTIO_NET_HDR_GSO_TCPV4)
		return XNM_V_OFFLOAD;
	if (eth->h_proto != (v6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP)))
		return XNM_V_OFFLOAD;
	if (vnet->flags != VIRTIO_NET_HDR_F_NEEDS_CSUM ||
	    get16(vnet->csum_offset) != offsetof(struct tcphdr, check))
		return XNM_V_OFFLOAD;
	/* with IPv6 extension headers, nothing is segmented here: tx.c does it before */
	tcp = tcp_at(skb, v6);
	if (!tcp || start != tcp || start + sizeof(struct tcphdr) > skb->len)
		return XNM_V_OFFLOAD;
	if (size < GSO_MIN || size > mtu)
		return XNM_V_SIZE;
	return XNM_FAST;
}

/**
 * xnm_guard_vnet - whether what a record says of checksum and segmentation fits its frame
 * @skb: the frame, with its data at the Ethernet header, which is linear
 * @vnet: a private copy of the header
 * @mtu: of the device that is to receive it
 *
 * Return: XNM_FAST, or why not.
 */
enum xnm_verdict xnm_guard_vnet(const struct sk_buff *skb, const struct virtio_net_hdr *vnet,
				unsigned int mtu)
{
	u32 start;

	if (vnet->flags & ~VIRTIO_NET_HDR_F_NEEDS_CSUM)
		return XNM_V_OFFLOAD;
	if (vnet->gso_type != VIRTIO_NET_HDR_GSO_NONE)
		return guard_gso(skb, vnet, mtu);
	if (skb->len > mtu + ETH_HLEN)
		return XNM_V_SIZE;
	start = get16(vnet->csum_start);
	if (vnet->flags && (start < ETH_HLEN + sizeof(struct iphdr) ||
			    start + get16(vnet->csum_offset) + sizeof(__sum16) > skb->len))
		return XNM_V_OFFLOAD;
	return XNM_FAST;
}
