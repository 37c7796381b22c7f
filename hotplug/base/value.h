/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value.h - turn text from argv, xenstore and the policy into checked values. */
#ifndef XNM_VALUE_H
#define XNM_VALUE_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XNM_MAC_LEN	  6
#define XNM_MAC_TEXT_LEN  18 /* "00:16:3e:00:00:01" and its NUL */
#define XNM_CIDR_TEXT_LEN (INET6_ADDRSTRLEN + 4)
#define XNM_DOMID_MAX	  32751 /* DOMID_FIRST_RESERVED - 1, xen/include/public/xen.h */
#define XNM_MTU_MIN	  68 /* RFC 791 */
#define XNM_MTU_IPV6	  1280u /* RFC 8200 5 */
#define XNM_MTU_MAX	  65535
#define XNM_DEFAULT_MTU	  1500 /* ETH_DATA_LEN, which a guest has that is told nothing */

struct xnm_mac {
	uint8_t b[XNM_MAC_LEN];
};

/* One IPv4 or IPv6 address with its prefix length, as in "192.0.2.1/24". */
struct xnm_cidr {
	uint8_t family; /* AF_INET or AF_INET6; 0: unset */
	uint8_t prefix_len;
	uint8_t addr[16]; /* network order; the first 4 bytes for AF_INET */
	/* of a guest's own address: the prefix length that the guest is told; 0: none */
	uint8_t told_len;
};

/* Both address families, in the order of all arrays of XNM_N_IP entries. */
#define XNM_N_IP 2 /* families: ip, ip6 */
extern const char *const xnm_ip_names[XNM_N_IP];
extern const uint8_t xnm_ip_families[XNM_N_IP]; /* AF_INET, AF_INET6, and NFPROTO_ alike */

/*
 * Every parser returns 0, or -EINVAL / -ERANGE and leaves *out alone. None
 * accepts leading or trailing white space, signs, or a NUL before the end.
 */

/* Decimal digits only, min <= value <= max; -ERANGE when outside. */
int xnm_parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *out);

/* "yes", "no" and their systemd twins: true/false, on/off, 1/0. */
int xnm_parse_bool(const char *text, bool *out);

/* Six hex pairs with colons; refuses multicast and all-zero addresses (-ERANGE). */
int xnm_parse_mac(const char *text, struct xnm_mac *out);

/* Writes "00:16:3e:..." to text, which holds XNM_MAC_TEXT_LEN bytes. */
void xnm_format_mac(const struct xnm_mac *mac, char *text);

bool xnm_mac_equal(const struct xnm_mac *a, const struct xnm_mac *b);

/*
 * An address of either family with an optional prefix length; without one it
 * is a host (32 or 128). Host bits may be set: "192.0.2.1/24" is an interface
 * address.
 */
int xnm_parse_cidr(const char *text, struct xnm_cidr *out);

/* Writes "address/len" to text, which holds XNM_CIDR_TEXT_LEN bytes. */
void xnm_format_cidr(const struct xnm_cidr *cidr, char *text);

bool xnm_cidr_equal(const struct xnm_cidr *a, const struct xnm_cidr *b);

/*
 * Whether text can name a network device that we may create or rename to:
 * 1..15 bytes of [A-Za-z0-9_.@-], not ".", "..", "all" or "default" (these two
 * are directories of /proc/sys/net/ipv*\/conf), not beginning with '-'. The
 * kernel refuses ':' and '/' (net/core/dev.c, dev_valid_name()).
 */
bool xnm_ifname_ok(const char *text);

/* Whether text looks like a name netback gives: vif<domid>.<devid>[-emu]. */
bool xnm_ifname_is_vif(const char *text);

/* Whether every byte is printable ASCII, so that a message or a note may quote the text. */
bool xnm_text_ok(const char *text, size_t len);

/*
 * Copies text for use in a one-line message: control and non-ASCII bytes
 * become '?', long text is cut and ends in "...". Returns out.
 */
const char *xnm_printable(const char *text, char *out, size_t out_size);

#endif
