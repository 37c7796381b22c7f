/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finish.c - what a frame gets when all words of its recipe are through: lengths, checksums, a cut, a tag. */
#include "build.h"

#include <arpa/inet.h>
#include <string.h>

static uint32_t sum(const uint8_t *data, size_t len)
{
	uint32_t total = 0;

	for (size_t i = 0; i < len; i++)
		total += i % 2 ? data[i] : (uint32_t)data[i] << 8;
	return total;
}

/* RFC 1071 */
static unsigned int folded(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total & 0xffff;
}

static void fill_udp_length(struct build *b)
{
	if (b->udp_at != NOWHERE)
		set16(b, b->udp_at + 4, (unsigned int)(b->out->len - b->udp_at));
}

/* TCP, UDP and ICMPv6 count the addresses too, ICMP and IGMP do not. */
static void fill_checksum(struct build *b)
{
	size_t len = b->out->len - b->l4_at;
	uint32_t total;

	if (b->check_at == NOWHERE || b->check_at + 2 > b->out->len)
		return;
	total = sum(b->out->data + b->l4_at, len);
	if (b->l4_protocol != IPPROTO_ICMP && b->l4_protocol != IPPROTO_IGMP) {
		total += b->l4_protocol + (uint32_t)len;
		if (b->ip_version == 6)
			total += sum(b->out->data + b->ip_at + 8, 32);
		else
			total += sum(b->out->data + b->ip_at + 12, 8);
	}
	set16(b, b->check_at, folded(total));
}

/* Leaves only the fragment and says so in its header. */
static void cut_fragment(struct build *b)
{
	size_t len = b->out->len - b->cut_at, to = b->to < len ? b->to : len;
	unsigned int offset = (unsigned int)b->from / 8;
	bool more = to < len;

	if (b->to == 0)
		return;
	if (b->from >= to || b->from % 8 || (more && to % 8))
		frames_die("%s: %zu bytes cannot be cut so", b->frame->name, len);
	memmove(b->out->data + b->cut_at, b->out->data + b->cut_at + b->from, to - b->from);
	b->out->len = b->cut_at + to - b->from;
	if (b->ip_version == 6)
		set16(b, b->frag_at + 2, offset << 3 | more);
	else
		set16(b, b->ip_at + 6, offset | (more ? 0x2000u : 0));
}

static void fill_ip_length(struct build *b)
{
	size_t len = b->out->len - b->ip_at;
	uint8_t *header = b->out->data + b->ip_at;
	size_t header_len = (header[0] & 15) * 4u;

	if (b->ip_version == 6) {
		set16(b, b->ip_at + 4,
		      b->ip_len_zero ? 0 : (unsigned int)((int)len - 40 + b->ip_len_extra));
	} else if (b->ip_version == 4) {
		set16(b, b->ip_at + 2, (unsigned int)((int)len + b->ip_len_extra));
		set16(b, b->ip_at + 10, folded(sum(header, header_len < len ? header_len : len)));
	}
}

static void fill_link_length(struct build *b)
{
	if (b->llc_at != NOWHERE)
		set16(b, b->llc_at - 2, (unsigned int)(b->out->len - b->llc_at));
}

static void wrap(struct built *out, unsigned int tag)
{
	const uint8_t header[] = { 0x81, 0, (uint8_t)(tag >> 8), (uint8_t)tag };

	if (out->len + sizeof(header) > FRAME_MAX)
		frames_die("too long for a tag");
	memmove(out->data + TYPE_AT + 4, out->data + TYPE_AT, out->len - TYPE_AT);
	memcpy(out->data + TYPE_AT, header, sizeof(header));
	out->len += sizeof(header);
}

void finish(struct build *b, unsigned int tag)
{
	fill_udp_length(b);
	fill_checksum(b);
	cut_fragment(b);
	fill_ip_length(b);
	fill_link_length(b);
	if (b->short_len && b->short_len < b->out->len)
		b->out->len = b->short_len;
	if (b->pad_len > b->out->len)
		(void)put(b, b->pad_len - b->out->len);
	if (tag)
		wrap(b->out, tag);
}
