/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.h - which addresses of a bridge no guest may use: those of this host and of gateways. */
#ifndef XNM_OWNED_NOTE_H
#define XNM_OWNED_NOTE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/kernel/nft_sets.h"
#include "policy/policy.h"

struct xnm_run_dir;

/*
 * The addresses on a bridge that are this host's or a gateway's. They are noted like a
 * network, whose members are the vifs that may not use them.
 */
/* "=br0" */
void xnm_owned_network(char out[XNM_NAME_LEN], const char *bridge);
/* The bridge whose note a vif is a member of; "": none. For a vif whose own note was lost. */
void xnm_owned_bridge(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		      char bridge[IFNAMSIZ]);
/*
 * Sets claimed[i] if elements->list[i] is in the set because some vif on the bridge has
 * that address; self's own addresses do not count (NULL: all do).
 */
void xnm_address_notes_own(const struct xnm_run_dir *dir, const char *bridge,
			   const struct xnm_elements *elements, const struct xnm_owner *self,
			   bool *claimed);

#endif
