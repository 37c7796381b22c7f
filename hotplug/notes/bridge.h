/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.h - what xnm noted of each bridge that it made, and of the network cards in it. */
#ifndef XNM_BRIDGE_NOTE_H
#define XNM_BRIDGE_NOTE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"
#include "policy/policy.h"

struct xnm_run_dir;

/* By what a network card is known until it is unplugged, whatever its name becomes. */
struct xnm_card_id {
	int ifindex; /* 0: not known */
	struct xnm_mac mac; /* own_mac of struct xnm_link */
};

/* A bridge that xnm made. */
struct xnm_bridge_note {
	char network[XNM_NAME_LEN];
	bool keep; /* it stays when its last vif goes */
	uint32_t mtu_bytes; /* the MTU that xnm has set; 0: the kernel follows its ports */
	unsigned int n_interfaces;
	/* the alternative names by which the policy means them; "": it means their own */
	char altnames[XNM_MAX_INTERFACES][IFNAMSIZ];
	char interfaces[XNM_MAX_INTERFACES][IFNAMSIZ]; /* ports that came with the bridge */
	struct xnm_card_id cards[XNM_MAX_INTERFACES]; /* which devices these were */
	char carries[IFNAMSIZ]; /* the one of them whose addresses the bridge has; "": none */
	unsigned int n_own; /* addresses of the bridge that are not of that card */
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

#endif
