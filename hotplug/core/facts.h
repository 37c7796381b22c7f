/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.h - what is: the guest's keys in xenstore, the links in the kernel, our own notes. */
#ifndef XNM_FACTS_H
#define XNM_FACTS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/address/address.h"
#include "hotplug/parts/bridge/bridge.h"
#include "hotplug/parts/classes/classes.h"
#include "hotplug/parts/device/device.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "hotplug/parts/fastpath/fastpath.h"
#include "hotplug/parts/filter/filter.h"
#include "hotplug/parts/foreign/foreign.h"
#include "hotplug/parts/guestinfo/guestinfo.h"
#include "hotplug/parts/network/network.h"
#include "hotplug/parts/owned/owned.h"
#include "hotplug/parts/routed/routed.h"
#include "hotplug/parts/shape/shape.h"
#include "hotplug/parts/uplink/uplink.h"
#include "policy/policy.h"

struct xnm_rtnl;
struct xnm_run_dir;
struct xnm_store;

/* What the toolstack wrote for this vif (contract: libxl_nic.c, libxl__set_xenstore_nic). */
struct xnm_guest {
	struct xnm_mac mac;
	char bridge[128]; /* as written, with any VLAN suffix */
	char device[IFNAMSIZ]; /* the kernel's name of that device; "": there is none */
	char base_device[IFNAMSIZ]; /* the same for the part before the VLAN suffix */
	unsigned int n_bridge_names; /* name and altnames, if the policy matches by them */
	char bridge_names[XNM_MAX_LINK_NAMES][XNM_ALTNAME_LEN];
	char vifname[IFNAMSIZ];
	bool has_vlan;
	struct xnm_vlans vlan;
	uint32_t mtu_bytes; /* 0: not given; the guest's default is 1500 */
	bool is_ioemu; /* there is an emulated NIC, too: a tap vifD.N-emu will follow */
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	char frontend[XNM_PATH_MAX];
	uint32_t frontend_mtu_bytes; /* what the frontend's mtu node says; 0: there is none */
	bool connected; /* hotplug-status is "connected" */
	bool has_error; /* there is a hotplug-error of an earlier attempt */
	bool has_rate; /* its configuration has a rate=, which netback enforces */
	char domain_name[128]; /* "": not readable; see also core/migration.c */
	char uuid[XNM_UUID_TEXT_LEN]; /* lower case; "": none, or not readable */
	uint32_t target; /* of a stub domain: the domain it emulates devices for; else 0 */
	char target_uuid[XNM_UUID_TEXT_LEN];
	const char *unread_key; /* "name" or "vm", if it exists but cannot be used */
	int unread_rc;
};

struct xnm_policy;

/* One member per part, explained in the part's own header. Zero before its first use. It is static
 * memory, as mostly little of it is touched. */
struct xnm_facts {
	const struct xnm_run_dir *dir; /* while they are read */
	struct xnm_store *store;
	bool is_used; /* so that xnm_facts_clear() has something to clear */
	struct xnm_guest guest;
	bool has_note;
	struct xnm_vif_note note; /* the vif's note, from an earlier event */
	struct xnm_device_facts device;
	struct xnm_bridge_facts bridge;
	struct xnm_address_facts address;
	struct xnm_network_facts network;
	struct xnm_owned_facts owned;
	struct xnm_filter_facts filter;
	struct xnm_foreign_facts foreign;
	struct xnm_dnsmasq_facts dnsmasq;
	struct xnm_routed_facts routed;
	struct xnm_uplink_facts uplink;
	struct xnm_guestinfo_facts guestinfo;
	struct xnm_fastpath_facts fastpath;
	struct xnm_shape_facts shape;
	struct xnm_classes_facts classes;
};

/*
 * Reads the guest's keys, its name and its UUID; these two stay empty where a driver domain may not
 * read them.
 *
 * Returns 0, -ENOENT if the backend directory does not exist, -EINVAL for an invalid value, or
 * another -errno; err says which.
 */
int xnm_facts_guest(struct xnm_guest *guest, struct xnm_store *store, const struct xnm_event *event,
		    struct xnm_err *err);

/*
 * Whether the guest's name and UUID were read, or do not exist. Where the policy matches by them,
 * an unreadable name must not count as no name. Returns 0, or -errno with err filled.
 */
int xnm_facts_readable(const struct xnm_guest *guest, uint32_t domid, struct xnm_err *err);

/*
 * Strips the suffix that xl adds to the name for a migration, if it is confirmed that xl added it;
 * a configuration may also have such a name=, which is another guest. It is confirmed by a domain
 * with the same UUID and the name without the suffix, by a note on such a vif, by a [vif] section
 * with that name and UUID, or by xl receiving the guest from another host.
 */
void xnm_facts_migration(struct xnm_guest *guest, struct xnm_store *store,
			 const struct xnm_run_dir *dir, const struct xnm_event *event,
			 const struct xnm_policy *policy);

/* Whether the network's bridge is one that xnm made, or is about to. */
static inline bool xnm_makes_bridge(const struct xnm_facts *facts)
{
	return facts->bridge.link.ifindex == 0 || facts->bridge.is_ours;
}

/* Resets facts: nothing is known. */
void xnm_facts_clear(struct xnm_facts *facts);

/* Reads a link that may be missing: then its ifindex stays 0. Returns 0 or -errno with err filled. */
int xnm_facts_link(struct xnm_rtnl *rtnl, const char *name, struct xnm_link *link,
		   struct xnm_err *err);
/* Fills err for a note that is there, but cannot be read. Returns rc. */
int xnm_facts_note_error(int rc, const char *folder, const char *name, struct xnm_err *err);
/* Fills err for a link that could not be read. Returns rc. */
int xnm_facts_link_error(struct xnm_rtnl *rtnl, int rc, const char *name, struct xnm_err *err);

#endif
