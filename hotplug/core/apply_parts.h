/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_parts.h - the parts of apply, one file each. */
#ifndef XNM_APPLY_PARTS_H
#define XNM_APPLY_PARTS_H

#include "hotplug/core/apply.h"

/* The index of a device: known from the facts, or of one that an operation before has made. */
int apply_ifindex(struct xnm_ctx *ctx, const struct xnm_op *op, const char *name, int *ifindex);
/* Removes a bridge of ours that has no port. The caller holds its lock alone, so none can come in between. */
int apply_release_bridge(struct xnm_ctx *ctx, const struct xnm_plan *plan, const char *bridge);

/* Whether a note that outlived its vif is nobody's. */
bool apply_has_gone(struct xnm_ctx *ctx, const struct xnm_owner *owner);
/* Leaves in ctx->taken that the owner has what this vif was to have. Returns -EADDRINUSE. */
int apply_was_slower(struct xnm_ctx *ctx, const struct xnm_owner *owner, const char *what);

/* Whether the plan adds any port forward. */
bool apply_adds_forward(const struct xnm_plan *plan);
/* Why a port forward is somebody else's, with whose. */
const char *apply_forward_rival(struct xnm_ctx *ctx, const struct xnm_plan *plan);

/* Why a default route cannot be made, with what is in its place as far as that is known. */
const char *apply_default_rival(const struct xnm_default *rival);

/*
 * parts/network/apart_apply.c: interfaces of the host are kept apart as long as it forwards by
 * us. begin: before the setting of that path is switched on, if it is one of
 * forwarding; returns 0 or -errno. end: behind its going back. The caller of
 * both holds the lock of the settings.
 */
int apply_apart_begin(struct xnm_ctx *ctx, const char *path);
void apply_apart_end(struct xnm_ctx *ctx, const char *path);
/* Whether it is by us that the host forwards in a family. */
bool apply_apart_is_ours(const struct xnm_ctx *ctx, unsigned int ip);
/* Whether anything is to be done; and does it, for whom the same goes as for begin. */
bool apply_apart_is_due(struct xnm_ctx *ctx, unsigned int ip);
int apply_apart_settle(struct xnm_ctx *ctx, unsigned int ip, bool begins);
/* apart_look.c: what has come and gone meanwhile. often: with many vifs not at each event. */
void apply_apart_look(struct xnm_ctx *ctx, bool often);

/*
 * parts/network/settings_apply.c: changes the settings of a plan; writes its network's note, and
 * puts back what that names no more; replaces any note, or with new == NULL removes
 * it, and puts back the settings that only old names. Return 0 or -errno.
 */
int apply_settings(struct xnm_ctx *ctx, const struct xnm_plan *plan);
int apply_network_note(struct xnm_ctx *ctx, const struct xnm_plan *plan);
int apply_replace_note(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *old,
		       const struct xnm_network_note *new);

/* parts/filter/apply.c: the socket of nftables, opened when it is needed. Return 0 or -errno. */
int apply_open_nft(struct xnm_ctx *ctx);
int apply_filter(struct xnm_ctx *ctx, const struct xnm_plan *plan);
/* Sends the batch of a transaction, and counts it as one of ours. */
int apply_commit(struct xnm_ctx *ctx);
/*
 * Makes tables anew, with all that is noted for them, or takes them away. all:
 * then everything is whole. -ESTALE: not if anything has changed since now.
 */
struct apply_tables {
	bool build[2], exists[2], end[2]; /* enum xnm_table */
	bool all;
	struct xnm_seen now;
};
int apply_tables(struct xnm_ctx *ctx, const struct apply_tables *tables);

/*
 * parts/filter/strays.c: finds what nobody has noted of our tables. in_use: there is a
 * vif among them that runs, as its notes were lost; then none of it is to go.
 * going: what the caller is about to delete is none. Begins with all zero; the
 * list keeps its room for the next time. Returns 0 or -errno.
 */
struct apply_strays {
	unsigned int n, room;
	struct xnm_element *list;
	bool in_use;
};
int apply_strays_find(struct xnm_ctx *ctx, struct apply_strays *strays,
		      const struct xnm_element *going, unsigned int n_going);
/* An element that is noted, but leads to an access list that the policy has no more. */
bool apply_leads_nowhere(const struct xnm_policy *policy, const struct xnm_element *element);
/* Nothing but deletes: a table that has gone, or is not ours, does not keep those of the other. */
int apply_delete_elements(struct xnm_ctx *ctx, const struct xnm_element *list, unsigned int n);
/* The same of a network; what another one has noted, too, stays. */
int apply_delete_networks(struct xnm_ctx *ctx, const struct xnm_elements *elements,
			  const char *network);

/*
 * Takes back all that a network has changed, if no vif is noted as one of it,
 * neither by the network's notes nor by its own. but: the vif that leaves it, of
 * which notes may still be there; NULL: none.
 */
int apply_release_network(struct xnm_ctx *ctx, const char *network, const char *bridge,
			  const struct xnm_owner *but);

/* The vif is not held any more to what is noted of the bridge op->dev; as apply_release_network(). */
int apply_leave_owned(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op);

/*
 * parts/conntrack/apply.c: ends the connections that purge is about and that the rules,
 * as the notes have them, would not let begin; and those that a port forward
 * among gone has made, which is not there any more. Returns 0 or -errno.
 */
int apply_purge(struct xnm_ctx *ctx, const struct xnm_purge *purge, const struct xnm_element *gone,
		unsigned int n_gone);

/* parts/conntrack/ended.c: what has ended stays so. Adds a connection; the list is sent as a whole. */
struct xnm_connection;
void apply_ended_add(struct xnm_elements *list, const struct xnm_connection *connection);
int apply_ended_send(struct xnm_ctx *ctx, const struct xnm_elements *list);
/* What is in the sets now, to be put into a table that is made anew. */
int apply_ended_read(struct xnm_ctx *ctx, struct xnm_elements *list);
/* Forgets all connections of the addresses, also those that have ended. */
int apply_forget(struct xnm_ctx *ctx, const struct xnm_cidr *list, unsigned int n);
/* The same of everybody's that have ended. */
void apply_ended_clear(struct xnm_ctx *ctx);

/*
 * Gives the interface that a bridge carries its addresses and routes back, and
 * takes it out. Returns 0; -EAGAIN when the interface is not there; another
 * -errno with everything as it was.
 */
int apply_carry_back(struct xnm_ctx *ctx, const struct xnm_link *bridge,
		     const struct xnm_bridge_note *note);

/*
 * parts/uplink/lease.c: puts the lease of an uplink in the place of the one before, an
 * empty one too, and notes it: only an address that was not there before is
 * ours. give_up takes the noted one away, unless somebody else keeps it by now.
 */
struct xnm_offer;
struct xnm_uplink_note;
int apply_lease(struct xnm_ctx *ctx, struct xnm_uplink_note *note, const struct xnm_offer *offer);
int apply_give_up_lease(struct xnm_ctx *ctx, const struct xnm_uplink_note *note, int ifindex);
/* parts/owned/lease.c: one came or went; xnm_leases_follow() is to be called behind all locks. */
void apply_lease_changed(struct xnm_ctx *ctx, const char *device, const struct xnm_cidr *address);

/* Takes back all that is noted of an uplink; with an owner only if it is that vif's. */
int apply_release_uplink(struct xnm_ctx *ctx, const char *name, const struct xnm_owner *owner);

/* For a bridge that goes: a server takes no message by an interface that it does not find any more.
 * Waits a little until it has taken those that the plan has sent. */
void apply_await_releases(const struct xnm_plan *plan);

/* What others are told of a domain or vif, and its guest of them. Returns 0 or -errno. */
int apply_fastpath(struct xnm_ctx *ctx, const struct xnm_fp_intent *intent);
/* parts/fastpath/gc.c: takes away what no notes say any more, as after they were lost. */
void apply_fastpath_check(struct xnm_ctx *ctx);

/* The vif needs no more that op->dev is let through; ends it as apply_release_network() does. */
int apply_leave_through(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op);

/* Deletes our rules for the device in others' chains; that they are gone already is success. */
int apply_end_through(struct xnm_ctx *ctx, const char *dev);

/* parts/foreign/gc.c: deletes those for devices that nobody has noted. Their notes were lost, or
 * somebody has saved the rules and loads them when the host starts. */
void apply_end_strays(struct xnm_ctx *ctx);

#endif
