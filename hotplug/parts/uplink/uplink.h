/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.h - what is noted of an uplink with a gateway, and how it is decided whether it is good. */
#ifndef XNM_UPLINK_H
#define XNM_UPLINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/kernel/route.h"
#include "hotplug/notes/vif.h"
#include "policy/policy.h"

#define XNM_MAX_WAYS	    (XNM_MAX_NETWORK_UPLINKS + XNM_MAX_VIF_UPLINKS) /* of one event */
#define XNM_MAX_WAY_ROUTES  (2 * XNM_MAX_GATEWAYS) /* while they move, both the old and the new */
#define XNM_MAX_DEFAULTS    16 /* through one device */
#define XNM_MAX_SLOTS	    64 /* default routes of the host */
#define XNM_UPLINK_TEXT_MAX 2048

/* What the probes have found. */
struct xnm_health {
	bool known; /* there was a probe */
	bool down;
	uint32_t bad, good; /* probes in a row that speak against what it is now */
	uint32_t loss_percent;
	uint32_t latency_us;
	uint64_t probed_ms; /* when, by the clock that counts from the boot on */
};

/* One probe. */
struct xnm_quality_found {
	uint32_t sent, received;
	uint32_t latency_us; /* on average; of no use without an answer */
};

/* <run>/uplink/NAME */
struct xnm_uplink_note {
	char name[XNM_NAME_LEN];
	char device[IFNAMSIZ];
	bool has_owner; /* the vif of the guest that shares, which it goes with */
	struct xnm_owner owner;
	unsigned int n_routes;
	struct xnm_default routes[XNM_MAX_WAY_ROUTES]; /* ours; ifindex is not noted */
	/* and those through the device that it had before, until the new ones are there */
	char left_device[IFNAMSIZ];
	unsigned int n_left;
	struct xnm_default left[XNM_MAX_WAY_ROUTES];
	uint32_t dhcp_pid; /* 0: no client runs */
	uint64_t dhcp_started; /* by which it is told from a later process of that number */
	struct xnm_cidr leased; /* the address that it got; family 0: none */
	struct xnm_cidr router; /* and the router; family 0: none */
	struct xnm_health health;
};

/* All default routes of the host: the kernel has one for each family and metric. */
struct xnm_slots {
	unsigned int n;
	struct xnm_default list[XNM_MAX_SLOTS];
};

/* One way out of the host: an uplink with a gateway, and the default routes through its device. */
struct xnm_uplink_seen {
	const struct xnm_uplink *uplink;
	bool is_own; /* it is the guest of the vif owner, which is there */
	struct xnm_owner owner;
	bool is_other; /* it is none of the event's: only its routes are planned with theirs */
	bool is_bridge; /* its device is the event's own bridge, which may have to be made first */
	int ifindex; /* of its device; 0: there is none, or none yet */
	struct xnm_uplink_note note;
	bool has_note;
	bool dhcp_runs; /* the client that is noted */
	bool starts_none; /* whoever asks could start no client that lives */
	unsigned int n_defaults;
	struct xnm_default defaults[XNM_MAX_DEFAULTS];
};

struct xnm_uplink_want {
	unsigned int n_shares; /* uplinks that are this vif */
	const struct xnm_uplink *shares[XNM_MAX_VIF_UPLINKS];
};

struct xnm_uplink_facts {
	unsigned int n;
	struct xnm_uplink_seen seen[XNM_MAX_WAYS];
	struct xnm_slots slots; /* if there is any */
};

/* of an uplink: what is noted, what is noted while it changes and in the end, its client; and of
 * each that a vif was */
#define XNM_MAX_WAY_NOTES (4 * XNM_MAX_WAYS + XNM_MAX_VIF_UPLINKS)

struct xnm_uplink_plan {
	unsigned int n_notes;
	struct xnm_uplink_note notes[XNM_MAX_WAY_NOTES];
};

struct xnm_uplink_op {
	unsigned int note; /* index into the plan's notes */
	struct xnm_default route;
	struct xnm_default rival; /* that has its metric; family 0: none is known */
};

void xnm_uplink_note_clear(struct xnm_uplink_note *note, const char *name);
bool xnm_uplink_note_equal(const struct xnm_uplink_note *a, const struct xnm_uplink_note *b);

/* Returns 0, -ENOENT when nothing is noted, -EINVAL for a damaged file, or -errno. */
int xnm_uplink_note_read(const struct xnm_run_dir *dir, const char *name,
			 struct xnm_uplink_note *note);
int xnm_uplink_note_write(const struct xnm_run_dir *dir, const struct xnm_uplink_note *note);
int xnm_uplink_note_remove(const struct xnm_run_dir *dir, const char *name);
int xnm_uplink_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *name),
			 void *arg);

/* One address of two is the same router. */
bool xnm_same_default(const struct xnm_default *a, const struct xnm_default *b);

/* Pure: what one more probe means. Returns whether the uplink went up or down by it. */
bool xnm_health_update(struct xnm_health *health, const struct xnm_quality *limits,
		       const struct xnm_quality_found *found);

#endif
