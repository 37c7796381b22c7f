/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.h - what xnm noted of each vif and of each bridge it made, below /run/xnm. */
#ifndef XNM_STATE_H
#define XNM_STATE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/value.h"
#include "policy/policy.h"

#define XNM_RUN_DIR "/run/xnm"

/*
 *   <run>/lock               see lock.h
 *   <run>/vif/1.0            one INI file per live vif, 0644: monitoring needs no privilege
 *   <run>/bridge/br0         one per bridge that xnm made, naming its network
 *   <run>/vifname/web0       a symbolic link "5.0": that vif waits for this name
 */
struct xnm_state {
	uint32_t domid;
	uint32_t devid;
	char domain_name[128];
	char ifname[IFNAMSIZ]; /* what the vif is called now; "": the vif part is gone */
	char tap[IFNAMSIZ]; /* what its tap is called now; "": none */
	char vifname[IFNAMSIZ]; /* what it should be called, when that name was taken */
	char tap_vifname[IFNAMSIZ]; /* the same for the tap */
	struct xnm_mac mac;
	char network[XNM_NAME_LEN]; /* "": none, the bridge was named by the guest */
	char bridge[IFNAMSIZ]; /* "": not attached */
	uint32_t mtu_bytes;
	bool mtu_is_bridges; /* nobody asked for it, it was that of the bridge */
	uint16_t port_flags; /* enum xnm_port_flag: those that the policy has set */
	char vlan[128]; /* as vlan= is written, perhaps cut; "": none */
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
};

/* Descriptors of the directories above, opened once per run. */
struct xnm_run_dir {
	int run_fd;
	int vif_fd;
	int bridge_fd;
	int vifname_fd;
	int lock_fd;
};

/* The run directory: XNM_RUN_DIR from the environment, else /run/xnm. */
const char *xnm_run_dir_path(void);

/*
 * Opens the run directory, making what is missing; with read_only nothing is
 * made and missing parts are -1. Returns 0 or -errno.
 */
int xnm_run_dir_open(struct xnm_run_dir *dir, const char *path, bool read_only);
void xnm_run_dir_close(struct xnm_run_dir *dir);

/* Reads the notes on one vif. Returns 0, -ENOENT, -EINVAL for a damaged file, or -errno. */
int xnm_state_read(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		   struct xnm_state *state);

/*
 * Replaces the notes on a vif: a temporary file, then rename(2), so that a
 * reader and a kill at any moment see the old or the new text, never half.
 */
int xnm_state_write(const struct xnm_run_dir *dir, const struct xnm_state *state);

/* Removes the notes on a vif; that there are none is success. */
int xnm_state_remove(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid);

bool xnm_state_equal(const struct xnm_state *a, const struct xnm_state *b);

/* Calls fn for every vif that has notes, in no order; stops at its first non-zero answer. */
int xnm_state_each(const struct xnm_run_dir *dir,
		   int (*fn)(void *arg, uint32_t domid, uint32_t devid), void *arg);

/* A bridge that xnm made. */
struct xnm_bridge_note {
	char network[XNM_NAME_LEN];
	bool keep; /* it stays when its last vif goes */
	unsigned int n_interfaces;
	char interfaces[XNM_MAX_INTERFACES][IFNAMSIZ]; /* ports that came with the bridge */
};

int xnm_state_bridge_write(const struct xnm_run_dir *dir, const char *bridge,
			   const struct xnm_bridge_note *note);
/* Returns 0 and the note, or -ENOENT when xnm did not make that bridge. */
int xnm_state_bridge_read(const struct xnm_run_dir *dir, const char *bridge,
			  struct xnm_bridge_note *note);
/* Whether xnm made that bridge and is to take it away with its last vif. */
bool xnm_made_bridge(const struct xnm_run_dir *dir, const char *bridge);
int xnm_state_bridge_remove(const struct xnm_run_dir *dir, const char *bridge);
int xnm_state_bridge_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *bridge),
			  void *arg);

/* The vif that waits for a device name. read returns -ENOENT when none does. */
int xnm_state_vifname_write(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			    uint32_t devid);
int xnm_state_vifname_read(const struct xnm_run_dir *dir, const char *name, uint32_t *domid,
			   uint32_t *devid);
/* Takes the wait back, if it is this vif's. */
int xnm_state_vifname_remove(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			     uint32_t devid);

int xnm_state_vifname_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *name),
			   void *arg);

#endif
