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
struct xnm_run_dir;
struct xnm_store;
struct xnm_vif_note;
struct xnm_want;

/*
 * The nodes and their texts are in kmod/xnm_uapi.h.
 *
 * A vif is listed to others as long as its own node is there. Its notes say that it should
 * be: of two with one MAC address, as in a migration, only the newer has the node.
 *
 * All of it changes under one lock of the host, which is taken after all others and held
 * while nothing else is done. Of each domain, what belongs to domain 0 changes in one small
 * transaction of xenstore; what the guest may write is never in it, or it could keep
 * others' events from ending. One that does not leave its nodes in peace is published no more.
 */

#define XNM_FP_MAX_MEMBERS 4096 /* vifs in the networks of one domain */
#define XNM_FP_MAX_STEPS   8192

/* ------------------------------------------------------------ which vifs */

/*
 * Why a vif is not to be published, in words; NULL: it is. Pure, and the one
 * place that decides it.
 */
const char *xnm_fastpath_reason(const struct xnm_want *want, const struct xnm_guest *guest);

/* Those that see each other's frames: the network, with the vif's VLAN if it has any. */
void xnm_fastpath_segment(const struct xnm_want *want, char out[XNM_SEGMENT_LEN]);

/* The notes that the text below is made of: MAC address, segment, addresses. */
void xnm_fastpath_state(struct xnm_vif_note *state, const struct xnm_want *want,
			const struct xnm_guest *guest);

/* "mac=.. net=.. ip=..", by the notes on a vif. */
void xnm_fastpath_text(const struct xnm_vif_note *state, char out[XNM_FP_TEXT_LEN]);

/* ------------------------------------------------------------ what is, and what is wanted */

/* A vif whose notes name a segment. */
struct xnm_fp_vif {
	struct xnm_owner id;
	bool published; /* its own node is there, or, of the domain itself, is to be */
	struct xnm_mac mac;
	char segment[XNM_SEGMENT_LEN];
	char text[XNM_FP_TEXT_LEN];
};

/* The text that a node of a vif has now. */
struct xnm_fp_entry {
	uint32_t devid;
	char text[XNM_FP_TEXT_LEN];
};

/* What one domain is told of another. */
struct xnm_fp_side {
	bool listed, has_chan;
	char inc[XNM_FP_INC_LEN];
	char role[4];
	unsigned int n;
	struct xnm_fp_entry vifs[XNM_FP_MAX_VIFS];
};

struct xnm_fp_peer {
	uint32_t domid;
	char inc[XNM_FP_INC_LEN]; /* "": nothing of it is published */
	struct xnm_fp_side here; /* what the domain is told of it */
	struct xnm_fp_side there; /* what it is told of the domain */
};

/* All that concerns one domain. Long: keep one, static. */
struct xnm_fp_view {
	uint32_t domid;
	char fresh_inc[XNM_FP_INC_LEN]; /* for a domain that has none yet */
	char version[4], inc[XNM_FP_INC_LEN];
	unsigned int n_own; /* the nodes of its own vifs that there are */
	struct xnm_fp_entry own[XNM_FP_MAX_VIFS];
	unsigned int n_peers; /* those that are listed or may be, by number */
	struct xnm_fp_peer peers[2 * XNM_FP_MAX_PEERS];
	unsigned int n_vifs; /* by domain, then number */
	struct xnm_fp_vif vifs[XNM_FP_MAX_MEMBERS];
};

enum xnm_fp_action {
	XNM_FP_WRITE,
	XNM_FP_REMOVE, /* with all below it */
	XNM_FP_FOLDER, /* make it, for its domain to read */
	XNM_FP_CHANNEL, /* make it anew and empty, for its domain to write and reader to read */
};

struct xnm_fp_step {
	enum xnm_fp_action action;
	uint32_t domid; /* in whose tree */
	uint32_t reader;
	char node[XNM_FP_NODE_LEN];
	const char *value; /* as long as the view is there */
};

struct xnm_fp_change {
	unsigned int n;
	bool full; /* there was more */
	struct xnm_fp_step steps[XNM_FP_MAX_STEPS];
};

struct xnm_fastpath_facts {
	const struct xnm_fp_view *view; /* of the vif's domain; NULL: nobody has looked */
	bool yields; /* a newer vif with its MAC address is published in its segment */
	bool is_denied; /* what is published is not for this domain to write */
};

/* What is published of the vif for the fast path. */
struct xnm_fastpath_plan {
	char reason[96]; /* why it is not to be published; "": it is */
	char network[XNM_NAME_LEN], old_network[XNM_NAME_LEN]; /* in which its peers are */
	struct xnm_fp_change change; /* as far as xenstore was read; decided anew when it is done */
};

/* Decides what has to change; nothing in a tree that is as it should be. Pure. */
void xnm_fp_decide(struct xnm_fp_change *change, const struct xnm_fp_view *view);

/* The vif of those with this MAC address and segment that is listed to others, or one that
 * could be; not id itself. NULL: there is none. */
const struct xnm_fp_vif *xnm_fp_namesake(const struct xnm_fp_view *view, const struct xnm_owner *id,
					 bool published);

/* The notes on a vif, or NULL. */
struct xnm_fp_vif *xnm_fp_find(struct xnm_fp_view *view, const struct xnm_owner *id);

/* ------------------------------------------------------------ reading */

/* What happens to the vif that an event is about; none is about the domain as a whole. */
struct xnm_fp_intent {
	struct xnm_owner id;
	bool has_vif, publish;
	char network[XNM_NAME_LEN]; /* that it is in, and that it was in; "": none */
	char old_network[XNM_NAME_LEN];
	const struct xnm_vif_note *state; /* what is to be noted of it; NULL: as it is noted */
};

/*
 * Fills view for one domain: the notes on all vifs of its networks, and what
 * xenstore has of it and of its peers. Returns 0, -EACCES where only another
 * domain may read it, or -errno.
 */
int xnm_fp_read(struct xnm_fp_view *view, struct xnm_store *store, const struct xnm_run_dir *dir,
		const struct xnm_fp_intent *intent);

/* parts/fastpath/notes.c: the notes alone, with which xnm_fp_read() begins. */
int xnm_fp_read_notes(struct xnm_fp_view *view, const struct xnm_run_dir *dir,
		      const struct xnm_fp_intent *intent);

/* "/local/domain/1/xnm" */
void xnm_fp_home(uint32_t domid, char out[XNM_FP_HOME_LEN]);

/* 16 lower-case hexadecimal digits. */
bool xnm_fp_inc_ok(const char *text);

/* ------------------------------------------------------------ what guests say to each other */

/* What a domain has written into its chan/<peer>. */
enum xnm_fp_word {
	XNM_FP_SILENT, /* nothing: there is no module, or no node */
	XNM_FP_NONSENSE, /* or of another life of either of the two */
	XNM_FP_CLOSED,
	XNM_FP_WANT,
	XNM_FP_OFFER,
	XNM_FP_CONN,
};

struct xnm_fp_hello {
	enum xnm_fp_word word;
	uint32_t serial;
};

/* Reads it, as strictly as all that a guest writes. own and peer are the incs of the writer and
 * of the reader. */
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

#endif
