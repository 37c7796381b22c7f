/* SPDX-License-Identifier: GPL-2.0-only */
/* kernel.h - the little of Linux that the kernel module's parsers need, as a program has it. */
#ifndef XNM_FUZZ_KERNEL_H
#define XNM_FUZZ_KERNEL_H

/*
 * Whoever includes this file, before everything else, has empty headers in place of those that
 * only the kernel has (tests/lib/kernel-headers.sh). What the module keeps with these types is
 * never touched here: they only have to have a size.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/icmp.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <linux/virtio_net.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef u32 grant_ref_t, grant_handle_t, evtchn_port_t;
typedef int spinlock_t;
typedef struct {
	u64 counter;
} atomic64_t;
struct hlist_node {
	struct hlist_node *next, **pprev;
};
struct hlist_head {
	struct hlist_node *first;
};
struct list_head {
	struct list_head *next, *prev;
};
struct rcu_head {
	void *next;
};
struct work_struct {
	void *func;
};
struct xenbus_watch {
	const char *node;
};
struct napi_struct {
	void *dev;
};
struct sk_buff_head {
	void *next;
};
struct net_device;

/* an error as a pointer, as the kernel has it */
static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *pointer)
{
	return (long)pointer;
}

static inline bool IS_ERR(const void *pointer)
{
	return (unsigned long)pointer >= (unsigned long)-4095L;
}

/* the C library defines this on every machine, and static_assert() with two arguments */
#undef __BIG_ENDIAN
#undef static_assert
#define static_assert(what) _Static_assert(what, #what)
#define ALIGN(n, to)   (((n) + (to)-1) & ~((to)-1))
#define KBUILD_MODNAME "fuzz"
#define IP_OFFSET      0x1fff
#define IP_MF	       0x2000
#define IP6_OFFSET     0xfff8
#define NET_IP_ALIGN   2
#define XBT_NIL	       0
#define __rcu
#define ____cacheline_aligned

static inline u16 __virtio16_to_cpu(bool little_endian, __virtio16 value)
{
	return little_endian ? (u16)value : ntohs(value);
}

/* ------------------------------------------------------------------ text */

static inline void strreplace(char *text, char old, char by)
{
	for (; *text; text++)
		*text = *text == old ? by : *text;
}

static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t len = strlen(from);

	if (len >= size)
		return -E2BIG;
	memcpy(to, from, len + 1);
	return (ssize_t)len;
}

static inline size_t str_has_prefix(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? len : 0;
}

static inline int in4_pton(const char *text, int len, u8 *to, int end, const char **rest)
{
	(void)len, (void)end, (void)rest;
	return inet_pton(AF_INET, text, to) == 1;
}

static inline int in6_pton(const char *text, int len, u8 *to, int end, const char **rest)
{
	(void)len, (void)end, (void)rest;
	return inet_pton(AF_INET6, text, to) == 1;
}

static inline bool mac_pton(const char *text, u8 *mac)
{
	if (strlen(text) < 3 * ETH_ALEN - 1)
		return false;
	for (int i = 0; i < ETH_ALEN; i++, text += 3) {
		char byte[3] = { text[0], text[1] }, *end;

		if (strspn(byte, "0123456789abcdefABCDEF") != 2 ||
		    (i < ETH_ALEN - 1 && text[2] != ':'))
			return false;
		mac[i] = (u8)strtoul(byte, &end, 16);
	}
	return true;
}

/* ------------------------------------------------------------- addresses */

static inline bool is_multicast_ether_addr(const u8 *mac)
{
	return mac[0] & 1;
}

static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	return memcmp(a, b, ETH_ALEN) == 0;
}

static inline bool is_valid_ether_addr(const u8 *mac)
{
	static const u8 zero[ETH_ALEN];

	return !is_multicast_ether_addr(mac) && !ether_addr_equal(mac, zero);
}

static inline void ipv6_addr_set_v4mapped(__be32 v4, struct in6_addr *to)
{
	*to = (struct in6_addr){ .s6_addr = { [10] = 0xff, [11] = 0xff } };
	memcpy(&to->s6_addr[12], &v4, sizeof(v4));
}

static inline bool ipv6_addr_v4mapped(const struct in6_addr *ip)
{
	return IN6_IS_ADDR_V4MAPPED(ip);
}

static inline bool ipv6_addr_equal(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* ---------------------------------------------------------------- frames */

struct sk_buff {
	u8 *data;
	unsigned int len;
	bool vlan;
};

static inline bool skb_vlan_tag_present(const struct sk_buff *skb)
{
	return skb->vlan;
}

static inline void *skb_header_pointer(const struct sk_buff *skb, int offset, int len, void *buf)
{
	(void)buf;
	if (offset < 0 || len > (int)skb->len - offset)
		return NULL;
	return skb->data + offset;
}

static inline bool ip_is_fragment(const struct iphdr *ip)
{
	return ip->frag_off & htons(IP_MF | IP_OFFSET);
}

/* -------------------------------------------------------------- xenstore */

/* what the peer has written, which may hold any byte; a copy with a zero behind it, or an ERR_PTR */
void *xenbus_read(int transaction, const char *dir, const char *node, unsigned int *len);
char **xenbus_directory(int transaction, const char *dir, const char *node, unsigned int *n);

static inline int xenbus_write(int transaction, const char *dir, const char *node, const char *text)
{
	(void)transaction, (void)dir, (void)node, (void)text;
	return 0;
}

static inline void kfree(void *memory)
{
	free(memory);
}

#endif
