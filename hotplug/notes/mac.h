/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mac.h - which vif has which MAC address of a bridge. */
#ifndef XNM_MAC_NOTE_H
#define XNM_MAC_NOTE_H

#include "hotplug/base/event.h"
#include "hotplug/base/value.h"

struct xnm_run_dir;

/*
 * scope is xnm_vif_note.mac_scope. A claim is as that of an address. A release gives
 * the MAC address to heir, if that vif has a note and is not self: it had the address
 * before, as in a migration.
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
/* Makes the folder, and the notes of vifs that an older version set up. Returns 0 or -errno. */
int xnm_mac_notes_begin(const struct xnm_run_dir *dir);
/* Opens that folder. Returns a descriptor or -1. */
int xnm_mac_notes_open(const struct xnm_run_dir *dir);

#endif
