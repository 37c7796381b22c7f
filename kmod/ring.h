/* SPDX-License-Identifier: GPL-2.0-only */
/* ring.h - the memory that two guests share, and the checks on what the peer wrote there. */
#ifndef XNM_RING_H
#define XNM_RING_H

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/virtio_net.h>

/*
 * Each guest of a pair owns one control page and a power of two of data pages, and grants all of
 * them read-only. So every word has one writer: the owner of its page. The data pages are one
 * ring of bytes; positions are free running and modulo 2^32. Everything is little endian.
 *
 * While they are connected, a guest reads tx_prod, tx_wait, rx_cons, rx_event and state of the
 * peer's control page. It fetches each once, into private memory, and checks it there. The constant
 * rest is copied and checked when the guests connect.
 */
#ifdef __BIG_ENDIAN
#error "xnm_fastpath knows no big-endian Xen guest"
#endif

#define XNM_RING_MAGIC	 0x314d4e58 /* "XNM1" */
#define XNM_RING_VERSION 1
#define XNM_PAGES_MIN	 32
#define XNM_PAGES_MAX	 256
#define XNM_ALIGN	 32
#define XNM_FRAME_MIN	 14
#define XNM_FRAME_MAX	 (65535 + 14)

/* values of xnm_ctrl.state */
#define XNM_CTRL_INIT	 0
#define XNM_CTRL_READY	 1 /* the writer has mapped the reader's pages and takes frames from them */
#define XNM_CTRL_CLOSING 2 /* the writer sends nothing more */

/**
 * struct xnm_ctrl - a control page
 * @magic: XNM_RING_MAGIC
 * @version: XNM_RING_VERSION
 * @features: none are defined
 * @data_pages: how many data pages the writer has, a power of two
 * @max_record: longest frame that the writer sends
 * @own_domid: the writer
 * @peer_domid: who may read this page
 * @own_inc: incarnation of the writer in dom0's table, low word first
 * @peer_inc: incarnation of the reader
 * @tx_prod: the writer's ring is filled up to here
 * @tx_wait: not 0: the writer wants an event when the reader has made room
 * @rx_cons: the writer has emptied the reader's ring up to here
 * @rx_event: the writer wants an event when the reader's tx_prod passes this position
 * @state: XNM_CTRL_*
 * @reason: why the writer closes, for people
 * @gref: grant references of the writer's data pages
 *
 * Words that sender and receiver of the same guest write are on cache lines of their own.
 */
struct xnm_ctrl {
	u32 magic;
	u32 version;
	u32 features;
	u32 data_pages;
	u32 max_record;
	u32 pad0[3];
	u32 own_domid;
	u32 peer_domid;
	u32 own_inc[2];
	u32 peer_inc[2];
	u32 pad1[18];
	u32 tx_prod;
	u32 pad2[15];
	u32 tx_wait;
	u32 pad3[15];
	u32 rx_cons;
	u32 pad4[15];
	u32 rx_event;
	u32 pad5[15];
	u32 state;
	u32 reason;
	u32 pad6[158];
	u32 gref[XNM_PAGES_MAX];
};

static_assert(offsetof(struct xnm_ctrl, own_domid) == 0x020);
static_assert(offsetof(struct xnm_ctrl, tx_prod) == 0x080);
static_assert(offsetof(struct xnm_ctrl, tx_wait) == 0x0c0);
static_assert(offsetof(struct xnm_ctrl, rx_cons) == 0x100);
static_assert(offsetof(struct xnm_ctrl, rx_event) == 0x140);
static_assert(offsetof(struct xnm_ctrl, state) == 0x180);
static_assert(offsetof(struct xnm_ctrl, gref) == 0x400);

/**
 * struct xnm_record - what stands before each frame in the ring
 * @len: length of the frame, from its Ethernet header on
 * @flags: 0
 * @vnet: segmentation and checksum that are left to do, as a virtio header
 * @devid: number of the writer's vif
 * @zero: 0
 *
 * Records start at multiples of XNM_ALIGN and may wrap.
 */
struct xnm_record {
	u32 len;
	u32 flags;
	struct virtio_net_hdr vnet;
	u16 devid;
	u32 zero[3];
};

static_assert(sizeof(struct xnm_record) == XNM_ALIGN);

/**
 * xnm_record_size - room that a frame needs in the ring
 * @len: length of the frame, at most XNM_FRAME_MAX
 */
static inline u32 xnm_record_size(u32 len)
{
	return sizeof(struct xnm_record) + ALIGN(len, XNM_ALIGN);
}

/**
 * xnm_ring_used - bytes in a ring between two positions, one of which the peer wrote
 * @prod: the producer's position
 * @cons: the consumer's position
 * @size: size of the ring
 *
 * Return: the bytes, or -EPROTO if the peer's position is impossible.
 */
static inline int xnm_ring_used(u32 prod, u32 cons, u32 size)
{
	u32 used = prod - cons;

	if (used > size || used % XNM_ALIGN)
		return -EPROTO;
	return used;
}

/**
 * xnm_ring_left - bytes that the peer has not taken yet, by the position that it wrote
 * @prod: our position
 * @seen: its position when we looked last, checked then
 * @cons: its position
 *
 * Return: the bytes, or -EPROTO if the position is ahead of ours, or has gone back.
 */
static inline int xnm_ring_left(u32 prod, u32 seen, u32 cons)
{
	u32 left = prod - cons;

	if (left > prod - seen || left % XNM_ALIGN)
		return -EPROTO;
	return left;
}

/**
 * xnm_ring_wants_event - whether a step of the producer passes the consumer's rx_event
 * @event: rx_event as the peer wrote it; any value does no worse than one event too many or few
 * @old: tx_prod before the step
 * @new: tx_prod after it
 */
static inline bool xnm_ring_wants_event(u32 event, u32 old, u32 new)
{
	return (u32)(new - event - 1) < (u32)(new - old);
}

/**
 * xnm_record_check - whether the head of a record is possible
 * @rec: a private copy
 * @used: bytes in the ring from this record on
 *
 * Return: the room it takes in the ring, or -EPROTO.
 */
static inline int xnm_record_check(const struct xnm_record *rec, u32 used)
{
	u32 size;

	if (rec->len < XNM_FRAME_MIN || rec->len > XNM_FRAME_MAX)
		return -EPROTO;
	if (rec->flags || rec->zero[0] || rec->zero[1] || rec->zero[2])
		return -EPROTO;
	size = xnm_record_size(rec->len);
	return size <= used ? (int)size : -EPROTO;
}

/**
 * xnm_ctrl_check - whether the constant part of a peer's control page is right
 * @ctrl: a private copy
 * @domid: the peer
 * @own_domid: who we are
 * @inc: incarnation of the peer
 * @own_inc: our incarnation
 *
 * Return: the number of the peer's data pages, or -EPROTO.
 */
static inline int xnm_ctrl_check(const struct xnm_ctrl *ctrl, u32 domid, u32 own_domid, u64 inc,
				 u64 own_inc)
{
	if (ctrl->magic != XNM_RING_MAGIC || ctrl->version != XNM_RING_VERSION || ctrl->features)
		return -EPROTO;
	if (ctrl->own_domid != domid || ctrl->peer_domid != own_domid)
		return -EPROTO;
	if (ctrl->own_inc[0] != (u32)inc || ctrl->own_inc[1] != (u32)(inc >> 32) ||
	    ctrl->peer_inc[0] != (u32)own_inc || ctrl->peer_inc[1] != (u32)(own_inc >> 32))
		return -EPROTO;
	if (ctrl->data_pages < XNM_PAGES_MIN || ctrl->data_pages > XNM_PAGES_MAX ||
	    (ctrl->data_pages & (ctrl->data_pages - 1)))
		return -EPROTO;
	return (int)ctrl->data_pages;
}

#endif
