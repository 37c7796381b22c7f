/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers.c - the words of recipes for Ethernet, VLAN tags, LLC, ARP, IPv4 and IPv6. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LEN 48

static unsigned int hex(const char *text)
{
	return (unsigned int)strtoul(text, NULL, 16);
}

/* Pairs of hex digits. */
static void put_hex(struct build *b, const char *text)
{
	for (; hex_byte(text) >= 0; text += 2)
		put8(b, (unsigned int)hex_byte(text));
}

/* --------------------------------------------------------------- link */

static void put_eth(struct build *b, const struct word *word)
{
	char src[NAME_LEN] = "own", dst[NAME_LEN] = "";
	uint8_t mac[6];

	pair(word, src, dst, NAME_LEN);
	mac_of(b, src, b->out->data + 6);
	if (dst[0]) {
		mac_of(b, dst, mac);
		link_destination(b, mac);
	}
	if (arg(word, "type"))
		link_type(b, hex(arg(word, "type")));
}

static void put_vlan(struct build *b, const struct word *word)
{
	const char *tpid = arg(word, "tpid");
	unsigned int vid = (unsigned int)strtoul(word->args[0], NULL, 10);

	link_type(b, tpid ? hex(tpid) : 0x8100);
	put16(b, arg_number(word, "pcp", 0) << 13 | vid);
	b->type_at = b->out->len;
	put16(b, 0);
}

/* A length in the place of the type, then these bytes: DSAP, SSAP and control. */
static void put_llc(struct build *b, const struct word *word)
{
	b->llc_at = b->out->len;
	b->type_at = NOWHERE;
	put_hex(b, word->args[0]);
}

/* llc(aaaa03) with these five bytes: OUI and type */
static void put_snap(struct build *b, const struct word *word)
{
	b->llc_at = b->out->len;
	put_hex(b, "aaaa03");
	put_hex(b, word->args[0]);
	b->type_at = NOWHERE;
}

static void put_raw(struct build *b, const struct word *word)
{
	put_hex(b, word->args[0]);
	put_token(b);
}

static void put_data(struct build *b, const struct word *word)
{
	size_t n = strtoul(word->args[0], NULL, 10);

	memset(put(b, n), 0x5a, n);
}

static void put_short(struct build *b, const struct word *word)
{
	b->short_len = 14 + strtoul(word->args[0], NULL, 10);
}

static void put_pad(struct build *b, const struct word *word)
{
	b->pad_len = strtoul(word->args[0], NULL, 10);
}

/* ---------------------------------------------------------------- ARP */

/* One side, "MAC/IP". */
static void put_arp_host(struct build *b, char *side)
{
	char *ip = strchr(side, '/');
	struct in_addr address;

	if (!ip)
		frames_die("%s: no / in '%s'", b->frame->name, side);
	*ip++ = '\0';
	put_mac(b, side);
	address = ip4_of(b, ip);
	put_bytes(b, &address, 4);
}

static void put_arp(struct build *b, const struct word *word)
{
	static const char *const names[] = { "0", "request", "reply" };
	char sender[NAME_LEN] = "own/own", target[NAME_LEN] = "zero/victim", *slash;
	unsigned int op = (unsigned int)strtoul(word->args[0], NULL, 10);
	uint8_t mac[6];

	for (unsigned int i = 1; i < 3; i++) {
		if (strcmp(word->args[0], names[i]) == 0)
			op = i;
	}
	pair(word, sender, target, NAME_LEN);
	slash = strchr(target, '/');
	*slash = '\0';
	mac_of(b, op == 2 ? target : "bcast", mac);
	*slash = '/';
	link_destination(b, mac);
	link_type(b, 0x0806);
	put16(b, arg_number(word, "htype", 1));
	put16(b, arg(word, "ptype") ? hex(arg(word, "ptype")) : 0x0800);
	put8(b, arg_number(word, "hlen", 6));
	put8(b, arg_number(word, "plen", 4));
	put16(b, op);
	put_arp_host(b, sender);
	put_arp_host(b, target);
}

/* --------------------------------------------------------------- IPv4 */

/* RFC 1112: a group's MAC; everything else that is not a known host goes to the victim. */
static void link_for_ip4(struct build *b, const char *name)
{
	struct in_addr ip = ip4_of(b, name);
	uint32_t address = ntohl(ip.s_addr);
	uint8_t mac[6] = { 0x01,	  0, 0x5e, (address >> 16) & 0x7f, (address >> 8) & 0xff,
			   address & 0xff };

	if (address == INADDR_BROADCAST || (address & 0xff) == 0xff)
		mac_of(b, "bcast", mac);
	else if (!IN_MULTICAST(address))
		mac_of(b, host_find(name, strlen(name)) ? name : "victim", mac);
	link_destination(b, mac);
}

static void parse_cut(struct build *b, const char *text)
{
	char *end;

	if (!text)
		return;
	b->from = strtoul(text, &end, 10);
	b->to = end[1] ? strtoul(end + 1, NULL, 10) : FRAME_MAX;
}

/* "+N" and "-N" make the length wrong by so much. */
static void parse_length(struct build *b, const struct word *word)
{
	const char *text = arg(word, "len");

	if (!text)
		return;
	b->ip_len_zero = strcmp(text, "zero") == 0;
	b->ip_len_extra = (int)strtol(text, NULL, 10);
}

static void put_ip4_option(struct build *b, const char *name)
{
	if (!name)
		return;
	/* RFC 2113 router alert; RFC 791 record route, room for two, with an end of options */
	put_hex(b, strcmp(name, "ra") == 0 ? "94040000" : "070b04000000000000000000");
}

static void put_ip4(struct build *b, const struct word *word)
{
	char src[NAME_LEN] = "own", dst[NAME_LEN] = "victim";
	struct in_addr from, to;
	size_t at = b->out->len;
	unsigned int ihl;

	pair(word, src, dst, NAME_LEN);
	from = ip4_of(b, src);
	to = ip4_of(b, dst);
	link_for_ip4(b, dst);
	link_type(b, 0x0800);
	b->ip_version = 4;
	b->ip_at = at;
	(void)put(b, 2 + 2); /* version and header length below, lengths at the end */
	put16(b, arg_number(word, "id", 0x1234));
	put16(b, 0);
	put8(b, arg_number(word, "ttl", 64));
	b->hop_limit_set = arg(word, "ttl") != NULL;
	b->next_at = at + 9;
	put8(b, arg_number(word, "proto", 253));
	put16(b, 0);
	put_bytes(b, &from, 4);
	put_bytes(b, &to, 4);
	put_ip4_option(b, arg(word, "opt"));
	ihl = (unsigned int)(b->out->len - at) / 4;
	b->out->data[at] =
		(uint8_t)(arg_number(word, "ver", 4) << 4 | arg_number(word, "ihl", ihl));
	b->cut_at = b->out->len;
	parse_cut(b, arg(word, "cut"));
	parse_length(b, word);
}

/* --------------------------------------------------------------- IPv6 */

/* RFC 2464, section 7 */
static void link_for_ip6(struct build *b, const char *name)
{
	struct in6_addr ip = ip6_of(b, name);
	size_t len = strcspn(name, "-");
	uint8_t mac[6] = { 0x33, 0x33 };

	memcpy(mac + 2, &ip.s6_addr[12], 4);
	if (!IN6_IS_ADDR_MULTICAST(&ip)) {
		char host[NAME_LEN] = "victim";

		if (host_find(name, len))
			snprintf(host, sizeof(host), "%.*s", (int)len, name);
		mac_of(b, host, mac);
	}
	link_destination(b, mac);
}

static void put_ip6(struct build *b, const struct word *word)
{
	char src[NAME_LEN] = "own", dst[NAME_LEN] = "victim";
	struct in6_addr from, to;

	pair(word, src, dst, NAME_LEN);
	from = ip6_of(b, src);
	to = ip6_of(b, dst);
	link_for_ip6(b, dst);
	link_type(b, 0x86dd);
	b->ip_version = 6;
	b->ip_at = b->out->len;
	put32(b, arg_number(word, "ver", 6) << 28 | arg_number(word, "flow", 0));
	put16(b, 0);
	b->next_at = b->out->len;
	put8(b, arg_number(word, "next", 253));
	put8(b, arg_number(word, "hops", 64));
	b->hop_limit_set = arg(word, "hops") != NULL;
	put_bytes(b, &from, 16);
	put_bytes(b, &to, 16);
	parse_length(b, word);
}

/* Starts an extension header with this number; what follows fills in its first byte. */
static void put_extension(struct build *b, uint8_t number, unsigned int words_more)
{
	next_protocol(b, number);
	b->next_at = b->out->len;
	put8(b, IPPROTO_NONE);
	put8(b, words_more);
}

/* Options that fill the header: a PadN (RFC 8200, section 4.2). */
static void put_options(struct build *b, const struct word *word)
{
	unsigned int size = arg_number(word, "size", 8), left = size - 4;

	put8(b, 1);
	put8(b, left < 255 ? left : 255);
	(void)put(b, left);
}

static void put_hbh(struct build *b, const struct word *word)
{
	put_extension(b, IPPROTO_HOPOPTS, flag(word, "jumbo") ? 0 : arg_number(word, "hdrlen", 0));
	if (flag(word, "ra"))
		put_hex(b, "050200000100"); /* RFC 2711: MLD; PadN */
	else if (flag(word, "jumbo"))
		put_hex(b, "c20400010000"); /* RFC 2675: 65536 bytes */
	else
		put_options(b, word);
}

static void put_dst(struct build *b, const struct word *word)
{
	unsigned int size = arg_number(word, "size", 8);

	put_extension(b, IPPROTO_DSTOPTS, arg_number(word, "hdrlen", size / 8 - 1));
	/* options of up to 255 bytes each */
	for (size -= 2; size > 0;) {
		unsigned int n = size > 202 ? 200 : size - 2;

		put8(b, 1);
		put8(b, n);
		(void)put(b, n);
		size -= n + 2;
	}
}

/* A routing header whose segments are all behind it; type 253 is for experiments (RFC 4727). */
static void put_rh(struct build *b, const struct word *word)
{
	unsigned int type = arg_number(word, "type", 253);

	put_extension(b, IPPROTO_ROUTING, type == 4 ? 2 : 0);
	put8(b, type);
	put8(b, 0);
	put32(b, 0);
	if (type == 4)
		(void)put(b, 16);
}

/* RFC 4302, with a check value of 12 bytes */
static void put_ah(struct build *b, const struct word *word)
{
	(void)word;
	put_extension(b, IPPROTO_AH, 4);
	put16(b, 0);
	put32(b, 0x100);
	put32(b, 1);
	(void)put(b, 12);
}

static void put_frag(struct build *b, const struct word *word)
{
	put_extension(b, IPPROTO_FRAGMENT, 0);
	if (arg(word, "cut"))
		b->frag_at = b->out->len - 2;
	put16(b, arg_number(word, "off", 0) << 3 | flag(word, "more"));
	put32(b, arg_number(word, "id", 0x1234));
	if (arg(word, "cut")) {
		b->cut_at = b->out->len;
		parse_cut(b, arg(word, "cut"));
	}
}

const struct layer link_layers[] = {
	{ "eth", put_eth }, { "vlan", put_vlan }, { "llc", put_llc }, { "snap", put_snap },
	{ "raw", put_raw }, { "data", put_data }, { "arp", put_arp }, { "short", put_short },
	{ "pad", put_pad }, { NULL, NULL },
};

const struct layer ip_layers[] = {
	{ "ip4", put_ip4 }, { "ip6", put_ip6 }, { "hbh", put_hbh },   { "dst", put_dst },
	{ "rh", put_rh },   { "ah", put_ah },	{ "frag", put_frag }, { NULL, NULL },
};
