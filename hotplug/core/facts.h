/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.h - what is: the guest's keys in xenstore, the links in the kernel, our own notes. */
#ifndef XNM_FACTS_H
#define XNM_FACTS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/base/value.h"
#include "hotplug/base/vlan.h"
#include "hotplug/kernel/link.h"
#include "hotplug/kernel/route.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/bridge/manager.h"
#include "hotplug/parts/guestinfo/guestinfo.h"
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

/* Who has what a vif is to have, so that it is refused. */
struct xnm_rival {
	struct xnm_owner vif;
	char what[XNM_CIDR_TEXT_LEN]; /* "": there is none */
};

/* A moment of nftables. */
struct xnm_seen {
	uint32_t generation;
	bool is_unchanged; /* all is as it was seen whole, but for what we have done */
	bool was_made; /* our tables are noted to have been there */
};

/* Our nftables tables, and what of the noted elements they have lost. */
struct xnm_filter_facts {
	bool known; /* somebody has looked */
	struct xnm_seen now;
	struct {
		bool exists;
		bool whole; /* its rules are as this policy wants them */
	} table[2]; /* enum xnm_table */
	bool vif_lost[XNM_MAX_ELEMENTS]; /* of state.elements of the event's device */
	bool network_lost[XNM_MAX_ELEMENTS]; /* of network_note.elements */
	bool owned_lost[XNM_MAX_ELEMENTS]; /* of owned_note.elements */
};

#define XNM_MAX_ROUTES		 64
#define XNM_MAX_BRIDGE_ADDRESSES 96 /* of all makers; in nftables four times as many elements */
#define XNM_MAX_BRIDGE_VLANS	 32

/* A VLAN device on the wanted bridge, and what this host has there. */
struct xnm_bridge_vlan {
	char name[IFNAMSIZ];
	uint16_t vid;
};

struct xnm_vlan_address {
	uint16_t vid;
	struct xnm_cidr cidr;
};

/* An interface that leads outside, and for which addresses it answers in place of guests. */
struct xnm_uplink_facts {
	int ifindex;
	char name[IFNAMSIZ];
	unsigned int n_proxies;
	struct xnm_cidr proxies[XNM_MAX_ROUTES];
};

/* Others' chains that would drop what the vif's guest sends or gets, and our rules in them. */
struct xnm_through_facts {
	bool known; /* somebody has looked */
	bool is_member; /* the vif is noted as one that needs them */
	struct {
		bool hears_bridges; /* br_netfilter hands frames that a bridge passes on to it */
		char chain[XNM_CHAIN_LEN]; /* "": none drops anything */
		unsigned int rules; /* enum xnm_through: those that are there */
		char noted[XNM_CHAIN_LEN]; /* where they are noted to be */
	} ip[XNM_N_IP];
};

/* What a pool has for the vif. */
struct xnm_pool_facts {
	unsigned int n;
	struct xnm_cidr list[2]; /* at most one of each family */
	bool noted[2]; /* they are its own already */
};

#define XNM_DHCP_LINE_LEN 192

/* One way out of the host: an uplink with a gateway, and the default routes through its device. */
struct xnm_way_facts {
	const struct xnm_uplink *uplink;
	bool is_own; /* it is the guest of the vif owner, which is there */
	struct xnm_owner owner;
	bool is_other; /* it is none of the event's: only its routes are planned with theirs */
	bool is_bridge; /* its device is the event's own bridge, which may have to be made first */
	int ifindex; /* of its device; 0: there is none, or none yet */
	struct xnm_uplink_note note;
	bool has_note;
	bool dhcp_runs; /* the client that is noted */
	bool starts_none; /* whoever asks could start no client that lives */
	unsigned int n_defaults;
	struct xnm_default defaults[XNM_MAX_DEFAULTS];
};

/* Zero before their first use: their memory is static, as it is much longer than what is used of it. */
struct xnm_facts {
	const struct xnm_run_dir *dir; /* while they are read */
	struct xnm_store *store;
	struct xnm_guest guest;
	struct xnm_link device; /* the vif or the tap of the event */
	struct xnm_link holder; /* who has the name that the device should get */
	struct xnm_link bridge;
	char bridges[160]; /* names of those that exist, if the wanted one does not */
	bool is_used; /* xnm_facts_clear() has something to do */
	bool device_has_ipv4;
	bool has_vlans; /* vlans is what the port has; else it is not known */
	struct xnm_vlans vlans; /* of the device, as a port of the wanted bridge */
	bool has_state;
	struct xnm_vif_note state; /* what an earlier event noted */
	bool holder_is_same_guest; /* a migration overlap: the same vifname */
	bool bridge_is_ours; /* xnm made the wanted bridge, so it may change it */
	bool has_network_note;
	struct xnm_network_note network_note; /* of the wanted network */
	struct xnm_network_note owned_note; /* of the wanted bridge: see xnm_owned_network() */
	/* elements that go with nobody: of the vif's, those that others have put there too, and of
	 * owned_note's those that a vif has */
	struct xnm_elements owned_kept, owned_claimed;
	bool is_member; /* the vif is noted as one of it */
	bool has_owned_note;
	bool is_owned_member; /* and the same of the wanted bridge */
	char owned_bridge[IFNAMSIZ]; /* offline without a state: where it is noted so */
	bool settings_hold; /* what the network needs of the kernel is so */
	struct xnm_filter_facts filter;
	bool has_claims; /* the vif's addresses are noted as its own */
	bool mac_is_free; /* the vif's MAC address is not noted as its own */
	struct xnm_owners leave; /* what these have noted goes to it: the same guest's, or gone */
	bool address_is_same_guests; /* or as another vif's of the same guest */
	struct xnm_owner predecessor; /* that one */
	bool yields; /* and that one is newer: this vif leaves them to it */
	struct xnm_rival
		rival; /* another guest has an address that it is to have, or its MAC address */
	/* of state.addresses: another vif of the guest has taken it over, as in a migration */
	bool handed_over[XNM_MAX_ADDRESSES];
	/* of state.addresses: the vif that had it before, and still notes it, gets it back */
	bool goes_back[XNM_MAX_ADDRESSES];
	struct xnm_elements heirs; /* what that vif has noted for nftables */
	/* of a vif without a bridge */
	unsigned int n_device_addresses;
	struct xnm_cidr device_addresses[XNM_MAX_ADDRESSES * 2];
	bool device_address_ours[XNM_MAX_ADDRESSES * 2];
	unsigned int n_routes;
	struct xnm_route routes[XNM_MAX_ROUTES];
	unsigned int n_neighbours;
	struct xnm_cidr neighbours[XNM_MAX_ROUTES];
	struct xnm_mac neighbour_macs[XNM_MAX_ROUTES];
	unsigned int n_uplinks; /* of its network that are there */
	struct xnm_uplink_facts uplinks[XNM_MAX_NETWORK_UPLINKS];
	struct xnm_through_facts through;
	struct xnm_pool_facts pool;
	char dhcp_line[XNM_DHCP_LINE_LEN]; /* the vif's reservation as it stands; "": none */
	bool device_proxy_arp; /* conf/<device>/proxy_arp */
	bool device_route_localnet;
	bool made_bridge; /* xnm made the bridge of state, and is to take it away again */
	bool has_bridge_addresses; /* somebody has looked */
	unsigned int n_bridge_addresses, n_stale_addresses;
	struct xnm_cidr bridge_addresses[XNM_MAX_BRIDGE_ADDRESSES];
	bool bridge_address_ours[XNM_MAX_BRIDGE_ADDRESSES];
	/* none of those: what a bridge has by us, and the policy has for it no more */
	struct xnm_cidr stale_addresses[XNM_MAX_BRIDGE_ADDRESSES];
	unsigned int n_bridge_vlans; /* of a bridge that keeps VLANs apart */
	struct xnm_bridge_vlan bridge_vlans[XNM_MAX_BRIDGE_VLANS];
	unsigned int n_vlan_addresses;
	struct xnm_vlan_address vlan_addresses[XNM_MAX_BRIDGE_ADDRESSES];
	bool tap_exists; /* offline only: the tap of the same NIC is still there */
	unsigned int n_interfaces; /* the network's interfaces=, in its order */
	struct xnm_link interfaces[XNM_MAX_INTERFACES];
	bool interface_has_address[XNM_MAX_INTERFACES]; /* or routes: of those looked at for that */
	bool interface_is_wireless[XNM_MAX_INTERFACES];
	char interface_master[XNM_MAX_INTERFACES][IFNAMSIZ]; /* of those in another bridge */
	unsigned int
		managed; /* the first of them that somebody else sets up, if manager has a kind */
	struct xnm_manager manager;
	/* what the first of them that has addresses has, and what the bridge is to give back */
	struct xnm_carry *carry, *carry_back;
	char carry_refused[96]; /* why what it has cannot move */
	char upper[IFNAMSIZ], upper_kind[16]; /* a device made of it, or bound to it */
	bool upper_takes_all; /* all its frames; else it is a tunnel */
	bool bridge_note_is_old; /* a card in it has been given another name */
	struct xnm_bridge_note bridge_note; /* if bridge_is_ours, with the names of this moment */
	unsigned int
		n_dropped; /* interfaces that came with the bridge and the policy has no more */
	struct xnm_link dropped[XNM_MAX_INTERFACES];
	unsigned int n_ways; /* long, as is what follows */
	struct xnm_way_facts ways[XNM_MAX_WAYS];
	struct xnm_slots slots; /* with ways */
	const struct xnm_fp_view *fastpath; /* of its domain; NULL: nobody has looked */
	bool fastpath_yields; /* a newer vif with its MAC address is published in its segment */
	bool fastpath_denied; /* what is published is not for this domain to write */
	bool tells_nobody; /* what guests are told is not for this domain to write */
	bool has_told;
	struct xnm_told told; /* now; last, as it is long and only there with has_told */
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

/*
 * Reads the uplinks with a gateway that the vif is, or its network uses; for
 * those who have none nothing is asked. Whoever is to change them holds their
 * lock. Returns 0 or -errno with err filled.
 */
int xnm_facts_ways(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		   const struct xnm_event *event, const struct xnm_want *want, struct xnm_err *err);

/* Reads one of them: way->uplink, is_own and owner are given. */
int xnm_facts_way(struct xnm_way_facts *way, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		  const char *name, struct xnm_err *err);

/* All default routes of the host; more of them than fit are no failure. */
int xnm_facts_slots(struct xnm_slots *slots, struct xnm_rtnl *rtnl, struct xnm_err *err);

/* Whether the online of the vif has to do with any such uplink. */
bool xnm_wants_ways(const struct xnm_want *want);

/* Whether the network's bridge is one that xnm made, or is about to. */
static inline bool xnm_makes_bridge(const struct xnm_facts *facts)
{
	return facts->bridge.ifindex == 0 || facts->bridge_is_ours;
}

/* All unknown. */
void xnm_facts_clear(struct xnm_facts *facts);

/*
 * Reads the links the plan for event and want will look at. The device itself
 * must exist already. Returns 0 or -errno with err filled.
 */
int xnm_facts_links(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_event *event,
		    const struct xnm_want *want, struct xnm_err *err);

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

/* Reads what a vif without a bridge has: addresses, routes, neighbours, who answers for it. */
int xnm_facts_routed(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_want *want,
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

/* parts/address/read.c: that no other live vif has one of the wanted addresses; a part of xnm_facts_filter(). */
int xnm_facts_claims(struct xnm_facts *facts, const struct xnm_run_dir *dir,
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

/*
 * Reads what the guest is told, if the notes say that it was told something.
 * Returns 0 or -errno with err filled.
 */
int xnm_facts_told(struct xnm_facts *facts, struct xnm_store *store, const struct xnm_event *event,
		   struct xnm_err *err);

/*
 * Reads what is published of the vif's domain, if the vif is to be published or
 * is noted to be. called: libxl has called for it, and it is the newest of its
 * guest. What cannot be read is left unknown.
 */
void xnm_facts_fastpath(struct xnm_facts *facts, struct xnm_store *store,
			const struct xnm_run_dir *dir, const struct xnm_event *event,
			const struct xnm_want *want, bool called);

/* Whether the vif is to be held to what is noted of its bridge. parts/owned/plan.c. */
bool xnm_wants_owned(const struct xnm_want *want);

/*
 * Reads which addresses this host has on the wanted bridge and in its VLANs,
 * and what is noted of them. Returns 0 or -errno with err filled.
 */
int xnm_facts_owned(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		    const struct xnm_event *event, const struct xnm_want *want,
		    struct xnm_err *err);

/* Of facts->state's elements, those that do not go with it: others have the addresses, too. */
void xnm_facts_owned_kept(struct xnm_facts *facts, const struct xnm_run_dir *dir,
			  const struct xnm_event *event);

/* Reads which of the noted addresses have been taken over, and by whom. */
void xnm_facts_heirs(struct xnm_facts *facts, const struct xnm_run_dir *dir,
		     const struct xnm_event *event);

/*
 * Looks whether a chain of somebody else would drop what the guest sends or
 * gets, if it can come to that: if not, nothing is asked. *nft is opened when
 * it is needed. What cannot be read is left as it is.
 */
void xnm_facts_through(struct xnm_facts *facts, struct xnm_nft **nft, const struct xnm_run_dir *dir,
		       const struct xnm_event *event, const struct xnm_want *want);

/*
 * parts/filter/seen.c: whether anybody but us was there since all was seen whole.
 * Whoever sends a transaction of ours counts the generation that it makes. seen
 * says that all is whole at that moment; made, that tables were made in our last
 * transaction, and with all that everything is whole in it.
 */
int xnm_facts_filter_now(const struct xnm_run_dir *dir, struct xnm_nft *nft, struct xnm_seen *now);
void xnm_facts_filter_count(const struct xnm_run_dir *dir, uint32_t generation);
void xnm_facts_filter_seen(const struct xnm_run_dir *dir, const struct xnm_seen *now);
void xnm_facts_filter_made(const struct xnm_run_dir *dir, struct xnm_nft *nft, bool all);
/* The generation in which one of them was made the last time; 0: none was. */
uint32_t xnm_facts_filter_rebuilt(const struct xnm_run_dir *dir);
/* Whether a table has another rule than when it was made. */
enum xnm_table;
bool xnm_facts_filter_is_other(const struct xnm_run_dir *dir, struct xnm_nft *nft,
			       enum xnm_table table);

/* Reads a link that may be missing: then its ifindex stays 0. Returns 0 or -errno with err filled. */
int xnm_facts_link(struct xnm_rtnl *rtnl, const char *name, struct xnm_link *link,
		   struct xnm_err *err);
/* Fills err for a note that is there, but cannot be read. Returns rc. */
int xnm_facts_note_error(int rc, const char *folder, const char *name, struct xnm_err *err);
/* Fills err for a link that could not be read. Returns rc. */
int xnm_facts_link_error(struct xnm_rtnl *rtnl, int rc, const char *name, struct xnm_err *err);

#endif
