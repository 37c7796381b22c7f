/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.h - which vif has which address. */
#ifndef XNM_ADDRESS_NOTE_H
#define XNM_ADDRESS_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/base/scope.h"
#include "hotplug/base/value.h"

struct xnm_run_dir;

/*
 * scope is the bridge, with its VLAN, or "-" for what this host routes: the same
 * address on two bridges is no conflict.
 *
 * A claim notes that self has the address. It returns -EEXIST if another vif has it,
 * which is in *owner then, unless that one is in from (NULL: nobody): it loses the
 * address.
 */
int xnm_address_note_claim(const struct xnm_run_dir *dir, const char *scope,
			   const struct xnm_cidr *address, const struct xnm_owner *self,
			   const struct xnm_owners *from, struct xnm_owner *owner);
/* Who has the address. Returns 0, or -ENOENT if no vif has it. */
int xnm_address_note_owner(const struct xnm_run_dir *dir, const char *scope,
			   const struct xnm_cidr *address, struct xnm_owner *owner);
/* Whether self is noted as the one that has the address. */
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
/* Removes all such notes of a vif whose own note was lost, so that nobody knows its addresses. */
void xnm_address_notes_forget(const struct xnm_run_dir *dir, const struct xnm_owner *self);
/* Removes those whose vif has no note any more; sweep: as xnm_network_members_sweep(). */
void xnm_address_notes_check(const struct xnm_run_dir *dir);
void xnm_address_notes_sweep(const struct xnm_run_dir *dir,
			     bool (*is_used)(uint32_t domid, uint32_t devid));

#endif
