/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowed.h - whether our rules would accept an existing connection as new. Pure. */
#ifndef XNM_ALLOWED_H
#define XNM_ALLOWED_H

#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/nft_sets.h"

struct xnm_network_note;
struct xnm_policy;
struct xnm_vif_note;

/*
 * The chains "guests" of ruleset_forward.c and "host" of ruleset_host.c again, in C, for
 * connections that they accepted when sets and access lists were different. The sets' elements are
 * taken from the notes, not from the kernel, which is a hundred times faster.
 */

/* An address or a range, and the device that leads there: a bridge, or a routed vif. */
struct xnm_place {
	uint8_t family;
	bool is_subnet; /* the address is a network's, and others may have it, too */
	uint8_t first[16], last[16];
	char dev[IFNAMSIZ];
};

/* A bridge with a vif that may use any address of a family. */
struct xnm_open_bridge {
	char dev[IFNAMSIZ];
	uint8_t family;
};

struct xnm_noted {
	const struct xnm_policy *policy;
	bool failed; /* out of memory */
	unsigned int n, max;
	struct xnm_element *list; /* of table inet, sorted */
	unsigned int first[XNM_N_SETS + 1]; /* index of each set's first element */
	unsigned int n_places, max_places;
	struct xnm_place *places;
	unsigned int n_open, max_open;
	struct xnm_open_bridge *open;
};

/* Collect the elements of all vifs' and networks' notes; then sort them, once. */
void xnm_noted_add_vif(struct xnm_noted *noted, const struct xnm_vif_note *state);
void xnm_noted_add_network(struct xnm_noted *noted, const struct xnm_network_note *note);
void xnm_noted_sort(struct xnm_noted *noted);
void xnm_noted_free(struct xnm_noted *noted);

#define XNM_MAX_DEVS 4

/* One end of a connection: the devices that may lead to it. None: unknown. */
struct xnm_end {
	bool host; /* it is this host itself */
	unsigned int n;
	char dev[XNM_MAX_DEVS][IFNAMSIZ];
};

/* Adds a device, if there is room and it is not in the list. */
void xnm_end_add(struct xnm_end *end, const char *dev);

/* Adds the devices that lead to an address, by the notes. */
void xnm_noted_find(const struct xnm_noted *noted, uint8_t family, const uint8_t *addr,
		    struct xnm_end *end);

/* Whether no vif on a bridge may use an address. */
bool xnm_noted_nobody_has(const struct xnm_noted *noted, uint8_t family, const uint8_t *addr,
			  const char *dev);

/* Whether a port forward among elements has made the connection's translation. */
bool xnm_is_forwarded_by(const struct xnm_element *list, unsigned int n,
			 const struct xnm_connection *connection);
bool xnm_noted_forwards(const struct xnm_noted *noted, const struct xnm_connection *connection);

/* Whether a port forward among elements is for the connection's destination, and leads to another
 * target than the connection has. */
bool xnm_leads_elsewhere(const struct xnm_element *list, unsigned int n,
			 const struct xnm_connection *connection);

/* The target of the port forward for tuple's destination. false: there is none. */
bool xnm_noted_forward_of(const struct xnm_noted *noted, uint8_t family,
			  const struct xnm_tuple *tuple, uint8_t addr[16], uint16_t *port);

/*
 * Whether the rules accept it as new, from one end to the other. If an end has several devices, or
 * an unknown one, it is enough if they do so for one.
 */
bool xnm_is_allowed(const struct xnm_noted *noted, const struct xnm_connection *connection,
		    const struct xnm_end *from, const struct xnm_end *to);

#endif
