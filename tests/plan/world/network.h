/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.h - networks of the model: their notes, their members, and the kernel's settings. */
#ifndef XNM_TESTS_WORLD_NETWORK_H
#define XNM_TESTS_WORLD_NETWORK_H

#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"
#include "hotplug/notes/network.h"
#include "tests/plan/world/vif.h"

#define WORLD_NETWORKS 12
#define WORLD_SETTINGS 32

struct world;

struct noted_network {
	char name[XNM_NAME_LEN];
	bool has_note;
	struct xnm_network_note note;
	unsigned int n_members;
	struct xnm_owner members[WORLD_VIFS];
};

struct world_network {
	unsigned int n;
	struct noted_network list[WORLD_NETWORKS];
	unsigned int n_settings;
	struct {
		char path[64];
		uint32_t value, was;
		bool changed;
	} settings[WORLD_SETTINGS];
};

/* The network, which is made if nobody has noted anything of it. */
struct noted_network *world_network(struct world *world, const char *name);

/* Copies as much of a note as counts. */
void copy_note(struct xnm_network_note *to, const struct xnm_network_note *from);

bool is_member(const struct noted_network *network, const struct xnm_owner *vif);
void add_member(struct noted_network *network, const struct xnm_owner *vif);
void remove_member(struct noted_network *network, const struct xnm_owner *vif);

/* Puts the note there, and takes back the settings that only the one before it had. */
void world_note_network(struct world *world, const char *name, const struct xnm_network_note *note);

/* Takes the note away with all that belongs to it, if no vif is left. */
void world_release_network(struct world *world, const char *name);

/* The value of a setting below /proc/sys/net, to read or to change. */
uint32_t *world_setting(struct world *world, const char *path);

/* Sets it as xnm does, and remembers what it was. */
void world_set(struct world *world, const struct xnm_setting *setting);

/* What an online before has noted of the vif's network, with its rules and settings. */
void world_network_was(struct world *world, const struct xnm_network *network,
		       const struct xnm_policy *policy, const struct xnm_owner *vif,
		       bool makes_bridge);

#endif
