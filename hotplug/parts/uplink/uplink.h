/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.h - the note on an uplink with a gateway, and its health. */
#ifndef XNM_UPLINK_H
#define XNM_UPLINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/kernel/route.h"
#include "hotplug/notes/vif.h"
#include "policy/policy.h"

struct xnm_op_type;

#define XNM_MAX_WAYS	    (XNM_MAX_NETWORK_UPLINKS + XNM_MAX_VIF_UPLINKS) /* of one event */
#define XNM_MAX_WAY_ROUTES  (2 * XNM_MAX_GATEWAYS) /* while they change, both old and new ones */
#define XNM_MAX_DEFAULTS    16 /* through one device */
#define XNM_MAX_SLOTS	    64 /* default routes of the host */
#define XNM_UPLINK_TEXT_MAX 2048

/* What the probes have found. */
struct xnm_health {
	bool known; /* there was a probe */
	bool down;
	uint32_t bad, good; /* successive probes that contradict its present state */
	uint32_t loss_percent;
	uint32_t latency_us;
	uint64_t probed_ms; /* time of the last probe, by the boot-time clock */
};

/* One probe. */
struct xnm_quality_found {
	uint32_t sent, received;
	uint32_t latency_us; /* average; meaningless without an answer */
};

/* <run>/uplink/NAME */
struct xnm_uplink_note {
	char name[XNM_NAME_LEN];
	char device[IFNAMSIZ];
	bool has_owner; /* the vif that is the uplink */
	struct xnm_owner owner;
	unsigned int n_routes;
	struct xnm_default routes[XNM_MAX_WAY_ROUTES]; /* our routes; ifindex is not noted */
	/* routes through its previous device, until the new ones exist */
	char left_device[IFNAMSIZ];
	unsigned int n_left;
	struct xnm_default left[XNM_MAX_WAY_ROUTES];
	uint32_t dhcp_pid; /* 0: no client runs */
	uint64_t dhcp_started; /* its start time, as PIDs are reused */
	struct xnm_cidr leased; /* the leased address; family 0: none */
	struct xnm_cidr router; /* the leased router; family 0: none */
	struct xnm_health health;
};

/* All default routes of the host: the kernel has one for each family and metric. */
struct xnm_slots {
	unsigned int n;
	struct xnm_default list[XNM_MAX_SLOTS];
};

/* An uplink with a gateway, and the default routes through its device. */
struct xnm_uplink_seen {
	const struct xnm_uplink *uplink;
	bool is_own; /* its guest= is the guest of the vif owner, which exists */
	struct xnm_owner owner;
	bool is_other; /* not of this event: only its routes are planned with theirs */
	bool is_bridge; /* its device is the event's own bridge, which may not exist yet */
	int ifindex; /* of its device; 0: the device does not exist, or not yet */
	struct xnm_uplink_note note;
	bool has_note;
	bool dhcp_runs; /* the DHCP client in the note is alive */
	bool starts_none; /* a DHCP client started by this caller would not survive it */
	unsigned int n_defaults;
	struct xnm_default defaults[XNM_MAX_DEFAULTS];
};

struct xnm_uplink_want {
	unsigned int n_shares; /* the uplinks that this vif is */
	const struct xnm_uplink *shares[XNM_MAX_VIF_UPLINKS];
};

struct xnm_uplink_facts {
	unsigned int n;
	struct xnm_uplink_seen seen[XNM_MAX_WAYS];
	struct xnm_slots slots; /* if there is any */
};

/* for each uplink: the old note, the one while it changes, the final one, and one for its DHCP
 * client; and one for each uplink that the vif no longer is */
#define XNM_MAX_WAY_NOTES (4 * XNM_MAX_WAYS + XNM_MAX_VIF_UPLINKS)

struct xnm_uplink_plan {
	unsigned int n_notes;
	struct xnm_uplink_note notes[XNM_MAX_WAY_NOTES];
};

struct xnm_uplink_op {
	unsigned int note; /* index into the plan's notes */
	struct xnm_default route;
	struct xnm_default rival; /* route with this metric; family 0: unknown */
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

/* Compares routers by address only. */
bool xnm_same_default(const struct xnm_default *a, const struct xnm_default *b);

/* Pure: updates the health by one probe. Returns whether the uplink went up or down. */
bool xnm_health_update(struct xnm_health *health, const struct xnm_quality *limits,
		       const struct xnm_quality_found *found);

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* plan->uplink.notes[uplink.note]: an uplink's default routes */
extern const struct xnm_op_type xnm_op_uplink_note;
/* dev; uplink.*: a default route of the host */
extern const struct xnm_op_type xnm_op_uplink_default_add;
extern const struct xnm_op_type xnm_op_uplink_default_del; /* dev; uplink.* */
/* dev; uplink.note: the uplink's DHCP client, and its lease */
extern const struct xnm_op_type xnm_op_uplink_client_stop;
/* dev; uplink.note: start a DHCP client */
extern const struct xnm_op_type xnm_op_uplink_client_start;
/* uplink.note: undo all that is noted, if this vif is the uplink */
extern const struct xnm_op_type xnm_op_uplink_release;

#endif
