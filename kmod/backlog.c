// SPDX-License-Identifier: GPL-2.0-only
/* backlog.c - frames that wait for room in a ring, or in the end go by netfront. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <net/sock.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

#define BACKLOG_BYTES (4 << 20)

/* in skb->cb of a frame in a backlog */
struct tx_cb {
	u16 devid; /* the vif that it was sent by */
	u32 look; /* xnm_chan.looks when it was queued */
};

static struct tx_cb *tx_cb(const struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct tx_cb) > sizeof(skb->cb));
	return (struct tx_cb *)skb->cb;
}

/*
 * A socket without a connection sends to everybody: that of a UDP service, and those by which the
 * kernel answers pings and closed ports. Frames that wait for one peer must leave half of its send
 * buffer to the others.
 */
static bool is_over_share(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (!sk || !sk_fullsock(sk) || sk->sk_type == SOCK_STREAM ||
	    READ_ONCE(sk->sk_state) == TCP_ESTABLISHED)
		return false;
	return sk_wmem_alloc_get(sk) > READ_ONCE(sk->sk_sndbuf) / 2;
}

/**
 * xnm_backlog_add - keep a frame until there is room in the ring
 * @chan: the channel
 * @skb: the frame; it is still counted on its socket, which slows the sender down
 * @devid: the vif that it was sent by
 *
 * Under tx_lock. Return: false if it is to be dropped.
 */
bool xnm_backlog_add(struct xnm_chan *chan, struct sk_buff *skb, u16 devid)
{
	if (chan->backlog.qlen >= xnm_param_backlog_frames ||
	    chan->backlog_bytes >= BACKLOG_BYTES || is_over_share(skb)) {
		chan->peer->count.tx_dropped++;
		return false;
	}
	skb_dst_drop(skb);
	tx_cb(skb)->devid = devid;
	tx_cb(skb)->look = chan->looks;
	dev_hold(skb->dev);
	chan->backlog_bytes += skb->truesize;
	__skb_queue_tail(&chan->backlog, skb);
	chan->peer->count.tx_held++;
	/* the event that told of room may have come before this frame was queued */
	virt_mb();
	if (READ_ONCE(chan->theirs->rx_cons) != chan->cons_seen)
		napi_schedule(&chan->napi);
	return true;
}

/**
 * xnm_backlog_first - the frame that has waited longest
 * @chan: the channel
 * @devid: out: the vif that the frame was sent by
 *
 * Under tx_lock. Return: the frame, still in the backlog, or NULL.
 */
struct sk_buff *xnm_backlog_first(const struct xnm_chan *chan, u16 *devid)
{
	struct sk_buff *skb = skb_peek(&chan->backlog);

	if (skb)
		*devid = tx_cb(skb)->devid;
	return skb;
}

/**
 * xnm_backlog_pop - take the frame out that has waited longest
 * @chan: the channel
 *
 * Under tx_lock. Return: the frame, which still holds its device, or NULL.
 */
struct sk_buff *xnm_backlog_pop(struct xnm_chan *chan)
{
	struct sk_buff *skb = __skb_dequeue(&chan->backlog);

	if (skb)
		chan->backlog_bytes -= skb->truesize;
	return skb;
}

/**
 * xnm_backlog_age - how long a frame has waited, at most
 * @chan: the channel
 *
 * Under tx_lock. Return: how often stall.c has looked since.
 */
u32 xnm_backlog_age(const struct xnm_chan *chan)
{
	const struct sk_buff *skb = skb_peek(&chan->backlog);

	return skb ? chan->looks - tx_cb(skb)->look : 0;
}

/**
 * xnm_backlog_take_back - take all frames out of the backlog of a channel that carries nothing more
 * @chan: the channel
 * @frames: the list that they are added to, for xnm_backlog_slow_path()
 */
void xnm_backlog_take_back(struct xnm_chan *chan, struct sk_buff_head *frames)
{
	spin_lock_bh(&chan->tx_lock);
	skb_queue_splice_tail_init(&chan->backlog, frames);
	chan->backlog_bytes = 0;
	spin_unlock_bh(&chan->tx_lock);
}

/**
 * xnm_backlog_slow_path - send frames that were in a backlog by netfront
 * @frames: the frames, in the caller's own list
 */
void xnm_backlog_slow_path(struct sk_buff_head *frames)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(frames))) {
		struct net_device *dev = skb->dev;

		memset(skb->cb, 0, sizeof(skb->cb));
		dev_queue_xmit(skb);
		dev_put(dev);
	}
}

/**
 * xnm_backlog_purge_dev - free the frames in all backlogs that a device was to send
 * @dev: the device, which is being unregistered
 *
 * Under RTNL.
 */
void xnm_backlog_purge_dev(const struct net_device *dev)
{
	struct sk_buff *skb, *next;
	struct xnm_peer *peer;
	struct xnm_chan *chan;

	rcu_read_lock();
	list_for_each_entry_rcu(peer, &xnm_peers, list) {
		chan = rcu_dereference(peer->chan);
		if (!chan)
			continue;
		spin_lock_bh(&chan->tx_lock);
		skb_queue_walk_safe(&chan->backlog, skb, next) {
			if (skb->dev != dev)
				continue;
			__skb_unlink(skb, &chan->backlog);
			chan->backlog_bytes -= skb->truesize;
			dev_put(skb->dev);
			kfree_skb(skb);
		}
		spin_unlock_bh(&chan->tx_lock);
	}
	rcu_read_unlock();
}
