/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.h - the model's uplinks with classes, and which vifs keep them. */
#ifndef XNM_TESTS_WORLD_CLASSES_H
#define XNM_TESTS_WORLD_CLASSES_H

#include "hotplug/notes/vif.h"
#include "hotplug/parts/classes/classes.h"

#define WORLD_CLASSED	    4
#define WORLD_CLASS_MEMBERS 8

struct world;

struct world_classes {
	bool is_old; /* the kernel cannot change VLAN tags */
	struct world_classed {
		char device[IFNAMSIZ]; /* "": none */
		char rival[XNM_QDISC_TEXT_LEN]; /* what somebody else made its root */
		bool has_root, is_vlan;
		unsigned int n_priorities;
		struct xnm_vlan_priority priorities[XNM_MAX_PRIORITIES];
		unsigned int n_classes, n_queues, n_members;
		struct xnm_tc_class classes[XNM_MAX_CLASS_SEEN];
		struct xnm_qdisc queues[XNM_MAX_CLASS_SEEN];
		struct xnm_owner members[WORLD_CLASS_MEMBERS];
	} devices[WORLD_CLASSED];
};

/*
 * What a case says of them: [qdisc DEV] rival=, of somebody else, member=, another vif that
 * keeps the classes, vlan=, that it is one, and kernel=, that it is an old one. Returns 1, or 0 if it is not understood.
 */
int world_read_classes(struct world *world, const char *section, const char *key,
		       const char *value);

#endif
