// SPDX-License-Identifier: GPL-2.0-only
/* tx_ring.c - put frames into our ring, and tell the peer when it waits for them. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/virtio_net.h>

#include "chan.h"
#include "peer.h"

static void *ring_at(const struct xnm_chan *chan, u32 pos, u32 *room)
{
	pos &= chan->tx_size - 1;
	*room = PAGE_SIZE - pos % PAGE_SIZE;
	return chan->own->page[1 + pos / PAGE_SIZE] + pos % PAGE_SIZE;
}

/**
 * xnm_tx_ring_refresh - read how far the peer has emptied our ring
 * @chan: the channel
 *
 * Under tx_lock. Return: 0, or -EPROTO if its rx_cons is impossible.
 */
int xnm_tx_ring_refresh(struct xnm_chan *chan)
{
	/* frames are written only after the peer has copied those that they replace */
	u32 cons = virt_load_acquire(&chan->theirs->rx_cons);

	if (xnm_ring_left(chan->prod, chan->cons_seen, cons) < 0)
		return -EPROTO;
	chan->cons_seen = cons;
	return 0;
}

/* 0 if there is room, -ENOSPC if not, -EPROTO if the peer's rx_cons is impossible */
static int tx_room(struct xnm_chan *chan, u32 need)
{
	int try, rc;

	/* first by the rx_cons that we know, then by the present one, and again after we have set
	 * tx_wait: so room that the peer makes meanwhile is not missed
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
		rc = xnm_tx_ring_refresh(chan);
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
	/* a peer that reads this position also reads the frame before it */
	virt_store_release(&chan->own->ctrl->tx_prod, chan->prod);
	/* pairs with xnm_rx_poll(): either the peer sees the frame, or we see its rx_event */
	virt_mb();
	if (xnm_ring_wants_event(READ_ONCE(chan->theirs->rx_event), old, chan->prod)) {
		notify_remote_via_irq(chan->irq);
		count->tx_events++;
	}
}

/* put one frame into the ring: 0, -ENOSPC, or another error if it must take the slow path */
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

/* NF_STOLEN with *sent: the frame was copied and is to be freed; without: it is in the backlog */
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

/**
 * xnm_tx_ring_send - put a frame into the ring, or into the backlog when the ring is full
 * @chan: the channel
 * @skb: the frame
 * @devid: the vif that it is sent by
 *
 * With softirqs disabled. Return: a verdict of netfilter; NF_STOLEN if the frame was taken.
 */
unsigned int xnm_tx_ring_send(struct xnm_chan *chan, struct sk_buff *skb, u16 devid)
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

/**
 * xnm_tx_ring_resume - move frames from the backlog into the ring
 * @chan: the channel
 *
 * From NAPI. Return: true if anything went.
 */
bool xnm_tx_ring_resume(struct xnm_chan *chan)
{
	struct sk_buff_head done;
	struct sk_buff *skb;
	u16 devid;
	int rc = 0;

	/* the backlog of a channel that is being closed goes by netfront */
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
		/* a frame that cannot be put into the ring at all is dropped */
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
