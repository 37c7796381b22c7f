/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.h - what the administrator wants: the INI files read into fixed-size structs. */
#ifndef XNM_POLICY_H
#define XNM_POLICY_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/value.h"
#include "hotplug/base/vlan.h"
#include "policy/pool.h"
#include "policy/traffic.h"
#include "policy/written.h"

#define XNM_POLICY_FILE		"/etc/xnm/xnm.ini"
#define XNM_POLICY_DROPIN_DIR	"policy.d" /* beside the policy file */
#define XNM_POLICY_OVERRIDE_DIR "override.d" /* below the run directory */

#define XNM_UUID_TEXT_LEN	37
#define XNM_MAX_NETWORKS	256
#define XNM_MAX_VIF_SECTIONS	4096
#define XNM_MAX_INTERFACES	8 /* per network */
#define XNM_MAX_SHARE_TO	8 /* interfaces of a guest, or what their names begin with */
#define XNM_MAX_MATCHES		8 /* per match key */
#define XNM_MAX_ACL_NAMES	1 /* acls of one network or vif */
#define XNM_ACL_NAME_MAX	23 /* of an [acl]: a chain and a map's value are called by it */
#define XNM_MAX_NETWORK_UPLINKS 8
#define XNM_MAX_POLICY_FILES	64
#define XNM_MAX_ALTNAMES	64
#define XNM_MAX_POLICY_BYTES	(1024 * 1024) /* per file */

/* Unset keys must be told from "no": a value from elsewhere may fill them. */
enum xnm_tristate {
	XNM_UNSET = 0,
	XNM_NO,
	XNM_YES,
};

enum xnm_on_unknown {
	XNM_UNKNOWN_ACCEPT = 0, /* treat it as without a policy: the guest's own bridge= */
	XNM_UNKNOWN_DEFAULT_NETWORK, /* attach it to default-network= */
	XNM_UNKNOWN_DISABLE, /* let the guest start, leave the vif unattached and down */
	XNM_UNKNOWN_REJECT, /* refuse the vif, so the guest does not start */
};

enum xnm_locking_mode {
	XNM_LOCK_UNSET = 0,
	XNM_LOCK_UNLOCKED,
	XNM_LOCK_LOCKED,
	XNM_LOCK_DISABLED,
};

/* What becomes of packets that want to leave a network, or come to it from outside. */
enum xnm_forward_mode {
	XNM_FORWARD_UNSET = 0, /* only before the defaults are filled in */
	XNM_FORWARD_NONE, /* the guests reach each other and the host's services */
	XNM_FORWARD_NAT, /* out through the uplinks, with an address of the host */
	XNM_FORWARD_ROUTE, /* out through the uplinks, with their own addresses */
	XNM_FORWARD_OPEN, /* routed, but nothing is filtered: that is somebody else's job */
	XNM_FORWARD_BRIDGE, /* out through ports of the bridge: the host does not route */
};

enum xnm_backend {
	XNM_BACKEND_BRIDGE = 0,
	XNM_BACKEND_ROUTE, /* no bridge: each vif is routed by itself */
};

enum xnm_start {
	XNM_START_GUEST = 0,
	XNM_START_BOOT, /* the bridge is there before the first guest and after the last one */
};

enum xnm_masquerade {
	XNM_MASQ_UNSET = 0, /* only before the defaults are filled in */
	XNM_MASQ_NO,
	XNM_MASQ_IPV4,
	XNM_MASQ_IPV6,
	XNM_MASQ_BOTH,
};

/* Who gives out addresses, or announces the network's prefixes, on a bridge. */
enum xnm_server {
	XNM_SERVER_UNSET = 0,
	XNM_SERVER_NO,
	XNM_SERVER_DNSMASQ,
};

#define XNM_LEASE_INFINITE UINT32_MAX
#define XNM_LEASE_TIME_S   3600 /* unless lease-time= says otherwise */
#define XNM_DHCP_DIR_LEN   96

/* Bits of xnm_vif_policy.allow: what a locked vif may be nevertheless. */
#define XNM_ALLOW_DHCP_SERVER 1u
#define XNM_ALLOW_ROUTER      2u

#define XNM_MAX_TOLD_HOSTS 3 /* as many as a resolver asks: MAXNS in resolv.h */

/* gateway= and dns=: hosts that guests are told of. */
struct xnm_told_hosts {
	bool set; /* written in the policy; else the rest is the default */
	bool self; /* this host, with its address in the network */
	unsigned int n;
	struct xnm_cidr list[XNM_MAX_TOLD_HOSTS];
};

/* Flags of a bridge port that a [network] may set for all its vifs and a [vif] for its own. */
struct xnm_port_policy {
	enum xnm_tristate isolated;
	enum xnm_tristate learning;
	enum xnm_tristate hairpin;
	enum xnm_tristate guard;
	enum xnm_tristate root_block;
	enum xnm_tristate flood;
	enum xnm_tristate mcast_flood;
	enum xnm_tristate bcast_flood;
	enum xnm_tristate neigh_suppress;
};

struct xnm_network {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	enum xnm_backend backend;
	char bridge[IFNAMSIZ]; /* "" only with XNM_BACKEND_ROUTE; else it defaults to the name */
	enum xnm_tristate create; /* default yes */
	enum xnm_tristate keep; /* default yes with interfaces or start=boot, else no */
	enum xnm_start start;
	unsigned int n_interfaces;
	char interfaces[XNM_MAX_INTERFACES][IFNAMSIZ];
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	uint32_t mtu_bytes; /* 0: unset */
	enum xnm_tristate stp; /* unset: no for a bridge we make, others stay as they are */
	enum xnm_tristate vlan_filtering;
	bool has_vlan;
	struct xnm_vlans vlan; /* for vifs that name none */
	struct xnm_port_policy port;
	enum xnm_locking_mode locking_mode;
	enum xnm_forward_mode forward; /* after loading never unset, as are the next two */
	enum xnm_masquerade masquerade; /* a family without an address in addresses is not meant */
	enum xnm_tristate proxy_arp, proxy_ndp;
	enum xnm_tristate send_redirects; /* unset: auto */
	unsigned int n_uplinks;
	char uplinks[XNM_MAX_NETWORK_UPLINKS][XNM_NAME_LEN]; /* names of [uplink] sections */
	unsigned int n_snat;
	struct xnm_cidr snat[2]; /* hosts, at most one of each family */
	struct xnm_host_services host_services;
	struct xnm_told_hosts gateway, dns;
	unsigned int n_acls;
	char acls[XNM_MAX_ACL_NAMES][XNM_NAME_LEN];
	enum xnm_server dhcp, ipv6_ra;
	char dhcp_hosts_directory[XNM_DHCP_DIR_LEN]; /* "": below the run directory */
	char domain[XNM_NAME_LEN]; /* of the guests' names; "": none */
	enum xnm_tristate fastpath; /* guests may talk past this host; default no */
	uint32_t lease_time_s; /* 0: the default */
	struct xnm_written written;
};

/*
 * The match- keys of a [vif] section. Every one that is given must match; its
 * values are alternatives. Apart from the section, since most have none: pages
 * that are not touched are what a policy of a thousand sections saves.
 */
struct xnm_vif_match {
	unsigned int n_names, n_uuids, n_macs, n_devids, n_bridges, n_interfaces;
	char names[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs */
	char uuids[XNM_MAX_MATCHES][XNM_UUID_TEXT_LEN]; /* lower case */
	struct xnm_mac macs[XNM_MAX_MATCHES];
	uint32_t devids[XNM_MAX_MATCHES];
	char bridges[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs, against the guest's bridge= */
	char interfaces[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs, against vifname= and vifD.N */
};

struct xnm_vif_policy {
	char match[XNM_NAME_LEN]; /* the section's argument: name-glob[/devid-glob][ as label] */
	struct xnm_origin origin;
	uint32_t matches; /* 1 + the index into xnm_policy.matches; 0: no match- key */

	char network[XNM_NAME_LEN]; /* "": by the guest's bridge= */
	struct xnm_own_addresses own;
	uint32_t mtu_bytes;
	bool has_vlan;
	struct xnm_vlans vlan;
	struct xnm_port_policy port;
	enum xnm_locking_mode locking_mode;
	uint16_t allow; /* XNM_ALLOW_* */
	enum xnm_tristate share; /* it shares its own way out with the host; default no */
	enum xnm_tristate fastpath; /* default: the network's */
	unsigned int n_share_to; /* 0: by the guest's own default routes */
	char share_to[XNM_MAX_SHARE_TO][IFNAMSIZ];
	unsigned int n_ipv4_allowed, n_ipv6_allowed; /* beside its own addresses */
	struct xnm_cidr ipv4_allowed[XNM_MAX_ADDRESSES]; /* "any" is 0.0.0.0/0 */
	struct xnm_cidr ipv6_allowed[XNM_MAX_ADDRESSES]; /* "any" is ::/0 */
	unsigned int n_acls;
	char acls[XNM_MAX_ACL_NAMES][XNM_NAME_LEN]; /* beside the network's */
	struct xnm_written written;
};

/* What a policy calls a device, and what the kernel does. */
struct xnm_altname {
	char name[IFNAMSIZ];
	char device[IFNAMSIZ];
};

struct xnm_global {
	uint32_t version;
	enum xnm_on_unknown on_unknown;
	char default_network[XNM_NAME_LEN];
	enum xnm_tristate host_forward;
	struct xnm_origin origin;
	struct xnm_written written;
};

/*
 * About 21 MB of address space, almost none of it touched: keep one, static.
 * It must be all zero before the first load; loading again clears what the
 * load before has filled.
 */
struct xnm_policy {
	bool present; /* a policy file was found */
	bool of_this_host; /* its devices are called as the kernel calls them */
	unsigned int n_altnames;
	struct xnm_altname altnames[XNM_MAX_ALTNAMES]; /* that it has for them, for messages */
	struct xnm_global global;
	unsigned int n_global, n_networks, n_vifs, n_matches, n_files;
	unsigned int n_uplinks, n_forwards, n_acls, n_pools;
	struct xnm_network networks[XNM_MAX_NETWORKS];
	struct xnm_vif_policy vifs[XNM_MAX_VIF_SECTIONS]; /* in order of precedence */
	struct xnm_vif_match matches[XNM_MAX_VIF_SECTIONS + 1]; /* the last: a refused section's */
	struct xnm_uplink uplinks[XNM_MAX_UPLINKS];
	struct xnm_forward forwards[XNM_MAX_FORWARDS];
	struct xnm_acl acls[XNM_MAX_ACLS];
	struct xnm_pool pools[XNM_MAX_POOLS];
	char files[XNM_MAX_POLICY_FILES][128];
};

/*
 * Receives each mistake: file, line (0: the file as a whole) and the text,
 * such as "unknown key 'brige' in [network lan]; did you mean 'bridge'?".
 * A text that begins with "warning: " is no mistake.
 */
typedef void (*xnm_policy_report)(void *arg, const char *file, unsigned int line, const char *text);

static inline bool xnm_policy_is_warning(const char *text)
{
	return strncmp(text, "warning: ", 9) == 0;
}

/*
 * Whether the policy is for this host: a device that it calls by an alternative
 * name is then replaced by the kernel's own name for it, with a warning.
 */
enum xnm_policy_host {
	XNM_ANY_HOST,
	XNM_THIS_HOST,
};

/*
 * Reads path, its policy.d/ *.ini and run_dir/override.d/ *.ini into policy,
 * reporting every mistake of every file (report may be NULL).
 *
 * A path that nothing has is no mistake: policy->present stays false, unless
 * drop-ins exist. One that is there but cannot be read, as a link to nowhere, is.
 * Files and directories must belong to root (or to us) and not be writable by
 * group or others.
 *
 * Returns 0, -EINVAL when there was any mistake, or another -errno when a
 * file cannot be read (also reported). After an error policy must not be used.
 */
int xnm_policy_load(struct xnm_policy *policy, const char *path, const char *run_dir,
		    enum xnm_policy_host host, xnm_policy_report report, void *arg);

/* Reads one open stream as if it were the only policy file; for tests and fuzzing. */
int xnm_policy_load_stream(struct xnm_policy *policy, FILE *stream, const char *name,
			   xnm_policy_report report, void *arg);

/*
 * Looks for what a loaded policy can hardly mean but that costs too much time,
 * harms too little or depends too much on this machine to refuse it at every
 * event: addresses outside of an open network or given twice, forwarded ports
 * that lead nowhere, uplinks that are not there, sections that never match and
 * keys that have no effect (warnings).
 *
 * Returns 0, or -EINVAL when there was any mistake.
 */
int xnm_policy_check(const struct xnm_policy *policy, xnm_policy_report report, void *arg);

/* What is known of a vif when its section is looked for; unknown strings are "". */
struct xnm_vif_identity {
	char domain_name[XNM_NAME_LEN * 2]; /* of one that migrates, without xl's suffix */
	char uuid[XNM_UUID_TEXT_LEN];
	struct xnm_mac mac;
	uint32_t devid;
	char bridge[XNM_NAME_LEN * 2]; /* the guest's bridge=, as written */
	unsigned int n_bridge_names; /* and whatever else that device is called */
	const char (*bridge_names)[XNM_NAME_LEN * 2];
	char vifname[IFNAMSIZ];
	char vif[IFNAMSIZ]; /* vifD.N */
};

/* The first [vif] section that matches, or NULL. */
const struct xnm_vif_policy *xnm_policy_match(const struct xnm_policy *policy,
					      const struct xnm_vif_identity *id);

/* Whether any [vif] or [forward] looks at the domain's name, or at its UUID. */
bool xnm_policy_needs_name(const struct xnm_policy *policy);
bool xnm_policy_needs_uuid(const struct xnm_policy *policy);

/* Whether a [vif] section has both this name, not only "*", and this match-uuid=. */
bool xnm_policy_names_uuid(const struct xnm_policy *policy, const char *name, const char *uuid);

/* Whether any [vif] looks at the guest's bridge=. */
bool xnm_policy_needs_bridge(const struct xnm_policy *policy);

/* Whether any [uplink] has gateway=dhcp. */
bool xnm_policy_needs_dhcp(const struct xnm_policy *policy);

/* The network called name, or the one whose bridge is name; NULL if there is none. */
const struct xnm_network *xnm_policy_network(const struct xnm_policy *policy, const char *name);
const struct xnm_network *xnm_policy_network_by_bridge(const struct xnm_policy *policy,
						       const char *bridge);

/* The section of the vif that guest= names, as far as its name and number tell; or NULL. */
const struct xnm_vif_policy *xnm_uplink_section(const struct xnm_policy *policy,
						const struct xnm_uplink *uplink);

/* The [uplink], the [acl] and the [pool] of that name; NULL if there is none. */
const struct xnm_uplink *xnm_policy_uplink(const struct xnm_policy *policy, const char *name);
const struct xnm_acl *xnm_policy_acl(const struct xnm_policy *policy, const char *name);
const struct xnm_pool *xnm_policy_pool(const struct xnm_policy *policy, const char *name);

/* Whether any gateway= or dns= names the address, whose machine may just be off. */
bool xnm_policy_names_server(const struct xnm_policy *policy, const struct xnm_cidr *address);

/*
 * Whether everything is closed in the network that the policy does not open:
 * forward=none, nat and route. In an open or bridged one, xnm filters nothing
 * beyond what locking-mode= says.
 */
static inline bool xnm_network_is_closed(const struct xnm_network *network)
{
	return network->forward == XNM_FORWARD_NONE || network->forward == XNM_FORWARD_NAT ||
	       network->forward == XNM_FORWARD_ROUTE;
}

/* "brlan (altname of xenbr0)" of xenbr0, if the policy calls it so, else only that. Returns out. */
#define XNM_DEVICE_TEXT_LEN 64
const char *xnm_policy_device(const struct xnm_policy *policy, const char *name,
			      char out[XNM_DEVICE_TEXT_LEN]);

/* How the policy spells them, for messages; "" for unset. */
const char *xnm_forward_word(enum xnm_forward_mode mode);
const char *xnm_masquerade_word(enum xnm_masquerade masquerade);

/* "file:line" of an origin, "default" for line 0; out holds out_size bytes. Returns out. */
const char *xnm_policy_origin(const struct xnm_policy *policy, struct xnm_origin origin, char *out,
			      size_t out_size);

#endif
