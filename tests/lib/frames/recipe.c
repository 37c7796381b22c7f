/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recipe.c - from a frame's recipe to its bytes: words, names, lengths, fragments, checksums. */

/*
 * A recipe is a row of words, outermost header first:
 *
 *	ip6(>all-nodes) hbh dst ra
 *
 * Each word appends a header and tells the one before what it is. What a
 * recipe does not say is what an honest guest would send: from its own
 * addresses to the victim's, with the destination MAC that belongs to the
 * address. When all words are through, the lengths are filled in, then the
 * checksums; only then a fragment is cut out of the whole, so that it is one of
 * a packet that could be put together again.
 *
 *	eth(SRC>DST,type=HEX)	VLAN: vlan(VID,pcp=N,tpid=HEX)	LLC: llc(HEX) snap(HEX)
 *	arp(OP,SMAC/SIP>TMAC/TIP,htype=N,ptype=HEX,hlen=N,plen=N)
 *	ip4(SRC>DST,ttl=N,opt=ra|rr,cut=FROM-TO,id=N,ver=N,ihl=N,len=+N|-N,proto=N)
 *	ip6(SRC>DST,flow=N,hops=N,ver=N,len=+N|-N|zero,next=N)
 *	hbh(ra|jumbo,hdrlen=N) dst(size=N,hdrlen=N) rh(type=N) ah frag(cut=FROM-TO,id=N,off=N,more)
 *	udp(SPORT>DPORT) tcp icmp(TYPE,CODE) igmp(HEX,GROUP) protocol(N)
 *	icmp6(TYPE) rs(slla) ra(slla,short,life=N) ns(TARGET,slla=NAME,nonce)
 *	na(TARGET,flags=rso,tlla=NAME) redirect(TARGET,tlla) mld(TYPE,GROUP,longer) mld2(GROUP)
 *	raw(HEX)  bytes that are no header of these
 *	data(N)	  N bytes more of payload
 *	short(N)  the frame ends N bytes after the Ethernet header
 *	pad(N)	  and is filled up with zeros to N bytes
 *
 * Addresses are names of hosts (own, second, inside, outside, victim, dom0,
 * lan), for IPv6 also HOST-ll and snm-HOST, any, bcast, all-nodes and their
 * like, or written out.
 */
#include "build.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK_LEN 14

/* ------------------------------------------------------------- bytes */

uint8_t *put(struct build *b, size_t n)
{
	uint8_t *place = b->out->data + b->out->len;

	if (b->out->len + n > FRAME_MAX)
		frames_die("%s: longer than %d bytes", b->frame->name, FRAME_MAX);
	memset(place, 0, n);
	b->out->len += n;
	return place;
}

void put8(struct build *b, unsigned int value)
{
	*put(b, 1) = (uint8_t)value;
}

void set16(struct build *b, size_t at, unsigned int value)
{
	b->out->data[at] = (uint8_t)(value >> 8);
	b->out->data[at + 1] = (uint8_t)value;
}

void put16(struct build *b, unsigned int value)
{
	(void)put(b, 2);
	set16(b, b->out->len - 2, value);
}

void put32(struct build *b, uint32_t value)
{
	put16(b, value >> 16);
	put16(b, value & 0xffff);
}

void put_bytes(struct build *b, const void *bytes, size_t n)
{
	memcpy(put(b, n), bytes, n);
}

void put_token(struct build *b)
{
	char token[16];

	snprintf(token, sizeof(token), FRAME_TOKEN "%04x", (unsigned int)(b->frame - frames));
	put_bytes(b, token, 8);
}

/* ------------------------------------------------------------- words */

const char *arg(const struct word *word, const char *name)
{
	size_t len = strlen(name);

	for (unsigned int i = 0; i < word->n_args; i++) {
		if (strncmp(word->args[i], name, len) == 0 && word->args[i][len] == '=')
			return word->args[i] + len + 1;
	}
	return NULL;
}

bool flag(const struct word *word, const char *name)
{
	for (unsigned int i = 0; i < word->n_args; i++) {
		if (strcmp(word->args[i], name) == 0)
			return true;
	}
	return false;
}

unsigned int arg_number(const struct word *word, const char *name, unsigned int otherwise)
{
	const char *value = arg(word, name);

	return value ? (unsigned int)strtoul(value, NULL, 0) : otherwise;
}

static void copy_name(char *out, const char *text, size_t len, size_t size)
{
	if (len >= size)
		frames_die("'%s' is too long", text);
	if (len > 0) {
		memcpy(out, text, len);
		out[len] = '\0';
	}
}

void pair(const struct word *word, char *left, char *right, size_t size)
{
	for (unsigned int i = 0; i < word->n_args; i++) {
		const char *text = word->args[i], *middle = strchr(text, '>');

		if (!middle)
			continue;
		copy_name(left, text, (size_t)(middle - text), size);
		copy_name(right, middle + 1, strlen(middle + 1), size);
		return;
	}
}

/* ------------------------------------------------------------- names */

void mac_of(const struct build *b, const char *name, uint8_t *mac)
{
	static const struct {
		const char *name;
		uint8_t mac[6];
	} known[] = {
		{ "bcast", { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
		{ "zero", { 0 } },
		{ "group", { 0x01, 0, 0x5e, 0, 0, 1 } },
		{ "stranger", { 0x02, 0x12, 0x34, 0x56, 0x78, 0x9a } },
		{ "pvst", { 0x01, 0, 0x0c, 0xcc, 0xcc, 0xcd } },
		{ "vrrp", { 0, 0, 0x5e, 0, 1, 1 } },
		{ "cdp", { 0x01, 0, 0x0c, 0xcc, 0xcc, 0xcc } },
		{ "garp", { 0x01, 0x80, 0xc2, 0, 0, 0x21 } },
	};
	const struct host *host = host_find(name, strlen(name));
	int last;

	if (host) {
		memcpy(mac, host->mac, 6);
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) == 0) {
			memcpy(mac, known[i].mac, 6);
			return;
		}
	}
	/* reserved-0X: 01:80:c2:00:00:0X, which no bridge forwards (802.1D, table 7-10) */
	last = strncmp(name, "reserved-", 9) == 0 ? hex_byte(name + 9) : -1;
	if (last < 0)
		frames_die("%s: what MAC is '%s'?", b->frame->name, name);
	memcpy(mac, (const uint8_t[]){ 0x01, 0x80, 0xc2, 0, 0, (uint8_t)last }, 6);
}

struct in_addr ip4_of(const struct build *b, const char *name)
{
	const struct host *host = host_find(name, strlen(name));
	struct in_addr ip;

	if (host)
		return host->ip4;
	if (strcmp(name, "any") == 0)
		name = "0.0.0.0";
	else if (strcmp(name, "bcast") == 0)
		name = "255.255.255.255";
	if (inet_pton(AF_INET, name, &ip) != 1)
		frames_die("%s: what IPv4 address is '%s'?", b->frame->name, name);
	return ip;
}

/* HOST, HOST-ll */
static bool ip6_of_host(const char *name, struct in6_addr *ip)
{
	size_t len = strlen(name);
	const struct host *host = host_find(name, len);

	if (host)
		*ip = host->ip6;
	else if (len > 3 && strcmp(name + len - 3, "-ll") == 0)
		host = host_find(name, len - 3);
	else
		return false;
	if (host && name[len - 1] == 'l' && name[len - 3] == '-')
		*ip = host->linklocal;
	return host != NULL;
}

struct in6_addr ip6_of(const struct build *b, const char *name)
{
	static const struct {
		const char *name, *address;
	} known[] = {
		{ "any", "::" },
		{ "all-nodes", "ff02::1" },
		{ "all-routers", "ff02::2" },
		{ "all-mld2", "ff02::16" },
		{ "all-dhcp", "ff02::1:2" },
		{ "all-snoopers", "ff02::6a" },
		{ "mdns", "ff02::fb" },
	};
	bool solicited = strncmp(name, "snm-", 4) == 0;
	struct in6_addr ip, snm = { { { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff } } };

	if (ip6_of_host(solicited ? name + 4 : name, &ip)) {
		memcpy(&snm.s6_addr[13], &ip.s6_addr[13], 3);
		return solicited ? snm : ip;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) == 0)
			name = known[i].address;
	}
	if (inet_pton(AF_INET6, name, &ip) != 1)
		frames_die("%s: what IPv6 address is '%s'?", b->frame->name, name);
	return ip;
}

void put_mac(struct build *b, const char *name)
{
	mac_of(b, name, put(b, 6));
}

/* ----------------------------------------------- what was left open */

void link_type(struct build *b, unsigned int ethertype)
{
	if (b->type_at != NOWHERE)
		set16(b, b->type_at, ethertype);
	b->type_at = NOWHERE;
}

void next_protocol(struct build *b, uint8_t protocol)
{
	if (b->next_at != NOWHERE)
		b->out->data[b->next_at] = protocol;
	b->next_at = NOWHERE;
}

void link_destination(struct build *b, const uint8_t *mac)
{
	if (!b->dst_set)
		memcpy(b->out->data, mac, 6);
	b->dst_set = true;
}

void set_hop_limit(struct build *b, uint8_t hops)
{
	if (!b->hop_limit_set && b->ip_version)
		b->out->data[b->ip_at + (b->ip_version == 6 ? 7 : 8)] = hops;
}

/* --------------------------------------------------------- the recipe */

/* Takes "name(arg,arg)" apart, in place. */
static void split(struct word *word, const char *text, size_t len)
{
	char *rest;

	memset(word, 0, sizeof(*word));
	copy_name(word->text, text, len, sizeof(word->text));
	rest = strchr(word->text, '(');
	if (!rest)
		return;
	*rest++ = '\0';
	rest[strcspn(rest, ")")] = '\0';
	while (rest && word->n_args < 8) {
		word->args[word->n_args++] = rest;
		rest = strchr(rest, ',');
		if (rest)
			*rest++ = '\0';
	}
}

static bool put_word(struct build *b, const struct layer *layers, const struct word *word)
{
	for (; layers->name; layers++) {
		if (strcmp(layers->name, word->text) == 0) {
			layers->put(b, word);
			return true;
		}
	}
	return false;
}

static void start(struct build *b, const struct frame *frame, struct built *out)
{
	memset(out, 0, sizeof(*out));
	memset(b, 0, sizeof(*b));
	b->frame = frame;
	b->out = out;
	b->next_at = b->llc_at = b->check_at = b->udp_at = NOWHERE;
	b->type_at = TYPE_AT;
	mac_of(b, "own", put(b, LINK_LEN) + 6);
}

void frame_build(const struct frame *frame, unsigned int tag, struct built *out)
{
	const char *text = frame->recipe;
	struct build b;
	struct word word;

	start(&b, frame, out);
	while (*text) {
		size_t len = strcspn(text, " ");

		split(&word, text, len);
		if (!put_word(&b, link_layers, &word) && !put_word(&b, ip_layers, &word) &&
		    !put_word(&b, upper_layers, &word) && !put_word(&b, icmp6_layers, &word))
			frames_die("%s: there is no word '%s'", frame->name, word.text);
		text += len + strspn(text + len, " ");
	}
	finish(&b, tag);
}

const char *frame_place(const struct built *frame)
{
	if (frame->data[0] & 1)
		return "all";
	for (size_t i = 0; i < HOST_COUNT; i++) {
		if (memcmp(hosts[i].mac, frame->data, 6) == 0)
			return hosts[i].name;
	}
	return "all";
}
