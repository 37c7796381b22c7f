/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fastpath.h - which guests may talk through shared memory: what is published in xenstore. */
#ifndef XNM_FASTPATH_H
#define XNM_FASTPATH_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/base/value.h"
#include "kmod/xnm_uapi.h"
#include "policy/policy.h"

struct xnm_err;
struct xnm_guest;
struct xnm_op_type;
struct xnm_run_dir;
struct xnm_store;
struct xnm_vif_note;
struct xnm_want;

/*
 * The nodes and their texts are in kmod/xnm_uapi.h.
 *
 * A vif is listed to its peers as long as its own node exists. Its note says that it should exist:
 * of two vifs with the same MAC address, as in a migration, only the newer one has the node.
 *
 * All of it changes under one lock of the host, which is taken after all others and held for
 * nothing else. For each domain, the nodes that belong to domain 0 change in one small xenstore
 * transaction. Nodes that the guest may write are never part of it, or the guest could make it fail
 * and so block other vifs' events. A guest that keeps changing its nodes is withdrawn.
 */

#define XNM_FP_MAX_MEMBERS 4096 /* vifs in the networks of one domain */
#define XNM_FP_MAX_STEPS   8192

/* ------------------------------------------------------------ which vifs */

/*
 * Why a vif is not published, as text; NULL: it is. Pure; the only place that decides it.
 */
const char *xnm_fastpath_reason(const struct xnm_want *want, const struct xnm_guest *guest);

/* The segment: vifs that see each other's frames. The network's name, with the vif's VLAN if it has
 * one. */
void xnm_fastpath_segment(const struct xnm_want *want, char out[XNM_SEGMENT_LEN]);

/* Fills the fields of the note that the text below is made of: MAC address, segment, addresses. */
void xnm_fastpath_state(struct xnm_vif_note *state, const struct xnm_want *want,
			const struct xnm_guest *guest);

/* "mac=.. net=.. ip=..", made of a vif's note. */
void xnm_fastpath_text(const struct xnm_vif_note *state, char out[XNM_FP_TEXT_LEN]);

/* ------------------------------------------------------------ what is, and what is wanted */

/* A vif whose notes name a segment. */
struct xnm_fp_vif {
	struct xnm_owner id;
	bool published; /* its node exists, or, for the domain itself, should */
	struct xnm_mac mac;
	char segment[XNM_SEGMENT_LEN];
	char text[XNM_FP_TEXT_LEN];
};

/* The present text of a vif's node. */
struct xnm_fp_entry {
	uint32_t devid;
	char text[XNM_FP_TEXT_LEN];
};

/* The nodes by which one domain learns of another. */
struct xnm_fp_side {
	bool listed, has_chan;
	char inc[XNM_FP_INC_LEN];
	char role[4];
	unsigned int n;
	struct xnm_fp_entry vifs[XNM_FP_MAX_VIFS];
};

struct xnm_fp_peer {
	uint32_t domid;
	char inc[XNM_FP_INC_LEN]; /* "": none of its vifs is published */
	struct xnm_fp_side here; /* nodes of the peer in the domain's tree */
	struct xnm_fp_side there; /* nodes of the domain in the peer's tree */
};

/* All that concerns one domain. Large: use one static variable. */
struct xnm_fp_view {
	uint32_t domid;
	char fresh_inc[XNM_FP_INC_LEN]; /* for a domain that has none yet */
	char version[4], inc[XNM_FP_INC_LEN];
	unsigned int n_own; /* existing nodes of its own vifs */
	struct xnm_fp_entry own[XNM_FP_MAX_VIFS];
	unsigned int n_peers; /* domains that are, or may be, listed; by number */
	struct xnm_fp_peer peers[2 * XNM_FP_MAX_PEERS];
	unsigned int n_vifs; /* by domain, then number */
	struct xnm_fp_vif vifs[XNM_FP_MAX_MEMBERS];
};

enum xnm_fp_action {
	XNM_FP_WRITE,
	XNM_FP_REMOVE, /* with all below it */
	XNM_FP_FOLDER, /* create it, readable by its domain */
	XNM_FP_CHANNEL, /* recreate it empty, writable by its domain and readable by reader */
};

struct xnm_fp_step {
	enum xnm_fp_action action;
	uint32_t domid; /* in whose tree */
	uint32_t reader;
	char node[XNM_FP_NODE_LEN];
	const char *value; /* points into the view */
};

struct xnm_fp_change {
	unsigned int n;
	bool full; /* there was more */
	struct xnm_fp_step steps[XNM_FP_MAX_STEPS];
};

struct xnm_fastpath_facts {
	const struct xnm_fp_view *view; /* of the vif's domain; NULL: not read */
	bool yields; /* a newer vif with its MAC is published in its segment */
	bool is_denied; /* this domain may not write what is published */
};

/* The changes to the fast path's nodes of the vif. */
struct xnm_fastpath_plan {
	char reason[96]; /* why the vif is not published; "": it is */
	char network[XNM_NAME_LEN], old_network[XNM_NAME_LEN]; /* networks of its peers */
	struct xnm_fp_change change; /* by what xenstore had; decided again when it is run */
};

/* Decides which nodes must change. Pure. */
void xnm_fp_decide(struct xnm_fp_change *change, const struct xnm_fp_view *view);

/* Another vif than id with this MAC address in this segment that is listed to peers, or could be.
 * NULL: none. */
const struct xnm_fp_vif *xnm_fp_namesake(const struct xnm_fp_view *view, const struct xnm_owner *id,
					 bool published);

/* The notes on a vif, or NULL. */
struct xnm_fp_vif *xnm_fp_find(struct xnm_fp_view *view, const struct xnm_owner *id);

/* ------------------------------------------------------------ reading */

/* What happens to the event's vif; without a vif: to the domain as a whole. */
struct xnm_fp_intent {
	struct xnm_owner id;
	bool has_vif, publish;
	char network[XNM_NAME_LEN]; /* its network, and its previous one; "": none */
	char old_network[XNM_NAME_LEN];
	const struct xnm_vif_note *state; /* its future note; NULL: unchanged */
};

/*
 * Fills view for one domain: the notes on all vifs of its networks, and the nodes of it and of its
 * peers. Returns 0, -EACCES if only another domain may read them, or -errno.
 */
int xnm_fp_read(struct xnm_fp_view *view, struct xnm_store *store, const struct xnm_run_dir *dir,
		const struct xnm_fp_intent *intent);

/* parts/fastpath/notes.c: the part of xnm_fp_read() that reads the notes. */
int xnm_fp_read_notes(struct xnm_fp_view *view, const struct xnm_run_dir *dir,
		      const struct xnm_fp_intent *intent);

/* "/local/domain/1/xnm" */
void xnm_fp_home(uint32_t domid, char out[XNM_FP_HOME_LEN]);

/* 16 lower-case hexadecimal digits. */
bool xnm_fp_inc_ok(const char *text);

/* ------------------------------------------------------------ what guests say to each other */

/* What a domain has written into its chan/<peer>. */
enum xnm_fp_word {
	XNM_FP_SILENT, /* no text: there is no module, or no node */
	XNM_FP_NONSENSE, /* or from an earlier life of one of the two */
	XNM_FP_CLOSED,
	XNM_FP_WANT,
	XNM_FP_OFFER,
	XNM_FP_CONN,
};

struct xnm_fp_hello {
	enum xnm_fp_word word;
	uint32_t serial;
};

/* Parses it, as strictly as anything that a guest writes. own and peer are the inc values of writer
 * and reader. */
void xnm_fp_hello_parse(struct xnm_fp_hello *hello, const char *text, const char *own,
			const char *peer);

enum xnm_fp_state {
	XNM_FP_CONNECTED,
	XNM_FP_CONNECTING,
	XNM_FP_IDLE,
	XNM_FP_NO_MODULE,
	XNM_FP_GARBLED,
};

/* What both together mean. */
enum xnm_fp_state xnm_fp_state_of(const struct xnm_fp_hello *server,
				  const struct xnm_fp_hello *client);

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* plan->fastpath: list the vif and its peers to each other */
extern const struct xnm_op_type xnm_op_fastpath_publish;
extern const struct xnm_op_type xnm_op_fastpath_withdraw; /* plan->fastpath: remove these lists */

#endif
