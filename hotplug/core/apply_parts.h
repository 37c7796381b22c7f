/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_parts.h - the parts of apply, one file each. */
#ifndef XNM_APPLY_PARTS_H
#define XNM_APPLY_PARTS_H

#include "hotplug/core/apply.h"

/* The index of a device: known from the facts, or of one that an operation before has made. */
int apply_ifindex(struct xnm_ctx *ctx, const struct xnm_op *op, const char *name, int *ifindex);

/* Whether the owner of a note no longer exists: no note on that vif, and no device. */
bool apply_has_gone(struct xnm_ctx *ctx, const struct xnm_owner *owner);
/* Writes to ctx->taken that the owner has what this vif was to get. Returns -EADDRINUSE. */
int apply_was_slower(struct xnm_ctx *ctx, const struct xnm_owner *owner, const char *what);

/* Whether the plan adds any port forward. */
bool apply_adds_forward(const struct xnm_plan *plan);
/* The message for a port forward that leads to another vif: which one, and what to change. */
const char *apply_forward_rival(struct xnm_ctx *ctx, const struct xnm_plan *plan);

/* The message for a default route whose metric is in use, with the route that has it, if known. */
const char *apply_default_rival(const struct xnm_default *rival);

/*
 * parts/network/apart_apply.c: interfaces of the host may not forward to each other while xnm has
 * switched forwarding on. begin: called before the sysctl at path is switched on, if it is one of
 * forwarding; returns 0 or -errno. end: called after it was restored. The caller of both holds the
 * lock of the settings.
 */
int apply_apart_begin(struct xnm_ctx *ctx, const char *path);
void apply_apart_end(struct xnm_ctx *ctx, const char *path);
/* Whether it was xnm that switched forwarding on in a family. */
bool apply_apart_is_ours(const struct xnm_ctx *ctx, unsigned int ip);
/* Whether anything has to change; and changes it, under the same lock as begin. */
bool apply_apart_is_due(struct xnm_ctx *ctx, unsigned int ip);
int apply_apart_settle(struct xnm_ctx *ctx, unsigned int ip, bool begins);
/* apart_look.c: updates the rules for interfaces that came or went. often: where there are many
 * vifs, not at each event. */
void apply_apart_look(struct xnm_ctx *ctx, bool often);

/*
 * parts/network/settings_apply.c: sets the sysctls of a plan; writes its network's note, and
 * restores sysctls that the note no longer names; replaces any note, or removes it with new ==
 * NULL, and restores the sysctls that only old names. Return 0 or -errno.
 */
int apply_settings(struct xnm_ctx *ctx, const struct xnm_plan *plan);
int apply_network_note(struct xnm_ctx *ctx, const struct xnm_plan *plan);
int apply_replace_note(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *old,
		       const struct xnm_network_note *new);

/* parts/filter/apply.c: opens the nftables socket when it is needed. Return 0 or -errno. */
int apply_open_nft(struct xnm_ctx *ctx);
/* Sends the batch as one transaction, and records its generation as xnm's own. */
int apply_commit(struct xnm_ctx *ctx);
/*
 * Rebuilds tables with all elements that are noted for them, or deletes them. all: after this, all
 * tables are complete. -ESTALE: something has changed since the generation in now; nothing was
 * done.
 */
struct apply_tables {
	bool build[2], exists[2], end[2]; /* enum xnm_table */
	bool all;
	struct xnm_seen now;
};
int apply_tables(struct xnm_ctx *ctx, const struct apply_tables *tables);

/*
 * parts/filter/strays.c: finds elements of our tables that no note names. in_use: some of them
 * belong to a running vif whose notes were lost; then none of them may be deleted. going: elements
 * that the caller is about to delete, which are not reported. The struct begins as zero; the list
 * keeps its memory for the next call. Returns 0 or -errno.
 */
struct apply_strays {
	unsigned int n, room;
	struct xnm_element *list;
	bool in_use;
};
int apply_strays_find(struct xnm_ctx *ctx, struct apply_strays *strays,
		      const struct xnm_element *going, unsigned int n_going);
/* Whether an element leads to an access list that is no longer in the policy. */
bool apply_leads_nowhere(const struct xnm_policy *policy, const struct xnm_element *element);

/*
 * Undoes all that was set up for a network, if no vif is in it by the network's notes or the vif's
 * own. but: the vif that is leaving, whose note may still exist; NULL: none.
 */
int apply_release_network(struct xnm_ctx *ctx, const char *network, const char *bridge,
			  const struct xnm_owner *but);

/*
 * parts/conntrack/apply.c: deletes the conntrack entries that purge selects and that the rules, as
 * noted, would no longer accept as new; and those made by a port forward in gone. Returns 0 or
 * -errno.
 */
int apply_purge(struct xnm_ctx *ctx, const struct xnm_purge *purge, const struct xnm_element *gone,
		unsigned int n_gone);

/* parts/conntrack/ended.c: keeps ended connections from being taken for new ones. Adds a
 * connection; the list is sent as a whole. */
struct xnm_connection;
void apply_ended_add(struct xnm_elements *list, const struct xnm_connection *connection);
int apply_ended_send(struct xnm_ctx *ctx, const struct xnm_elements *list);

/* Deletes all conntrack entries of the addresses, and their entries in the sets of ended
 * connections. */
int apply_forget(struct xnm_ctx *ctx, const struct xnm_cidr *list, unsigned int n);

/*
 * Gives the interface whose place the bridge takes its addresses and routes back, and detaches it.
 * Returns 0; -EAGAIN if the interface does not exist; another -errno with everything unchanged.
 */
int apply_carry_back(struct xnm_ctx *ctx, const struct xnm_link *bridge,
		     const struct xnm_bridge_note *note);

/*
 * parts/uplink/lease.c: replaces the lease of an uplink by another one, which may be empty, and
 * notes it; an address that existed before does not become ours. give_up deletes the noted address,
 * unless it is somebody else's by now.
 */
struct xnm_offer;
struct xnm_uplink_note;
int apply_lease(struct xnm_ctx *ctx, struct xnm_uplink_note *note, const struct xnm_offer *offer);
int apply_give_up_lease(struct xnm_ctx *ctx, const struct xnm_uplink_note *note, int ifindex);
/* parts/owned/lease.c: a lease came or went; call xnm_leases_follow() after all locks are
 * dropped. */
void apply_lease_changed(struct xnm_ctx *ctx, const char *device, const struct xnm_cidr *address);

/* Undoes all that is noted of an uplink; with owner only if that vif is the uplink. */
int apply_release_uplink(struct xnm_ctx *ctx, const char *name, const struct xnm_owner *owner);

/* Updates the fast path's nodes of a domain or vif, and those of its peers. Returns 0 or -errno. */
int apply_fastpath(struct xnm_ctx *ctx, const struct xnm_fp_intent *intent);
/* parts/fastpath/gc.c: removes nodes that no note explains, as after notes were lost. */
void apply_fastpath_check(struct xnm_ctx *ctx);

/* Deletes our rules for the device from other programs' chains; missing ones are no error. */
int apply_end_through(struct xnm_ctx *ctx, const char *dev);

/* parts/foreign/gc.c: deletes our rules for devices that no note names: the notes were lost, or
 * another program saved the rules and loads them when the host starts. */
void apply_end_strays(struct xnm_ctx *ctx);

/* parts/owned/gc.c: deletes elements of address owners that no note names; unknown: some may be of
 * vifs without notes. */
void apply_owned_strays(struct xnm_ctx *ctx, bool unknown);

#endif
