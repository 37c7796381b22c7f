// SPDX-License-Identifier: GPL-2.0-only
/* abuse_frames.c - frames and records that no peer should send. */
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/random.h>
#include <linux/udp.h>

#include "../chan.h"
#include "../table.h"
#include "../xnm.h"

static void put(struct xnm_chan *chan, u32 pos, const void *data, u32 len)
{
	const u8 *from = data;

	while (len--) {
		u8 *page = chan->own->page[1 + (pos & (chan->tx_size - 1)) / PAGE_SIZE];

		page[pos++ % PAGE_SIZE] = *from++;
	}
}

static void publish(struct xnm_chan *chan, u32 size)
{
	chan->prod += size;
	/* as tx_ring.c does it */
	virt_store_release(&chan->own->ctrl->tx_prod, chan->prod);
	notify_remote_via_irq(chan->irq);
}

static bool room(struct xnm_chan *chan, u32 size)
{
	/* so that what the module itself sends later is right */
	chan->cons_seen = READ_ONCE(chan->theirs->rx_cons);
	return chan->tx_size - (chan->prod - chan->cons_seen) >= size;
}

static void record(struct xnm_chan *chan, const struct xnm_record *rec, const void *frame, u32 len)
{
	put(chan, chan->prod, rec, sizeof(*rec));
	put(chan, chan->prod + sizeof(*rec), frame, len);
}

/* a frame to the peer with the right addresses, so that nothing but the attack is wrong */
static u32 frame_ipv4(const struct xnm_route *route, u8 *frame, u32 len)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	struct iphdr *ip = (struct iphdr *)(frame + ETH_HLEN);

	memset(frame, 0, len);
	ether_addr_copy(eth->h_dest, route->id.mac);
	ether_addr_copy(eth->h_source, route->own->mac);
	eth->h_proto = htons(ETH_P_IP);
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->tot_len = htons(len - ETH_HLEN);
	ip->saddr = route->own->ip[0].s6_addr32[3];
	ip->daddr = route->id.ip[0].s6_addr32[3];
	ip->check = ip_fast_csum(ip, 5);
	return len;
}

static void spoil_icmp6(const struct xnm_route *route, u8 *frame, u8 type)
{
	struct ipv6hdr *ip = (struct ipv6hdr *)(frame + ETH_HLEN);

	((struct ethhdr *)frame)->h_proto = htons(ETH_P_IPV6);
	memset(ip, 0, 60);
	ip->version = 6;
	ip->nexthdr = IPPROTO_ICMPV6;
	ip->payload_len = htons(16);
	ip->hop_limit = 255;
	ip->saddr = route->own->ip[1];
	ip->daddr = route->id.ip[1];
	frame[ETH_HLEN + sizeof(*ip)] = type;
}

/* another Ethernet header; false if the attack is none of those */
static bool spoil_link(const char *attack, u8 *frame)
{
	struct ethhdr *eth = (struct ethhdr *)frame;

	if (!strcmp(attack, "spoof-mac"))
		eth->h_source[5] ^= 0x40;
	else if (!strcmp(attack, "broadcast"))
		eth_broadcast_addr(eth->h_dest);
	else if (!strcmp(attack, "other-mac"))
		eth->h_dest[5] ^= 0x40;
	else if (!strcmp(attack, "arp"))
		eth->h_proto = htons(ETH_P_ARP);
	else if (!strcmp(attack, "vlan"))
		eth->h_proto = htons(ETH_P_8021Q);
	else
		return false;
	return true;
}

static bool spoil(const char *attack, u32 arg, const struct xnm_route *route, u8 *frame)
{
	struct iphdr *ip = (struct iphdr *)(frame + ETH_HLEN);
	struct udphdr *udp = (struct udphdr *)(ip + 1);

	if (!strcmp(attack, "spoof-ip")) {
		ip->saddr ^= htonl(0x40);
	} else if (!strcmp(attack, "dhcp")) {
		udp->source = htons(67);
		udp->dest = htons(arg ?: 68);
	} else if (!strcmp(attack, "proto")) {
		ip->protocol = arg;
	} else if (!strcmp(attack, "icmp")) {
		ip->protocol = IPPROTO_ICMP;
		*(u8 *)udp = arg;
	} else if (!strcmp(attack, "long")) {
		ip->tot_len = htons(1400);
	} else if (!strcmp(attack, "icmp6")) {
		spoil_icmp6(route, frame, arg);
		return true;
	} else {
		return spoil_link(attack, frame);
	}
	ip->check = 0;
	ip->check = ip_fast_csum(ip, 5);
	return true;
}

static __virtio16 le(u32 value)
{
	return __cpu_to_virtio16(true, value);
}

static void random_frames(struct xnm_chan *chan, const struct xnm_route *route, u8 *frame, int n,
			  bool vnet, bool bytes)
{
	struct xnm_record rec = { .devid = route->own->devid };

	while (n-- > 0) {
		u32 len = 60 + get_random_u32() % 1400;

		if (!room(chan, xnm_record_size(len)))
			break;
		frame_ipv4(route, frame, len);
		if (bytes)
			get_random_bytes(frame + ETH_HLEN + (get_random_u32() & 1 ? 20 : 0),
					 len - 34);
		if (bytes && get_random_u32() & 1)
			((struct ethhdr *)frame)->h_proto = htons(ETH_P_IPV6);
		if (vnet)
			get_random_bytes(&rec.vnet, sizeof(rec.vnet));
		/* three of four are kinds that exist */
		if (vnet && get_random_u32() % 4) {
			rec.vnet.flags &= 1;
			rec.vnet.gso_type &= 5;
			rec.vnet.gso_size = le(get_random_u32() % 2000);
			rec.vnet.csum_start = le(get_random_u32() % 100);
			rec.vnet.csum_offset = le(get_random_u32() % 20);
		}
		rec.len = len;
		record(chan, &rec, frame, len);
		publish(chan, xnm_record_size(len));
	}
}

/* frames without a fault, as long as there is room */
static void plain_frames(struct xnm_chan *chan, const struct xnm_route *route, u8 *frame, int n)
{
	struct xnm_record rec = { .devid = route->own->devid, .len = 1400 };

	frame_ipv4(route, frame, 1400);
	while (n-- > 0 && room(chan, xnm_record_size(1400))) {
		record(chan, &rec, frame, 1400);
		publish(chan, xnm_record_size(1400));
	}
}

/* change the length of a record while the peer may be reading it; its room stays the same */
static void race(struct xnm_chan *chan, const struct xnm_route *route, u8 *frame, int n)
{
	struct xnm_record rec = { .devid = route->own->devid, .len = 1000 };

	frame_ipv4(route, frame, 1000);
	while (n-- > 0) {
		u32 at = chan->prod & (chan->tx_size - 1);
		u32 *len = chan->own->page[1 + at / PAGE_SIZE] + at % PAGE_SIZE;
		int i;

		if (!room(chan, xnm_record_size(1000)))
			break;
		record(chan, &rec, frame, 1000);
		publish(chan, xnm_record_size(1000));
		for (i = 0; i < 2000; i++)
			WRITE_ONCE(*len, i & 1 ? 1000 : 993 + i % 30);
	}
}

static int attack_frame(struct xnm_chan *chan, const struct xnm_route *route, const char *attack,
			u32 arg, u8 *frame)
{
	struct xnm_record rec = { .devid = route->own->devid, .len = 100 };

	frame_ipv4(route, frame, 100);
	if (!strcmp(attack, "len")) {
		rec.len = arg;
	} else if (!strcmp(attack, "flags")) {
		rec.flags = 1;
	} else if (!strcmp(attack, "devid")) {
		rec.devid = arg;
	} else if (!strcmp(attack, "gso") || !strcmp(attack, "gso-udp")) {
		bool tcp = !strcmp(attack, "gso");

		rec.vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
		rec.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		rec.vnet.gso_size = le(arg);
		/* 0: where a search for the TCP header ends if there is none */
		rec.vnet.csum_start = le(tcp ? 34 : 0);
		rec.vnet.csum_offset = le(16);
		if (tcp)
			((struct iphdr *)(frame + ETH_HLEN))->protocol = IPPROTO_TCP;
	} else if (!strcmp(attack, "csum") || !strcmp(attack, "csum-frag")) {
		rec.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		rec.vnet.csum_start = le(arg);
		/* a first fragment, with the offset of a UDP checksum */
		if (!strcmp(attack, "csum-frag")) {
			rec.vnet.csum_offset = le(offsetof(struct udphdr, check));
			((struct iphdr *)(frame + ETH_HLEN))->frag_off = htons(0x2000);
		}
	} else if (!spoil(attack, arg, route, frame)) {
		return -EINVAL;
	}
	record(chan, &rec, frame, 100);
	publish(chan, xnm_record_size(100));
	return 0;
}

/**
 * xnm_abuse_frames - send frames that no peer should send
 * @chan: the channel, under tx_lock
 * @route: from which vif of ours to which of the peer's
 * @attack: what is wrong with them
 * @arg: how many, or how wrong
 * @frame: memory for one
 *
 * Return: 0, or -EINVAL for an attack that is none of these.
 */
int xnm_abuse_frames(struct xnm_chan *chan, const struct xnm_route *route, const char *attack,
		     u32 arg, u8 *frame)
{
	if (!strcmp(attack, "fuzz-vnet"))
		random_frames(chan, route, frame, arg, true, false);
	else if (!strcmp(attack, "fuzz-bytes"))
		random_frames(chan, route, frame, arg, false, true);
	else if (!strcmp(attack, "fuzz-both"))
		random_frames(chan, route, frame, arg, true, true);
	else if (!strcmp(attack, "plain"))
		plain_frames(chan, route, frame, arg);
	else if (!strcmp(attack, "race"))
		race(chan, route, frame, arg);
	else
		return attack_frame(chan, route, attack, arg, frame);
	return 0;
}
