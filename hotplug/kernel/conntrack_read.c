/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack_read.c - read one direction of a connection out of the kernel's message. */
#include "hotplug/kernel/conntrack_core.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>
#include <sys/socket.h>

static void read_addresses(const struct nlattr *nest, struct xnm_tuple *tuple)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		uint16_t type = mnl_attr_get_type(attr), len = mnl_attr_get_payload_len(attr);
		uint16_t wanted = type == CTA_IP_V4_SRC || type == CTA_IP_V4_DST ? 4 : 16;

		if (type < CTA_IP_V4_SRC || type > CTA_IP_V6_DST || len != wanted)
			continue;
		memcpy(type == CTA_IP_V4_SRC || type == CTA_IP_V6_SRC ? tuple->src : tuple->dst,
		       mnl_attr_get_payload(attr), len);
	}
}

static void read_protocol(const struct nlattr *nest, struct xnm_tuple *tuple)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		uint16_t type = mnl_attr_get_type(attr), len = mnl_attr_get_payload_len(attr);

		if (type == CTA_PROTO_NUM && len == 1)
			tuple->protocol = mnl_attr_get_u8(attr);
		else if (type == CTA_PROTO_SRC_PORT && len == 2)
			tuple->sport = ntohs(mnl_attr_get_u16(attr));
		else if (type == CTA_PROTO_DST_PORT && len == 2)
			tuple->dport = ntohs(mnl_attr_get_u16(attr));
		else if ((type == CTA_PROTO_ICMP_TYPE || type == CTA_PROTO_ICMPV6_TYPE) && len == 1)
			tuple->icmp_type = mnl_attr_get_u8(attr);
	}
}

void conntrack_read_tuple(const struct nlattr *attr, struct xnm_tuple *tuple)
{
	const struct nlattr *part;

	mnl_attr_for_each_nested(part, attr)
	{
		if (mnl_attr_get_type(part) == CTA_TUPLE_IP)
			read_addresses(part, tuple);
		else if (mnl_attr_get_type(part) == CTA_TUPLE_PROTO)
			read_protocol(part, tuple);
	}
}

static bool prefix_has(const struct xnm_cidr *prefix, const uint8_t *addr)
{
	unsigned int whole = prefix->prefix_len / 8, bits = prefix->prefix_len % 8;

	/*
	 * the last whole byte first: addresses of one network differ there, which saves
	 * most calls of memcmp()
	 */
	if (whole > 0 && prefix->addr[whole - 1] != addr[whole - 1])
		return false;
	return memcmp(prefix->addr, addr, whole) == 0 &&
	       (bits == 0 || ((prefix->addr[whole] ^ addr[whole]) & (0xff00 >> bits) & 0xff) == 0);
}

/* An attribute of CTA_TUPLE_IP: source or destination, IPv4 or IPv6. */
static bool address_matches(const struct nlattr *attr, const struct xnm_cidr *addresses,
			    unsigned int n)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint8_t family = type == CTA_IP_V4_SRC || type == CTA_IP_V4_DST ? AF_INET : AF_INET6;
	uint16_t len = family == AF_INET ? 4 : 16;

	if (type < CTA_IP_V4_SRC || type > CTA_IP_V6_DST || mnl_attr_get_payload_len(attr) != len)
		return false;
	for (unsigned int i = 0; i < n; i++) {
		if (addresses[i].family == family && addresses[i].prefix_len <= 8 * len &&
		    prefix_has(&addresses[i], mnl_attr_get_payload(attr)))
			return true;
	}
	return false;
}

bool conntrack_tuple_has(const struct nlattr *tuple, const struct xnm_cidr *addresses,
			 unsigned int n)
{
	const struct nlattr *part, *attr;

	mnl_attr_for_each_nested(part, tuple)
	{
		if (mnl_attr_get_type(part) != CTA_TUPLE_IP)
			continue;
		mnl_attr_for_each_nested(attr, part)
		{
			if (address_matches(attr, addresses, n))
				return true;
		}
	}
	return false;
}
