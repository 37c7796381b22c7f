/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traffic.h - what the policy says of packets: services, uplinks, forwarded ports and acls. */
#ifndef XNM_TRAFFIC_H
#define XNM_TRAFFIC_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"
#include "policy/tc.h"
#include "policy/written.h"

#define XNM_MAX_UPLINKS	     64
#define XNM_METRIC_OF_DOWN   10000 /* is added while an uplink is down: it comes after all others */
#define XNM_MAX_CLASSES	     64
#define XNM_DEFAULT_CLASS    "default" /* of what no other class has; needs no section */
#define XNM_LAST_PRIORITY    7
#define XNM_CLASS_REST	     1 /* the number of XNM_DEFAULT_CLASS */
#define XNM_MAX_CLASS_NUMBER 0xFFE
#define XNM_MAX_FORWARDS     1024
#define XNM_MAX_ACLS	     128
#define XNM_MAX_ACL_RULES    64 /* per acl */
#define XNM_MAX_PORTS	     16 /* ranges in one list */
#define XNM_MAX_RULE_PORTS   4 /* ranges in one rule of an acl */
#define XNM_MAX_LISTEN	     4 /* addresses of one forward */
#define XNM_MAX_SERVICES     16 /* ranges that one network may reach of the host */
#define XNM_MAX_TRACKS	     8 /* addresses that tell how good an uplink is */
#define XNM_MAX_GATEWAYS     2 /* one of each family */

/* Bits of xnm_forward.protocols. */
#define XNM_PROTOCOL_TCP 1u
#define XNM_PROTOCOL_UDP 2u

enum xnm_acl_action {
	XNM_ACL_DROP = 0,
	XNM_ACL_ALLOW,
	XNM_ACL_REJECT,
};

struct xnm_port_range {
	uint16_t first, last;
};

struct xnm_service {
	uint8_t protocol; /* IPPROTO_TCP or IPPROTO_UDP */
	struct xnm_port_range ports;
};

/* What guests reach of the host itself, in a closed network. */
struct xnm_host_services {
	bool set; /* written in the policy; else the rest is the default */
	bool all;
	bool ping;
	unsigned int n;
	struct xnm_service list[XNM_MAX_SERVICES];
};

/* The routers behind an uplink, for the host's own default routes. */
struct xnm_gateways {
	bool dhcp; /* a DHCP client of the system gets it */
	struct xnm_cidr expected; /* what a lease must be in; family 0: not given */
	bool none;
	unsigned int n;
	struct xnm_cidr list[XNM_MAX_GATEWAYS]; /* hosts, at most one of each family */
};

/* From when an uplink counts as bad, and from when as good again. */
struct xnm_quality {
	uint32_t interval_ms, timeout_ms; /* after loading none of all these is 0 */
	uint32_t count; /* pings to each address */
	uint32_t down, up; /* bad, and good, probes in a row */
	uint32_t failure_latency_ms, recovery_latency_ms;
	uint32_t failure_loss_percent;
	bool has_recovery_loss;
	uint32_t recovery_loss_percent; /* but this one */
};

/* By what networks reach the outside: an interface, or a guest that shares its connection. */
struct xnm_uplink {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	char interface[IFNAMSIZ];
	char guest[XNM_NAME_LEN]; /* DOMAIN[/NUMBER] of the guest's vif, as written; "": none */
	struct xnm_gateways gateway;
	uint32_t metric; /* after loading not 0; the smallest is preferred */
	uint64_t rate_bit_s; /* of what leaves by it, for the classes to share; 0: not known */
	unsigned int n_track;
	struct xnm_cidr track[XNM_MAX_TRACKS]; /* hosts */
	struct xnm_quality quality;
	struct xnm_written written;
	/* loading finds these */
	char device[IFNAMSIZ]; /* by which packets leave: interface=, or the bridge of the guest */
	char network[XNM_NAME_LEN]; /* of the guest; "": its vif has no section that says so */
	char guest_domain[XNM_NAME_LEN];
	uint32_t guest_devid;
};

/* Whether xnm makes a default route of the host through it. */
static inline bool xnm_uplink_has_gateway(const struct xnm_uplink *uplink)
{
	return uplink->gateway.dhcp || uplink->gateway.n > 0;
}

/* A share of the uplinks that have a rate=. */
struct xnm_class_policy {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	uint64_t guarantee_bit_s; /* 0: none */
	uint64_t rate_bit_s; /* 0: all that the uplink has */
	uint32_t burst_bytes; /* 0: computed from the rate and the MTU */
	bool has_priority;
	uint32_t priority; /* after loading set; of what no guarantee has, 0 is served first */
	enum xnm_queue_kind queue;
	bool has_dscp, has_pcp;
	uint32_t dscp,
		pcp; /* what its vifs send has these, unless a vif has its own; 0 to 63, 0 to 7 */
	struct xnm_written written;
	/* loading finds its number, from its name: the same one as long as no two names have one */
	uint32_t number; /* XNM_CLASS_REST to XNM_MAX_CLASS_NUMBER */
};

/* "ef", "af31", or the number of a DSCP that has no name. Returns out. */
#define XNM_DSCP_TEXT_LEN 8
const char *xnm_dscp_text(uint32_t dscp, char out[XNM_DSCP_TEXT_LEN]);

/* Ports of the host that lead to a guest. */
struct xnm_forward {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	char network[XNM_NAME_LEN]; /* where the target is */
	unsigned int n_listen; /* 0: any local address */
	struct xnm_cidr listen[XNM_MAX_LISTEN]; /* hosts */
	uint16_t protocols; /* XNM_PROTOCOL_* */
	unsigned int n_ports;
	struct xnm_port_range ports[XNM_MAX_PORTS];
	char target[XNM_NAME_LEN]; /* as written; loading takes it apart: */
	bool target_is_address;
	struct xnm_cidr target_address; /* a host */
	char target_domain[XNM_NAME_LEN];
	bool has_target_devid;
	uint32_t target_devid;
	unsigned int n_target_ports; /* after loading as many as n_ports, each as long */
	struct xnm_port_range target_ports[XNM_MAX_PORTS];
	struct xnm_written written;
};

struct xnm_acl_rule {
	enum xnm_acl_action action;
	bool egress; /* what the guest sends; else what comes to it */
	bool log;
	uint8_t protocol; /* 0: any; IPPROTO_TCP, _UDP, _ICMP or _ICMPV6 */
	bool has_peer;
	struct xnm_cidr peer; /* the other end: no bits behind prefix_len */
	unsigned int n_ports; /* only with TCP and UDP; 0: any port */
	struct xnm_port_range ports[XNM_MAX_RULE_PORTS]; /* where the packet goes to */
	struct xnm_origin origin;
};

struct xnm_acl {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	enum xnm_acl_action default_action;
	unsigned int n_rules;
	struct xnm_acl_rule rules[XNM_MAX_ACL_RULES]; /* the first that matches counts */
	struct xnm_written written;
};

#endif
