/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest.h - what xnm-guest knows of its vifs: what dom0 says, what exists, and what we have set. */
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
#define GUEST_MAX_LISTED  64 /* addresses that a device may have, whoever added them */
#define GUEST_METRIC	  880 /* of the default route through vif 0; larger for later vifs */

/* What dom0 says about one vif, checked. */
struct guest_told {
	bool present; /* the vif's folder exists */
	struct xnm_mac mac;
	char net[XNM_NAME_LEN];
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	unsigned int n_gateways; /* at most one of each family */
	struct xnm_cidr gateways[2];
	unsigned int n_dns;
	struct xnm_cidr dns[GUEST_MAX_DNS];
	uint32_t mtu_bytes; /* 0: not given */
	bool share;
	unsigned int n_share_to;
	char share_to[XNM_MAX_SHARE_TO][IFNAMSIZ];
};

/* What we have set, and what there was before; in /run/xnm-guest/vif. */
struct guest_note {
	char ifname[IFNAMSIZ]; /* "": there is no note */
	bool up; /* it was down before */
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
	/* its device; ifindex 0: it has none */
	int ifindex;
	char ifname[IFNAMSIZ];
	bool up;
	uint32_t mtu_bytes;
	unsigned int n_addresses;
	struct xnm_cidr addresses[GUEST_MAX_LISTED];
	unsigned int n_gateways; /* our default routes */
	struct xnm_cidr gateways[4];
};

#define GUEST_MAX_SETTINGS 320
#define GUEST_MAX_LINKS	   256

/* A setting of the kernel that sharing needs. */
struct guest_setting {
	char path[64]; /* below /proc/sys/net */
	uint32_t ours; /* the value that we need */
	uint32_t now;
	bool noted; /* we have changed it */
	uint32_t was; /* the value before */
};

enum guest_resolv {
	GUEST_RESOLV_ABSENT,
	GUEST_RESOLV_OURS, /* it is a link to our file */
	GUEST_RESOLV_OTHER,
};

/* An interface of the guest. */
struct guest_link {
	char name[IFNAMSIZ];
	int ifindex;
	bool is_bridge;
	bool forwards; /* its own forwarding setting for IPv4 is on */
	bool only_told; /* no default route uses it */
};

struct guest_links {
	unsigned int n;
	struct guest_link list[GUEST_MAX_LINKS];
};

/*
 * What may be forwarded between the guest's own interfaces, in one family. While it was we who
 * switched forwarding on, interfaces between which nothing was forwarded before must still not
 * forward to each other, as on the host (hotplug/core/elements/apart.h). Nothing that comes in by
 * one that is no uplink is routed at all: by nftables rules, and by sysctls and ip rules that
 * outlive "nft flush ruleset".
 */
struct guest_apart {
	bool is_ours; /* we have switched forwarding on, or are about to */
	bool begins; /* we are about to */
	struct guest_links ways; /* uplinks: of the default routes, or of share-to */
	struct guest_links apart, old; /* as wanted, and as noted */
	struct guest_links own, old_own; /* interfaces whose own forwarding setting was on */
	struct guest_links closed_now; /* IPv6: interfaces that have an ip rule */
};

#define GUEST_RESOLV_LEN 512

/* What all vifs have in common. */
struct guest_host {
	unsigned int n_notes;
	const struct guest_note *notes[GUEST_MAX_VIFS]; /* their notes after this run */
	/* forwarding of IPv4 and IPv6; and accept_ra of each device that accepts router
	 * advertisements */
	unsigned int n_settings;
	struct guest_setting settings[GUEST_MAX_SETTINGS];
	struct guest_apart apart[2]; /* IPv4, IPv6 */
	bool table_known; /* it has been read */
	bool table_exists;
	char table_comment[64];
	uint32_t table_rules;
	bool table_is_off; /* the table is dormant */
	uint64_t table_digest,
		noted_digest; /* digests of its rules: present, and as we made them */
	bool settings_gone; /* some noted sysctls are of interfaces that no longer exist */
	char resolv[GUEST_RESOLV_LEN]; /* the text of our file; "": there is none */
	enum guest_resolv link; /* what /etc/resolv.conf is */
	bool made_link;
};

/* guest_told.c: reads one value. Returns 0, or -EINVAL with the reason in err. */
int guest_told_key(struct guest_told *told, const char *key, const char *value,
		   struct xnm_err *err);
/* Checks the values against each other; mac is the device's. */
int guest_told_check(const struct guest_told *told, const struct xnm_mac *mac, const char *ifname,
		     struct xnm_err *err);

/* guest_plan_host.c */
extern const char *const guest_forwarding[2]; /* the sysctls that switch forwarding on */
bool guest_links_have(const struct guest_links *links, const char *ifname);
/* Whether packets from the vif of that note may leave by one of the uplinks. */
bool guest_shares_by(const struct guest_note *note, const struct guest_link *way);
/* Whether the interface is that of a vif that shares. */
bool guest_is_shared(const struct guest_host *host, const char *ifname);
/* Whether nothing that comes in by the interface is routed: it is neither an uplink nor a vif. */
bool guest_is_closed(const struct guest_host *host, unsigned int ip, const char *ifname);

#endif
