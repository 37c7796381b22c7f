// SPDX-License-Identifier: GPL-2.0-only
/* rx.c - copy frames out of a peer's ring, check them, and hand them to our vif. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/virtio_net.h>

#include "chan.h"
#include "guard.h"
#include "peer.h"
#include "table.h"
#include "xnm.h"

#define LINEAR_MAX   1600 /* a frame up to this size fits into one of NAPI's small buffers */
#define LINEAR_HEAD  256 /* of a longer frame, so much is linear, for its headers */
#define CONS_STEPS   4 /* tell the peer of room at least so often per ring */
#define REFUSE_LIMIT 1000 /* frames refused in a second, until the channel is broken */
#define TABLE_S	     2 /* for so long after a change, the peer may still use the table before */

static const void *ring_at(const struct xnm_chan *chan, u32 pos, u32 *room)
{
	pos &= chan->rx_size - 1;
	*room = PAGE_SIZE - pos % PAGE_SIZE;
	return page_address(chan->map->page[1 + pos / PAGE_SIZE]) + pos % PAGE_SIZE;
}

static struct sk_buff *rx_alloc(struct xnm_chan *chan, u32 len)
{
	struct sk_buff *skb;
	int err;

	if (len <= LINEAR_MAX) {
		skb = napi_alloc_skb(&chan->napi, len);
		if (skb)
			__skb_put(skb, len);
		return skb;
	}
	skb = alloc_skb_with_frags(NET_SKB_PAD + NET_IP_ALIGN + LINEAR_HEAD, len - LINEAR_HEAD,
				   PAGE_ALLOC_COSTLY_ORDER, &err, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
	__skb_put(skb, LINEAR_HEAD);
	skb->data_len = len - LINEAR_HEAD;
	skb->len = len;
	return skb;
}

/* copy a frame into our memory: nothing else reads it in shared memory, so it is read once */
static struct sk_buff *rx_copy(struct xnm_chan *chan, u32 pos, u32 len)
{
	struct sk_buff *skb = rx_alloc(chan, len);
	u32 done, n, room;
	const void *from;

	if (!skb)
		return NULL;
	for (done = 0; done < len; done += n, pos += n) {
		from = ring_at(chan, pos, &room);
		n = min(room, len - done);
		if (skb_store_bits(skb, done, from, n)) {
			kfree_skb(skb);
			return NULL;
		}
	}
	return skb;
}

/* by whose fault a frame is refused: only the peer's count against it */
enum rx_blame { RX_THEIRS, RX_NOBODYS, RX_OURS };

/*
 * A frame that is longer than our MTU, but not longer than an MTU can be, is no fault of the
 * peer's: its own MTU may be larger, or ours has just changed.
 */
static enum rx_blame rx_blame(const struct sk_buff *skb, const struct xnm_headers *headers,
			      const struct xnm_record *rec, enum xnm_verdict verdict)
{
	return verdict == XNM_V_SIZE &&
			       xnm_offload_check(skb, headers, &rec->vnet, U16_MAX) == XNM_V_FAST
		       ? RX_NOBODYS
		       : RX_THEIRS;
}

/* give a frame, in our memory now, to the network stack; or say why not, and by whose fault */
static enum xnm_verdict rx_frame(struct xnm_chan *chan, struct sk_buff *skb,
				 const struct xnm_record *rec, enum rx_blame *blame)
{
	const struct xnm_table *table = rcu_dereference(xnm_table);
	const struct xnm_route *route;
	struct xnm_headers headers;
	struct net_device *dev;
	enum xnm_verdict verdict;

	route = table ? xnm_table_source(table, chan->peer, rec->devid, (void *)skb->data) : NULL;
	if (!route)
		return XNM_V_MAC;
	verdict = xnm_guard_frame(skb, &route->id, &headers);
	if (verdict != XNM_V_FAST)
		return verdict;
	dev = xnm_port_dev(route->own->devid);
	if (!dev || !netif_running(dev)) {
		*blame = RX_OURS;
		return XNM_V_MAC;
	}
	verdict = xnm_offload_check(skb, &headers, &rec->vnet, dev->mtu);
	if (verdict != XNM_V_FAST) {
		*blame = rx_blame(skb, &headers, rec, verdict);
		return verdict;
	}
	if (virtio_net_hdr_to_skb(skb, &rec->vnet, true))
		return XNM_V_OFFLOAD;
	skb->protocol = eth_type_trans(skb, dev);
	napi_gro_receive(&chan->napi, skb);
	return XNM_V_FAST;
}

/* dom0 tells one guest before the other: for a moment, the peer may send by the table before */
static bool rx_table_is_new(void)
{
	const struct xnm_table *table = rcu_dereference(xnm_table);

	return !table || time_before(jiffies, table->read_at + TABLE_S * HZ);
}

static void rx_refuse(struct xnm_chan *chan, enum xnm_verdict verdict, enum rx_blame blame)
{
	if (blame == RX_OURS) {
		chan->peer->count.rx_down++;
		return;
	}
	chan->peer->count.rx_refused[verdict]++;
	if (blame == RX_NOBODYS ||
	    ((verdict == XNM_V_MAC || verdict == XNM_V_IP) && rx_table_is_new()))
		return;
	if (time_after(jiffies, chan->bad_since + HZ)) {
		chan->bad_since = jiffies;
		chan->bad = 0;
	}
	if (++chan->bad > REFUSE_LIMIT)
		xnm_chan_break(chan, XNM_F_RULE, "it sends frames that are not its own to send");
}

static void rx_room(struct xnm_chan *chan)
{
	/* the peer may write over the frames only after they were copied */
	virt_store_release(&chan->own->ctrl->rx_cons, chan->cons);
	/* pairs with tx_room(): either it sees the room, or we see that it waits */
	virt_mb();
	if (READ_ONCE(chan->theirs->tx_wait))
		notify_remote_via_irq(chan->irq);
}

/* take one record: its size, or -EPROTO if it is impossible */
static int rx_record(struct xnm_chan *chan, u32 used)
{
	struct xnm_counters *count = &chan->peer->count;
	struct xnm_record rec;
	struct sk_buff *skb;
	enum rx_blame blame = RX_THEIRS;
	enum xnm_verdict verdict;
	int size;
	u32 room;

	memcpy(&rec, ring_at(chan, chan->cons, &room), sizeof(rec));
	/* from here on the peer cannot change what was checked */
	barrier();
	size = xnm_record_check(&rec, used);
	if (size < 0)
		return size;
	skb = rx_copy(chan, chan->cons + sizeof(rec), rec.len);
	if (!skb) {
		count->rx_nomem++;
		return size;
	}
	verdict = rx_frame(chan, skb, &rec, &blame);
	if (verdict != XNM_V_FAST) {
		kfree_skb(skb);
		rx_refuse(chan, verdict, blame);
		return size;
	}
	count->rx_frames++;
	count->rx_bytes += rec.len;
	return size;
}

/* take up to @budget frames */
static int rx_batch(struct xnm_chan *chan, int budget)
{
	u32 start = chan->cons, told = chan->cons;
	int done = 0, used, size;

	if (xnm_abuse_deaf)
		return 0;
	/* pairs with tx_publish(): what is before the position is there */
	used = xnm_ring_used(virt_load_acquire(&chan->theirs->tx_prod), chan->cons, chan->rx_size);
	if (used < 0)
		xnm_chan_break(chan, XNM_F_RULE, "its tx_prod cannot be");
	while (used > 0 && done < budget && !test_bit(XNM_C_BROKEN, &chan->flags)) {
		size = rx_record(chan, used);
		if (size < 0) {
			xnm_chan_break(chan, XNM_F_RULE, "a record of its cannot be");
			break;
		}
		WRITE_ONCE(chan->cons, chan->cons + size);
		used -= size;
		done++;
		if (chan->cons - told >= chan->rx_size / CONS_STEPS) {
			rx_room(chan);
			told = chan->cons;
		}
	}
	if (chan->cons != told)
		rx_room(chan);
	if (chan->cons != start)
		WRITE_ONCE(chan->last_use, jiffies);
	return done;
}

/* end the interrupt, so that the next may come; Xen's driver delays those that were for nothing */
static void rx_eoi(struct xnm_chan *chan, bool useful)
{
	struct xnm_counters *count = &chan->peer->count;

	if (!test_and_clear_bit(XNM_C_EOI, &chan->flags))
		return;
	if (count->rx_frames != chan->rx_at_eoi)
		useful = true;
	chan->rx_at_eoi = count->rx_frames;
	count->rx_events++;
	xen_irq_lateeoi(chan->irq, useful ? 0 : XEN_EOI_FLAG_SPURIOUS);
}

/* true if the peer closes or has become ready, which the control work is told */
static bool rx_state(struct xnm_chan *chan)
{
	u32 state = READ_ONCE(chan->theirs->state);
	bool closing = state == XNM_CTRL_CLOSING && !test_bit(XNM_C_DRAIN, &chan->flags);

	if (!closing &&
	    (state != XNM_CTRL_READY || READ_ONCE(chan->peer->state) != XNM_S_CONNECTED))
		return false;
	xnm_work_kick();
	return true;
}

/**
 * xnm_rx_poll - NAPI's poll: take frames, send the backlog, wait for the next event
 * @napi: of a channel
 * @budget: how many frames at most
 */
int xnm_rx_poll(struct napi_struct *napi, int budget)
{
	struct xnm_chan *chan = container_of(napi, struct xnm_chan, napi);
	bool sent, changed;
	int done;

	rcu_read_lock();
	done = rx_batch(chan, budget);
	sent = xnm_tx_ring_resume(chan);
	rcu_read_unlock();
	if (test_bit(XNM_C_BROKEN, &chan->flags)) {
		done = min(done, budget - 1);
		napi_complete_done(napi, done);
		return done;
	}
	if (done >= budget) {
		/* GRO must hold no frame of the vif beyond this poll: the vif may go away */
		napi_gro_flush(napi, false);
		return budget;
	}
	changed = rx_state(chan);
	WRITE_ONCE(chan->own->ctrl->rx_event, chan->cons);
	if (!napi_complete_done(napi, done))
		return done;
	rx_eoi(chan, done || sent || changed);
	/* pairs with tx_publish(): either it sees rx_event and sends one, or we see the frame */
	virt_mb();
	if (READ_ONCE(chan->theirs->tx_prod) != chan->cons && !xnm_abuse_deaf)
		napi_schedule(napi);
	return done;
}
