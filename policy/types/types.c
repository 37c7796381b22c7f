/* SPDX-License-Identifier: GPL-2.0-or-later */
/* types.c - read the value of one key, or one word of a list, by its type. */
#include "policy/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "policy/types/types.h"

int xnm_copy_text(const char *text, void *out, size_t size)
{
	size_t len = strlen(text);

	if (len >= size)
		return -EINVAL;
	memcpy(out, text, len + 1);
	return 0;
}

static int parse_version(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	(void)reason;
	return xnm_parse_u32(text, 1, 1, out);
}

static int parse_bool(const char *text, void *out, size_t size, const char **reason)
{
	enum xnm_tristate *state = out;
	bool value;

	(void)size;
	(void)reason;
	if (xnm_parse_bool(text, &value))
		return -EINVAL;
	*state = value ? XNM_YES : XNM_NO;
	return 0;
}

static int parse_mtu(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	(void)reason;
	return xnm_parse_u32(text, XNM_MTU_MIN, XNM_MTU_MAX, out);
}

int xnm_parse_name(const char *text, void *out, size_t size, const char **reason)
{
	(void)reason;
	if (strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
	    strlen(text))
		return -EINVAL;
	if (text[0] == '-' || text[0] == '.')
		return -EINVAL;
	return xnm_copy_text(text, out, size);
}

static int parse_text(const char *text, void *out, size_t size, const char **reason)
{
	(void)reason;
	return xnm_copy_text(text, out, size);
}

static int parse_ifname(const char *text, void *out, size_t size, const char **reason)
{
	(void)reason;
	return xnm_ifname_ok(text) ? xnm_copy_text(text, out, size) : -EINVAL;
}

static int parse_bridge(const char *text, void *out, size_t size, const char **reason)
{
	if (xnm_ifname_is_vif(text)) {
		*reason = "is a name that vifs have";
		return -EINVAL;
	}
	return parse_ifname(text, out, size, reason);
}

static int parse_vlan(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	return xnm_vlans_parse(text, out, reason);
}

#define RANGE_RULE   "addresses of one family, as in 192.168.10.100-192.168.10.199 or fd00::/64"
#define IFNAME_RULE  "a device name: at most 15 letters, digits or . _ @ -"
#define SUBNET_RULE  "an IPv4 or IPv6 address with its prefix length, as in 192.168.10.1/24"
#define PATTERN_RULE "a pattern of at most 63 bytes"
#define RULE_RULE                                                                           \
	"ACTION DIRECTION [PROTOCOL] [ADDRESS[/LENGTH]] [port LIST] [log], in this order, " \
	"as in allow ingress tcp 192.0.2.0/24 port 80,443"

#define VALUE(function, text)                                             \
	{                                                                 \
		.parse = (function), .expects = (text), .form = XNM_VALUE \
	}
#define LIST(function, text, size)                                                                \
	{                                                                                         \
		.parse = (function), .expects = (text), .form = XNM_WORDS, .element_size = (size) \
	}
#define SET(function, text)                                             \
	{                                                               \
		.parse = (function), .expects = (text), .form = XNM_SET \
	}

const struct xnm_type_def xnm_types[XNM_N_TYPES] = {
	[XNM_TYPE_VERSION] = VALUE(parse_version, "must be 1"),
	[XNM_TYPE_BOOL] = VALUE(parse_bool, "must be yes or no"),
	[XNM_TYPE_MTU] = VALUE(parse_mtu, "must be a number of bytes from 68 to 65535"),
	[XNM_TYPE_ON_UNKNOWN] =
		VALUE(xnm_parse_on_unknown, "must be accept, default-network, disable or reject"),
	[XNM_TYPE_LOCKING] = VALUE(xnm_parse_locking, "must be unlocked, locked or disabled"),
	[XNM_TYPE_START] = VALUE(xnm_parse_start, "must be guest or boot"),
	[XNM_TYPE_AUTO] = VALUE(xnm_parse_auto, "must be auto, yes or no"),
	[XNM_TYPE_BACKEND] = VALUE(xnm_parse_backend, "must be bridge or route"),
	[XNM_TYPE_FORWARD] =
		VALUE(xnm_parse_forward, "must be none, nat, route, open or bridge"),
	[XNM_TYPE_MASQUERADE] = VALUE(xnm_parse_masquerade, "must be no, ipv4, ipv6 or both"),
	[XNM_TYPE_ACTION] = VALUE(xnm_parse_action, "must be allow, drop or reject"),
	[XNM_TYPE_SERVER] = VALUE(xnm_parse_server, "must be no or dnsmasq"),
	[XNM_TYPE_DIRECTORY] = VALUE(xnm_parse_directory, "must be an absolute path without blanks"),
	[XNM_TYPE_DOMAIN] = VALUE(xnm_parse_domain, "must be a DNS domain, as in lan.example"),
	[XNM_TYPE_TEXT] = VALUE(parse_text, "must be a text of at most 127 letters"),
	[XNM_TYPE_LEASE_TIME] =
		VALUE(xnm_parse_lease_time, "must be a time of at least two minutes with its unit "
					    "s, m, h, d or w, as in 12h, or infinite"),
	[XNM_TYPE_NETWORK] = VALUE(xnm_parse_name, "must be a network's name: letters, digits or . _ -"),
	[XNM_TYPE_NAME] = VALUE(xnm_parse_name, "must be a name: letters, digits or . _ -"),
	[XNM_TYPE_MATCH] = VALUE(xnm_parse_match, "must be " PATTERN_RULE),
	[XNM_TYPE_IFNAME] = VALUE(parse_ifname, "must be " IFNAME_RULE),
	[XNM_TYPE_BRIDGE] = VALUE(parse_bridge, "must be " IFNAME_RULE),
	[XNM_TYPE_VLAN] = VALUE(parse_vlan, "must be VLANs, as in 10 or 10p/20"),
	[XNM_TYPE_TARGET] =
		VALUE(xnm_parse_target,
		      "must be a domain, DOMAIN/NUMBER of a vif, or an IPv4 or IPv6 address"),
	[XNM_TYPE_METRIC] = VALUE(xnm_parse_metric, "must be a number from 1 to 1000000"),
	[XNM_TYPE_COUNT] = VALUE(xnm_parse_count, "must be a number from 1 to 100"),
	[XNM_TYPE_TIME] = VALUE(xnm_parse_time,
				"must be a time up to one hour with its unit, as in 500ms, 10s or "
				"1min"),
	[XNM_TYPE_PERCENT] = VALUE(xnm_parse_percent, "must be from 0% to 100%, as in 40%"),
	[XNM_TYPE_PERCENT1] = VALUE(xnm_parse_percent1, "must be from 1% to 100%, as in 40%"),
	[XNM_TYPE_RATE] = VALUE(xnm_parse_rate,
				"must be a rate, as in 10Mbit or 1.5Mbit, or, in bytes, 250KB/s"),
	[XNM_TYPE_DELAY] = VALUE(xnm_parse_delay,
				 "must be a time in s, ms or us, as in 20ms or 1.5ms"),
	[XNM_TYPE_SIZE] = VALUE(xnm_parse_size, "must be a size in bytes, as in 9000 or 64K"),
	[XNM_TYPE_PROBABILITY] =
		VALUE(xnm_parse_probability, "must be a probability, as in 1% or 0.05%"),
	[XNM_TYPE_GEMODEL] =
		VALUE(xnm_parse_gemodel, "must be one to four probabilities, P [R [BAD-LOSS "
					 "[GOOD-LOSS]]], as in 1% 20%"),
	[XNM_TYPE_SLOT] = VALUE(xnm_parse_slot,
				"must be one or two times, as in 10ms or 5ms 20ms"),
	[XNM_TYPE_SEED] = VALUE(xnm_parse_seed, "must be a number from 1 to 18446744073709551615"),
	[XNM_TYPE_QDISC] = VALUE(xnm_parse_qdisc, "must be fq_codel, pfifo or cake"),
	[XNM_TYPE_LINK] = VALUE(xnm_parse_link, "must be two ends, each DOMAIN/NUMBER of a vif, "
						"net:NETWORK, a prefix or any, as in "
						"[link web1/0 net:lan]"),
	[XNM_TYPE_PRIORITY] = VALUE(xnm_parse_priority, "must be a number from 0 to 7"),
	[XNM_TYPE_DSCP] = VALUE(xnm_parse_dscp, "must be a number from 0 to 63, or one of the words "
						"le, ef, va, cs0 to cs7 and af11 to af43"),
	[XNM_TYPE_PCP] = VALUE(xnm_parse_pcp, "must be a number from 0 to 7"),

	[XNM_TYPE_NAMES] =
		LIST(xnm_parse_name, "must be a name: letters, digits or . _ -", XNM_NAME_LEN),
	[XNM_TYPE_IFNAMES] = LIST(parse_ifname, "must be " IFNAME_RULE, IFNAMSIZ),
	[XNM_TYPE_SHARE_TO] = LIST(xnm_parse_share_to,
				   "must be the name of an interface of the guest, or what some "
				   "begin with and an asterisk, as in wwan*",
				   IFNAMSIZ),
	[XNM_TYPE_SUBNETS] =
		LIST(xnm_parse_subnet, "must be " SUBNET_RULE, sizeof(struct xnm_cidr)),
	[XNM_TYPE_RANGES] =
		LIST(xnm_parse_range, "must be " RANGE_RULE, sizeof(struct xnm_range)),
	[XNM_TYPE_HOSTS] =
		LIST(xnm_parse_host, "must be an IPv4 or IPv6 address", sizeof(struct xnm_cidr)),
	[XNM_TYPE_LISTEN] = {
		.parse = xnm_parse_host,
		.expects = "must be IPv4 or IPv6 addresses, or only the word any",
		.form = XNM_WORDS,
		.element_size = sizeof(struct xnm_cidr),
		.nothing = "any",
	},
	[XNM_TYPE_ALLOWED4] = LIST(xnm_parse_allowed4, "must be an IPv4 address, a subnet or any",
				   sizeof(struct xnm_cidr)),
	[XNM_TYPE_ALLOWED6] = LIST(xnm_parse_allowed6, "must be an IPv6 address, a subnet or any",
				   sizeof(struct xnm_cidr)),
	[XNM_TYPE_PORTS] = {
		.parse = xnm_parse_ports,
		.expects = "must be a port from 1 to 65535 or a range of them, as in 8000-8010",
		.form = XNM_WORDS,
		.element_size = sizeof(struct xnm_port_range),
		.commas = true,
	},
	[XNM_TYPE_GLOBS] = LIST(xnm_parse_glob, "must be " PATTERN_RULE, XNM_NAME_LEN),
	[XNM_TYPE_UUIDS] =
		LIST(xnm_parse_uuid, "must be a UUID of 32 hex digits and 4 dashes", XNM_UUID_TEXT_LEN),
	[XNM_TYPE_MACS] = LIST(xnm_parse_mac_key, "must be a MAC address, as in 00:16:3e:12:34:56",
			       sizeof(struct xnm_mac)),
	[XNM_TYPE_DEVIDS] = LIST(xnm_parse_devid, "must be a number from 0 to 65535", sizeof(uint32_t)),

	[XNM_TYPE_SERVICES] = SET(xnm_parse_service,
				  "must be dhcp, dns, ping, ssh, ntp, http, https, tcp/PORT, "
				  "udp/PORT, all or none"),
	[XNM_TYPE_GATEWAY] = SET(xnm_parse_gateway,
				 "must be IPv4 or IPv6 addresses, self or none"),
	[XNM_TYPE_DNS] = SET(xnm_parse_dns, "must be IPv4 or IPv6 addresses, self or none"),
	[XNM_TYPE_PROTOCOLS] = SET(xnm_parse_protocol, "must be tcp or udp"),
	[XNM_TYPE_OWN] = SET(xnm_parse_own, "must be an IPv4 or IPv6 address, auto POOL or eui64"),
	[XNM_TYPE_ALLOW] = SET(xnm_parse_allow, "must be dhcp-server or router"),
	[XNM_TYPE_GATEWAYS] =
		SET(xnm_parse_uplink_gateway, "must be one IPv4 and one IPv6 address at most, dhcp (IPv4 alone) with the prefix that is "
		    "expected, or none"),

	[XNM_TYPE_RULES] = {
		.parse = xnm_parse_rule,
		.expects = "must be " RULE_RULE,
		.form = XNM_LINES,
		.element_size = sizeof(struct xnm_acl_rule),
		.origin = offsetof(struct xnm_acl_rule, origin),
	},
	[XNM_TYPE_STEPS] = {
		.parse = xnm_parse_step,
		.expects = "must be TIME profile NAME, TIME set VIF KEY=VALUE..., TIME reset VIF "
			   "[KEY...] or TIME end, as in 120s set web1/0 rate=1Mbit",
		.form = XNM_LINES,
		.element_size = sizeof(struct xnm_step),
		.origin = offsetof(struct xnm_step, origin),
	},
};
