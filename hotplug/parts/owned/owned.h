/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.h - what is known and planned of the addresses on a bridge that no guest may use. */
#ifndef XNM_OWNED_PART_H
#define XNM_OWNED_PART_H

#include <net/if.h>
#include <stdbool.h>

#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"

struct xnm_owned_facts {
	bool has_note;
	struct xnm_network_note note; /* of the wanted bridge: see xnm_owned_network() */
	/* elements that go with nobody: of the vif's, those that others have put there too, and of
	 * the note's those that a vif has */
	struct xnm_elements kept, claimed;
	bool is_member; /* the vif is noted as one that is held to them */
	char bridge[IFNAMSIZ]; /* offline without a note of the vif: where it is noted so */
};

struct xnm_owned_plan {
	char sent[XNM_NAME_LEN]; /* as that of struct xnm_network_plan */
	struct xnm_network_note note; /* of the wanted bridge */
};

struct xnm_owned_op {
	bool note; /* it is another one now */
};

#endif
