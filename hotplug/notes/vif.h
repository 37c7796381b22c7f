/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.h - what xnm noted of each vif and of each bridge it made, below /run/xnm. */
#ifndef XNM_VIF_NOTE_H
#define XNM_VIF_NOTE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/base/scope.h"
#include "hotplug/base/value.h"
#include "hotplug/kernel/nft_sets.h"
#include "hotplug/notes/lock.h"
#include "kmod/xnm_uapi.h"
#include "policy/policy.h"

#define XNM_RUN_DIR	    "/run/xnm"
#define XNM_MAX_VIF_UPLINKS 4 /* uplinks that are one and the same vif */

/*
 *   <run>/lock               see lock.h; its time: when somebody deleted something from nftables
 *   <run>/gc                 where there are many vifs; its time: when somebody looked for lost ones
 *   <run>/vif/1.0            one INI file per live vif, 0644: monitoring needs no privilege
 *   <run>/bridge/br0         one per bridge that xnm made, naming its network
 *   <run>/vifname/web0       a symbolic link "5.0": that vif waits for this name
 *   <run>/network/lan        one per network with a vif: what it has put into nftables
 *   <run>/network/lan,1.0    empty: that vif is in the network
 *   <run>/network/lan,boot       empty: the network stays without vifs (start=boot)
 *   <run>/network/:br0       the same of a device that others' chains have rules of ours for
 *   <run>/network/=br0       what is noted of a bridge: addresses that no guest may use
 *   <run>/network/@ipv4,ip_forward   what a setting of the kernel was before
 *   <run>/uplink/wired       what is noted of an uplink with a gateway: see uplink.h
 *   <run>/address/br0,10.0.0.5,32    a symbolic link "1.0": that vif has the address
 *   <run>/mac/br0,00:16:3e:00:00:01  the same of a MAC address
 *   <run>/prefix/br0,10.1.0.0,16     the same, of a whole prefix
 */

/* Vifs that have left something to another, or are about to. */
struct xnm_owners {
	unsigned int n;
	struct xnm_owner list[8];
};

/* Nothing if there is no room: what is not in it is not taken over. */
void xnm_owners_add(struct xnm_owners *owners, const struct xnm_owner *owner);

struct xnm_vif_note {
	uint32_t domid;
	uint32_t devid;
	char domain_name[128];
	char ifname[IFNAMSIZ]; /* what the vif is called now; "": the vif part is gone */
	char tap[IFNAMSIZ]; /* what its tap is called now; "": none */
	char vifname[IFNAMSIZ]; /* what it should be called, when that name was taken */
	char tap_vifname[IFNAMSIZ]; /* the same for the tap */
	struct xnm_mac mac;
	char mac_scope[XNM_SCOPE_LEN]; /* where it is noted as its own; "": nowhere */
	char uuid[XNM_UUID_TEXT_LEN]; /* of its guest; "": not known */
	uint32_t target; /* the domain that it is the stub domain of; 0: none */
	char network[XNM_NAME_LEN]; /* "": none, the bridge was named by the guest */
	char bridge[IFNAMSIZ]; /* "": not attached */
	uint32_t mtu_bytes;
	bool mtu_is_bridges; /* nobody asked for it, it was that of the bridge */
	uint16_t port_flags; /* enum xnm_port_flag: those that the policy has set */
	char vlan[128]; /* as vlan= is written, perhaps cut; "": none */
	bool routed; /* on no bridge */
	bool via_bridge; /* some address is routed to its bridge */
	bool locked; /* held to its own addresses */
	uint32_t group; /* that its devices were given; 0: none */
	bool told; /* its guest is told about it in xenstore */
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	char scope[XNM_SCOPE_LEN]; /* where its addresses are noted as its own; "": nowhere */
	bool has_predecessor; /* another vif of the guest had its addresses before, and may again */
	struct xnm_owner predecessor;
	unsigned int n_proxies; /* interfaces that answer for its addresses */
	char proxies[XNM_MAX_NETWORK_UPLINKS][IFNAMSIZ];
	char pool[XNM_NAME_LEN]; /* that some of its addresses are from; "": none */
	char dhcp_dir[XNM_DHCP_DIR_LEN]; /* where dnsmasq reads its reservation; "": it has none */
	unsigned int n_uplinks; /* that this vif is, and the host's routes through it go with it */
	char uplinks[XNM_MAX_VIF_UPLINKS][XNM_NAME_LEN];
	char segment
		[XNM_SEGMENT_LEN]; /* in which it is published for the fast path; "": it is not */
	/* the device that others' chains let through for the vif, and for its tap; "": none */
	char through[2][IFNAMSIZ];
	/* what is in nftables for the vif, and for its tap; last, as copies can leave it out */
	struct xnm_elements elements[2];
};

/* Descriptors of the directories above, opened once per run. */
struct xnm_run_dir {
	int run_fd;
	int vif_fd;
	int bridge_fd;
	int vifname_fd;
	int network_fd;
	int address_fd;
	int prefix_fd;
	struct xnm_locks locks;
};

#define XNM_RUN_DIR_CLOSED                  \
	{                                   \
		-1, -1, -1, -1, -1, -1, -1, \
		{                           \
			.fd = -1            \
		}                           \
	}

/* As if all zero, and a copy: what is beyond the end of a list is left alone. */
void xnm_vif_note_clear(struct xnm_vif_note *state);

/* Older notes have a guest's address with the length of its subnet: makes each the host that it is. */
void xnm_vif_note_settle(struct xnm_vif_note *state);
void xnm_vif_note_copy(struct xnm_vif_note *to, const struct xnm_vif_note *from);

/* The run directory: XNM_RUN_DIR from the environment, else /run/xnm. */
const char *xnm_run_dir_path(void);

/*
 * Opens the run directory, making what is missing; with read_only nothing is
 * made and missing parts are -1. Returns 0 or -errno.
 */
int xnm_run_dir_open(struct xnm_run_dir *dir, const char *path, bool read_only);

/* Removes what runs that were killed left half-written, if it is older than any run. */
void xnm_run_dir_sweep(const struct xnm_run_dir *dir);
void xnm_run_dir_close(struct xnm_run_dir *dir);

/* Fills mac_scope of notes from before there was one. */
void xnm_vif_note_old_mac_scope(struct xnm_vif_note *state);

/* Reads the notes on one vif. Returns 0, -ENOENT, -EINVAL for a damaged file, or -errno. */
int xnm_vif_note_read(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		      struct xnm_vif_note *state);

/*
 * Replaces the notes on a vif: a temporary file, then rename(2), so that a
 * reader and a kill at any moment see the old or the new text, never half.
 */
int xnm_vif_note_write(const struct xnm_run_dir *dir, const struct xnm_vif_note *state);

/* Removes the notes on a vif; that there are none is success. */
int xnm_vif_note_remove(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid);

bool xnm_vif_note_equal(const struct xnm_vif_note *a, const struct xnm_vif_note *b);

/* Calls fn for every vif that has notes, in no order; stops at its first non-zero answer. */
int xnm_vif_note_each(const struct xnm_run_dir *dir,
		      int (*fn)(void *arg, uint32_t domid, uint32_t devid), void *arg);

/* What stays of a card until it is unplugged, whatever it is called. */
struct xnm_card_id {
	int ifindex; /* 0: not known */
	struct xnm_mac mac; /* own_mac of struct xnm_link */
};

/* A bridge that xnm made. */
struct xnm_bridge_note {
	char network[XNM_NAME_LEN];
	bool keep; /* it stays when its last vif goes */
	unsigned int n_interfaces;
	/* by which alternative names the policy meant them; "" by their own */
	char altnames[XNM_MAX_INTERFACES][IFNAMSIZ];
	char interfaces[XNM_MAX_INTERFACES][IFNAMSIZ]; /* ports that came with the bridge */
	struct xnm_card_id cards[XNM_MAX_INTERFACES]; /* which devices these were */
	char carries[IFNAMSIZ]; /* the one of them whose addresses the bridge has; "": none */
	unsigned int n_own; /* addresses that are the bridge's own nevertheless */
	struct xnm_cidr own[XNM_MAX_ADDRESSES];
};

int xnm_bridge_note_write(const struct xnm_run_dir *dir, const char *bridge,
			  const struct xnm_bridge_note *note);
/* Returns 0 and the note, or -ENOENT when xnm did not make that bridge. */
int xnm_bridge_note_read(const struct xnm_run_dir *dir, const char *bridge,
			 struct xnm_bridge_note *note);
/* Whether an address is the bridge's own, although it carries an interface. */
bool xnm_bridge_owns(const struct xnm_bridge_note *note, const struct xnm_cidr *address);
/* Whether xnm made that bridge and is to take it away with its last vif. */
bool xnm_made_bridge(const struct xnm_run_dir *dir, const char *bridge);
int xnm_bridge_note_remove(const struct xnm_run_dir *dir, const char *bridge);
int xnm_bridge_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *bridge),
			 void *arg);

/* The vif that waits for a device name. read returns -ENOENT when none does. */
int xnm_vifname_note_write(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			   uint32_t devid);
int xnm_vifname_note_read(const struct xnm_run_dir *dir, const char *name, uint32_t *domid,
			  uint32_t *devid);
/* Takes the wait back, if it is this vif's. */
int xnm_vifname_note_remove(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			    uint32_t devid);

int xnm_vifname_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *name),
			  void *arg);

/* What a network has put into nftables and asked of the kernel. */
struct xnm_network_note {
	char bridge[IFNAMSIZ]; /* "": its vifs are routed */
	unsigned int n_settings;
	char settings[XNM_MAX_SETTINGS][64]; /* paths below /proc/sys/net */
	bool is_sent; /* xnm_network_note_sent() was called since it was written */
	struct xnm_elements elements;
};

int xnm_network_note_write(const struct xnm_run_dir *dir, const char *network,
			   const struct xnm_network_note *note);
/*
 * Notes that nftables has all elements of the note that is there. Where that is
 * not noted, as its writer was killed in between, they are looked for. The caller
 * holds the lock by which the note was written. It only saves work, so what
 * cannot be written is no error.
 */
void xnm_network_note_sent(const struct xnm_run_dir *dir, const char *network);
/* Returns 0, -ENOENT when no vif is in the network, or -errno. */
int xnm_network_note_read(const struct xnm_run_dir *dir, const char *network,
			  struct xnm_network_note *note);
int xnm_network_note_remove(const struct xnm_run_dir *dir, const char *network);
/* Calls fn for every network with a note. */
int xnm_network_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *network),
			  void *arg);

/* Which vifs are in a network. */
int xnm_network_member_add(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			   uint32_t devid);
int xnm_network_member_remove(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			      uint32_t devid);
bool xnm_network_is_member(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			   uint32_t devid);
bool xnm_network_has_members(const struct xnm_run_dir *dir, const char *network);
/* Calls fn for every vif of every network; stops at its first non-zero answer. */
int xnm_network_member_each(const struct xnm_run_dir *dir,
			    int (*fn)(void *arg, const char *network, uint32_t domid,
				      uint32_t devid),
			    void *arg);
/* That a network is wanted without a vif: as long as it is, it has a member. */
int xnm_network_hold(const struct xnm_run_dir *dir, const char *network);
int xnm_network_unhold(const struct xnm_run_dir *dir, const char *network);
bool xnm_network_is_held(const struct xnm_run_dir *dir, const char *network);
/*
 * Takes away who is noted as a member and has no notes any more. sweep leaves
 * those of whom is_used says that they are there all the same.
 */
void xnm_network_members_check(const struct xnm_run_dir *dir);
void xnm_network_members_sweep(const struct xnm_run_dir *dir,
			       bool (*is_used)(uint32_t domid, uint32_t devid));

/*
 * A device that rules of ours in others' chains let through: a bridge, or a vif
 * without one. It is noted like a network, under a name that no network has.
 */
struct xnm_foreign_note {
	bool routed; /* no bridge */
	char chain[XNM_N_IP][XNM_CHAIN_LEN]; /* of table filter; "": no rules in that family */
};

/* ":br0" */
void xnm_through_network(char out[XNM_NAME_LEN], const char *dev);
/* The device of such a name; NULL: it is a real network. */
const char *xnm_through_dev(const char *network);
int xnm_foreign_note_write(const struct xnm_run_dir *dir, const char *dev,
			   const struct xnm_foreign_note *note);
/* Returns 0, -ENOENT when there are no such rules, or -errno. */
int xnm_foreign_note_read(const struct xnm_run_dir *dir, const char *dev,
			  struct xnm_foreign_note *note);

/*
 * Whose addresses on a bridge are no vif's: this host's and those of gateways.
 * They are noted like a network, with the vifs that are held to them.
 */
void xnm_owned_network(char out[XNM_NAME_LEN], const char *bridge);
/* The bridge that a vif is noted to be held to; "": none. For who has lost the vif's own notes. */
void xnm_owned_bridge(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		      char bridge[IFNAMSIZ]);
/* Whether such a name, or one of xnm_through_network(), is of a device and not of the policy. */
bool xnm_network_is_device(const char *network);
/*
 * Sets claimed[i] of those elements that a vif's address has put into the sets
 * of a bridge's owners, other than self's (NULL: anybody's).
 */
void xnm_address_notes_own(const struct xnm_run_dir *dir, const char *bridge,
			   const struct xnm_elements *elements, const struct xnm_owner *self,
			   bool *claimed);

/* What a setting of the kernel was before xnm changed it; the first note of it stays. */
int xnm_sysctl_note_write(const struct xnm_run_dir *dir, const char *path, uint32_t was);
int xnm_sysctl_note_read(const struct xnm_run_dir *dir, const char *path, uint32_t *was);
int xnm_sysctl_note_remove(const struct xnm_run_dir *dir, const char *path);

/*
 * Which vif has an address. scope is the bridge, with its VLAN, or "-" for
 * what this host routes: the same address on two bridges is no conflict.
 */
/*
 * Notes an address; -EEXIST when another vif's note is there, which is in *owner
 * then, unless it is one of from (which may be NULL): that one loses it.
 */
int xnm_address_note_claim(const struct xnm_run_dir *dir, const char *scope,
			   const struct xnm_cidr *address, const struct xnm_owner *self,
			   const struct xnm_owners *from, struct xnm_owner *owner);
/* Whose the note on an address is. Returns 0, or -ENOENT when there is none. */
int xnm_address_note_owner(const struct xnm_run_dir *dir, const char *scope,
			   const struct xnm_cidr *address, struct xnm_owner *owner);
/* Whether the note on an address is self's. */
bool xnm_address_note_is(const struct xnm_run_dir *dir, const char *scope,
			 const struct xnm_cidr *address, const struct xnm_owner *self);
void xnm_address_note_release(const struct xnm_run_dir *dir, const char *scope,
			      const struct xnm_cidr *address, const struct xnm_owner *self);
/*
 * Looks for another vif than self with an address that overlaps. Calls is_other
 * for each until one says true: that one is in *owner. Returns 0 or -ENOENT.
 */
int xnm_address_note_find(const struct xnm_run_dir *dir, const char *scope,
			  const struct xnm_cidr *address, const struct xnm_owner *self,
			  bool (*is_other)(void *arg, const struct xnm_owner *owner), void *arg,
			  struct xnm_owner *owner);
/* Reads the name of a note on a single address. Returns 0, or -ENOENT when it is none or self's. */
int xnm_address_note_of(const struct xnm_run_dir *dir, const char *name,
			const struct xnm_owner *self, char scope[XNM_SCOPE_LEN],
			struct xnm_cidr *address);
/* Calls fn for every such note, of addresses and of prefixes. Returns 0 or -errno. */
int xnm_address_note_each(const struct xnm_run_dir *dir,
			  void (*fn)(void *arg, const char *scope, const struct xnm_cidr *address,
				     const struct xnm_owner *owner),
			  void *arg);
/* Takes away all such notes of a vif, of which nobody knows any more what it had. */
void xnm_address_notes_forget(const struct xnm_run_dir *dir, const struct xnm_owner *self);
/* Takes away notes whose vif has no notes of its own any more; sweep as that of members. */
void xnm_address_notes_check(const struct xnm_run_dir *dir);
void xnm_address_notes_sweep(const struct xnm_run_dir *dir,
			     bool (*is_used)(uint32_t domid, uint32_t devid));

/*
 * mac.c: which vif has a MAC address in a place, that is xnm_vif_note.mac_scope.
 * A claim is as that of an address. A release hands the note to heir, if that
 * vif has notes and is not self: it had the address before, as in a migration.
 */
int xnm_mac_note_claim(const struct xnm_run_dir *dir, const char *scope, const struct xnm_mac *mac,
		       const struct xnm_owner *self, const struct xnm_owners *from,
		       struct xnm_owner *owner);
int xnm_mac_note_owner(const struct xnm_run_dir *dir, const char *scope, const struct xnm_mac *mac,
		       struct xnm_owner *owner);
void xnm_mac_note_release(const struct xnm_run_dir *dir, const char *scope,
			  const struct xnm_mac *mac, const struct xnm_owner *self,
			  const struct xnm_owner *heir);
/* Calls fn for all who have it in some VLAN of a bridge; stops at its first non-zero answer. */
int xnm_mac_note_each(const struct xnm_run_dir *dir, const char *bridge, const struct xnm_mac *mac,
		      int (*fn)(void *arg, const struct xnm_owner *owner), void *arg);
/* Makes their folder, with the notes of vifs from before there was one. Returns 0 or -errno. */
int xnm_mac_notes_begin(const struct xnm_run_dir *dir);
/* The folder, or -1. */
int xnm_mac_notes_open(const struct xnm_run_dir *dir);

#endif
