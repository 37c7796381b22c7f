/* SPDX-License-Identifier: GPL-2.0-only */
/* peer.h - another guest that dom0 lists: its state, what it has written, what it has cost us. */
#ifndef XNM_PEER_H
#define XNM_PEER_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <xen/xenbus.h>

#include "guard.h"
#include "xnm_uapi.h"

struct xnm_chan;
struct xnm_table;

/**
 * struct xnm_counters - what happened with one peer since it was listed
 *
 * tx_* are written by the sender under tx_lock, rx_* in NAPI, the rest in the control work.
 */
struct xnm_counters {
	u64 tx_frames, tx_bytes, tx_events, tx_full, tx_held, tx_dropped;
	u64 rx_frames, rx_bytes, rx_events, rx_nomem, rx_down, rx_refused[XNM_V_COUNT];
	u64 reads, connects, closes, early, failures, stalls, violations, shortages;
	atomic64_t slow;
};

enum xnm_peer_state {
	XNM_S_IDLE, /* listed, not connected */
	XNM_S_WANT, /* client: has asked for an offer */
	XNM_S_OFFER, /* server: has made an offer */
	XNM_S_CONNECTED, /* client: has accepted, the server has not mapped our pages yet */
	XNM_S_UP, /* frames flow */
	XNM_S_QUARANTINE, /* the peer failed: nothing begins before the deadline */
	XNM_S_WAIT, /* we were short of something ourselves: nothing begins before the deadline */
};

/**
 * struct xnm_hello - what a guest has written into its handshake node (see xnm_uapi.h)
 * @state: XNM_FP_STATE_*; "" if the node is empty or of another incarnation
 * @gref: grant of the writer's control page
 * @port: its event channel
 * @inc: its incarnation
 * @peer_inc: ours
 * @features: 0
 * @serial: of an offer, a want, or the offer that is answered
 */
struct xnm_hello {
	char state[XNM_FP_STATE_LEN];
	u32 gref;
	u32 port;
	u64 inc;
	u64 peer_inc;
	u32 features;
	u32 serial;
};

/* bits of xnm_peer.flags: why the control work is to look at a peer */
enum {
	XNM_P_WANTED, /* a frame asks for a connection */
	XNM_P_KICK, /* the peer's handshake node has changed */
	XNM_P_STEP, /* it is to be stepped, though it is idle */
};

/**
 * struct xnm_limits - what a peer has cost us, and when it may cost us more; see limit.c
 * @quarantine_s: length of the next quarantine
 * @wait_s: length of the next wait for what we lack ourselves
 * @early: how many connections the peer ended early, less those that are forgotten
 * @early_at: when one of them was forgotten last, in jiffies
 * @began: when the latest connection, or attempt, began, in jiffies
 * @begun: @began counts
 * @read_at: when the peer's handshake node was read last, in jiffies
 * @failed_reads: how often in a row the node could not be read
 * @events: all watch events of the node
 * @events_seen: @events at @events_at
 * @events_at: when the events were looked at last, in jiffies
 */
struct xnm_limits {
	unsigned int quarantine_s;
	unsigned int wait_s;
	unsigned int early;
	unsigned long early_at;
	unsigned long began;
	bool begun;
	unsigned long read_at;
	unsigned int failed_reads;
	unsigned int events;
	unsigned int events_seen;
	unsigned long events_at;
};

/**
 * struct xnm_peer - another guest that dom0 lists
 * @list: in xnm_peers; changed by the control work only
 * @domid: the peer's domain
 * @inc: the peer's incarnation
 * @own_inc: our incarnation when the peer was listed
 * @own_domid: our domain then
 * @server: we are the server, which makes the offers
 * @listed: the latest table names the peer
 * @announced: our handshake node says that our module is there
 * @up_once: the first connection is logged already
 * @state: of the handshake
 * @deadline: when @state ends by itself, in jiffies
 * @up_since: when XNM_S_UP began, in jiffies
 * @limits: what the peer has cost us
 * @serial: of our latest want or offer
 * @seen: serial of the peer's latest want or offer that we acted upon
 * @hello: what the peer has written last
 * @flags: bits XNM_P_*
 * @chan: the channel that frames go through, or NULL
 * @half: a channel that is being made, or NULL; for the control work only
 * @last_slow_ns: when a frame to this peer last took the slow path
 * @count: counters
 * @watch: of the peer's handshake node
 * @watch_path: path of that node
 * @watched: @watch is registered
 * @watch_again: when to try to register it again, in jiffies
 * @reap: work that frees the peer; see work.c
 */
struct xnm_peer {
	struct list_head list;
	u16 domid;
	u64 inc;
	u64 own_inc;
	u16 own_domid;
	bool server;
	bool listed;
	bool announced;
	bool up_once;
	enum xnm_peer_state state;
	unsigned long deadline;
	unsigned long up_since;
	struct xnm_limits limits;
	u32 serial;
	u32 seen;
	struct xnm_hello hello;
	unsigned long flags;
	struct xnm_chan __rcu *chan;
	struct xnm_chan *half;
	u64 last_slow_ns;
	struct xnm_counters count;
	struct xenbus_watch watch;
	char watch_path[XNM_FP_HOME_LEN + XNM_FP_NODE_LEN];
	bool watched;
	unsigned long watch_again;
	struct work_struct reap;
};

extern struct list_head xnm_peers;

/* peers.c */
struct xnm_peer *xnm_peer_get(u16 domid, u64 inc, bool server, const struct xnm_table *table);
void xnm_peer_follow(struct xnm_peer *peer);
void xnm_peer_forget(struct xnm_peer *peer, bool say);
void xnm_peer_free(struct xnm_peer *peer);

/* peer.c */
void xnm_peer_step(struct xnm_peer *peer);
void xnm_peer_set_state(struct xnm_peer *peer, enum xnm_peer_state state, unsigned int seconds);
struct xnm_chan *xnm_peer_chan(const struct xnm_peer *peer);
const char *xnm_peer_state_name(enum xnm_peer_state state);

/* connect.c */
void xnm_connect(struct xnm_peer *peer, const struct xnm_hello *hello, bool asked);
void xnm_connect_accept(struct xnm_peer *peer, const struct xnm_hello *hello);
void xnm_connect_finish(struct xnm_peer *peer, const struct xnm_hello *hello);
void xnm_connect_up(struct xnm_peer *peer);

/* close.c */
void xnm_close(struct xnm_peer *peer, const char *why);
void xnm_close_left(struct xnm_peer *peer, const char *why, bool drain);
void xnm_close_fail(struct xnm_peer *peer, const char *why, int rc);
void xnm_close_wait(struct xnm_peer *peer, const char *why, int rc);
void xnm_close_error(struct xnm_peer *peer, const char *why, int rc);

/* hello.c */
int xnm_hello_read(const struct xnm_peer *peer, struct xnm_hello *hello);
bool xnm_hello_says(const struct xnm_hello *hello, const char *state);
int xnm_hello_write(const struct xnm_peer *peer, const char *state, u32 gref, u32 port, u32 serial);
int xnm_hello_clear(const struct xnm_peer *peer);

/* limit.c */
void xnm_limit_init(struct xnm_peer *peer);
bool xnm_limit_begin(struct xnm_peer *peer);
bool xnm_limit_read(struct xnm_peer *peer);
void xnm_limit_was_read(struct xnm_peer *peer, bool ok);
bool xnm_limit_early(struct xnm_peer *peer);
bool xnm_limit_flood(struct xnm_peer *peer);
unsigned int xnm_limit_quarantine(struct xnm_peer *peer);
unsigned int xnm_limit_wait(struct xnm_peer *peer);
void xnm_limit_reset(struct xnm_peer *peer);
void xnm_limit_slept(unsigned long late);
bool xnm_limit_is_shortage(int rc);

#endif
