/* SPDX-License-Identifier: GPL-2.0-only */
/* chan.h - a connected pair of rings, the pages of both, and the way of a frame through them. */
#ifndef XNM_CHAN_H
#define XNM_CHAN_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <xen/events.h>
#include <xen/grant_table.h>

#include "ring.h"

struct nf_hook_state;
struct xnm_peer;

#define XNM_NO_REF    (~0U)
#define XNM_NO_HANDLE (~0U)

/**
 * struct xnm_own - pages of ours that a peer may read
 * @list: in the list of those that a peer still holds; see own.c
 * @domid: the peer's domain
 * @pages: number of data pages
 * @ctrl: the control page, filled in; NULL before that
 * @ref: grants of @page, or XNM_NO_REF
 * @page: the control page, then the data pages; NULL if there is none, or none any more
 */
struct xnm_own {
	struct list_head list;
	u16 domid;
	u32 pages;
	struct xnm_ctrl *ctrl;
	grant_ref_t ref[1 + XNM_PAGES_MAX];
	void *page[1 + XNM_PAGES_MAX];
};

/**
 * struct xnm_map - pages of a peer that we may read
 * @domid: the peer's domain
 * @pages: number of data pages
 * @allocated: how many of @page are allocated
 * @page: where the peer's control page and data pages are mapped
 * @handle: of each mapping, or XNM_NO_HANDLE
 */
struct xnm_map {
	u16 domid;
	u32 pages;
	u32 allocated;
	struct page *page[1 + XNM_PAGES_MAX];
	grant_handle_t handle[1 + XNM_PAGES_MAX];
};

/* bits of xnm_chan.flags */
enum {
	XNM_C_BROKEN, /* carries nothing any more, see xnm_chan_break() */
	XNM_C_EOI, /* an interrupt has not been ended yet */
	XNM_C_CHECK, /* stall.c is to see whether the peer takes what was sent */
	XNM_C_FAST, /* frames have changed over from the slow path */
	XNM_C_DRAIN, /* carries what is in the rings, and nothing new */
};

/* why a channel is broken */
enum xnm_fault {
	XNM_F_RULE, /* the peer broke a rule */
	XNM_F_STALL, /* the peer does not take what is sent */
	XNM_F_GONE, /* the peer is gone */
};

/**
 * struct xnm_chan - a connected pair of rings
 * @peer: who is at the other end
 * @own: our pages
 * @map: the peer's pages
 * @theirs: the peer's control page
 * @port: our event channel
 * @irq: interrupt of @port, or 0
 * @flags: bits XNM_C_*
 * @fault: with XNM_C_BROKEN, of what kind the fault is
 * @why: with XNM_C_BROKEN, what the peer did wrong
 * @ready_ns: when frames could first flow; 0 before that
 * @last_use: when the latest frame was sent or received, in jiffies
 * @drain_until: with XNM_C_DRAIN, when to stop waiting for what is in the rings, in jiffies
 * @tx_lock: protects the fields of the sending side, up to @napi
 * @prod: our tx_prod
 * @cons_seen: the peer's rx_cons when we looked last
 * @tx_size: bytes of our ring
 * @backlog: frames that found the ring full
 * @backlog_bytes: memory of these frames
 * @looks: how often stall.c has looked whether the peer takes what is sent
 * @still: how many of the latest looks found that the peer had taken nothing
 * @look_cons: @cons_seen at the latest look
 * @look_at: when the latest look was, in jiffies
 * @napi: the receiving side, to which the fields behind it belong
 * @cons: our rx_cons
 * @rx_size: bytes of the peer's ring
 * @rx_at_eoi: rx_frames of the peer's counters when an interrupt was ended last
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

/* own.c */
struct xnm_own *xnm_own_new(const struct xnm_peer *peer);
void xnm_own_release(struct xnm_own *own);
unsigned int xnm_own_sweep(void);
unsigned int xnm_own_held(void);
unsigned int xnm_own_held_by(u16 domid);
void xnm_own_abandon(void);

/* map.c */
struct xnm_map *xnm_map_new(const struct xnm_peer *peer, u32 gref);
void xnm_map_free(struct xnm_map *map);

/* tx.c */
unsigned int xnm_tx_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

/* tx_ring.c */
int xnm_tx_ring_refresh(struct xnm_chan *chan);
unsigned int xnm_tx_ring_send(struct xnm_chan *chan, struct sk_buff *skb, u16 devid);
bool xnm_tx_ring_resume(struct xnm_chan *chan);

/* backlog.c */
bool xnm_backlog_add(struct xnm_chan *chan, struct sk_buff *skb, u16 devid);
struct sk_buff *xnm_backlog_first(const struct xnm_chan *chan, u16 *devid);
struct sk_buff *xnm_backlog_pop(struct xnm_chan *chan);
u32 xnm_backlog_age(const struct xnm_chan *chan);
void xnm_backlog_take_back(struct xnm_chan *chan, struct sk_buff_head *frames);
void xnm_backlog_slow_path(struct sk_buff_head *frames);
void xnm_backlog_purge_dev(const struct net_device *dev);

/* stall.c */
void xnm_stall_watch(struct xnm_chan *chan);
void xnm_stall_now(struct xnm_chan *chan);
void xnm_stall_look(void);

/* rx.c */
int xnm_rx_poll(struct napi_struct *napi, int budget);

#endif
