/* SPDX-License-Identifier: GPL-2.0-only */
/* xnm.h - the things that the files of this module share, and what each file does for others. */
#ifndef XNM_H
#define XNM_H

#include <linux/atomic.h>
#include <linux/etherdevice.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "ring.h"
#include "xnm_uapi.h"

struct dentry;
struct nf_hook_state;

#define XNM_NONE (~0U)

/**
 * struct xnm_id - a published vif: who may be found behind it
 * @devid: number of the vif
 * @mac: its MAC
 * @n_ip: how many of @ip count
 * @ip: its addresses; IPv4 as mapped IPv6. Without any, nobody knows them
 * @net: name of the segment that it is on
 */
struct xnm_id {
	u16 devid;
	u8 mac[ETH_ALEN];
	u8 n_ip;
	struct in6_addr ip[XNM_FP_MAX_IPS];
	char net[XNM_SEGMENT_LEN];
};

/**
 * struct xnm_route - one of our vifs and one of a peer's on the same segment
 * @node: in the table's hash, by the peer's MAC
 * @own: our vif
 * @id: the peer's vif
 * @peer: the peer
 */
struct xnm_route {
	struct hlist_node node;
	const struct xnm_id *own;
	struct xnm_id id;
	struct xnm_peer *peer;
};

#define XNM_ROUTE_BITS 7

/**
 * struct xnm_table - what dom0 lets us do, as read at one moment; never changed, only replaced
 * @rcu: for its end
 * @domid: who we are
 * @inc: our incarnation
 * @read_at: when it was read, in jiffies
 * @n_own: how many of @own count
 * @own: our published vifs
 * @routes: all routes
 */
struct xnm_table {
	struct rcu_head rcu;
	u16 domid;
	u64 inc;
	unsigned long read_at;
	unsigned int n_own;
	struct xnm_id own[XNM_FP_MAX_VIFS];
	struct hlist_head routes[1 << XNM_ROUTE_BITS];
};

extern struct xnm_table __rcu *xnm_table;

/* why a frame takes the slow path, or is not believed */
enum xnm_verdict {
	XNM_FAST,
	XNM_V_SHAPE, /* cannot be understood */
	XNM_V_VLAN, /* VLAN tag, or neither IPv4 nor IPv6 */
	XNM_V_MAC, /* MAC address of somebody else */
	XNM_V_IP, /* IP address of somebody else */
	XNM_V_SERVICE, /* DHCP, neighbours, routers, multicast groups: dom0's to see */
	XNM_V_OFFLOAD, /* checksum or segmentation that the ring cannot carry */
	XNM_V_SIZE, /* longer than the MTU, or than a record can be */
	XNM_V_COUNT
};

/**
 * struct xnm_headers - where the headers of a frame are that may take the fast path
 * @protocol: what IP carries behind its extension headers; or of a later fragment
 * @v6: it is IPv6
 * @fragment: it is a fragment, or has IPv6's header of one
 * @at: where that begins, from the Ethernet header on
 * @end: where the packet ends; what follows is padding
 */
struct xnm_headers {
	u8 protocol;
	bool v6;
	bool fragment;
	u32 at;
	u32 end;
};

/**
 * struct xnm_counters - what happened with one peer since it was listed
 *
 * Each is written under the lock of its side: tx_* by the sender under tx_lock, rx_* in NAPI, the
 * rest in the control work.
 */
struct xnm_counters {
	u64 tx_frames, tx_bytes, tx_events, tx_full, tx_held, tx_dropped;
	u64 rx_frames, rx_bytes, rx_events, rx_nomem, rx_down, rx_refused[XNM_V_COUNT];
	u64 heard, connects, closes, early, failures, stalls, violations, shortages;
	atomic64_t slow;
};

enum xnm_peer_state {
	XNM_IDLE, /* listed, not connected */
	XNM_WANT, /* client: has asked for an offer */
	XNM_OFFER, /* server: has made one */
	XNM_CONNECTED, /* client: has accepted, the server has not mapped yet */
	XNM_UP, /* frames flow */
	XNM_QUARANTINE, /* the peer failed; not before the deadline again */
	XNM_WAIT, /* we were short of something ourselves; not before the deadline again */
};

/**
 * struct xnm_hello - what a guest has written into its handshake node
 * @state: XNM_FP_STATE_*; "" if there is nothing that counts
 * @gref: grant of its control page
 * @port: its event channel
 * @inc: its incarnation
 * @peer_inc: ours
 * @features: 0
 * @serial: see xnm_uapi.h
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

/* what is allocated, see object.c */
enum xnm_object {
	XNM_O_TABLE,
	XNM_O_ROUTE,
	XNM_O_PEER,
	XNM_O_CHAN,
	XNM_O_OWN,
	XNM_O_MAP,
	XNM_O_PAGE,
	XNM_O_PORT,
	XNM_O_COUNT
};

enum {
	XNM_P_WANTED, /* a frame asks for a connection */
	XNM_P_KICK, /* its handshake node has changed */
	XNM_P_STEP, /* look at it, though it is idle */
};

/**
 * struct xnm_patience - what a peer has cost us, and when it may cost us more; see limit.c
 * @penalty_s: length of the next quarantine
 * @wait_s: length of the next wait for what we lack ourselves
 * @early: connections that it ended at once, less those that are forgiven
 * @early_at: when one was forgiven last, in jiffies
 * @began: when the latest connection, or the attempt, was begun, in jiffies
 * @begun: @began counts
 * @heard: when its handshake node was read last, in jiffies
 * @deaf: how often in a row the node could not be read
 * @events: of its handshake node, ever
 * @events_seen: the same at @events_at
 * @events_at: when they were looked at, in jiffies
 */
struct xnm_patience {
	unsigned int penalty_s;
	unsigned int wait_s;
	unsigned int early;
	unsigned long early_at;
	unsigned long began;
	bool begun;
	unsigned long heard;
	unsigned int deaf;
	unsigned int events;
	unsigned int events_seen;
	unsigned long events_at;
};

/**
 * struct xnm_peer - another guest that dom0 lists
 * @list: in xnm_peers; changed by the control work only
 * @domid: its domain
 * @inc: its incarnation
 * @own_inc: ours, when it was listed
 * @own_domid: who we were then
 * @server: we make the offers
 * @listed: seen by the latest reading of the table
 * @announced: our handshake node says that we are there
 * @up_once: the line that tells of the first connection is out
 * @state: of the handshake
 * @deadline: when @state ends by itself, in jiffies
 * @up_since: when XNM_UP began, in jiffies
 * @patience: what it has cost us
 * @serial: of our latest want or offer
 * @seen: serial of the peer's latest want or offer that we acted upon
 * @hello: what it has written last
 * @flags: XNM_P_*
 * @chan: what frames go through, or NULL
 * @half: the channel while it is being made, for the control work only
 * @last_slow_ns: when a frame to this peer last took the slow path
 * @count: counters
 * @watch: on the peer's handshake node
 * @watch_path: its path
 * @watched: @watch is registered
 * @watch_again: when to try that again, in jiffies
 * @reap: its end
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
	struct xnm_patience patience;
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

/* our pages that a peer may read */
struct xnm_own {
	struct list_head list;
	u16 domid;
	u32 pages;
	u32 left; /* pages not yet taken back */
	struct xnm_ctrl *ctrl;
	grant_ref_t ref[1 + XNM_PAGES_MAX];
	void *page[1 + XNM_PAGES_MAX]; /* [0] is the control page */
};

/* pages of a peer that we may read */
struct xnm_map {
	u16 domid;
	u32 pages;
	u32 mapped;
	struct page *page[1 + XNM_PAGES_MAX];
	grant_handle_t handle[1 + XNM_PAGES_MAX];
};

enum { XNM_C_BROKEN, XNM_C_EOI, XNM_C_CHECK, XNM_C_FAST, XNM_C_DRAIN };

/* why a channel carries nothing any more */
enum xnm_fault {
	XNM_F_RULE, /* the peer broke a rule */
	XNM_F_STALL, /* it does not take what is sent */
	XNM_F_GONE, /* it is there no more */
};

/**
 * struct xnm_chan - a connected pair of rings
 * @peer: who is at the other end
 * @own: our pages
 * @map: the peer's pages
 * @theirs: the peer's control page
 * @port: our event channel
 * @irq: its interrupt, or 0
 * @flags: XNM_C_*
 * @fault: of what kind, with XNM_C_BROKEN
 * @why: what the peer did wrong, with XNM_C_BROKEN
 * @ready_ns: when frames could first flow
 * @last_use: when one did, in jiffies
 * @drain_until: when we wait no longer for what is on its way, with XNM_C_DRAIN, in jiffies
 * @tx_lock: for the fields of the sending side
 * @prod: our tx_prod
 * @cons_seen: the peer's rx_cons when we looked last
 * @tx_size: bytes of our ring
 * @backlog: frames that found the ring full
 * @backlog_bytes: their size
 * @looks: how often somebody looked whether the peer takes what is sent
 * @still: how many of the latest looks found that it had taken nothing
 * @look_cons: @cons_seen at the latest look
 * @look_at: when that was, in jiffies
 * @napi: the receiving side, to which the rest belongs
 * @cons: our rx_cons
 * @rx_size: bytes of the peer's ring
 * @rx_at_eoi: rx_frames at the last end of an interrupt
 * @bad: refused frames since @bad_since
 * @bad_since: in jiffies
 */
struct xnm_chan {
	struct xnm_peer *peer;
	struct xnm_own *own;
	struct xnm_map *map;
	const struct xnm_ctrl *theirs;
	evtchn_port_t port;
	int irq;
	unsigned long flags;
	enum xnm_fault fault;
	const char *why;
	u64 ready_ns;
	unsigned long last_use;
	unsigned long drain_until;

	spinlock_t tx_lock ____cacheline_aligned;
	u32 prod;
	u32 cons_seen;
	u32 tx_size;
	struct sk_buff_head backlog;
	u32 backlog_bytes;
	u32 looks;
	u32 still;
	u32 look_cons;
	unsigned long look_at;

	struct napi_struct napi ____cacheline_aligned;
	u32 cons;
	u32 rx_size;
	u64 rx_at_eoi;
	u32 bad;
	unsigned long bad_since;
};

/* main.c */
extern unsigned int xnm_ring_pages, xnm_peers_cap, xnm_idle_s, xnm_backlog_frames;
extern struct workqueue_struct *xnm_wq, *xnm_reap_wq;

/* control.c */
void xnm_control_kick(void);
void xnm_control_due(unsigned long at);
void xnm_control_table_changed(void);
int xnm_control_start(void);
void xnm_control_stop(void);
void xnm_control_cancel(void);
void xnm_control_freeze(void);
void xnm_control_thaw(bool restored);

/* store.c */
char *xnm_store_read(const char *dir, const char *node, unsigned int *len);
char **xnm_store_list(const char *dir, unsigned int *n);

/* table.c */
struct xnm_table *xnm_table_read(void);
void xnm_table_swap(struct xnm_table *table);
struct xnm_route *xnm_table_route(const struct xnm_table *table, u16 devid, const u8 *mac);
struct xnm_route *xnm_table_source(const struct xnm_table *table, const struct xnm_peer *peer,
				   u16 devid, const struct ethhdr *eth);

/* ident.c */
int xnm_ident_parse(char *text, struct xnm_id *id);
bool xnm_ident_has(const struct xnm_id *id, const struct in6_addr *ip);

/* peers.c */
struct xnm_peer *xnm_peer_get(u16 domid, u64 inc, bool server, const struct xnm_table *table);
void xnm_peer_follow(struct xnm_peer *peer);
void xnm_peer_forget(struct xnm_peer *peer, bool say);

/* peer.c */
void xnm_peer_step(struct xnm_peer *peer);
void xnm_peer_close(struct xnm_peer *peer, const char *why);
const char *xnm_peer_state_name(enum xnm_peer_state state);

/* limit.c */
void xnm_patience_init(struct xnm_peer *peer);
bool xnm_patience_begin(struct xnm_peer *peer);
bool xnm_patience_listen(struct xnm_peer *peer);
void xnm_patience_heard(struct xnm_peer *peer, bool read);
bool xnm_patience_early(struct xnm_peer *peer);
bool xnm_patience_flood(struct xnm_peer *peer);
unsigned int xnm_patience_penalty(struct xnm_peer *peer);
unsigned int xnm_patience_wait(struct xnm_peer *peer);
void xnm_patience_good(struct xnm_peer *peer);
void xnm_patience_slept(unsigned long late);
bool xnm_patience_ours(int rc);

/* stall.c */
void xnm_stall_watch(struct xnm_chan *chan);
void xnm_stall_now(struct xnm_chan *chan);
void xnm_stall_cancel(void);

/* hello.c */
int xnm_hello_read(const struct xnm_peer *peer, struct xnm_hello *hello);
int xnm_hello_write(const struct xnm_peer *peer, const char *state, u32 gref, u32 port, u32 serial);
int xnm_hello_clear(const struct xnm_peer *peer);

/* pages.c */
struct xnm_own *xnm_own_new(const struct xnm_peer *peer);
void xnm_own_bury(struct xnm_own *own);
unsigned int xnm_own_sweep(void);
unsigned int xnm_own_buried(u16 domid);
void xnm_own_abandon(void);
unsigned int xnm_own_held(void);
struct xnm_map *xnm_map_new(const struct xnm_peer *peer, u32 gref);
void xnm_map_free(struct xnm_map *map);

/* chan.c */
int xnm_chan_init(void);
void xnm_chan_exit(void);
struct xnm_chan *xnm_chan_new(struct xnm_peer *peer);
int xnm_chan_listen(struct xnm_chan *chan);
int xnm_chan_bind(struct xnm_chan *chan, u32 port);
int xnm_chan_map(struct xnm_chan *chan, u32 gref);
void xnm_chan_open(struct xnm_chan *chan);
void xnm_chan_drain_begin(struct xnm_chan *chan);
void xnm_chan_drain(struct xnm_chan *chan);
void xnm_chan_free(struct xnm_chan *chan);
bool xnm_chan_alive(const struct xnm_chan *chan);
void xnm_chan_break(struct xnm_chan *chan, enum xnm_fault fault, const char *why);

/* tx.c */
unsigned int xnm_tx_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);
bool xnm_tx_resume(struct xnm_chan *chan);
int xnm_tx_refresh(struct xnm_chan *chan);

/* backlog.c */
bool xnm_backlog_add(struct xnm_chan *chan, struct sk_buff *skb, u16 devid);
struct sk_buff *xnm_backlog_first(const struct xnm_chan *chan, u16 *devid);
struct sk_buff *xnm_backlog_pop(struct xnm_chan *chan);
u32 xnm_backlog_age(const struct xnm_chan *chan);
void xnm_backlog_take_back(struct xnm_chan *chan, struct sk_buff_head *frames);
void xnm_backlog_slow_path(struct sk_buff_head *frames);
void xnm_backlog_purge_dev(const struct net_device *dev);

/* rx.c */
int xnm_rx_poll(struct napi_struct *napi, int budget);

/* guard.c */
enum xnm_verdict xnm_guard_frame(const struct sk_buff *skb, const struct xnm_id *from,
				 struct xnm_headers *headers);
const char *xnm_guard_name(enum xnm_verdict verdict);

/* offload.c */
enum xnm_verdict xnm_guard_vnet(const struct sk_buff *skb, const struct xnm_headers *headers,
				const struct virtio_net_hdr *vnet, u32 mtu);

/* port.c */
int xnm_port_init(void);
void xnm_port_exit(void);
struct net_device *xnm_port_dev(u16 devid);

/* object.c */
void *xnm_object_new(enum xnm_object kind, size_t size);
void xnm_object_free(enum xnm_object kind, void *object);
void *xnm_page_new(void);
void xnm_page_free(void *page);
void xnm_page_gone(void);
int xnm_object_count(enum xnm_object kind);
const char *xnm_object_name(enum xnm_object kind);
void xnm_object_exit(void);

/* stats.c */
void xnm_stats_init(void);
void xnm_stats_exit(void);

/* power.c */
int xnm_power_init(void);
void xnm_power_exit(void);

/* tests/abuse.c, which only a build for the tests has */
#ifdef XNM_ABUSE
extern bool xnm_abuse_deaf, xnm_abuse_keep, xnm_abuse_mute, xnm_abuse_patient;
void xnm_abuse_init(struct dentry *dir);
void xnm_abuse_exit(void);
void xnm_abuse_ctrl(struct xnm_ctrl *ctrl);
bool xnm_abuse_fails(void);
int xnm_abuse_store(void);
#else
#define xnm_abuse_deaf	  false
#define xnm_abuse_keep	  false
#define xnm_abuse_mute	  false
#define xnm_abuse_patient false
static inline void xnm_abuse_init(struct dentry *dir)
{
}

static inline void xnm_abuse_exit(void)
{
}

static inline void xnm_abuse_ctrl(struct xnm_ctrl *ctrl)
{
}

static inline bool xnm_abuse_fails(void)
{
	return false;
}

static inline int xnm_abuse_store(void)
{
	return 0;
}
#endif

#endif
