// SPDX-License-Identifier: GPL-2.0-only
/* tx.c - take frames for a connected peer at the vif's egress and put them into our ring. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/netfilter.h>
#include <linux/timekeeping.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

#include "xnm.h"

/* no frame overtakes an earlier one: change over in a pause this long, or after that long anyway */
#define FLOWLET_NS    (2 * NSEC_PER_MSEC)
#define CHANGEOVER_NS (50 * NSEC_PER_MSEC)

static void *ring_at(const struct xnm_chan *chan, u32 pos, u32 *room)
{
	pos &= chan->tx_size - 1;
	*room = PAGE_SIZE - pos % PAGE_SIZE;
	return chan->own->page[1 + pos / PAGE_SIZE] + pos % PAGE_SIZE;
}

/**
 * xnm_tx_refresh - see what the peer has taken
 * @chan: the channel
 *
 * Under tx_lock. Return: 0, or -EPROTO if it says what cannot be.
 */
int xnm_tx_refresh(struct xnm_chan *chan)
{
	/* what is written from here on takes the place of what the peer has copied */
	u32 cons = virt_load_acquire(&chan->theirs->rx_cons);

	if (xnm_ring_taken(chan->prod, chan->cons_seen, cons) < 0)
		return -EPROTO;
	chan->cons_seen = cons;
	return 0;
}

/* 0, -ENOSPC, or -EPROTO if the peer says what cannot be */
static int tx_room(struct xnm_chan *chan, u32 need)
{
	int try, rc;

	/* first with what we know, then with what the peer says, then once more having said that we
	 * wait, so that its next step is not missed
	 */
	for (try = 0;; try++) {
		if (chan->tx_size - (chan->prod - chan->cons_seen) >= need)
			break;
		if (try == 2)
			return -ENOSPC;
		if (try == 1) {
			WRITE_ONCE(chan->own->ctrl->tx_wait, 1);
			/* pairs with rx_room(): either it sees that we wait, or we see the room */
			virt_mb();
		}
		rc = xnm_tx_refresh(chan);
		if (rc)
			return rc;
	}
	if (chan->own->ctrl->tx_wait && skb_queue_empty(&chan->backlog))
		WRITE_ONCE(chan->own->ctrl->tx_wait, 0);
	return 0;
}

static void tx_publish(struct xnm_chan *chan, u32 size)
{
	struct xnm_counters *count = &chan->peer->count;
	u32 old = chan->prod;

	WRITE_ONCE(chan->prod, old + size);
	/* the frame before the position behind it */
	virt_store_release(&chan->own->ctrl->tx_prod, chan->prod);
	/* pairs with xnm_rx_poll(): either the peer sees the frame, or we see that it sleeps */
	virt_mb();
	if (xnm_ring_wants_event(READ_ONCE(chan->theirs->rx_event), old, chan->prod)) {
		notify_remote_via_irq(chan->irq);
		count->tx_events++;
	}
}

/* put one frame into the ring; 0, -ENOSPC, or another error if the frame cannot go this way */
static int tx_put(struct xnm_chan *chan, struct sk_buff *skb, u16 devid)
{
	struct xnm_record rec = { .len = skb->len, .devid = devid };
	u32 size = xnm_record_size(skb->len);
	u32 room, done, n, pos = chan->prod;
	void *to;
	int rc;

	rc = tx_room(chan, size);
	if (rc)
		return rc;
	rc = virtio_net_hdr_from_skb(skb, &rec.vnet, true, false, 0);
	if (rc)
		return rc;
	memcpy(ring_at(chan, pos, &room), &rec, sizeof(rec));
	pos += sizeof(rec);
	for (done = 0; done < skb->len; done += n, pos += n) {
		to = ring_at(chan, pos, &room);
		n = min(room, skb->len - done);
		if (skb_copy_bits(skb, done, to, n))
			return -EFAULT;
	}
	if (dev_nit_active(skb->dev))
		dev_queue_xmit_nit(skb, skb->dev);
	skb_tx_timestamp(skb);
	tx_publish(chan, size);
	chan->peer->count.tx_frames++;
	chan->peer->count.tx_bytes += skb->len;
	return 0;
}

/* one frame that is fit for the ring; under tx_lock. NF_STOLEN: the caller frees it if *sent */
static unsigned int tx_one(struct xnm_chan *chan, struct sk_buff *skb, u16 devid, bool *sent)
{
	int rc = -ENOSPC;

	*sent = false;
	if (test_bit(XNM_C_BROKEN, &chan->flags))
		return NF_ACCEPT;
	if (skb_queue_empty(&chan->backlog) && !test_bit(XNM_C_DRAIN, &chan->flags))
		rc = tx_put(chan, skb, devid);
	if (!rc) {
		*sent = true;
		return NF_STOLEN;
	}
	if (rc == -EPROTO)
		xnm_chan_break(chan, XNM_F_RULE, "its rx_cons cannot be");
	if (rc != -ENOSPC)
		return NF_ACCEPT;
	chan->peer->count.tx_full++;
	return xnm_backlog_add(chan, skb, devid) ? NF_STOLEN : NF_DROP;
}

static unsigned int tx_frame(struct xnm_chan *chan, struct sk_buff *skb, u16 devid)
{
	unsigned int verdict;
	bool sent;

	spin_lock(&chan->tx_lock);
	verdict = tx_one(chan, skb, devid, &sent);
	spin_unlock(&chan->tx_lock);
	if (sent)
		consume_skb(skb);
	return verdict;
}

/* whether the ring has words for what is left to do of a frame */
static enum xnm_verdict tx_words(const struct sk_buff *skb, const struct xnm_headers *headers)
{
	struct virtio_net_hdr vnet;

	if (virtio_net_hdr_from_skb(skb, &vnet, true, false, 0))
		return XNM_V_OFFLOAD;
	return xnm_guard_vnet(skb, headers, &vnet, skb->dev->mtu);
}

/* a checksum that it has no word for, of what a tunnel carries, is completed here */
static enum xnm_verdict tx_fit(struct sk_buff *skb, const struct xnm_headers *headers)
{
	enum xnm_verdict verdict = tx_words(skb, headers);

	if (verdict != XNM_V_OFFLOAD || skb_is_gso(skb) || skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb_checksum_help(skb))
		return verdict;
	return tx_words(skb, headers);
}

/* 0 or -errno, and the caller still has the segment */
static int tx_segment(struct xnm_chan *chan, struct sk_buff *skb, const struct xnm_route *route)
{
	struct xnm_headers headers;

	if (xnm_guard_frame(skb, route->own, &headers) != XNM_FAST ||
	    tx_fit(skb, &headers) != XNM_FAST)
		return -EINVAL;
	return tx_frame(chan, skb, route->own->devid) == NF_STOLEN ? 0 : -ENOBUFS;
}

/* UDP and tunnels to be segmented, for which it has no word either */
static unsigned int tx_segments(struct xnm_chan *chan, struct sk_buff *skb,
				const struct xnm_route *route)
{
	struct sk_buff *segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	struct sk_buff *next;

	if (IS_ERR_OR_NULL(segs))
		return NF_ACCEPT;
	skb_list_walk_safe(segs, segs, next) {
		skb_mark_not_on_list(segs);
		if (tx_segment(chan, segs, route))
			kfree_skb(segs);
	}
	consume_skb(skb);
	return NF_STOLEN;
}

/* true if this frame may go the fast way without overtaking one that went the slow way */
static bool tx_changed_over(struct xnm_chan *chan)
{
	u64 now;

	if (likely(test_bit(XNM_C_FAST, &chan->flags)))
		return true;
	if (READ_ONCE(chan->theirs->state) != XNM_CTRL_READY)
		return false;
	now = ktime_get_mono_fast_ns();
	if (now - READ_ONCE(chan->peer->last_slow_ns) < FLOWLET_NS &&
	    now - chan->ready_ns < CHANGEOVER_NS)
		return false;
	set_bit(XNM_C_FAST, &chan->flags);
	return true;
}

static unsigned int tx_slow(struct xnm_peer *peer)
{
	WRITE_ONCE(peer->last_slow_ns, ktime_get_mono_fast_ns());
	atomic64_inc(&peer->count.slow);
	return NF_ACCEPT;
}

static unsigned int tx_send(struct xnm_chan *chan, struct sk_buff *skb,
			    const struct xnm_route *route, const struct xnm_headers *headers)
{
	enum xnm_verdict verdict = tx_fit(skb, headers);

	if (verdict == XNM_FAST)
		return tx_frame(chan, skb, route->own->devid);
	return verdict == XNM_V_OFFLOAD && skb_is_gso(skb) ? tx_segments(chan, skb, route)
							   : NF_ACCEPT;
}

/**
 * xnm_tx_hook - netfilter hook at the egress of a vif
 * @priv: number of the vif
 * @skb: the frame, with its data at the Ethernet header
 * @state: of netfilter
 *
 * Comes with softirqs disabled and under RCU.
 */
unsigned int xnm_tx_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	u16 devid = (unsigned long)priv;
	const struct xnm_table *table = rcu_dereference(xnm_table);
	const struct xnm_route *route;
	struct xnm_headers headers;
	struct xnm_chan *chan;
	unsigned int verdict;

	if (!table || skb_headlen(skb) < ETH_HLEN || skb_shared(skb))
		return NF_ACCEPT;
	route = xnm_table_route(table, devid, skb->data);
	if (!route)
		return NF_ACCEPT;
	if (skb->len > XNM_FRAME_MAX || skb_csum_is_sctp(skb) ||
	    xnm_guard_frame(skb, route->own, &headers) != XNM_FAST)
		return NF_ACCEPT;
	chan = rcu_dereference(route->peer->chan);
	if (!chan) {
		if (!test_bit(XNM_P_WANTED, &route->peer->flags) &&
		    !test_and_set_bit(XNM_P_WANTED, &route->peer->flags))
			xnm_control_kick();
		return tx_slow(route->peer);
	}
	if (!tx_changed_over(chan))
		return tx_slow(route->peer);
	WRITE_ONCE(chan->last_use, jiffies);
	verdict = tx_send(chan, skb, route, &headers);
	xnm_stall_watch(chan);
	return verdict == NF_ACCEPT ? tx_slow(route->peer) : verdict;
}

/**
 * xnm_tx_resume - put what has waited into the ring
 * @chan: the channel
 *
 * From NAPI. Return: true if anything went.
 */
bool xnm_tx_resume(struct xnm_chan *chan)
{
	struct sk_buff_head done;
	struct sk_buff *skb;
	u16 devid;
	int rc = 0;

	/* at the end, what waits is sent by the slow path */
	if (skb_queue_empty_lockless(&chan->backlog) || test_bit(XNM_C_DRAIN, &chan->flags))
		return false;
	__skb_queue_head_init(&done);
	spin_lock(&chan->tx_lock);
	while (!rc && !test_bit(XNM_C_BROKEN, &chan->flags) &&
	       (skb = xnm_backlog_first(chan, &devid))) {
		rc = tx_put(chan, skb, devid);
		if (rc == -ENOSPC)
			break;
		if (rc == -EPROTO) {
			xnm_chan_break(chan, XNM_F_RULE, "its rx_cons cannot be");
			break;
		}
		/* what cannot be put into the ring at all goes as well */
		rc = 0;
		__skb_queue_tail(&done, xnm_backlog_pop(chan));
	}
	if (skb_queue_empty(&chan->backlog))
		WRITE_ONCE(chan->own->ctrl->tx_wait, 0);
	spin_unlock(&chan->tx_lock);
	rc = !skb_queue_empty(&done);
	while ((skb = __skb_dequeue(&done))) {
		dev_put(skb->dev);
		consume_skb(skb);
	}
	return rc;
}
