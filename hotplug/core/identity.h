/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity.h - whether two vifs are of one guest, on its way in or out of this host. */
#ifndef XNM_IDENTITY_H
#define XNM_IDENTITY_H

#include "hotplug/core/facts.h"

/*
 * A MAC address is copied with a line of a configuration, and a name with the
 * file: none of them alone says who a guest is. What xl keeps through a
 * migration, a save and a reboot is the UUID, the name (but for a suffix) and
 * the MAC address, and all that is known on both sides has to agree. Where
 * neither UUID nor name is, as in a driver domain, nobody is the same.
 */
struct xnm_identity {
	uint32_t domid;
	uint32_t target; /* the domain whose devices this one emulates; 0: none */
	struct xnm_mac mac;
	const char *name, *uuid; /* "": not known; the UUID is the target's, if there is one */
};

struct xnm_identity xnm_identity_of_guest(const struct xnm_guest *guest, uint32_t domid);
struct xnm_identity xnm_identity_of_notes(const struct xnm_vif_note *state);

/*
 * Whether both are one guest. Two vifs of one domain never are: they are there
 * at the same time, and stay.
 */
bool xnm_same_guest(const struct xnm_identity *a, const struct xnm_identity *b);

/*
 * The same when a is on its way out, or has gone. One of name and UUID is enough
 * then: xl makes a new UUID for each start of a guest whose configuration has
 * none, lets no two have one name, and a guest may be renamed. Where there is
 * nothing to compare, the MAC address decides.
 */
bool xnm_follows_guest(const struct xnm_identity *a, const struct xnm_identity *b);

/*
 * "web1--incoming" is web1 on its way in, "web1--migratedaway" on its way out
 * (xl_migrate.c); or another guest that is called so. Only who knows more takes
 * the suffix away. Returns whether there is one.
 */
bool xnm_strip_migration_suffix(char *name);

/*
 * The UUID, in lower case, of a domain's node "vm": "/vm/UUID", which some write
 * without the first slash, and some with a number behind it. "" if it has none.
 */
void xnm_uuid_of_vm(const char *vm, char out[XNM_UUID_TEXT_LEN]);

/* core/kin.c: what a vif that has something noted is to the one that an event is about. */
enum xnm_kin {
	XNM_KIN_OTHER, /* somebody else, or one who cannot be read */
	XNM_KIN_SAME, /* the same guest, on its way in or out */
	XNM_KIN_GONE, /* nobody any more */
};

/* Fills other with what is noted of it. facts->store and dir are open. */
enum xnm_kin xnm_facts_kin(const struct xnm_facts *facts, const struct xnm_event *event,
			   const struct xnm_owner *owner, struct xnm_vif_note *other);

/*
 * Looks who else has the vif's MAC address in its place on the bridge. Returns
 * 0 with what is found in facts, or -EADDRINUSE with err filled for another
 * guest, or another vif of this one.
 */
int xnm_facts_mac(struct xnm_facts *facts, const struct xnm_event *event,
		  const struct xnm_want *want, struct xnm_err *err);

#endif
