/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event.h - what libxl asks for: argv and environment, checked. */
#ifndef XNM_EVENT_H
#define XNM_EVENT_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/log.h"

#define XNM_PATH_MAX  256
#define XNM_DEVID_MAX 65535

enum xnm_verb {
	XNM_VERB_ONLINE, /* a vif appears */
	XNM_VERB_OFFLINE, /* a vif goes */
	XNM_VERB_ADD, /* the tap of an HVM guest's emulated NIC appears */
	XNM_VERB_REMOVE, /* that tap goes */
};

struct xnm_event {
	enum xnm_verb verb;
	bool ignored; /* not for us: "online type_if=tap", "add type_if=vif" */
	uint32_t domid;
	uint32_t devid;
	char vif[IFNAMSIZ]; /* netback's name: vifDOMID.DEVID */
	char tap[IFNAMSIZ]; /* the device model's: vifDOMID.DEVID-emu */
	char backend[XNM_PATH_MAX]; /* xenstore path; relative to our own domain, or absolute */
	char bridge[128]; /* bridge= from argv or environment, if xenstore has none */
};

/* A vif by its numbers, as the one that has an address, a name or a route. */
struct xnm_owner {
	uint32_t domid, devid;
};

bool xnm_owner_equal(const struct xnm_owner *a, const struct xnm_owner *b);

/* Vifs that have left something to another one, or are about to. */
struct xnm_owners {
	unsigned int n;
	struct xnm_owner list[8];
};

/* Does nothing if there is no room: what such a vif has is not taken over. */
void xnm_owners_add(struct xnm_owners *owners, const struct xnm_owner *owner);

/* The word for a verb, as libxl spells it. */
const char *xnm_verb_name(enum xnm_verb verb);

/* Finds the verb called name. Returns 0 or -EINVAL. */
int xnm_verb_parse(const char *name, enum xnm_verb *verb);

/* The first argument that is not "key=value", which is the verb; "" if there is none. */
const char *xnm_event_command(int argc, char *const argv[]);

/* The device this event is about: the tap for add and remove, else the vif. */
const char *xnm_event_device(const struct xnm_event *event);
bool xnm_event_is_tap(const struct xnm_event *event);

/* Fills event for a device that is known by numbers: no environment needed. */
void xnm_event_init(struct xnm_event *event, enum xnm_verb verb, uint32_t domid, uint32_t devid);

/*
 * Reads the call that libxl makes (libxl_linux.c: get_hotplug_env and
 * libxl__hotplug_nic): one argument is the verb, the others are "key=value"
 * and win over the environment variables of the same name; unknown keys are
 * ignored, nothing is ever evaluated.
 *
 * Returns 0, or -EINVAL with the reason in err.
 */
int xnm_event_parse(struct xnm_event *event, int argc, char *const argv[], struct xnm_err *err);

/* Whether name ends in -emu, as a tap's does. */
bool xnm_is_tap_name(const char *name);

/* Splits "DOMID.DEVID" or "vifDOMID.DEVID". Returns 0 or -EINVAL. */
int xnm_vif_id_parse(const char *text, uint32_t *domid, uint32_t *devid);

#endif
