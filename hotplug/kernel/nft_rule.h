/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_rule.h - verbs that put one rule together, expression by expression, as nft(8) would. */
#ifndef XNM_NFT_RULE_H
#define XNM_NFT_RULE_H

#include "hotplug/kernel/nft.h"

struct nftnl_rule;

/*
 * A rule is a row of statements. "load" puts a value into the next free
 * register; several loads after one another make the key of a concatenation.
 * A comparison or a lookup takes all that was loaded since the last one.
 */
struct xnm_rule {
	struct xnm_nft *nft;
	struct nftnl_rule *nl;
	uint8_t family;
	unsigned int word; /* the next free register of four bytes */
};

/* What can be loaded. The comments say how nft(8) writes it. */
enum xnm_field {
	XNM_IIFNAME, /* iifname */
	XNM_OIFNAME,
	XNM_IIFGROUP, /* iifgroup */
	XNM_IIFGROUP_RANGE, /* the same in the key of a set of ranges */
	XNM_MARK, /* meta mark */
	XNM_PRIORITY, /* meta priority */
	XNM_PROTOCOL, /* meta protocol */
	XNM_NFPROTO, /* meta nfproto */
	XNM_IIFTYPE, /* meta iiftype */
	XNM_L4PROTO, /* meta l4proto */
	XNM_L4PROTO_KEY, /* the same inside a concatenation */
	XNM_CT_STATE,
	XNM_CT_STATUS,
	XNM_FIB_DADDR_TYPE, /* fib daddr type */
	XNM_FIB_SADDR_TYPE, /* fib saddr type */
	XNM_FRAG_EXISTS, /* exthdr frag exists */
	XNM_FRAG_OFF, /* frag frag-off; a mask follows */
	XNM_ETHER_DADDR,
	XNM_ETHER_SADDR,
	XNM_ETHER_TYPE,
	XNM_ARP_HTYPE_PTYPE, /* arp htype, arp ptype */
	XNM_ARP_HLEN_PLEN,
	XNM_ARP_OPERATION,
	XNM_ARP_SADDR_ETHER,
	XNM_ARP_SADDR_IP,
	XNM_ARP_DADDR_IP,
	XNM_IP_VERSION, /* ip version, ip6 version; a mask follows */
	XNM_IP_FRAG_OFF, /* a mask follows */
	XNM_IP_SADDR,
	XNM_IP_DADDR,
	XNM_IP_SADDR_NET8, /* the first byte: ip saddr A.0.0.0/8 */
	XNM_IP_DADDR_NET8,
	XNM_IP6_SADDR,
	XNM_IP6_DADDR,
	XNM_IP6_DADDR_NET104,
	XNM_TH_SPORT,
	XNM_TH_DPORT,
	XNM_DHCP_CHADDR, /* the client's MAC address, RFC 2131 */
	XNM_TCP_FLAGS, /* tcp flags; a mask follows */
	XNM_TH_TYPE, /* icmp type, icmpv6 type, igmp type */
	XNM_ND_TARGET, /* icmpv6 taddr, as nft 1.0.8 calls it */
};

enum xnm_cmp {
	XNM_EQ,
	XNM_NE,
	XNM_GT,
	XNM_GE,
	XNM_LE,
};

void xnm_rule_begin(struct xnm_rule *rule, struct xnm_nft *nft, uint8_t family, const char *chain);
/* The same in a table that is not one of our two. */
void xnm_rule_begin_in(struct xnm_rule *rule, struct xnm_nft *nft, uint8_t family,
		       const char *table, const char *chain);
/* Puts the rule into the batch and frees it. */
void xnm_rule_end(struct xnm_rule *rule);

void xnm_load(struct xnm_rule *rule, enum xnm_field field);
/* Loads the first len bytes only: so nft(8) compares a prefix of whole bytes. */
void xnm_load_bytes(struct xnm_rule *rule, enum xnm_field field, uint32_t len);
/* Masks the value that was loaded last with len bytes. */
void xnm_mask(struct xnm_rule *rule, const void *mask, unsigned int len);
void xnm_compare(struct xnm_rule *rule, enum xnm_cmp cmp, const void *value, unsigned int len);
/* iifname "eth0": of one interface. */
void xnm_is_ifname(struct xnm_rule *rule, enum xnm_field field, enum xnm_cmp cmp,
		   const char *ifname);
void xnm_is_u8(struct xnm_rule *rule, enum xnm_field field, enum xnm_cmp cmp, uint8_t value);
/* value in host order */
void xnm_is_be16(struct xnm_rule *rule, enum xnm_field field, enum xnm_cmp cmp, uint16_t value);
/* ct state established,related and its like: one of the bits is set. */
void xnm_has_bits(struct xnm_rule *rule, enum xnm_field field, uint32_t bits);

/* In or (negate) not in a named set. */
void xnm_lookup(struct xnm_rule *rule, enum xnm_set_id set, bool negate);
/* Looks the key up in a verdict map, and goes to its chain if it is there. */
void xnm_lookup_verdict(struct xnm_rule *rule, enum xnm_set_id map);
/*
 * Looks a value up in a map, for the statement that follows, and puts it into the first
 * register.
 */
void xnm_lookup_value(struct xnm_rule *rule, enum xnm_set_id map);

/* An anonymous set or verdict map: { a, b } and { a : goto x, b : goto y }. */
struct xnm_choice {
	uint16_t value; /* host order */
	const char *chain; /* NULL in a set */
};
void xnm_lookup_choice(struct xnm_rule *rule, uint8_t type, const struct xnm_choice *choices,
		       unsigned int n, bool negate);

/*
 * update @drops { iifname . "reason" counter }; xnm_count_of() with another name in the place of
 * the interface's. The rule breaks off if the set takes no more (nft_dynset_eval()): no verdict
 * may follow in it.
 */
void xnm_count(struct xnm_rule *rule, enum xnm_set_id set, enum xnm_field ifname,
	       const char *reason);
void xnm_count_of(struct xnm_rule *rule, enum xnm_set_id set, const char *what, const char *reason);
/* meta mark set VALUE */
void xnm_set_mark(struct xnm_rule *rule, uint32_t value);
/* meta priority set: to what xnm_lookup_value() has found; to none */
void xnm_set_priority(struct xnm_rule *rule);
void xnm_clear_priority(struct xnm_rule *rule);
/* ip dscp set, ip6 dscp set: of what the rule has matched. dscp: 0 to 63 */
void xnm_set_dscp(struct xnm_rule *rule, bool ip6, uint8_t dscp);
/*
 * vlan pcp set: of what the rule has matched as a frame with a tag. pcp: 0 to 7. Only where
 * xnm_nft_sets_tags(): older kernels write into the packet, as the tag is beside it
 * (net/netfilter/nft_payload.c, nft_payload_set_vlan()).
 */
void xnm_set_pcp(struct xnm_rule *rule, uint8_t pcp);
/* Whether this kernel, or (pure) that of a release and version as uname(2) tells them, can. */
bool xnm_nft_sets_tags(void);
bool xnm_nft_release_sets_tags(const char *release, const char *version);
void xnm_counter(struct xnm_rule *rule);
void xnm_log_packet(struct xnm_rule *rule, const char *prefix);

void xnm_accept(struct xnm_rule *rule);
void xnm_drop(struct xnm_rule *rule);
void xnm_return(struct xnm_rule *rule);
void xnm_goto(struct xnm_rule *rule, const char *chain);
void xnm_jump(struct xnm_rule *rule, const char *chain);
/*
 * Rejects with "port unreachable". family: what the rule has matched, NFPROTO_IPV4 or
 * _IPV6, or NFPROTO_UNSPEC for both: only so nft(8) can load what it has listed.
 */
void xnm_reject(struct xnm_rule *rule, uint8_t family);
void xnm_masquerade(struct xnm_rule *rule);
/*
 * Translates to the address (and with_port the port) in the registers; family:
 * NFPROTO_IPV4 or _IPV6.
 */
void xnm_snat(struct xnm_rule *rule, uint8_t family);
void xnm_dnat(struct xnm_rule *rule, uint8_t family, bool with_port);

#endif
