/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.h - what the administrator wants: the INI files read into fixed-size structs. */
#ifndef XNM_POLICY_H
#define XNM_POLICY_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/value.h"
#include "hotplug/vlan.h"

#define XNM_POLICY_FILE		"/etc/xnm/xnm.ini"
#define XNM_POLICY_DROPIN_DIR	"policy.d" /* beside the policy file */
#define XNM_POLICY_OVERRIDE_DIR "override.d" /* below the run directory */

#define XNM_NAME_LEN	     64 /* section arguments, domain names in patterns */
#define XNM_UUID_TEXT_LEN    37
#define XNM_MAX_NETWORKS     256
#define XNM_MAX_VIF_SECTIONS 4096
#define XNM_MAX_ADDRESSES    16 /* per section */
#define XNM_MAX_INTERFACES   8 /* per network */
#define XNM_MAX_MATCHES	     8 /* per match key */
#define XNM_MAX_POLICY_FILES 64
#define XNM_MAX_POLICY_BYTES (1024 * 1024) /* per file */
#define XNM_MAX_SECTION_KEYS 32 /* different keys that one kind of section has */

/* Unset keys must be told from "no": a value from elsewhere may fill them. */
enum xnm_tristate {
	XNM_UNSET = 0,
	XNM_NO,
	XNM_YES,
};

enum xnm_on_unknown {
	XNM_UNKNOWN_ACCEPT = 0, /* treat it as without a policy: the guest's own bridge= */
	XNM_UNKNOWN_DEFAULT_NETWORK, /* attach it to default-network= */
	XNM_UNKNOWN_DISABLE, /* let the guest start, leave the vif unattached and down */
	XNM_UNKNOWN_REJECT, /* refuse the vif, so the guest does not start */
};

enum xnm_locking_mode {
	XNM_LOCK_UNSET = 0,
	XNM_LOCK_UNLOCKED,
	XNM_LOCK_LOCKED,
	XNM_LOCK_DISABLED,
};

/* Where a section or key was written: index into xnm_policy.files, and the line. */
struct xnm_origin {
	uint32_t file : 8;
	uint32_t line : 24; /* 0: built-in default */
};

/* Numbers of all sections and keys; those of one section's keys follow each other. */
enum xnm_section_id {
#define XNM_SECTION(id, ...) XNM_SECTION_##id,
#define XNM_KEY(...)
#include "policy/policy.def"
	XNM_N_SECTIONS,
};

enum xnm_key_id {
#define XNM_SECTION(id, ...)	  XNM_FIRST_KEY_OF_##id, XNM_BEFORE_##id = XNM_FIRST_KEY_OF_##id - 1,
#define XNM_KEY(section, id, ...) XNM_KEY_##section##_##id,
#include "policy/policy.def"
	XNM_N_KEYS,
};

/*
 * Where a section and its keys were written. opened is the last file's line
 * that continued the section; keys[] counts from the section's first key.
 */
struct xnm_written {
	struct xnm_origin opened;
	struct xnm_origin keys[XNM_MAX_SECTION_KEYS];
};

/* The place of a key in the written.keys[] of its section, as in XNM_KEY_INDEX(VIF, NETWORK). */
#define XNM_KEY_INDEX(section, id) (XNM_KEY_##section##_##id - XNM_FIRST_KEY_OF_##section)

/* Flags of a bridge port that a [network] may set for all its vifs and a [vif] for its own. */
struct xnm_port_policy {
	enum xnm_tristate isolated;
	enum xnm_tristate learning;
	enum xnm_tristate hairpin;
	enum xnm_tristate guard;
	enum xnm_tristate root_block;
	enum xnm_tristate flood;
	enum xnm_tristate mcast_flood;
	enum xnm_tristate bcast_flood;
	enum xnm_tristate neigh_suppress;
};

struct xnm_network {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	char bridge[IFNAMSIZ]; /* after loading never empty: defaults to the name */
	enum xnm_tristate create; /* default yes */
	enum xnm_tristate keep; /* default yes with interfaces, else no */
	unsigned int n_interfaces;
	char interfaces[XNM_MAX_INTERFACES][IFNAMSIZ];
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	uint32_t mtu_bytes; /* 0: unset */
	enum xnm_tristate stp; /* unset: no for a bridge we make, others stay as they are */
	enum xnm_tristate vlan_filtering;
	bool has_vlan;
	struct xnm_vlans vlan; /* for vifs that name none */
	struct xnm_port_policy port;
	enum xnm_locking_mode locking_mode;
	struct xnm_written written;
};

/*
 * The match- keys of a [vif] section. Every one that is given must match; its
 * values are alternatives. Apart from the section, since most have none: pages
 * that are not touched are what a policy of a thousand sections saves.
 */
struct xnm_vif_match {
	unsigned int n_names, n_uuids, n_macs, n_devids, n_bridges, n_interfaces;
	char names[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs */
	char uuids[XNM_MAX_MATCHES][XNM_UUID_TEXT_LEN]; /* lower case */
	struct xnm_mac macs[XNM_MAX_MATCHES];
	uint32_t devids[XNM_MAX_MATCHES];
	char bridges[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs, against the guest's bridge= */
	char interfaces[XNM_MAX_MATCHES][XNM_NAME_LEN]; /* globs, against vifname= and vifD.N */
};

struct xnm_vif_policy {
	char match[XNM_NAME_LEN]; /* the section's argument: name-glob[/devid-glob][ as label] */
	struct xnm_origin origin;
	uint32_t matches; /* 1 + the index into xnm_policy.matches; 0: no match- key */

	char network[XNM_NAME_LEN]; /* "": by the guest's bridge= */
	unsigned int n_addresses;
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	uint32_t mtu_bytes;
	bool has_vlan;
	struct xnm_vlans vlan;
	struct xnm_port_policy port;
	enum xnm_locking_mode locking_mode;
	struct xnm_written written;
};

struct xnm_global {
	uint32_t version;
	enum xnm_on_unknown on_unknown;
	char default_network[XNM_NAME_LEN];
	struct xnm_origin origin;
	struct xnm_written written;
};

/*
 * About 15 MB of address space, almost none of it touched: keep one, static.
 * It must be all zero before the first load; loading again clears what the
 * load before has filled.
 */
struct xnm_policy {
	bool present; /* a policy file was found */
	struct xnm_global global;
	unsigned int n_global, n_networks, n_vifs, n_matches, n_files;
	struct xnm_network networks[XNM_MAX_NETWORKS];
	struct xnm_vif_policy vifs[XNM_MAX_VIF_SECTIONS]; /* in order of precedence */
	struct xnm_vif_match matches[XNM_MAX_VIF_SECTIONS + 1]; /* the last: a refused section's */
	char files[XNM_MAX_POLICY_FILES][128];
};

/*
 * Receives each mistake: file, line (0: the file as a whole) and the text,
 * such as "unknown key 'brige' in [network lan]; did you mean 'bridge'?".
 * A text that begins with "warning: " is no mistake.
 */
typedef void (*xnm_policy_report)(void *arg, const char *file, unsigned int line, const char *text);

static inline bool xnm_policy_is_warning(const char *text)
{
	return strncmp(text, "warning: ", 9) == 0;
}

/*
 * Reads path, its policy.d/ *.ini and run_dir/override.d/ *.ini into policy,
 * reporting every mistake of every file (report may be NULL).
 *
 * A missing path is no mistake: policy->present stays false, unless drop-ins exist. Files and
 * directories must belong to root (or to us) and not be writable by group or others.
 *
 * Returns 0, -EINVAL when there was any mistake, or another -errno when a
 * file cannot be read (also reported). After an error policy must not be used.
 */
int xnm_policy_load(struct xnm_policy *policy, const char *path, const char *run_dir,
		    xnm_policy_report report, void *arg);

/* Reads one open stream as if it were the only policy file; for tests and fuzzing. */
int xnm_policy_load_stream(struct xnm_policy *policy, FILE *stream, const char *name,
			   xnm_policy_report report, void *arg);

/*
 * Looks for what a loaded policy can hardly mean but that costs too much time,
 * or harms too little, to refuse it at every event: addresses outside of their
 * network or given twice, sections that never match (a warning).
 *
 * Returns 0, or -EINVAL when there was any mistake.
 */
int xnm_policy_check(const struct xnm_policy *policy, xnm_policy_report report, void *arg);

/* What is known of a vif when its section is looked for; unknown strings are "". */
struct xnm_vif_identity {
	char domain_name[XNM_NAME_LEN * 2]; /* without --incoming / --migratedaway */
	char uuid[XNM_UUID_TEXT_LEN];
	struct xnm_mac mac;
	uint32_t devid;
	char bridge[XNM_NAME_LEN * 2]; /* the guest's bridge=, as written */
	char vifname[IFNAMSIZ];
	char vif[IFNAMSIZ]; /* vifD.N */
};

/* The first [vif] section that matches, or NULL. */
const struct xnm_vif_policy *xnm_policy_match(const struct xnm_policy *policy,
					      const struct xnm_vif_identity *id);

/* Whether any [vif] section looks at the domain's name or UUID, which cost a read each. */
bool xnm_policy_needs_name(const struct xnm_policy *policy);
bool xnm_policy_needs_uuid(const struct xnm_policy *policy);

/* The network called name, or the one whose bridge is name; NULL if there is none. */
const struct xnm_network *xnm_policy_network(const struct xnm_policy *policy, const char *name);
const struct xnm_network *xnm_policy_network_by_bridge(const struct xnm_policy *policy,
						       const char *bridge);

/* "file:line" of an origin, "default" for line 0; out holds out_size bytes. Returns out. */
const char *xnm_policy_origin(const struct xnm_policy *policy, struct xnm_origin origin, char *out,
			      size_t out_size);

#endif
