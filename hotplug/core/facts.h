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
#include "hotplug/parts/device/device.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "hotplug/parts/fastpath/fastpath.h"
#include "hotplug/parts/filter/filter.h"
#include "hotplug/parts/foreign/foreign.h"
#include "hotplug/parts/guestinfo/guestinfo.h"
#include "hotplug/parts/network/network.h"
#include "hotplug/parts/owned/owned.h"
#include "hotplug/parts/routed/routed.h"
#include "hotplug/parts/uplink/uplink.h"
#include "policy/policy.h"

struct xnm_carry;
struct xnm_fp_view;
struct xnm_nft;
struct xnm_rtnl;
struct xnm_run_dir;
struct xnm_store;
struct xnm_want;

/* What the toolstack wrote for this vif (contract: libxl_nic.c, libxl__set_xenstore_nic). */
struct xnm_guest {
	struct xnm_mac mac;
	char bridge[128]; /* as written, with any VLAN suffix */
	char device[IFNAMSIZ]; /* what the kernel calls it; "": nothing is called so */
	char base_device[IFNAMSIZ]; /* the same of what stands before the suffix */
	unsigned int n_bridge_names; /* all its names, if the policy looks at them */
	char bridge_names[XNM_MAX_LINK_NAMES][XNM_ALTNAME_LEN];
	char vifname[IFNAMSIZ];
	bool has_vlan;
	struct xnm_vlans vlan;
	uint32_t mtu_bytes; /* 0: not given, which means 1500 to the guest */
	bool is_ioemu; /* an emulated NIC shares it: a tap vifD.N-emu will follow */
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	char frontend[XNM_PATH_MAX];
	uint32_t frontend_mtu_bytes; /* what the guest is told now; 0: the node is not there */
	bool connected; /* hotplug-status is "connected" */
	bool has_error; /* a hotplug-error of an earlier try is there */
	bool has_rate; /* its configuration has a rate=, which netback keeps */
	char domain_name[128]; /* "": not there for us to read; see also core/migration.c */
	char uuid[XNM_UUID_TEXT_LEN]; /* lower case; "": there is none, or it is not readable */
	uint32_t target; /* of a stub domain: whose devices it emulates; 0: it is none */
	char target_uuid[XNM_UUID_TEXT_LEN];
	const char *unread_key; /* "name" or "vm", if it is there and cannot be used */
	int unread_rc;
};

struct xnm_policy;

/* One member for each part, of which its own header says what it is. Zero before their first use:
 * their memory is static, as it is much longer than what is used of it. */
struct xnm_facts {
	const struct xnm_run_dir *dir; /* while they are read */
	struct xnm_store *store;
	bool is_used; /* xnm_facts_clear() has something to do */
	struct xnm_guest guest;
	bool has_note;
	struct xnm_vif_note note; /* what an earlier event noted of the vif */
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
};

/*
 * Reads the guest's keys, and who the guest is: a driver domain may not be able
 * to read that, then it stays empty.
 *
 * Returns 0, -ENOENT when the backend directory does not exist, -EINVAL for a
 * value that is not what it should be, or another -errno; err says which.
 */
int xnm_facts_guest(struct xnm_guest *guest, struct xnm_store *store, const struct xnm_event *event,
		    struct xnm_err *err);

/*
 * Whether who the guest is could be read, or is not there to be read. Who has a
 * policy that goes by it must not take what cannot be read for no name. Returns
 * 0, or -errno with err filled.
 */
int xnm_facts_readable(const struct xnm_guest *guest, uint32_t domid, struct xnm_err *err);

/*
 * A name with a suffix that xl adds for a migration loses it, if somebody else
 * says so. A configuration that merely has such a name= is another guest's.
 * Witnesses are: a domain with the same UUID and the name without the suffix; a
 * note of one; a [vif] section with that name and UUID; and xl, when it receives
 * the guest from another host.
 */
void xnm_facts_migration(struct xnm_guest *guest, struct xnm_store *store,
			 const struct xnm_run_dir *dir, const struct xnm_event *event,
			 const struct xnm_policy *policy);

/*
 * Looks which device the guest's bridge= means, in both of its readings, and
 * with all what names that one has. Returns 0, also where there is none, or
 * -errno with err filled.
 */
int xnm_facts_names(struct xnm_guest *guest, struct xnm_rtnl *rtnl, bool all, struct xnm_err *err);

/* Reads one of them: way->uplink, is_own and owner are given. */
int xnm_facts_way(struct xnm_uplink_seen *way, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		  const char *name, struct xnm_err *err);

/* All default routes of the host; more of them than fit are no failure. */
int xnm_facts_slots(struct xnm_slots *slots, struct xnm_rtnl *rtnl, struct xnm_err *err);

/* Whether the online of the vif has to do with any such uplink. */
bool xnm_wants_ways(const struct xnm_want *want);

/* Whether the network's bridge is one that xnm made, or is about to. */
static inline bool xnm_makes_bridge(const struct xnm_facts *facts)
{
	return facts->bridge.link.ifindex == 0 || facts->bridge.is_ours;
}

/* All unknown. */
void xnm_facts_clear(struct xnm_facts *facts);

/*
 * Reads the bridge's addresses and its interfaces, with what they have of
 * addresses and routes: of those that are not in the bridge, and with all also
 * of those that are, where a run that was killed may have left some.
 */
int xnm_facts_network(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
		      const struct xnm_network *network, bool all, struct xnm_err *err);

/* Reads whether the bridge is ours, and which of its interfaces and addresses the policy has no more. */
int xnm_facts_bridge_note(struct xnm_facts *facts, struct xnm_rtnl *rtnl,
			  const struct xnm_run_dir *dir, const struct xnm_network *network,
			  const struct xnm_policy *policy, struct xnm_err *err);

/* Sorts those that a bridge has, by the same. */
void xnm_facts_stale_addresses(struct xnm_facts *facts, const struct xnm_network *network,
			       const struct xnm_policy *policy);

/*
 * Whether an address of a bridge, which xnm made or not, is one that the policy
 * has for it no more. ours: xnm has added it. On kernels that cannot say so, a
 * bridge of xnm still loses what the policy has for another network's.
 */
bool xnm_is_stale_address(const struct xnm_policy *policy, const char *bridge,
			  const struct xnm_bridge_note *note, bool ours,
			  const struct xnm_cidr *address);

/*
 * Finds the cards of a note again, by what stays of them: one that was renamed
 * gets its new name in the note, and the old one as an alternative name, by which
 * the policy may mean it. changed may be NULL. Returns 0 or -errno, with its
 * reason in xnm_rtnl_reason().
 */
int xnm_facts_follow(struct xnm_rtnl *rtnl, struct xnm_bridge_note *note, bool *changed);

/* Reads what the bridge is to give back to the interface that it has it from. */
int xnm_facts_carry_back(struct xnm_carry *carry, struct xnm_rtnl *rtnl,
			 const struct xnm_link *bridge, const struct xnm_bridge_note *note);

/* parts/network/read.c: the note on the wanted network, whether self is one of it, its sysctls. */
int xnm_facts_network_note(struct xnm_facts *facts, const struct xnm_run_dir *dir,
			   const struct xnm_owner *self, const struct xnm_want *want,
			   struct xnm_err *err);

/*
 * Reads the notes on the wanted network and looks at our nftables tables: not
 * at every element, unless somebody has changed something since we last did.
 * facts->state must be read before. Returns 0 or -errno with err filled, also
 * for a table of our name that is not ours.
 */
int xnm_facts_filter(struct xnm_facts *facts, struct xnm_nft *nft, const struct xnm_run_dir *dir,
		     const struct xnm_event *event, const struct xnm_want *want,
		     struct xnm_err *err);

/*
 * Finds the addresses that the wanted pool has for the guest: those that it had
 * before, or free ones, or those that nobody has used for the longest time.
 * The caller holds the pool's lock until they are noted. Returns 0, -ENOSPC when
 * the pool is full, or another -errno with err filled.
 */
int xnm_facts_pool(struct xnm_facts *facts, const struct xnm_event *event,
		   const struct xnm_want *want, struct xnm_err *err);
/* The same for somebody who asks about a guest that may not be there. */
struct xnm_pool_guest;
int xnm_pool_find(struct xnm_pool_facts *out, const struct xnm_run_dir *dir,
		  const struct xnm_owner *self, const struct xnm_pool_guest *guest,
		  const struct xnm_want *want, struct xnm_err *err);

/* Reads a link that may be missing: then its ifindex stays 0. Returns 0 or -errno with err filled. */
int xnm_facts_link(struct xnm_rtnl *rtnl, const char *name, struct xnm_link *link,
		   struct xnm_err *err);
/* Fills err for a note that is there, but cannot be read. Returns rc. */
int xnm_facts_note_error(int rc, const char *folder, const char *name, struct xnm_err *err);
/* Fills err for a link that could not be read. Returns rc. */
int xnm_facts_link_error(struct xnm_rtnl *rtnl, int rc, const char *name, struct xnm_err *err);

#endif
