/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding.h - what a check of `xnm doctor` gets, what it says, and its row in the table of checks. */
#ifndef XNM_DOCTOR_H
#define XNM_DOCTOR_H

#include "hotplug/cli/status/status.h"
#include "policy/policy.h"

/* A device by which guests are reached: a bridge, a vif without one, or all such vifs ("vif+"). */
struct xnm_guest_device {
	char name[IFNAMSIZ];
	bool is_bridge;
	bool is_covered; /* by a name with '+', which is in the list, too */
	bool has_guests;
	bool forwards4, forwards6; /* its networks need that this host forwards */
	bool has_addresses; /* this host has one there, to which guests send */
};

#define XNM_MAX_TOLD 64

struct xnm_doctor {
	const struct xnm_policy *policy; /* NULL: it cannot be read */
	struct xnm_status status; /* notes and links of the vifs */
	unsigned int n_devices;
	struct xnm_guest_device *devices;
	bool in_passing; /* called by xnm check: no word about a lack of rights */
	FILE *stream;
	unsigned int n_findings;
	unsigned int n_told; /* sysctl.c: files of which a finding speaks */
	char told[XNM_MAX_TOLD][96];
};

/* Prints one line: what is wrong, and behind a colon what to type. */
void xnm_doctor_find(struct xnm_doctor *doctor, const char *fmt, ...) XNM_PRINTF(2, 3);

/* One check, in a file of its own. table.c has the list. */
struct xnm_doctor_check {
	const char *name; /* of its file */
	const char *what; /* it looks at, for the usage text */
	void (*run)(struct xnm_doctor *doctor);
	bool without_notes; /* it needs no notes: runs even if they cannot be read */
};

extern const struct xnm_doctor_check *const xnm_doctor_checks[];
extern const unsigned int xnm_n_doctor_checks;

/* guest_devices.c: fills devices. Returns 0 or -ENOMEM. */
int xnm_doctor_read_devices(struct xnm_doctor *doctor);
/* Whether a network needs that this host forwards. */
void xnm_doctor_forwards(const struct xnm_network *network, const struct xnm_policy *policy,
			 bool *ip4, bool *ip6);

/* sysctl.c: the file below /proc/sys/net is `is` and must be `wanted`; why begins with its separator. */
void xnm_doctor_find_sysctl(struct xnm_doctor *doctor, const char *path, uint32_t is,
			    uint32_t wanted, const char *why);
/* The same, but once for each path: two networks may need the same. */
void xnm_doctor_find_sysctl_once(struct xnm_doctor *doctor, const char *path, uint32_t is,
				 uint32_t wanted, const char *why);
/* The device of a network's uplink; "": the policy has no such uplink. */
const char *xnm_doctor_uplink_device(const struct xnm_doctor *doctor,
				     const struct xnm_network *network, unsigned int i);

#endif
