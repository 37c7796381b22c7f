/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upper.c - the words of recipes for UDP, TCP, ICMP, IGMP and ICMPv6 with its many kinds of messages. */
#include "build.h"

#include <netinet/icmp6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LEN      48
#define ND_SOURCE_MAC 1
#define ND_TARGET_MAC 2
#define ND_PREFIX     3

static unsigned int number(const struct word *word, unsigned int i, unsigned int otherwise)
{
	return i < word->n_args ? (unsigned int)strtoul(word->args[i], NULL, 0) : otherwise;
}

/* Begins an upper-layer header whose checksum is check bytes behind its begin. */
static void start_upper(struct build *b, uint8_t protocol, size_t check)
{
	next_protocol(b, protocol);
	b->l4_protocol = protocol;
	b->l4_at = b->out->len;
	b->check_at = b->l4_at + check;
}

static void put_udp(struct build *b, const struct word *word)
{
	char from[NAME_LEN] = "40000", to[NAME_LEN] = "40001";

	pair(word, from, to, NAME_LEN);
	start_upper(b, IPPROTO_UDP, 6);
	b->udp_at = b->out->len;
	put16(b, (unsigned int)strtoul(from, NULL, 10));
	put16(b, (unsigned int)strtoul(to, NULL, 10));
	put32(b, 0);
	put_token(b);
}

/* dhcp(MAC): what follows udp(68>67), in the name of this client; the first bytes are the token's. */
static void put_dhcp(struct build *b, const struct word *word)
{
	(void)put(b, 20);
	put_mac(b, word->n_args > 0 ? word->args[0] : "own");
	(void)put(b, 206);
}

/* A SYN to port 80. */
static void put_tcp(struct build *b, const struct word *word)
{
	(void)word;
	start_upper(b, IPPROTO_TCP, 16);
	put16(b, 40000);
	put16(b, 80);
	put32(b, 1);
	put32(b, 0);
	put16(b, 0x5002);
	put16(b, 64240);
	put32(b, 0);
	put_token(b);
}

/* icmp(TYPE,CODE) */
static void put_icmp(struct build *b, const struct word *word)
{
	start_upper(b, IPPROTO_ICMP, 2);
	put8(b, number(word, 0, 8));
	put8(b, number(word, 1, 0));
	put16(b, 0);
	put32(b, 1);
	put_token(b);
}

/* igmp(TYPE,GROUP,v1): the first 8 bytes of all kinds; IGMPv3 goes on with raw() */
static void put_igmp(struct build *b, const struct word *word)
{
	struct in_addr group = ip4_of(b, word->n_args > 1 ? word->args[1] : "any");
	unsigned int type = (unsigned int)strtoul(word->args[0], NULL, 16);

	start_upper(b, IPPROTO_IGMP, 2);
	put8(b, type);
	/* version 2 of the query is one with a time to answer in */
	put8(b, type == 0x11 && !flag(word, "v1") ? 100 : 0);
	put16(b, 0);
	put_bytes(b, &group, 4);
	set_hop_limit(b, 1);
}

static void put_protocol(struct build *b, const struct word *word)
{
	next_protocol(b, (uint8_t)number(word, 0, 253));
	(void)put(b, 8);
	put_token(b);
}

/* ------------------------------------------------------------- ICMPv6 */

/* Type, code 0, and the four bytes behind the checksum. */
static void start_icmp6(struct build *b, unsigned int type, uint32_t rest)
{
	start_upper(b, IPPROTO_ICMPV6, 2);
	put8(b, type);
	put8(b, 0);
	put16(b, 0);
	put32(b, rest);
}

static void put_icmp6(struct build *b, const struct word *word)
{
	start_icmp6(b, number(word, 0, ICMP6_ECHO_REQUEST), 1);
	put_token(b);
}

static void put_address(struct build *b, const char *name)
{
	struct in6_addr ip = ip6_of(b, name);

	put_bytes(b, &ip, sizeof(ip));
}

/* The option KIND if the word has it: the sender's own MAC, or that of KIND=NAME. */
static void put_link_option(struct build *b, const struct word *word, const char *kind,
			    unsigned int type)
{
	const char *name = arg(word, kind);

	if (!name && !flag(word, kind))
		return;
	put8(b, type);
	put8(b, 1);
	put_mac(b, name ? name : "own");
}

static void start_nd(struct build *b, unsigned int type, uint32_t rest)
{
	start_icmp6(b, type, rest);
	set_hop_limit(b, 255);
}

static void put_rs(struct build *b, const struct word *word)
{
	start_nd(b, ND_ROUTER_SOLICIT, 0);
	put_link_option(b, word, "slla", ND_SOURCE_MAC);
}

/* A router for half an hour and a prefix to make addresses of. */
static void put_ra(struct build *b, const struct word *word)
{
	start_nd(b, ND_ROUTER_ADVERT, 64u << 24 | arg_number(word, "life", 1800));
	put32(b, 0);
	put32(b, 0);
	put_link_option(b, word, "slla", ND_SOURCE_MAC);
	if (flag(word, "short"))
		return;
	put8(b, ND_PREFIX);
	put8(b, 4);
	put8(b, 64);
	put8(b, 0xc0);
	put32(b, 3600);
	put32(b, 1800);
	put32(b, 0);
	put_address(b, "2001:db8:bad::");
}

/* A nonce tells our own solicitation that comes back from another's (RFC 7527). */
static void put_ns(struct build *b, const struct word *word)
{
	start_nd(b, ND_NEIGHBOR_SOLICIT, 0);
	put_address(b, word->args[0]);
	put_link_option(b, word, "slla", ND_SOURCE_MAC);
	if (flag(word, "nonce"))
		put_bytes(b, "\x0e\x01nonce!", 8);
}

static void put_na(struct build *b, const struct word *word)
{
	const char *flags = arg(word, "flags");
	uint32_t bits = 0;

	for (; flags && *flags; flags++)
		bits |= *flags == 'r' ? 4u : *flags == 's' ? 2u : 1u;
	start_nd(b, ND_NEIGHBOR_ADVERT, bits << 29);
	put_address(b, word->args[0]);
	put_link_option(b, word, "tlla", ND_TARGET_MAC);
}

/* The way to lan's address is through us. */
static void put_redirect(struct build *b, const struct word *word)
{
	start_nd(b, ND_REDIRECT, 0);
	put_address(b, word->n_args > 0 ? word->args[0] : "own-ll");
	put_address(b, "lan");
	put_link_option(b, word, "tlla", ND_TARGET_MAC);
}

/* mld(TYPE,GROUP): query, report and done of MLDv1; longer is version 2 of the query */
static void put_mld(struct build *b, const struct word *word)
{
	start_icmp6(b, number(word, 0, MLD_LISTENER_QUERY), 0);
	put_address(b, word->n_args > 1 ? word->args[1] : "any");
	if (flag(word, "longer"))
		put32(b, 0x027d0000);
	set_hop_limit(b, 1);
}

/* RFC 3810: one record, "I want all of this group" */
static void put_mld2(struct build *b, const struct word *word)
{
	start_icmp6(b, 143, 1);
	put32(b, 0x04000000);
	put_address(b, word->n_args > 0 ? word->args[0] : "snm-own");
	set_hop_limit(b, 1);
}

const struct layer upper_layers[] = {
	{ "udp", put_udp },   { "tcp", put_tcp },	    { "icmp", put_icmp },
	{ "igmp", put_igmp }, { "protocol", put_protocol }, { "dhcp", put_dhcp },
	{ NULL, NULL },
};

const struct layer icmp6_layers[] = {
	{ "icmp6", put_icmp6 }, { "rs", put_rs },     { "ra", put_ra },
	{ "ns", put_ns },	{ "na", put_na },     { "redirect", put_redirect },
	{ "mld", put_mld },	{ "mld2", put_mld2 }, { NULL, NULL },
};
