// SPDX-License-Identifier: GPL-2.0-only
/* guard.c - which frames may pass by dom0: one answer for what we send and what a peer sent. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/icmp.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "guard.h"
#include "table.h"

/*
 * dom0's rules (hotplug/parts/filter/ruleset_guard*.c) drop frames of a locked vif for these
 * reasons; this is what they are here:
 *
 *   spoofed-mac                       XNM_V_MAC
 *   reserved-mac                      XNM_V_MAC, as every other group
 *   vlan-tag, ethertype               XNM_V_VLAN
 *   malformed-arp, spoofed-arp        XNM_V_VLAN, as all ARP
 *   malformed-ipv4, malformed-ipv6    XNM_V_SHAPE
 *   spoofed-ipv4, spoofed-ipv6        XNM_V_IP
 *   dhcp-server, spoofed-dhcp         XNM_V_SERVICE, as all DHCP
 *   redirect, router-advert           XNM_V_SERVICE
 *   multicast-query                   XNM_V_SERVICE, as all IGMP, PIM and MLD
 *   spoofed-nd, fragmented-nd         XNM_V_SERVICE, as all neighbour discovery
 *
 * Some of it dom0 permits, by what it knows of the vif: its own addresses in ARP and neighbour
 * discovery, allow=router, allow=dhcp-server. Here all frames of such a kind are left to dom0: the
 * sender comes to the same verdict and takes the slow path. What is not understood is refused.
 * tests/netns/guards.sh sends the same frames to both.
 */
#define ICMP_ROUTER_ADVERT 9 /* RFC 1256 */

/* dom0's rules follow any number of them, but a peer's frame must not cost us much time */
#define IPV6_HEADERS_MAX 8

static const char *const names[XNM_V_COUNT] = {
	[XNM_V_FAST] = "none",	     [XNM_V_SHAPE] = "shape", [XNM_V_VLAN] = "vlan",
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

/* the first bytes of what IP carries, which may be in @buf; NULL if they are not in the packet */
static const void *upper(const struct sk_buff *skb, const struct xnm_headers *headers, u32 len,
			 void *buf)
{
	if (headers->at + len > headers->end)
		return NULL;
	return skb_header_pointer(skb, headers->at, len, buf);
}

static bool is_dhcp(__be16 port, bool v6)
{
	u16 number = ntohs(port);

	return v6 ? number == 546 || number == 547 : number == 67 || number == 68;
}

/* clients take an answer from any port, and a server a question */
static enum xnm_verdict guard_udp(const struct sk_buff *skb, const struct xnm_headers *headers)
{
	struct udphdr buf;
	const struct udphdr *udp = upper(skb, headers, sizeof(buf), &buf);

	if (!udp)
		return XNM_V_SHAPE;
	if (is_dhcp(udp->source, headers->v6) || is_dhcp(udp->dest, headers->v6))
		return XNM_V_SERVICE;
	return XNM_V_FAST;
}

static enum xnm_verdict guard_icmp(const struct sk_buff *skb, const struct xnm_headers *headers)
{
	u8 buf;
	const u8 *type = upper(skb, headers, sizeof(buf), &buf);

	if (!type)
		return XNM_V_SHAPE;
	return *type == ICMP_REDIRECT || *type == ICMP_ROUTER_ADVERT ? XNM_V_SERVICE : XNM_V_FAST;
}

static enum xnm_verdict guard_icmpv6(const struct sk_buff *skb, const struct xnm_headers *headers)
{
	u8 buf;
	const u8 *type = upper(skb, headers, sizeof(buf), &buf);

	if (!type)
		return XNM_V_SHAPE;
	switch (*type) {
	case 130 ... 132: /* multicast listeners (RFC 2710) */
	case 133 ... 137: /* routers and neighbours (RFC 4861) */
	case 138: /* router renumbering (RFC 2894) */
	case 141 ... 142: /* inverse neighbours (RFC 3122) */
	case 143: /* multicast listeners (RFC 3810) */
	case 148 ... 149: /* certificates of routers (RFC 3971) */
	case 151 ... 153: /* routers of multicast (RFC 4286) */
		return XNM_V_SERVICE;
	default:
		return XNM_V_FAST;
	}
}

/* what is behind the headers of IP, in a whole packet or its first fragment */
static enum xnm_verdict guard_upper(const struct sk_buff *skb, const struct xnm_headers *headers)
{
	switch (headers->protocol) {
	case IPPROTO_UDP:
		return guard_udp(skb, headers);
	case IPPROTO_ICMP:
		return headers->v6 ? XNM_V_FAST : guard_icmp(skb, headers);
	case IPPROTO_ICMPV6:
		return headers->v6 ? guard_icmpv6(skb, headers) : XNM_V_FAST;
	case IPPROTO_IGMP:
		return headers->v6 ? XNM_V_FAST : XNM_V_SERVICE;
	case IPPROTO_PIM:
		return XNM_V_SERVICE;
	case IPPROTO_SCTP:
		/* its checksum is of a kind that nobody but the driver completes */
		return XNM_V_OFFLOAD;
	default:
		return XNM_V_FAST;
	}
}

static enum xnm_verdict guard_ipv4(const struct sk_buff *skb, const struct xnm_ident *from,
				   struct xnm_headers *headers)
{
	struct iphdr buf;
	const struct iphdr *ip = skb_header_pointer(skb, ETH_HLEN, sizeof(buf), &buf);
	struct in6_addr mapped;

	if (!ip || ip->version != 4 || ip->ihl < 5)
		return XNM_V_SHAPE;
	headers->protocol = ip->protocol;
	headers->fragment = ip_is_fragment(ip);
	headers->at = ETH_HLEN + ip->ihl * 4;
	headers->end = ETH_HLEN + ntohs(ip->tot_len);
	if (headers->at > headers->end || headers->end > skb->len)
		return XNM_V_SHAPE;
	ipv6_addr_set_v4mapped(ip->saddr, &mapped);
	if (!xnm_ident_has(from, &mapped))
		return XNM_V_IP;
	/* a later fragment has no ports and no types; the first one was looked at */
	if (ip->frag_off & htons(IP_OFFSET))
		return XNM_V_FAST;
	return guard_upper(skb, headers);
}

/* what may follow an authentication header, as dom0 has it; nobody looks into that */
static enum xnm_verdict guard_ah(u8 next)
{
	switch (next) {
	case IPPROTO_IPIP:
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_IPV6:
	case IPPROTO_GRE:
	case IPPROTO_ESP:
	case IPPROTO_NONE:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return XNM_V_FAST;
	default:
		return XNM_V_SHAPE;
	}
}

struct ipv6_ext {
	u8 next;
	u8 len;
	__be16 frag_off;
};

/* step over one extension header; false if it is not there, or a second fragment header */
static bool step_ext(const struct sk_buff *skb, struct xnm_headers *headers, bool *later)
{
	struct ipv6_ext buf;
	const struct ipv6_ext *ext = upper(skb, headers, sizeof(buf), &buf);

	if (!ext)
		return false;
	if (headers->protocol == IPPROTO_FRAGMENT) {
		if (headers->fragment)
			return false;
		headers->fragment = true;
		*later = ext->frag_off & htons(IP6_OFFSET);
		headers->at += 8;
	} else {
		headers->at += (ext->len + 1) * 8;
	}
	headers->protocol = ext->next;
	return headers->at <= headers->end;
}

static bool is_ext(u8 protocol)
{
	return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING ||
	       protocol == IPPROTO_FRAGMENT || protocol == IPPROTO_DSTOPTS;
}

/* the whole chain of headers (RFC 7112), or a later fragment, which has none of its own */
static enum xnm_verdict guard_chain(const struct sk_buff *skb, struct xnm_headers *headers)
{
	bool later = false;
	u8 buf;
	const u8 *next;
	int n;

	for (n = 0; is_ext(headers->protocol); n++) {
		if (n == IPV6_HEADERS_MAX || !step_ext(skb, headers, &later))
			return XNM_V_SHAPE;
		if (later)
			return XNM_V_FAST;
	}
	if (headers->protocol != IPPROTO_AH)
		return guard_upper(skb, headers);
	next = upper(skb, headers, sizeof(buf), &buf);
	return next ? guard_ah(*next) : XNM_V_SHAPE;
}

static enum xnm_verdict guard_ipv6(const struct sk_buff *skb, const struct xnm_ident *from,
				   struct xnm_headers *headers)
{
	struct ipv6hdr buf;
	const struct ipv6hdr *ip = skb_header_pointer(skb, ETH_HLEN, sizeof(buf), &buf);

	if (!ip || ip->version != 6)
		return XNM_V_SHAPE;
	headers->v6 = true;
	headers->protocol = ip->nexthdr;
	headers->at = ETH_HLEN + sizeof(*ip);
	headers->end = headers->at + ntohs(ip->payload_len);
	if (headers->end > skb->len)
		return XNM_V_SHAPE;
	/* the list of addresses has IPv4's in the same form */
	if (ipv6_addr_v4mapped(&ip->saddr) || !xnm_ident_has(from, &ip->saddr))
		return XNM_V_IP;
	return guard_chain(skb, headers);
}

/**
 * xnm_guard_frame - whether a frame may take the fast path
 * @skb: the frame, with its data at the Ethernet header
 * @from: the vif that it must come from
 * @headers: where its headers are, if it may
 *
 * Return: XNM_V_FAST, or why not.
 */
enum xnm_verdict xnm_guard_frame(const struct sk_buff *skb, const struct xnm_ident *from,
				 struct xnm_headers *headers)
{
	struct ethhdr buf;
	const struct ethhdr *eth = skb_header_pointer(skb, 0, sizeof(buf), &buf);

	*headers = (struct xnm_headers){};
	if (!eth)
		return XNM_V_SHAPE;
	if (skb_vlan_tag_present(skb))
		return XNM_V_VLAN;
	if (!ether_addr_equal(eth->h_source, from->mac) || is_multicast_ether_addr(eth->h_dest))
		return XNM_V_MAC;
	if (eth->h_proto == htons(ETH_P_IP))
		return guard_ipv4(skb, from, headers);
	if (eth->h_proto == htons(ETH_P_IPV6))
		return guard_ipv6(skb, from, headers);
	return XNM_V_VLAN;
}
