/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity.h - whether two vifs are of one guest, on its way in or out of this host. */
#ifndef XNM_IDENTITY_H
#define XNM_IDENTITY_H

#include "hotplug/core/facts.h"

/*
 * A MAC address is copied with a line of a configuration, and a name with the file: neither of them
 * alone identifies a guest. xl keeps the UUID, the name (but for a suffix) and the MAC address
 * through a migration, a save and a reboot; whichever of these is known of both vifs must agree.
 * Where neither UUID nor name is known, as in a driver domain, no two vifs are of one guest.
 */
struct xnm_identity {
	uint32_t domid;
	uint32_t target; /* the domain that this stub domain emulates devices for; 0: none */
	struct xnm_mac mac;
	const char *name, *uuid; /* "": not known; the UUID is the target's, if there is one */
};

struct xnm_identity xnm_identity_of_guest(const struct xnm_guest *guest, uint32_t domid);
struct xnm_identity xnm_identity_of_notes(const struct xnm_vif_note *state);

/*
 * Whether both are the same guest's, one replacing the other. Two vifs of one domain never are:
 * both exist, and both stay.
 */
bool xnm_same_guest(const struct xnm_identity *a, const struct xnm_identity *b);

/*
 * The same where a is being removed, or no longer exists. Then one of name and UUID is enough: xl
 * makes a new UUID for each start of a guest whose configuration has none, no two domains have one
 * name, and a guest may be renamed. Without any of both, the MAC address decides.
 */
bool xnm_follows_guest(const struct xnm_identity *a, const struct xnm_identity *b);

/*
 * "web1--incoming" is web1 while it arrives, "web1--migratedaway" when it has left (xl_migrate.c),
 * or another guest that has this name: the caller must know which before it strips the suffix.
 * Returns whether there is one.
 */
bool xnm_strip_migration_suffix(char *name);

/*
 * The UUID, in lower case, of a domain's node "vm": "/vm/UUID", which some write
 * without the first slash, and some with a number behind it. "" if it has none.
 */
void xnm_uuid_of_vm(const char *vm, char out[XNM_UUID_TEXT_LEN]);

/* core/kin.c: how the vif in a note is related to the vif of an event. */
enum xnm_kin {
	XNM_KIN_OTHER, /* another guest, or one that cannot be read */
	XNM_KIN_SAME, /* the same guest, as in a migration or a reboot */
	XNM_KIN_GONE, /* no longer exists */
};

/* Fills other with what is noted of it. facts->store and dir are open. */
enum xnm_kin xnm_facts_kin(const struct xnm_facts *facts, const struct xnm_event *event,
			   const struct xnm_owner *owner, struct xnm_vif_note *other);

/*
 * Finds another vif with this MAC address on the same bridge and VLAN. Returns 0 with the result in
 * facts, or -EADDRINUSE with err filled if it is another guest's, or another vif of this one.
 */
int xnm_facts_mac(struct xnm_facts *facts, const struct xnm_event *event,
		  const struct xnm_want *want, struct xnm_err *err);

/* The name of a guest for messages: "name not known" for "". */
const char *xnm_name_or_unknown(const char *name);

#endif
