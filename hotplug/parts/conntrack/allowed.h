/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowed.h - whether our rules would let a connection that is there begin once more. Pure. */
#ifndef XNM_ALLOWED_H
#define XNM_ALLOWED_H

#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/nft_sets.h"

struct xnm_network_note;
struct xnm_policy;
struct xnm_vif_note;

/*
 * The chains "guests" of ruleset_forward.c and "host" of ruleset_host.c, once
 * more in C, asked about connections that they have let through when the sets
 * and the access lists were others. What is in the sets comes from the notes, not from the
 * kernel: a question there takes as long as a hundred here.
 */

/* An address or a range of them, and the device by which it is reached: a bridge, or a routed vif. */
struct xnm_place {
	uint8_t family;
	bool is_subnet; /* of a network, of which others are as well */
	uint8_t first[16], last[16];
	char dev[IFNAMSIZ];
};

/* A bridge on which some vif may have any address of a family. */
struct xnm_open_bridge {
	char dev[IFNAMSIZ];
	uint8_t family;
};

struct xnm_noted {
	const struct xnm_policy *policy;
	bool failed; /* out of memory */
	unsigned int n, max;
	struct xnm_element *list; /* of table inet, sorted */
	unsigned int first[XNM_N_SETS + 1]; /* where those of each set begin */
	unsigned int n_places, max_places;
	struct xnm_place *places;
	unsigned int n_open, max_open;
	struct xnm_open_bridge *open;
};

/* Put together what all vifs and networks have noted; then sort it, once. */
void xnm_noted_add_vif(struct xnm_noted *noted, const struct xnm_vif_note *state);
void xnm_noted_add_network(struct xnm_noted *noted, const struct xnm_network_note *note);
void xnm_noted_sort(struct xnm_noted *noted);
void xnm_noted_free(struct xnm_noted *noted);

#define XNM_MAX_DEVS 4

/* One end of a connection: which devices may lead to it. None: nobody can say. */
struct xnm_end {
	bool host; /* it is this host itself */
	unsigned int n;
	char dev[XNM_MAX_DEVS][IFNAMSIZ];
};

/* Adds a device, if there is room and it is not there yet. */
void xnm_end_add(struct xnm_end *end, const char *dev);

/* Adds the devices where the notes say that an address is. */
void xnm_noted_find(const struct xnm_noted *noted, uint8_t family, const uint8_t *addr,
		    struct xnm_end *end);

/* Whether nobody on a bridge may have an address. */
bool xnm_noted_nobody_has(const struct xnm_noted *noted, uint8_t family, const uint8_t *addr,
			  const char *dev);

/* Whether a port forward among elements has made the connection's translation. */
bool xnm_is_forwarded_by(const struct xnm_element *list, unsigned int n,
			 const struct xnm_connection *connection);
bool xnm_noted_forwards(const struct xnm_noted *noted, const struct xnm_connection *connection);

/* Where a port forward leads that what is sent to tuple's destination meets. false: there is none. */
bool xnm_noted_forward_of(const struct xnm_noted *noted, uint8_t family,
			  const struct xnm_tuple *tuple, uint8_t addr[16], uint16_t *port);

/*
 * Whether the rules let it begin, from one end to the other. Where an end has
 * several devices, or none that is known, it is enough that they do for one.
 */
bool xnm_is_allowed(const struct xnm_noted *noted, const struct xnm_connection *connection,
		    const struct xnm_end *from, const struct xnm_end *to);

#endif
