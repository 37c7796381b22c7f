/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_guard_ip.c - the rules on IPv4 packets of a guest: its own addresses, no router, no DHCP server. */
#include "hotplug/parts/filter/ruleset_guard.h"

#include <net/if_arp.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "hotplug/base/util.h"

#define IGMP_QUERY	   0x11
#define IGMP_DVMRP	   0x13
#define IGMP_V3_REPORT	   0x22
#define IGMP_ROUTER_ADVERT 0x30 /* RFC 4286 */
#define ICMP_REDIRECT	   5
#define ICMP_ROUTER_ADVERT 9 /* RFC 1256 */
#define PROTO_PIM	   103

static void check_ip(struct guard *guard)
{
	static const struct xnm_choice watched[] = { { IPPROTO_ICMP, "check-icmp" },
						     { IPPROTO_IGMP, "check-igmp" },
						     { IPPROTO_UDP, "check-udp" },
						     { PROTO_PIM, "check-router" } };
	static const struct xnm_choice others[] = { { IPPROTO_ICMP, NULL },
						    { IPPROTO_IGMP, NULL },
						    { IPPROTO_UDP, NULL },
						    { PROTO_PIM, NULL } };

	guard_check_version(guard, false);
	guard_later_fragment(guard, false);
	xnm_load(guard_begin(guard, "check-ip"), XNM_L4PROTO);
	xnm_lookup_choice(&guard->rule, XNM_NFT_PROTO, watched, XNM_N_ELEMENTS(watched), false);
	guard_end(guard);
	xnm_load(guard_begin(guard, "check-ip"), XNM_L4PROTO);
	xnm_lookup_choice(&guard->rule, XNM_NFT_PROTO, others, XNM_N_ELEMENTS(others), true);
	guard_end_goto(guard, "check-ip-source");
	guard_drop_rest(guard, "check-ip", "malformed-ipv4");
}

static void drop_icmp(struct guard *guard, uint8_t type, const char *reason)
{
	(void)guard_begin(guard, "check-icmp");
	guard_is_protocol(guard, ETH_P_IP);
	guard_is_l4(guard, IPPROTO_ICMP);
	xnm_is_u8(&guard->rule, XNM_TH_TYPE, XNM_EQ, type);
	guard_end_drop(guard, reason);
}

/* Messages that only routers send. */
static void check_icmp(struct guard *guard)
{
	xnm_load(guard_begin(guard, "check-icmp"), XNM_IIFNAME);
	xnm_lookup(&guard->rule, GUARD_SET(guard, ROUTERS), false);
	guard_end_goto(guard, "check-ip-source");
	drop_icmp(guard, ICMP_REDIRECT, "redirect");
	drop_icmp(guard, ICMP_ROUTER_ADVERT, "router-advert");
	(void)guard_begin(guard, "check-icmp");
	guard_end_goto(guard, "check-ip-source");
}

/* iifname . @th,288,48 @chaddrs: a DHCP client may send only for its own MAC address */
static void is_own_chaddr(struct guard *guard)
{
	xnm_load(&guard->rule, XNM_IIFNAME);
	xnm_load(&guard->rule, XNM_DHCP_CHADDR);
	xnm_lookup(&guard->rule, GUARD_SET(guard, CHADDRS), false);
}

/*
 * Messages to a DHCP server, which identifies clients by what they contain: with another client's
 * MAC a guest could end its lease, and with many it could exhaust the pool. A server in a guest may
 * relay for others.
 */
static void check_dhcp(struct guard *guard)
{
	static const uint8_t none[4], everybody[] = { 255, 255, 255, 255 };
	static const char chain[] = "check-dhcp";

	/* RFC 2131: a client that has no address yet */
	(void)guard_begin(guard, chain);
	guard_is_protocol(guard, ETH_P_IP);
	xnm_load(&guard->rule, XNM_IP_SADDR);
	xnm_compare(&guard->rule, XNM_EQ, none, sizeof(none));
	xnm_load(&guard->rule, XNM_IP_DADDR);
	xnm_compare(&guard->rule, XNM_EQ, everybody, sizeof(everybody));
	guard_is_l4(guard, IPPROTO_UDP);
	xnm_is_be16(&guard->rule, XNM_TH_SPORT, XNM_EQ, 68);
	is_own_chaddr(guard);
	guard_end_accept(guard);

	xnm_load(guard_begin(guard, chain), XNM_IIFNAME);
	xnm_lookup(&guard->rule, GUARD_SET(guard, DHCP_SERVERS), false);
	guard_end_goto(guard, "check-ip-source");
	guard_drop_port(guard, chain, XNM_TH_SPORT, 67);
	(void)guard_begin(guard, chain);
	is_own_chaddr(guard);
	guard_end_goto(guard, "check-ip-source");
	guard_drop_rest(guard, chain, "spoofed-dhcp");
}

static void check_udp(struct guard *guard)
{
	(void)guard_begin(guard, "check-udp");
	guard_is_l4(guard, IPPROTO_UDP);
	xnm_is_be16(&guard->rule, XNM_TH_DPORT, XNM_EQ, 67);
	guard_end_goto(guard, "check-dhcp");
	xnm_load(guard_begin(guard, "check-udp"), XNM_IIFNAME);
	xnm_lookup(&guard->rule, GUARD_SET(guard, DHCP_SERVERS), false);
	guard_end_goto(guard, "check-ip-source");
	/* clients take an answer from any port */
	guard_drop_port(guard, "check-udp", XNM_TH_SPORT, 67);
	guard_drop_port(guard, "check-udp", XNM_TH_DPORT, 68);
	(void)guard_begin(guard, "check-udp");
	guard_end_goto(guard, "check-ip-source");
	check_dhcp(guard);
}

/* A port that sends queries gets all multicast of the bridge, and the real router gets no
 * reports. */
static void check_igmp(struct guard *guard)
{
	static const struct xnm_choice router_types[] = { { IGMP_QUERY, NULL },
							  { IGMP_DVMRP, NULL },
							  { IGMP_ROUTER_ADVERT, NULL } };
	static const uint8_t none[4], igmp_routers[] = { 224, 0, 0, 22 };

	/* RFC 3376, 4.2.13: a guest that has no address yet */
	(void)guard_begin(guard, "check-igmp");
	guard_is_protocol(guard, ETH_P_IP);
	xnm_load(&guard->rule, XNM_IP_SADDR);
	xnm_compare(&guard->rule, XNM_EQ, none, sizeof(none));
	xnm_load(&guard->rule, XNM_IP_DADDR);
	xnm_compare(&guard->rule, XNM_EQ, igmp_routers, sizeof(igmp_routers));
	guard_is_l4(guard, IPPROTO_IGMP);
	xnm_is_u8(&guard->rule, XNM_TH_TYPE, XNM_EQ, IGMP_V3_REPORT);
	guard_end_accept(guard);
	(void)guard_begin(guard, "check-igmp");
	guard_is_protocol(guard, ETH_P_IP);
	guard_is_l4(guard, IPPROTO_IGMP);
	xnm_load(&guard->rule, XNM_TH_TYPE);
	xnm_lookup_choice(&guard->rule, XNM_NFT_IGMP_TYPE, router_types,
			  XNM_N_ELEMENTS(router_types), true);
	guard_end_goto(guard, "check-ip-source");
	(void)guard_begin(guard, "check-igmp");
	guard_end_goto(guard, "check-router");

	xnm_load(guard_begin(guard, "check-router"), XNM_IIFNAME);
	xnm_lookup(&guard->rule, GUARD_SET(guard, ROUTERS), false);
	guard_end_goto(guard, "check-ip-source");
	guard_drop_rest(guard, "check-router", "multicast-query");
}

void guard_check_ip(struct guard *guard)
{
	check_ip(guard);
	check_icmp(guard);
	check_igmp(guard);
	check_udp(guard);
	guard_check_source(guard, false);
}
