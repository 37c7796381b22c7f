/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_guard.c - the rules on what a guest may send: from its own addresses only, no router or server messages. */
#include "hotplug/parts/filter/ruleset_guard.h"

#include <net/if_arp.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "hotplug/base/util.h"

/*
 * Theory of operation
 *
 * Packets go down from "locked" to the chain of their protocol, and are
 * accepted by the chain that knows who their sender may be. Nothing is let
 * through because no rule fits: a match on what the packet does not have (a
 * transport header in a later fragment, the end of a chain of headers that is
 * cut off) makes its rule fail, so each chain accepts what it could read and
 * ends in a drop.
 *
 * The kernel walks IPv6 extension headers for us (ipv6_find_hdr()), up to the
 * transport header or a later fragment. A first fragment without its whole
 * chain of headers (RFC 7112), which could bring a router advertisement in its
 * second fragment (RFC 7113), gives no protocol: "malformed-ipv6".
 *
 * The chains are the same in both tables. In the bridge table protocols are
 * told by "meta protocol", which also sees behind a VLAN tag.
 */

struct xnm_rule *guard_begin(struct guard *guard, const char *chain)
{
	xnm_rule_begin(&guard->rule, guard->nft, guard->family, chain);
	return &guard->rule;
}

void guard_end(struct guard *guard)
{
	xnm_rule_end(&guard->rule);
}

void guard_end_drop(struct guard *guard, const char *reason)
{
	xnm_goto_drop(&guard->rule, reason);
	guard_end(guard);
}

void guard_end_goto(struct guard *guard, const char *chain)
{
	xnm_goto(&guard->rule, chain);
	guard_end(guard);
}

void guard_end_accept(struct guard *guard)
{
	xnm_accept(&guard->rule);
	guard_end(guard);
}

void guard_drop_rest(struct guard *guard, const char *chain, const char *reason)
{
	(void)guard_begin(guard, chain);
	guard_end_drop(guard, reason);
}

/* match ip, ip6 or arp, as each table's family does */
void guard_is_protocol(struct guard *guard, uint16_t ethertype)
{
	if (guard->family == NFPROTO_BRIDGE)
		xnm_is_be16(&guard->rule, XNM_PROTOCOL, XNM_EQ, ethertype);
	else
		xnm_is_u8(&guard->rule, XNM_NFPROTO, XNM_EQ,
			  ethertype == ETH_P_IP ? NFPROTO_IPV4 : NFPROTO_IPV6);
}

void guard_is_l4(struct guard *guard, uint8_t protocol)
{
	xnm_is_u8(&guard->rule, XNM_L4PROTO, XNM_EQ, protocol);
}

void guard_check_version(struct guard *guard, bool ip6)
{
	const uint8_t mask = 0xf0, version = ip6 ? 0x60 : 0x40;

	(void)guard_begin(guard, ip6 ? "check-ip6" : "check-ip");
	guard_is_protocol(guard, ip6 ? ETH_P_IPV6 : ETH_P_IP);
	xnm_load(&guard->rule, XNM_IP_VERSION);
	xnm_mask(&guard->rule, &mask, sizeof(mask));
	xnm_compare(&guard->rule, XNM_NE, &version, sizeof(version));
	guard_end_drop(guard, ip6 ? "malformed-ipv6" : "malformed-ipv4");
}

/*
 * Later fragments first: they have no ports and types, but nftables would read some at that offset
 * (nft_payload.c ignores the fragment's offset). Their first fragment was checked.
 */
void guard_later_fragment(struct guard *guard, bool ip6)
{
	static const uint8_t mask4[] = { 0x1f, 0xff }, mask6[] = { 0xff, 0xf8 };
	static const uint8_t first[2];

	(void)guard_begin(guard, ip6 ? "check-ip6" : "check-ip");
	guard_is_protocol(guard, ip6 ? ETH_P_IPV6 : ETH_P_IP);
	xnm_load(&guard->rule, ip6 ? XNM_FRAG_OFF : XNM_IP_FRAG_OFF);
	xnm_mask(&guard->rule, ip6 ? mask6 : mask4, 2);
	xnm_compare(&guard->rule, ip6 ? XNM_GT : XNM_NE, first, sizeof(first));
	guard_end_goto(guard, ip6 ? "check-ip6-source" : "check-ip-source");
}

void guard_check_source(struct guard *guard, bool ip6)
{
	static const struct guard_address source4 = {
		"check-ip-source", "check-ip-owner", NULL, "spoofed-ipv4",
		ETH_P_IP,	   XNM_IP_SADDR,     false
	};
	static const struct guard_address source6 = {
		"check-ip6-source", "check-ip6-owner", NULL, "spoofed-ipv6",
		ETH_P_IPV6,	    XNM_IP6_SADDR,     true
	};

	guard_check_address(guard, ip6 ? &source6 : &source4);
}

void guard_drop_port(struct guard *guard, const char *chain, enum xnm_field field, uint16_t port)
{
	(void)guard_begin(guard, chain);
	guard_is_l4(guard, IPPROTO_UDP);
	xnm_is_be16(&guard->rule, field, XNM_EQ, port);
	guard_end_drop(guard, "dhcp-server");
}

static void check_mac(struct guard *guard)
{
	uint16_t ether = ARPHRD_ETHER;

	(void)guard_begin(guard, "locked");
	if (guard->family == NFPROTO_INET) {
		xnm_load(&guard->rule, XNM_IIFTYPE);
		xnm_compare(&guard->rule, XNM_EQ, &ether, sizeof(ether));
	}
	xnm_load(&guard->rule, XNM_IIFNAME);
	xnm_load(&guard->rule, XNM_ETHER_SADDR);
	xnm_lookup(&guard->rule, GUARD_SET(guard, MACS), true);
	guard_end_drop(guard, "spoofed-mac");
}

/* 01:80:c2:00:00:0x: spanning tree, pause, LLDP: link-local protocols of bridges */
static void check_reserved_mac(struct guard *guard)
{
	static const uint8_t reserved[] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x00 };
	static const uint8_t mask[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0 };

	xnm_load(guard_begin(guard, "locked"), XNM_ETHER_DADDR);
	xnm_mask(&guard->rule, mask, sizeof(mask));
	xnm_compare(&guard->rule, XNM_EQ, reserved, sizeof(reserved));
	guard_end_drop(guard, "reserved-mac");
}

static void choose_ethertype(struct guard *guard)
{
	static const struct xnm_choice protocols[] = { { ETH_P_IP, "check-ip" },
						       { ETH_P_ARP, "check-arp" },
						       { ETH_P_IPV6, "check-ip6" } };
	static const struct xnm_choice tags[] = { { ETH_P_8021Q, NULL }, { ETH_P_8021AD, NULL } };

	xnm_load(guard_begin(guard, "locked"), XNM_ETHER_TYPE);
	xnm_lookup_choice(&guard->rule, XNM_NFT_ETHERTYPE, protocols, 3, false);
	guard_end(guard);

	xnm_is_be16(guard_begin(guard, "locked"), XNM_ETHER_TYPE, XNM_EQ, ETH_P_8021Q);
	xnm_load(&guard->rule, XNM_IIFNAME);
	xnm_lookup(&guard->rule, XNM_SET_BRIDGE_TRUNKS, false);
	xnm_load(&guard->rule, XNM_PROTOCOL);
	xnm_lookup_choice(&guard->rule, XNM_NFT_ETHERTYPE, protocols, 3, false);
	guard_end(guard);

	xnm_load(guard_begin(guard, "locked"), XNM_ETHER_TYPE);
	xnm_lookup_choice(&guard->rule, XNM_NFT_ETHERTYPE, tags, 2, false);
	guard_end_drop(guard, "vlan-tag");
	guard_drop_rest(guard, "locked", "ethertype");
}

/* RFC 826: Ethernet and IPv4, a request or an answer */
static void check_arp(struct guard *guard)
{
	static const uint8_t types[] = { 0, ARPHRD_ETHER, ETH_P_IP >> 8, ETH_P_IP & 0xff };
	static const uint8_t lengths[] = { ETH_ALEN, 4 };
	static const uint8_t nobody[] = { 240, 0, 0, 0 };
	static const struct xnm_choice operations[] = { { ARPOP_REQUEST, NULL },
							{ ARPOP_REPLY, NULL } };

	(void)guard_begin(guard, "check-arp");
	guard_is_protocol(guard, ETH_P_ARP);
	xnm_load(&guard->rule, XNM_ARP_HTYPE_PTYPE);
	xnm_compare(&guard->rule, XNM_EQ, types, sizeof(types));
	xnm_load(&guard->rule, XNM_ARP_HLEN_PLEN);
	xnm_compare(&guard->rule, XNM_EQ, lengths, sizeof(lengths));
	xnm_load(&guard->rule, XNM_ARP_OPERATION);
	xnm_lookup_choice(&guard->rule, XNM_NFT_ARPOP, operations, 2, false);
	/* RFC 1112: a reserved address; the match fails if the message is truncated */
	xnm_load(&guard->rule, XNM_ARP_DADDR_IP);
	xnm_compare(&guard->rule, XNM_NE, nobody, sizeof(nobody));
	guard_end_goto(guard, "check-arp-sender");
	guard_drop_rest(guard, "check-arp", "malformed-arp");
}

static void check_arp_sender(struct guard *guard)
{
	static const uint8_t none[4];
	static const char chain[] = "check-arp-sender";
	static const struct guard_address sender = {
		chain, "check-arp-owner", NULL, "spoofed-arp", ETH_P_ARP, XNM_ARP_SADDR_IP, false
	};
	static const struct guard_address probe = {
		"check-arp-probe", "check-probe-owner", NULL, "spoofed-arp",
		ETH_P_ARP,	   XNM_ARP_DADDR_IP,	false
	};

	(void)guard_begin(guard, chain);
	guard_is_protocol(guard, ETH_P_ARP);
	xnm_load(&guard->rule, XNM_IIFNAME);
	xnm_load(&guard->rule, XNM_ARP_SADDR_ETHER);
	xnm_lookup(&guard->rule, GUARD_SET(guard, MACS), true);
	guard_end_drop(guard, "spoofed-arp");

	/* RFC 5227: a probe, by which a guest checks that its address is free; a probe for another
	 * vif's address would deny it to its owner */
	(void)guard_begin(guard, chain);
	guard_is_protocol(guard, ETH_P_ARP);
	xnm_is_be16(&guard->rule, XNM_ARP_OPERATION, XNM_EQ, ARPOP_REQUEST);
	xnm_load(&guard->rule, XNM_ARP_SADDR_IP);
	xnm_compare(&guard->rule, XNM_EQ, none, sizeof(none));
	guard_end_goto(guard, "check-arp-probe");
	guard_check_address(guard, &sender);
	guard_check_address(guard, &probe);
}

static void add_chains(struct guard *guard)
{
	static const char *const chains[] = {
		"locked",	    "check-arp",	 "check-arp-sender", "check-arp-owner",
		"check-arp-probe",  "check-probe-owner", "check-ip",	     "check-icmp",
		"check-igmp",	    "check-router",	 "check-udp",	     "check-dhcp",
		"check-ip-source",  "check-ip-owner",	 "check-ip6",	     "check-udp6",
		"check-udp6-port",  "check-icmp6",	 "check-pim6",	     "check-router6",
		"check-mld6",	    "check-nd6",	 "check-nd6-owner",  "check-dad6",
		"check-dad6-owner", "check-ip6-source",	 "check-ip6-owner",
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(chains); i++) {
		bool arp = strncmp(chains[i], "check-arp", strlen("check-arp")) == 0 ||
			   strcmp(chains[i], "check-probe-owner") == 0;

		if (!arp || guard->family == NFPROTO_BRIDGE)
			xnm_nft_add_chain(guard->nft, guard->family, XNM_NFT_TABLE, chains[i]);
	}
}

static void add_bridge_rules(struct guard *guard)
{
	check_reserved_mac(guard);
	choose_ethertype(guard);
	check_arp(guard);
	check_arp_sender(guard);
}

/* A routed vif's ARP reaches only this host, whose neighbour entries are per device. */
static void add_inet_rules(struct guard *guard)
{
	static const struct xnm_choice protocols[] = { { NFPROTO_IPV4, "check-ip" },
						       { NFPROTO_IPV6, "check-ip6" } };

	xnm_load(guard_begin(guard, "locked"), XNM_NFPROTO);
	xnm_lookup_choice(&guard->rule, XNM_NFT_NFPROTO, protocols, 2, false);
	guard_end(guard);
}

void xnm_ruleset_guard(struct xnm_nft *nft, uint8_t family)
{
	struct guard guard = { .nft = nft, .family = family };

	if (family == NFPROTO_INET)
		guard.sets = XNM_SET_INET_DROPS - XNM_SET_BRIDGE_DROPS;
	add_chains(&guard);
	check_mac(&guard);
	if (family == NFPROTO_BRIDGE)
		add_bridge_rules(&guard);
	else
		add_inet_rules(&guard);
	guard_check_ip(&guard);
	guard_check_ip6(&guard);
}
