/* SPDX-License-Identifier: GPL-2.0-or-later */
/* case.h - what the folder of one plan test says. */
#ifndef XNM_TESTS_CASE_H
#define XNM_TESTS_CASE_H

#include "hotplug/base/event.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/vif.h"
#include "tests/plan/model.h"

#define CASE_DEVICES 8

struct interface {
	struct xnm_link link;
	bool wireless;
	struct xnm_manager manager;
	char master[IFNAMSIZ];
	/* what it has, or, of one that the policy has no more, what it is to have again */
	struct xnm_carry carry;
};

/* A vif or tap, and what of it is kept while an event is about another one. */
struct device {
	char name[IFNAMSIZ]; /* netback's, or the device model's */
	struct xnm_link link;
	bool has_ipv4, has_vlans, proxy_arp, route_localnet;
	struct xnm_vlans vlans;
	unsigned int n_addresses, n_neighbours;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES * 2];
	struct xnm_cidr neighbours[XNM_MAX_ROUTES];
	struct xnm_mac neighbour_macs[XNM_MAX_ROUTES];
	/* of a vif: what its guest is told */
	bool connected;
	uint32_t frontend_mtu_bytes;
};

/* What one folder says of the moment before its event. */
struct moment {
	struct xnm_event event;
	bool reapply; /* nobody has called for it: the vif runs */
	char device_master[IFNAMSIZ];
	bool has_bridge, has_holder, has_vlans, has_state, has_tap;
	bool unfiltered; /* the state is that of an xnm which did not filter */
	bool bridge_is_ours, made_bridge, bridge_follows, holder_is_same_guest, tap_exists;
	struct xnm_link bridge;
	unsigned int n_bridge_addresses;
	struct xnm_cidr bridge_addresses[XNM_MAX_ADDRESSES * 2];
	struct xnm_vlans vlans;
	struct xnm_vif_note state;
	char bridges[160];
	unsigned int n_interfaces;
	struct interface interfaces[XNM_MAX_INTERFACES];
	char carry_refused[96];
	struct xnm_bridge_note bridge_note;
};

/* All of it: the model goes from one moment to the next. */
struct folder {
	struct model model;
	unsigned int n_devices;
	struct device devices[CASE_DEVICES];
	struct moment now;
};

/* Reads event, guest and links of the folder at path. Exits if it is not understood. */
void read_folder(struct folder *folder, const char *path);

/* The facts as xnm_facts_links() would read them for this want. */
void fill_links(struct folder *folder, const struct xnm_want *want);

/* [state] is what an online of the present policy has left: with all that belongs to it. */
void complete_state(struct folder *folder, const struct xnm_want *want,
		    const struct xnm_policy *policy);

/* The device of an event, as it was kept, or NULL. */
struct device *kept_device(struct folder *folder, const char *name);

/* Begins with the device as netback or the device model makes it, or as it was kept, and with what
 * else there is of itself. */
void begin_moment(struct folder *folder, const struct device *device);

/* Put garbage behind the end of each list, which no plan may read. */
void litter(struct xnm_facts *facts);
void litter_want(struct xnm_want *want);
void litter_policy(struct xnm_policy *policy);

/* Keeps the device of this moment for a later one. */
void keep_device(struct folder *folder);

#endif
