/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.h - the ordered operations that turn what is into what is wanted. */
#ifndef XNM_PLAN_H
#define XNM_PLAN_H

#include "hotplug/core/facts.h"
#include "hotplug/core/op.h"
#include "hotplug/core/want.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/fastpath/fastpath.h"
#include "hotplug/parts/filter/filter.h"

struct xnm_op {
	const struct xnm_op_type *type;
	uint8_t phase; /* enum xnm_phase */
	char dev[IFNAMSIZ]; /* the device's name at this point of the plan */
	int ifindex; /* 0: known only when an earlier operation has made it */
	char why[96];
	union {
		char name[IFNAMSIZ];
		struct xnm_mac mac;
		struct xnm_cidr addr;
		uint32_t group;
		struct {
			bool note; /* it is another one now */
		} owned;
		struct {
			uint32_t from, to;
		} mtu;
		struct xnm_port_want port;
		struct xnm_route route;
		struct {
			struct xnm_cidr addr;
			struct xnm_mac mac;
		} neigh;
		struct {
			bool routed; /* dev is no bridge */
			uint8_t ip; /* index into xnm_ip_names */
			uint8_t rules; /* enum xnm_through */
			char chain[XNM_CHAIN_LEN];
		} through;
		struct {
			unsigned int note; /* index into plan->way_notes */
			struct xnm_default route;
			struct xnm_default rival; /* that has its metric; family 0: none is known */
		} way;
		struct {
			bool stp, vlan_filtering, set_vlan_filtering;
			uint32_t mtu_bytes; /* 0: the kernel's default */
			bool has_mac;
			struct xnm_mac mac;
		} bridge;
		struct {
			char name[IFNAMSIZ]; /* of the device that gets it */
			int ifindex; /* 0: made by the plan */
			bool back; /* to the interface that it is from */
			int port; /* the interface, if it becomes a port with that, or none */
			struct xnm_carry *carry;
		} carry;
	} u;
};

#define XNM_PLAN_MAX 256
/* of an uplink: what is noted, what is noted while it changes and in the end, its client; and of
 * each that a vif was */
#define XNM_MAX_WAY_NOTES (4 * XNM_MAX_WAYS + XNM_MAX_VIF_UPLINKS)

#define XNM_MAX_CHANGES (3 * XNM_MAX_ELEMENTS) /* of a vif, its network and its bridge */

/* One transaction of nftables. */
struct xnm_filter_change {
	bool build[2]; /* enum xnm_table: make it (anew), with all that is noted for it */
	bool exists[2];
	struct xnm_seen now; /* when that was decided; generation 0: nobody has looked */
	unsigned int n_add, n_del;
	unsigned int
		n_del_vif; /* of del, those of the vif; behind them its network's and bridge's */
	struct xnm_element add[XNM_MAX_CHANGES];
	struct xnm_element del[XNM_MAX_CHANGES];
};

/* What of the keys that the guest reads must change. */
struct xnm_tell {
	bool removed; /* what it was told is taken away */
	bool anew; /* make the folder, whatever is there */
	unsigned int
		keys; /* bits of enum xnm_told_key: write them, or remove those without a value */
	struct xnm_told told;
};

/* What is published of the vif for the fast path. */
struct xnm_fastpath_plan {
	char reason[96]; /* why it is not to be published; "": it is */
	char network[XNM_NAME_LEN], old_network[XNM_NAME_LEN]; /* in which its peers are */
	struct xnm_fp_change change; /* as far as xenstore was read; decided anew when it is done */
};

#define XNM_MAX_PURGED	    64
#define XNM_MAX_PURGED_DEVS 4

struct xnm_purge_range {
	uint8_t family;
	uint8_t first[16], last[16];
};

/* Whose connections are looked at, whether they may go on. */
struct xnm_purge {
	bool all;
	bool nobodys; /* also those of addresses that nobody on their bridge may have */
	unsigned int n_devs;
	char devs[XNM_MAX_PURGED_DEVS][IFNAMSIZ]; /* all that these lead to */
	unsigned int n;
	struct xnm_purge_range list[XNM_MAX_PURGED];
};

/* Zero before its first use: its memory is static, as it is much longer than what is used of it. */
struct xnm_plan {
	bool is_used; /* xnm_plan_clear() has something to do */
	bool full; /* something had no room: nothing of the plan may be done */
	struct xnm_rival rival; /* why there is no plan */
	unsigned int n; /* as much of op[] counts */
	struct xnm_op op[XNM_PLAN_MAX + 1]; /* the last takes what has no room */
	struct xnm_vlans vlan_add;
	struct xnm_vlans vlan_del; /* only member is used */
	struct xnm_vif_note state;
	struct xnm_bridge_note bridge_note, old_bridge_note;
	struct xnm_mac old_bridge_mac;
	uint32_t domid, devid;
	int bridge_ifindex; /* 0: made by the plan */
	bool changes_network; /* touches the bridge itself: needs its lock */
	char network[XNM_NAME_LEN];
	char old_network[XNM_NAME_LEN]; /* that the vif leaves */
	char old_bridge[IFNAMSIZ]; /* of that one */
	char scope[XNM_SCOPE_LEN]; /* where the vif's addresses must be the only ones */
	char old_scope[XNM_SCOPE_LEN];
	struct xnm_owners
		leave; /* vifs whose claims on its addresses and its MAC address it takes over */
	bool claims_mac; /* with state, in state.mac_scope */
	char old_mac_scope[XNM_SCOPE_LEN]; /* where noted_mac is noted */
	struct xnm_mac noted_mac;
	struct xnm_owner mac_heir; /* the vif that gets it back; the vif itself: none */
	char pool[XNM_NAME_LEN];
	char old_pool[XNM_NAME_LEN];
	unsigned int n_assign;
	struct xnm_cidr assign[2];
	char dhcp_line[XNM_DHCP_LINE_LEN];
	char old_dhcp_dir[XNM_DHCP_DIR_LEN];
	char lease_network[XNM_NAME_LEN]; /* whose dnsmasq has given the leases that end */
	struct xnm_mac old_mac; /* of the vif that leaves pool, addresses or network */
	unsigned int n_left;
	struct xnm_cidr left[XNM_MAX_ADDRESSES]; /* that old_pool may have given */
	unsigned int n_forget;
	struct xnm_cidr forget[XNM_MAX_ADDRESSES];
	struct xnm_purge purge; /* and by a port forward that is among filter.del */
	unsigned int n_settings;
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	struct xnm_network_note network_note;
	struct xnm_network_note owned_note; /* of the wanted bridge */
	/* whose notes nftables has all of in the end, which is to be noted there; "": none */
	char sent_network[XNM_NAME_LEN], sent_owned[XNM_NAME_LEN];
	struct xnm_filter_change filter;
	unsigned int n_way_notes;
	struct xnm_uplink_note way_notes[XNM_MAX_WAY_NOTES];
	struct xnm_tell tell;
	struct xnm_fastpath_plan fastpath; /* last, as it is long */
};

/* Zero, but for the long lists, whose lengths are zero. */
void xnm_plan_clear(struct xnm_plan *plan);

/*
 * Adds an operation on the device dev; why is what people read behind it.
 * Returns the operation, so that the caller can fill u. It is done behind all
 * of earlier phases, and within its phase in the order in which it was added.
 */
struct xnm_op *xnm_plan_add(struct xnm_plan *plan, enum xnm_phase phase,
			    const struct xnm_op_type *type, const char *dev, int ifindex,
			    const char *why, ...) XNM_PRINTF(6, 7);

/* Puts all that was added in the order of the phases. -E2BIG with err filled when not all had
 * room. what: the vif or network. */
int xnm_plan_end(struct xnm_plan *plan, const char *what, struct xnm_err *err);
/* The same with the phases of an offline, which does what has room. */
void xnm_plan_end_offline(struct xnm_plan *plan);

/* One line that says what op does: "attach vif1.0 to bridge br0". Returns out. */
const char *xnm_op_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size);

/* Prints the plan to stream, one numbered operation per line with its reason. */
void xnm_plan_print(const struct xnm_plan *plan, FILE *stream);

#endif
