/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.h - facts and plan of the addresses on a bridge that no guest may use. */
#ifndef XNM_OWNED_PART_H
#define XNM_OWNED_PART_H

#include <net/if.h>
#include <stdbool.h>

#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"

struct xnm_op_type;

struct xnm_owned_facts {
	bool has_note;
	struct xnm_network_note note; /* of the wanted bridge: see xnm_owned_network() */
	/* elements that must not be deleted: those of the vif that others have put there, too, and
	 * those of the note that a vif has put there */
	struct xnm_elements kept, claimed;
	bool is_member; /* the note lists the vif */
	char bridge[IFNAMSIZ]; /* offline without a vif's note: bridge whose note lists the vif */
};

struct xnm_owned_plan {
	char sent[XNM_NAME_LEN]; /* as that of struct xnm_network_plan */
	struct xnm_network_note note; /* of the wanted bridge */
};

struct xnm_owned_op {
	bool note; /* the note must be written, too */
};

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* dev, owned.note; plan->owned.note: addresses no guest may use */
extern const struct xnm_op_type xnm_op_owned_join;
/* dev: the vif is no longer one of its members */
extern const struct xnm_op_type xnm_op_owned_leave;

#endif
