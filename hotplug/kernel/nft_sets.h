/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_sets.h - sets of our nftables tables, and what one vif or network puts into them. */
#ifndef XNM_NFT_SETS_H
#define XNM_NFT_SETS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"

#define XNM_NFT_TABLE	     "xnm"
#define XNM_NFT_DYNAMIC_SIZE 65536 /* elements of a set that rules add to */
#define XNM_CHAIN_LEN	     64 /* of a chain of others; Docker's and iptables' are shorter */

/* The types of nft(8) that our keys and values are made of: their numbers are nft's ABI with
 * itself, by which `nft list` knows how to print them (nftables, include/datatype.h). */
enum xnm_datatype {
	XNM_NFT_NONE = 0,
	XNM_NFT_VERDICT = 1, /* not a number that is sent */
	XNM_NFT_NFPROTO = 2,
	XNM_NFT_IPV4 = 7,
	XNM_NFT_IPV6 = 8,
	XNM_NFT_ETHER = 9,
	XNM_NFT_ETHERTYPE = 10,
	XNM_NFT_ARPOP = 11,
	XNM_NFT_PROTO = 12,
	XNM_NFT_SERVICE = 13,
	XNM_NFT_CLASSID = 23,
	XNM_NFT_ICMPV6_TYPE = 29,
	XNM_NFT_DEVGROUP = 35,
	XNM_NFT_IFNAME = 41,
	XNM_NFT_IGMP_TYPE = 42,
	/*
	 * Bytes of the transport header for which not every nft(8) has a name: it takes
	 * them for a number, and the set says where they are ("typeof iifname .
	 * @th,64,128").
	 */
	XNM_NFT_BYTES = 64,
	XNM_NFT_ND_TARGET = XNM_NFT_BYTES, /* of neighbour discovery: @th,64,128 */
	XNM_NFT_CHADDR, /* of DHCP, the client's MAC address: @th,288,48 */
	XNM_NFT_N_DATATYPES,
};

#define XNM_MAX_FIELDS 5

enum xnm_set_flag {
	XNM_SET_INTERVAL = 1 << 0, /* takes ranges and prefixes */
	XNM_SET_DYNAMIC = 1 << 1, /* the rules add to it */
	XNM_SET_TIMEOUT = 1 << 2, /* its elements have a timeout */
};

/* Every named set or map: nft_sets.def is the list. */
enum xnm_set_id {
#define XNM_SET(id, ...) XNM_SET_##id,
#include "hotplug/kernel/nft_sets.def"
	XNM_N_SETS,
};

struct xnm_set {
	const char *name;
	uint8_t family; /* NFPROTO_BRIDGE or NFPROTO_INET */
	uint8_t flags; /* enum xnm_set_flag */
	uint8_t key[XNM_MAX_FIELDS]; /* enum xnm_datatype */
	uint8_t data[XNM_MAX_FIELDS]; /* of a map; XNM_NFT_NONE first: a set */
};

extern const struct xnm_set xnm_sets[XNM_N_SETS];

/* Sizes in bytes within a key, in which each field is padded to registers of four bytes. */
unsigned int xnm_datatype_size(uint8_t type);
unsigned int xnm_fields_size(const uint8_t fields[XNM_MAX_FIELDS]);
/* Whether the set says whose an address is: its keys begin with a group, and not with a device. */
bool xnm_set_is_of_owners(int set);
bool xnm_set_is_concat(const struct xnm_set *set);

#define XNM_KEY_MAX	   44
#define XNM_DATA_CHAIN_LEN 32
#define XNM_MAX_SETTINGS   64 /* sysctls that one network needs */

/*
 * One element. key and end are the fields one after the other, each padded to
 * four bytes; end is the last key of a range and equals key for a single one.
 * data is the value of a map; for a verdict map it is the name of the chain
 * to go to; in a set whose elements go by themselves, after how many seconds.
 */
struct xnm_element {
	uint8_t set; /* enum xnm_set_id */
	uint8_t key[XNM_KEY_MAX];
	uint8_t end[XNM_KEY_MAX];
	uint8_t data[XNM_KEY_MAX];
};

#define XNM_MAX_ELEMENTS 512 /* of one vif, or of one network */

struct xnm_elements {
	unsigned int n;
	bool full; /* one more did not fit */
	struct xnm_element list[XNM_MAX_ELEMENTS];
};

/* Adds an empty element of a set; the caller fills it with the functions below, in order. */
struct xnm_element *xnm_elements_add(struct xnm_elements *elements, enum xnm_set_id set);

/* Fill field number i of the key (and of its end). */
void xnm_key_ifname(struct xnm_element *element, unsigned int i, const char *ifname);
/* The group of a device (ip link set group): see scope.h. */
void xnm_key_group(struct xnm_element *element, unsigned int i, uint32_t group);
void xnm_key_mac(struct xnm_element *element, unsigned int i, const struct xnm_mac *mac);
/* The address alone, or with prefix the whole network it is in. */
void xnm_key_address(struct xnm_element *element, unsigned int i, const struct xnm_cidr *address,
		     bool prefix);
void xnm_key_protocol(struct xnm_element *element, unsigned int i, uint8_t protocol);
void xnm_key_ports(struct xnm_element *element, unsigned int i, uint16_t first, uint16_t last);

/* These fill the value of a map. */
void xnm_data_chain(struct xnm_element *element, const char *chain);
void xnm_data_address(struct xnm_element *element, const struct xnm_cidr *address);
void xnm_data_address_port(struct xnm_element *element, const struct xnm_cidr *address,
			   uint16_t port);

/* The class of a qdisc to which packets belong: 0x00010002 is 1:2. */
void xnm_data_classid(struct xnm_element *element, uint32_t classid);

void xnm_data_seconds(struct xnm_element *element, uint32_t seconds);
/* The index of the device that is meant, for our notes only: it is not sent to the kernel. */
void xnm_data_ifindex(struct xnm_element *element, int ifindex);
int xnm_element_ifindex(const struct xnm_element *element);

bool xnm_element_equal(const struct xnm_element *a, const struct xnm_element *b);
void xnm_elements_copy(struct xnm_elements *to, const struct xnm_elements *from);
bool xnm_elements_have(const struct xnm_elements *elements, const struct xnm_element *element);
bool xnm_elements_equal(const struct xnm_elements *a, const struct xnm_elements *b);

/* One line of the notes below /run/xnm: "bridge/macs KEY[-END][:DATA]" in hex. */
#define XNM_ELEMENT_TEXT_LEN 320
void xnm_element_format(const struct xnm_element *element, char text[XNM_ELEMENT_TEXT_LEN]);
/* Returns 0, or -EINVAL for what is not such a line. */
int xnm_element_parse(const char *text, struct xnm_element *element);

/* Our two tables: of family bridge, and inet. */
enum xnm_table {
	XNM_TABLE_BRIDGE,
	XNM_TABLE_INET,
	XNM_N_TABLES,
};

/* The table that an element is of. */
enum xnm_table xnm_element_table(const struct xnm_element *element);

/* The guard set in the table that filters the vif: table bridge, or inet for a routed vif. */
static inline enum xnm_set_id xnm_guard_set(enum xnm_set_id bridge_set, bool bridged)
{
	int offset = bridged ? 0 : XNM_SET_INET_DROPS - XNM_SET_BRIDGE_DROPS;

	return (enum xnm_set_id)((int)bridge_set + offset);
}

/* Whether an element is one of a port forward. */
bool xnm_is_forward(const struct xnm_element *element);

#endif
