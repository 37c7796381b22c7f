/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest.h - what xnm-guest knows of its vifs: what dom0 tells, what is, and what we have set. */
#ifndef XNM_GUEST_H
#define XNM_GUEST_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/log.h"
#include "hotplug/base/value.h"
#include "policy/policy.h"

#define GUEST_RUN_DIR	  "/run/xnm-guest"
#define GUEST_RESOLV_CONF "/etc/resolv.conf"
#define GUEST_TABLE_NAME  "xnm-guest"
#define GUEST_MAX_VIFS	  16
#define GUEST_MAX_DNS	  6
#define GUEST_MAX_LISTED  64 /* addresses that a device may have, also of others */
#define GUEST_METRIC	  880 /* of the default route through vif 0; later vifs come behind */

/* What dom0 tells of one vif, checked. */
struct guest_told {
	bool present; /* it tells something */
	struct xnm_mac mac;
	char net[XNM_NAME_LEN];
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	unsigned int n_gateways; /* at most one of each family */
	struct xnm_cidr gateways[2];
	unsigned int n_dns;
	struct xnm_cidr dns[GUEST_MAX_DNS];
	uint32_t mtu_bytes; /* 0: nothing is said */
	bool share;
	unsigned int n_share_to;
	char share_to[XNM_MAX_SHARE_TO][IFNAMSIZ];
};

/* What we have set, and what was there before; below /run/xnm-guest/vif. */
struct guest_note {
	char ifname[IFNAMSIZ]; /* "": no note */
	bool up; /* it was down */
	uint32_t mtu_bytes, mtu_was; /* 0: the MTU is not ours */
	unsigned int n_addresses;
	struct xnm_cidr addresses[2 * XNM_MAX_ADDRESSES];
	unsigned int n_dns;
	struct xnm_cidr dns[GUEST_MAX_DNS];
	bool share[2]; /* IPv4, IPv6 */
	unsigned int n_share_to; /* 0: where the default routes lead */
	char share_to[XNM_MAX_SHARE_TO][IFNAMSIZ];
};

/* One vif. */
struct guest_vif {
	uint32_t devid;
	struct guest_told told;
	struct guest_note note;
	/* its device; ifindex 0: there is none */
	int ifindex;
	char ifname[IFNAMSIZ];
	bool up;
	uint32_t mtu_bytes;
	unsigned int n_addresses;
	struct xnm_cidr addresses[GUEST_MAX_LISTED];
	unsigned int n_gateways; /* of our default routes */
	struct xnm_cidr gateways[4];
};

#define GUEST_MAX_SETTINGS 320
#define GUEST_MAX_LINKS	   256

/* A setting of the kernel that sharing needs. */
struct guest_setting {
	char path[64]; /* below /proc/sys/net */
	uint32_t ours; /* what it must be */
	uint32_t now;
	bool noted; /* we have changed it */
	uint32_t was; /* before that */
};

enum guest_resolv {
	GUEST_RESOLV_ABSENT,
	GUEST_RESOLV_OURS, /* it leads to our file */
	GUEST_RESOLV_OTHER,
};

/* An interface of the guest. */
struct guest_link {
	char name[IFNAMSIZ];
	int ifindex;
	bool is_bridge;
	bool forwards; /* by its own setting for IPv4 */
	bool only_told; /* no default route leads there */
};

struct guest_links {
	unsigned int n;
	struct guest_link list[GUEST_MAX_LINKS];
};

/*
 * What is between the guest's own interfaces, in one family. As long as it is by
 * us that the guest forwards, those that it passed nothing on between before
 * stay apart, as on the host (hotplug/parts/network/apart.h), and what comes in by one that is
 * no way out is not routed at all, by rules and, beside them, by what outlives
 * "nft flush ruleset".
 */
struct guest_apart {
	bool is_ours; /* we have switched forwarding on, or are about to */
	bool begins; /* about to */
	struct guest_links ways; /* where the default routes lead, or what is told */
	struct guest_links apart, old; /* as it will be, and as it is noted */
	struct guest_links own, old_own; /* that had forwarding on by themselves */
	struct guest_links closed_now; /* of IPv6: there is a rule for them */
};

#define GUEST_RESOLV_LEN 512

/* What all vifs have in common. */
struct guest_host {
	unsigned int n_notes;
	const struct guest_note *notes[GUEST_MAX_VIFS]; /* as they will be */
	/* of IPv4 and IPv6; of IPv6 also accept_ra of each device that listens to routers */
	unsigned int n_settings;
	struct guest_setting settings[GUEST_MAX_SETTINGS];
	struct guest_apart apart[2]; /* IPv4, IPv6 */
	bool table_known; /* somebody has looked */
	bool table_exists;
	char table_comment[64];
	uint32_t table_rules;
	bool table_is_off; /* dormant */
	uint64_t table_digest,
		noted_digest; /* of its rules, as they are and as we have made them */
	bool settings_gone; /* some that are noted were of interfaces that are there no more */
	char resolv[GUEST_RESOLV_LEN]; /* our file; "": there is none */
	enum guest_resolv link; /* what /etc/resolv.conf is */
	bool made_link;
};

/* guest_told.c: reads one value. Returns 0, or -EINVAL with the reason in err. */
int guest_told_key(struct guest_told *told, const char *key, const char *value,
		   struct xnm_err *err);
/* What the values say of each other; mac is the device's. */
int guest_told_check(const struct guest_told *told, const struct xnm_mac *mac, const char *ifname,
		     struct xnm_err *err);

/* guest_plan_host.c */
extern const char *const guest_forwarding[2]; /* the settings that switch it on */
bool guest_links_have(const struct guest_links *links, const char *ifname);
/* Whether what comes in by the vif of that note may leave by one of the ways. */
bool guest_shares_by(const struct guest_note *note, const struct guest_link *way);
/* Whether the interface is that of a vif that shares. */
bool guest_is_shared(const struct guest_host *host, const char *ifname);
/* Whether nothing is routed that comes in by one of those apart: it is neither a way out nor a vif. */
bool guest_is_closed(const struct guest_host *host, unsigned int ip, const char *ifname);

#endif
