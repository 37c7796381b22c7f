/* SPDX-License-Identifier: GPL-2.0-only */
/* fuzz_kmod.c - libFuzzer target: all that the kernel module reads of dom0 and of a hostile peer. */

/*
 * The module's own sources, with kernel.h in place of Linux. The first byte of an input says
 * which of them it is for: a vif's line in the table, the peer's handshake node, its control page
 * and its positions, a record with its frame.
 */
#include <assert.h>
#include <stdint.h>

#include "kmod/guard.c"
#include "kmod/hello.c"
#include "kmod/ident.c"
#include "kmod/offload.c"
#include "kmod/ring.h"
#include "kmod/store.c"

#define OWN_DOMID  1
#define PEER_DOMID 2
#define OWN_INC	   0x0123456789abcdefULL
#define PEER_INC   0xfedcba9876543210ULL
#define MTU	   1500

static const uint8_t *the_node;
static size_t the_node_len;
static int the_error;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void *xenbus_read(int transaction, const char *dir, const char *node, unsigned int *len)
{
	char *text;

	(void)transaction, (void)dir, (void)node;
	if (the_error)
		return ERR_PTR(-the_error);
	text = malloc(the_node_len + 1);
	assert(text);
	memcpy(text, the_node, the_node_len);
	text[the_node_len] = '\0';
	*len = (unsigned int)the_node_len;
	return text;
}

char **xenbus_directory(int transaction, const char *dir, const char *node, unsigned int *n)
{
	/* the kernel leaves the number alone where there is an error */
	(void)n;
	return xenbus_read(transaction, dir, node, &(unsigned int){ 0 });
}

/* "not there" and "not now" are never taken for each other, whatever xenstored's error is */
static void check_errors(struct xnm_peer *peer)
{
	static const int errors[] = { EINVAL, EACCES,  EEXIST,	  EISDIR, ENOENT, ENOMEM,
				      ENOSPC, EIO,     ENOTEMPTY, ENOSYS, EROFS,  EBUSY,
				      EAGAIN, EISCONN, E2BIG,	  EPERM };
	struct xnm_hello hello;

	for (unsigned int i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		bool absent = errors[i] == ENOENT || errors[i] == EACCES;
		unsigned int len, n = 7;
		char **names;
		char *text;

		the_error = errors[i];
		assert(xnm_hello_read(peer, &hello) == (absent ? -ENOENT : -EAGAIN));
		assert(!*hello.state);
		text = xnm_store_read(XNM_FP_HOME, XNM_FP_NODE_GEN, &len);
		assert(absent ? !text : PTR_ERR(text) == -errors[i]);
		names = xnm_store_list(XNM_FP_HOME "/" XNM_FP_NODE_PEERS, &n);
		assert(n == 0);
		assert(absent ? !names : PTR_ERR(names) == -errors[i]);
	}
	the_error = 0;
}

static void check_ident(const uint8_t *data, size_t size)
{
	struct xnm_ident id = { .devid = 0 };
	char *text = strndup((const char *)data, size);
	int rc;

	assert(text);
	rc = xnm_ident_parse(text, &id);
	assert(rc == 0 || rc == -EINVAL || rc == -E2BIG);
	assert(id.n_ip <= XNM_FP_MAX_IPS);
	assert(memchr(id.net, '\0', sizeof(id.net)));
	if (rc == 0)
		assert(id.net[0] && is_valid_ether_addr(id.mac));
	for (unsigned int i = 0; rc == 0 && i < id.n_ip; i++)
		assert(xnm_ident_has(&id, &id.ip[i]));
	free(text);
}

static void check_hello(const uint8_t *data, size_t size)
{
	struct xnm_peer peer = { .domid = PEER_DOMID, .inc = PEER_INC, .own_inc = OWN_INC };
	struct xnm_hello hello;
	int rc;

	the_node = data;
	the_node_len = size;
	rc = xnm_hello_read(&peer, &hello);
	assert(rc == 0 || rc == -ENOENT || rc == -EPROTO);
	assert(memchr(hello.state, '\0', sizeof(hello.state)));
	if (rc == 0)
		assert(hello.inc == PEER_INC && hello.peer_inc == OWN_INC &&
		       size < XNM_FP_HELLO_LEN);
	if (size == 0) {
		assert(rc == -ENOENT);
		check_errors(&peer);
	}
}

/* where the peer says that it has taken what we sent: on from where it was, never beyond where we are */
static void check_taken(const uint8_t *data, size_t size)
{
	u32 prod, cons, seen;
	int left;

	if (size < 3 * sizeof(u32))
		return;
	memcpy(&prod, data, sizeof(prod));
	memcpy(&cons, data + sizeof(prod), sizeof(cons));
	memcpy(&seen, data + 2 * sizeof(prod), sizeof(seen));
	/* what we believe ourselves is right */
	seen = prod - seen % (XNM_PAGES_MIN * 4096U / XNM_ALIGN + 1) * XNM_ALIGN;
	left = xnm_ring_left(prod, seen, cons);
	if (left == -EPROTO) {
		assert((s32)(prod - cons) < 0 || prod - cons > prod - seen || cons % XNM_ALIGN ||
		       prod % XNM_ALIGN);
		return;
	}
	assert(left >= 0 && (u32)left <= prod - seen && cons + (u32)left == prod);
	assert(cons - seen <= prod - seen);
}

/* positions, and the constant part of the control page */
static void check_ring(const uint8_t *data, size_t size)
{
	struct xnm_ctrl ctrl = { .magic = 0 };
	u32 prod, cons, ring = XNM_PAGES_MIN * 4096U;
	int used, pages;

	if (size < 2 * sizeof(u32))
		return;
	memcpy(&prod, data, sizeof(prod));
	memcpy(&cons, data + sizeof(prod), sizeof(cons));
	used = xnm_ring_used(prod, cons, ring);
	assert(used == -EPROTO || (used >= 0 && (u32)used <= ring && used % XNM_ALIGN == 0));
	assert(used == -EPROTO || cons + (u32)used == prod);
	check_taken(data, size);
	memcpy(&ctrl, data, size < sizeof(ctrl) ? size : sizeof(ctrl));
	pages = xnm_ctrl_check(&ctrl, PEER_DOMID, OWN_DOMID, PEER_INC, OWN_INC);
	assert(pages == -EPROTO || pages == 32 || pages == 64 || pages == 128 || pages == 256);
}

static bool is_port(const u8 *bytes, u16 low, u16 high)
{
	u16 port = (u16)(bytes[0] << 8 | bytes[1]);

	return port == low || port == high;
}

/* What only dom0 may see, of packets as plain as can be; len is that of the frame. */
static bool is_service4(const u8 *frame, size_t len)
{
	const u8 protocol = frame[23];

	if ((frame[20] & 0x1f) || frame[21])
		return false;
	if (protocol == IPPROTO_UDP && len >= 38)
		return is_port(frame + 34, 67, 68) || is_port(frame + 36, 67, 68);
	if (protocol == IPPROTO_ICMP && len >= 35)
		return frame[34] == 5 || frame[34] == 9;
	return protocol == IPPROTO_IGMP || protocol == IPPROTO_PIM;
}

static bool is_service6(const u8 *frame, size_t len)
{
	const u8 protocol = frame[20];

	if (protocol == IPPROTO_UDP && len >= 58)
		return is_port(frame + 54, 546, 547) || is_port(frame + 56, 546, 547);
	if (protocol == IPPROTO_ICMPV6 && len >= 55)
		return (frame[54] >= 130 && frame[54] <= 138) || frame[54] == 143 ||
		       frame[54] == 151;
	return protocol == IPPROTO_PIM;
}

static bool is_service(const u8 *frame, size_t len)
{
	if (len >= 34 && frame[12] == 8 && frame[13] == 0 && frame[14] == 0x45)
		return is_service4(frame, len);
	return len >= 54 && frame[12] == 0x86 && frame[13] == 0xdd && is_service6(frame, len);
}

/* what the rest of the stack may rely on */
static void check_headers(const struct sk_buff *skb, const struct xnm_headers *headers)
{
	assert(headers->at >= ETH_HLEN + sizeof(struct iphdr));
	assert(headers->at <= headers->end && headers->end <= skb->len);
	assert(headers->v6 == (skb->data[12] == 0x86));
	if (headers->v6)
		return;
	assert(headers->protocol == skb->data[23]);
	assert(headers->at == ETH_HLEN + (skb->data[14] & 15) * 4U);
	assert(headers->fragment == ((skb->data[20] & 0x3f) || skb->data[21]));
}

/* a checksum is completed where UDP or TCP has it, and in no fragment */
static void check_csum(const struct sk_buff *skb, const struct xnm_headers *headers,
		       const struct virtio_net_hdr *vnet)
{
	bool tcp = headers->protocol == IPPROTO_TCP;

	assert(tcp || headers->protocol == IPPROTO_UDP);
	assert(!headers->fragment && vnet->csum_start == headers->at);
	assert(vnet->csum_offset == (tcp ? 16 : 6));
	assert(headers->at + (tcp ? 20 : 8) <= headers->end && headers->end <= skb->len);
}

/* what virtio_net_hdr_to_skb() and the stack may rely on */
static void check_vnet(const struct sk_buff *skb, const struct xnm_headers *headers,
		       const struct virtio_net_hdr *vnet)
{
	u32 len;

	if (xnm_offload_check(skb, headers, vnet, MTU) != XNM_V_FAST)
		return;
	assert(vnet->flags == 0 || vnet->flags == VIRTIO_NET_HDR_F_NEEDS_CSUM);
	if (vnet->flags)
		check_csum(skb, headers, vnet);
	if (vnet->gso_type == VIRTIO_NET_HDR_GSO_NONE) {
		assert(skb->len <= MTU + ETH_HLEN);
		return;
	}
	assert(vnet->flags && headers->protocol == IPPROTO_TCP && headers->end == skb->len);
	len = (skb->data[headers->at + 12] >> 4) * 4U;
	assert(len >= sizeof(struct tcphdr) && headers->at + len <= skb->len);
	assert(vnet->gso_size >= GSO_MIN && headers->at - ETH_HLEN + len + vnet->gso_size <= MTU);
}

static void check_record(const uint8_t *data, size_t size)
{
	struct xnm_ident from = { .mac = { 2, 0, 0, 0, 0, 2 }, .n_ip = 2, .net = "lan" };
	struct xnm_record rec;
	struct sk_buff skb = { .len = 0 };
	struct xnm_headers headers;
	u8 *memory;
	int room;

	if (size < sizeof(rec))
		return;
	(void)in6_pton("::ffff:192.0.2.12", -1, from.ip[0].s6_addr, -1, NULL);
	(void)in6_pton("2001:db8::12", -1, from.ip[1].s6_addr, -1, NULL);
	memcpy(&rec, data, sizeof(rec));
	room = xnm_record_check(&rec, (u32)ALIGN(size, XNM_ALIGN));
	if (room < 0)
		return;
	assert((u32)room >= sizeof(rec) + rec.len && (u32)room <= ALIGN(size, XNM_ALIGN));
	if (rec.len > size - sizeof(rec))
		return;
	/* of its own, so that a byte too far is seen; what follows the Ethernet header is aligned */
	memory = malloc(NET_IP_ALIGN + rec.len);
	assert(memory);
	skb.data = memory + NET_IP_ALIGN;
	skb.len = rec.len;
	memcpy(skb.data, data + sizeof(rec), rec.len);
	if (xnm_guard_frame(&skb, &from, &headers) == XNM_V_FAST) {
		assert(ether_addr_equal(skb.data + ETH_ALEN, from.mac));
		assert(!is_multicast_ether_addr(skb.data));
		assert(!is_service(skb.data, skb.len));
		check_headers(&skb, &headers);
		check_vnet(&skb, &headers, &rec.vnet);
	}
	free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0] & 3) {
	case 0:
		check_ident(data + 1, size - 1);
		break;
	case 1:
		check_hello(data + 1, size - 1);
		break;
	case 2:
		check_ring(data + 1, size - 1);
		break;
	default:
		check_record(data + 1, size - 1);
	}
	return 0;
}
