/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.h - what the administrator wants: the INI files read into fixed-size structs. */
#ifndef XNM_POLICY_H
#define XNM_POLICY_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "policy/link.h"
#include "policy/network.h"
#include "policy/pool.h"
#include "policy/profile.h"
#include "policy/schedule.h"
#include "policy/traffic.h"
#include "policy/vif.h"
#include "policy/written.h"

#define XNM_POLICY_FILE		"/etc/xnm/xnm.ini"
#define XNM_POLICY_DROPIN_DIR	"policy.d" /* beside the policy file */
#define XNM_POLICY_OVERRIDE_DIR "override.d" /* below the run directory */
#define XNM_POLICY_PROFILE_FILE "profile" /* there: which one `xnm profile use` has chosen */

#define XNM_MAX_NETWORKS     256
#define XNM_MAX_VIF_SECTIONS 4096
#define XNM_ACL_NAME_MAX     23 /* of an [acl], which is part of the name of an nftables chain */
#define XNM_MAX_POLICY_FILES 64
#define XNM_MAX_ALTNAMES     64
#define XNM_MAX_POLICY_BYTES (1024 * 1024) /* per file */

enum xnm_on_unknown {
	XNM_UNKNOWN_ACCEPT = 0, /* treat it as without a policy: the guest's own bridge= */
	XNM_UNKNOWN_DEFAULT_NETWORK, /* attach it to default-network= */
	XNM_UNKNOWN_DISABLE, /* let the guest start, leave the vif unattached and down */
	XNM_UNKNOWN_REJECT, /* refuse the vif, so the guest does not start */
};

/* An alternative name that the policy uses, and the device's own name. */
struct xnm_altname {
	char name[IFNAMSIZ];
	char device[IFNAMSIZ];
};

struct xnm_global {
	uint32_t version;
	enum xnm_on_unknown on_unknown;
	char default_network[XNM_NAME_LEN];
	char profile[XNM_NAME_LEN]; /* the one in force until another is chosen */
	enum xnm_tristate host_forward;
	enum xnm_tristate alias;
	struct xnm_origin origin;
	struct xnm_written written;
};

/*
 * The vif of the event has keys that were set while it ran (override.h): its
 * section then is this copy of the one that matches, with these keys laid over it.
 */
struct xnm_overridden {
	bool present;
	unsigned int file; /* whose keys they are: the index into xnm_policy.files */
	struct xnm_vif_policy section;
};

/*
 * About 22 MB of address space, almost none of it touched: keep one, static.
 * It must be all zero before the first load; loading again clears what the
 * load before has filled.
 */
struct xnm_policy {
	bool present; /* a policy file was found */
	bool of_this_host; /* its devices are called as the kernel calls them */
	unsigned int n_altnames;
	struct xnm_altname altnames[XNM_MAX_ALTNAMES]; /* for messages */
	struct xnm_global global;
	unsigned int n_global, n_networks, n_vifs, n_matches, n_files;
	unsigned int n_uplinks, n_forwards, n_acls, n_pools, n_profiles, n_links, n_classes;
	unsigned int n_schedules;
	struct xnm_network networks[XNM_MAX_NETWORKS];
	struct xnm_vif_policy vifs[XNM_MAX_VIF_SECTIONS]; /* in order of precedence */
	struct xnm_vif_match matches[XNM_MAX_VIF_SECTIONS + 1]; /* the last: a refused section's */
	struct xnm_uplink uplinks[XNM_MAX_UPLINKS];
	struct xnm_forward forwards[XNM_MAX_FORWARDS];
	struct xnm_acl acls[XNM_MAX_ACLS];
	struct xnm_pool pools[XNM_MAX_POOLS];
	struct xnm_link_policy links[XNM_MAX_LINKS];
	struct xnm_class_policy classes[XNM_MAX_CLASSES];
	struct xnm_profile profiles[XNM_MAX_PROFILES];
	struct xnm_schedule schedules[XNM_MAX_SCHEDULES];
	char profile[XNM_NAME_LEN]; /* the one in force; "": none */
	unsigned int n_left_out[XNM_N_SECTIONS]; /* behind each kind: not under this profile */
	bool is_chosen; /* by the note, not by [global] */
	char files[XNM_MAX_POLICY_FILES + 1][128]; /* the last: of overridden */
	struct xnm_overridden overridden;
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
 * Whether the policy is for this host: a device that it calls by an alternative
 * name is then replaced by the kernel's own name for it, with a warning.
 */
enum xnm_policy_host {
	XNM_ANY_HOST,
	XNM_THIS_HOST,
};

/*
 * Reads path, its policy.d/ *.ini and run_dir/override.d/ *.ini into policy,
 * reporting every mistake of every file (report may be NULL).
 *
 * A path that nothing has is no mistake: policy->present stays false, unless
 * drop-ins exist. One that is there but cannot be read, as a link to nowhere, is.
 * Files and directories must belong to root (or to us) and not be writable by
 * group or others.
 *
 * Returns 0, -EINVAL when there was any mistake, or another -errno when a
 * file cannot be read (also reported). After an error policy must not be used.
 */
int xnm_policy_load(struct xnm_policy *policy, const char *path, const char *run_dir,
		    enum xnm_policy_host host, xnm_policy_report report, void *arg);

/*
 * The same as if the named profile were in force, whatever is noted; NULL: the noted one, or
 * else that of [global], as xnm_policy_load(); "": that of [global], if it names one. That there is
 * a [profile] of that name is for the caller to check, also after an error.
 */
int xnm_policy_load_under(struct xnm_policy *policy, const char *path, const char *run_dir,
			  enum xnm_policy_host host, const char *profile, xnm_policy_report report,
			  void *arg);

/* Why a file or directory of the policy cannot be trusted, as in "must belong to root"; NULL: it can. */
struct stat;
const char *xnm_policy_distrust(const struct stat *st);

/* Whether a file of policy.d counts by its name. */
bool xnm_policy_is_dropin(const char *name);

/* Reads one open stream as if it were the only policy file; for tests and fuzzing. */
int xnm_policy_load_stream(struct xnm_policy *policy, FILE *stream, const char *name,
			   xnm_policy_report report, void *arg);

/*
 * Looks for probable mistakes that are not refused at every event, as the search
 * takes too long, the harm is small, or it depends on this machine: addresses
 * outside of an open network or given twice, forwarded ports that lead nowhere,
 * uplinks that do not exist, sections that never match and keys that have no
 * effect (warnings).
 *
 * Returns 0, or -EINVAL when there was any mistake.
 */
int xnm_policy_check(const struct xnm_policy *policy, xnm_policy_report report, void *arg);

/* The same for a kernel that can do so much; NULL: nobody has asked it. */
int xnm_policy_check_for(const struct xnm_policy *policy, const struct xnm_netem_can *can,
			 xnm_policy_report report, void *arg);

/* Whether any of its lines, whose vifs may never come, needs a netem: if not, there is nothing to ask. */
bool xnm_policy_has_netems(const struct xnm_policy *policy);

/* What is known of a vif when its section is looked for; unknown strings are "". */
struct xnm_vif_identity {
	char domain_name[XNM_NAME_LEN * 2]; /* of one that migrates, without xl's suffix */
	char uuid[XNM_UUID_TEXT_LEN];
	struct xnm_mac mac;
	uint32_t devid;
	char bridge[XNM_NAME_LEN * 2]; /* the guest's bridge=, as written */
	unsigned int n_bridge_names; /* and whatever else that device is called */
	const char (*bridge_names)[XNM_NAME_LEN * 2];
	char vifname[IFNAMSIZ];
	char vif[IFNAMSIZ]; /* vifD.N */
};

/* The first [vif] section that matches, or NULL. */
const struct xnm_vif_policy *xnm_policy_match(const struct xnm_policy *policy,
					      const struct xnm_vif_identity *id);

/* Whether any [vif], [forward], [uplink] or [link] looks at the domain's name, or at its UUID. */
bool xnm_policy_needs_name(const struct xnm_policy *policy);
bool xnm_policy_needs_uuid(const struct xnm_policy *policy);

/* Whether a [vif] section has both this name, not only "*", and this match-uuid=. */
bool xnm_policy_names_uuid(const struct xnm_policy *policy, const char *name, const char *uuid);

/* Whether any [vif] looks at the guest's bridge=. */
bool xnm_policy_needs_bridge(const struct xnm_policy *policy);

/* Whether any [uplink] has gateway=dhcp. */
bool xnm_policy_needs_dhcp(const struct xnm_policy *policy);

/* The network called name, or the one whose bridge is name; NULL if there is none. */
const struct xnm_network *xnm_policy_network(const struct xnm_policy *policy, const char *name);
const struct xnm_network *xnm_policy_network_by_bridge(const struct xnm_policy *policy,
						       const char *bridge);

/* The [uplink], the [acl], the [pool] and the [class] of that name; NULL if there is none. */
const struct xnm_uplink *xnm_policy_uplink(const struct xnm_policy *policy, const char *name);
const struct xnm_acl *xnm_policy_acl(const struct xnm_policy *policy, const char *name);
const struct xnm_pool *xnm_policy_pool(const struct xnm_policy *policy, const char *name);
const struct xnm_class_policy *xnm_policy_class(const struct xnm_policy *policy, const char *name);
/* The [profile] of that name, in force or not; NULL if there is none. */
const struct xnm_profile *xnm_policy_profile(const struct xnm_policy *policy, const char *name);
const struct xnm_schedule *xnm_policy_schedule(const struct xnm_policy *policy, const char *name);

/* Whether any gateway= or dns= names the address: it is in use, even if that machine is off. */
bool xnm_policy_names_server(const struct xnm_policy *policy, const struct xnm_cidr *address);

/* "brlan (altname of xenbr0)" of xenbr0, if the policy calls it so, else only that. Returns out. */
#define XNM_DEVICE_TEXT_LEN 64
const char *xnm_policy_device(const struct xnm_policy *policy, const char *name,
			      char out[XNM_DEVICE_TEXT_LEN]);

/* "file:line" of an origin, "default" for line 0; out holds out_size bytes. Returns out. */
const char *xnm_policy_origin(const struct xnm_policy *policy, struct xnm_origin origin, char *out,
			      size_t out_size);

#endif
