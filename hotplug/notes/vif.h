/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.h - what xnm noted of each vif: one INI file of it below /run/xnm/vif. */
#ifndef XNM_VIF_NOTE_H
#define XNM_VIF_NOTE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/base/scope.h"
#include "hotplug/base/value.h"
#include "hotplug/kernel/link.h"
#include "hotplug/kernel/nft_sets.h"
#include "kmod/xnm_uapi.h"
#include "policy/policy.h"

#define XNM_MAX_VIF_UPLINKS 4 /* uplinks that are one and the same vif */

struct xnm_run_dir;

/* One member for each part that notes anything of a vif; vif.def says how it is written. */
struct xnm_vif_note {
	uint32_t domid;
	uint32_t devid;
	char domain_name[128];
	char uuid[XNM_UUID_TEXT_LEN]; /* of its guest; "": not known */
	uint32_t target; /* the domain that it is the stub domain of; 0: none */
	struct {
		char ifname[IFNAMSIZ]; /* what the vif is called now; "": the vif part is gone */
		char tap[IFNAMSIZ]; /* what its tap is called now; "": none */
		char vifname[IFNAMSIZ]; /* what it should be called, when that name was taken */
		char tap_vifname[IFNAMSIZ]; /* the same for the tap */
		uint32_t
			mtu_bytes; /* the guest's; that of a port of others' bridge may be larger */
		bool mtu_is_bridges; /* mtu_bytes is the bridge's: nobody asked for another */
		/* what others' bridge had before `xnm set` gave the vif one of its own; 0: nobody need know */
		uint32_t bridge_mtu_bytes;
		uint32_t group; /* the netdev group of its devices; 0: none */
		char alias[2][XNM_ALIAS_LEN]; /* the alias that xnm has set on it, and on its tap */
	} device;
	struct {
		char name[IFNAMSIZ]; /* "": not attached */
		uint16_t port_flags; /* enum xnm_port_flag: those that the policy has set */
		char vlan[128]; /* as vlan= is written, perhaps cut; "": none */
	} bridge;
	struct {
		struct xnm_mac mac;
		char mac_scope[XNM_SCOPE_LEN]; /* in which mac is noted as its own; "": none */
		unsigned int n;
		struct xnm_cidr list[XNM_MAX_ADDRESSES];
		char scope[XNM_SCOPE_LEN]; /* in which they are noted as its own; "": none */
		/* a vif of the same guest had its addresses, and may get them back */
		bool has_predecessor;
		struct xnm_owner predecessor;
		char pool[XNM_NAME_LEN]; /* from which it has addresses; "": none */
	} address;
	struct {
		char name[XNM_NAME_LEN]; /* "": none, the bridge was named by the guest */
	} network;
	struct {
		/* the device that chains of others let through for the vif, and for its tap; "": none */
		char devs[2][IFNAMSIZ];
	} foreign;
	struct {
		char dir[XNM_DHCP_DIR_LEN]; /* where dnsmasq reads its reservation; "": it has none */
	} dnsmasq;
	struct {
		bool is_routed; /* on no bridge */
		bool via_bridge; /* this host has a route to some address of it through its bridge */
		unsigned int n_proxies; /* interfaces that answer ARP and NDP for its addresses */
		char proxies[XNM_MAX_NETWORK_UPLINKS][IFNAMSIZ];
	} routed;
	struct {
		unsigned int n; /* uplinks of this host that the vif is: their routes go with it */
		char names[XNM_MAX_VIF_UPLINKS][XNM_NAME_LEN];
	} uplink;
	struct {
		bool told; /* its guest is told its addresses in xenstore */
	} guestinfo;
	struct {
		char segment[XNM_SEGMENT_LEN]; /* in which it is published; "": it is not */
	} fastpath;
	struct {
		uint32_t made; /* for its traffic, and whom that of others concerns: XNM_SHAPE_* */
	} shape;
	struct {
		unsigned int n; /* devices of uplinks whose classes it keeps */
		char devices[XNM_MAX_NETWORK_UPLINKS][IFNAMSIZ];
	} classes;
	struct {
		bool locked; /* it may send from its own addresses only */
		/* what is in nftables for the vif, and for its tap */
		struct xnm_elements elements[2];
	} filter;
};

/* The note of a vif of which nothing is noted. */
const struct xnm_vif_note *xnm_no_vif_note(void);

/* Makes it as if all zero; entries beyond the end of a list keep their bytes. */
void xnm_vif_note_clear(struct xnm_vif_note *note);

/* An older version noted addresses with the prefix length of their subnet: makes it that of a host. */
void xnm_vif_note_settle(struct xnm_vif_note *note);
void xnm_vif_note_copy(struct xnm_vif_note *to, const struct xnm_vif_note *from);

/* Fills mac_scope of a note that an older version wrote without it. */
void xnm_vif_note_old_mac_scope(struct xnm_vif_note *note);

/* Reads the note on a vif. Returns 0, -ENOENT, -EINVAL for a damaged file, or -errno. */
int xnm_vif_note_read(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		      struct xnm_vif_note *note);

/*
 * Replaces the note on a vif: a temporary file, then rename(2), so that a reader
 * sees the old or the new text, never half of one, also when we are killed.
 */
int xnm_vif_note_write(const struct xnm_run_dir *dir, const struct xnm_vif_note *note);

/* Removes the note on a vif; that there is none is success. */
int xnm_vif_note_remove(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid);

bool xnm_vif_note_equal(const struct xnm_vif_note *a, const struct xnm_vif_note *b);

/* Calls fn for every vif that has a note, in no order; stops at its first non-zero answer. */
int xnm_vif_note_each(const struct xnm_run_dir *dir,
		      int (*fn)(void *arg, uint32_t domid, uint32_t devid), void *arg);

#endif
