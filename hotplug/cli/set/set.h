/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set.h - what `xnm set` and `xnm reset` share: which vif is meant, and changing what is set for it. */
#ifndef XNM_CLI_SET_H
#define XNM_CLI_SET_H

#include "hotplug/base/event.h"
#include "hotplug/notes/override.h"

#define XNM_MAX_TARGET_VIFS 8

/* A vif of a guest, and its devices: while the guest migrates, or with a stub domain, there are several. */
struct target {
	char file[XNM_OVERRIDE_FILE_LEN];
	char name[32]; /* "vif1.0", or what was asked for if the guest does not run */
	char guest[128];
	uint32_t devid;
	unsigned int n; /* 0: it does not run */
	struct xnm_owner vifs[XNM_MAX_TARGET_VIFS];
};

/*
 * Finds the vif that word names: DOMID.DEVID, vifDOMID.DEVID, a device, GUEST or GUEST/NUMBER. One that
 * does not run is found if something is set for it. Returns 0, or -errno with err filled.
 */
int target_find(struct target *target, const struct xnm_run_dir *dir, const char *word,
		struct xnm_err *err);

/* The same for a file. */
void target_of_file(struct target *target, const struct xnm_run_dir *dir, const char *file);

/* One change, from what is set to what will be. */
struct change {
	struct xnm_run_dir *dir;
	const struct target *target;
	bool is_reset;
	int former_rc; /* of reading former */
	struct xnm_override former, next;
	char old[XNM_MAX_SECTION_KEYS][XNM_OVERRIDE_VALUE_LEN]; /* what the policy says, by key */
	struct xnm_err err;
};

/* Takes the lock, and reads what is set; next is a copy of it. Returns 0, or -errno with err filled. */
int change_begin(struct change *change);

/*
 * Checks next, and writes and applies it, or nothing. Returns 0, or -errno with err filled: -EINVAL if
 * next is wrong.
 */
int change_apply(struct change *change);

/* Gives the lock back. */
void change_end(struct change *change);

/* "mtu: 1500 -> 1400", for the key of that number. */
void change_print(const struct change *change, unsigned int key);

#endif
