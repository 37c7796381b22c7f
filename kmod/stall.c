// SPDX-License-Identifier: GPL-2.0-only
/* stall.c - see whether peers take what is sent, and break the channels of those that do not. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

/* All of this but xnm_stall_watch() and xnm_stall_now() runs in the stall work, see work.c. */
#define LOOK_MS	    20
#define STALL_LOOKS 5 /* 100 ms: nothing is taken, and frames wait in the backlog */
#define QUIET_LOOKS 50 /* 1 s: nothing is taken, and no frame waits */
#define WAIT_LOOKS  50 /* 1 s: a frame waits in the backlog, however much is taken */

/**
 * xnm_stall_watch - a frame was sent: have the stall work see whether the peer takes it
 * @chan: the channel; under RCU
 *
 * From any context; for each frame.
 */
void xnm_stall_watch(struct xnm_chan *chan)
{
	if (!test_bit(XNM_C_CHECK, &chan->flags) && !test_and_set_bit(XNM_C_CHECK, &chan->flags))
		xnm_work_stall(msecs_to_jiffies(LOOK_MS));
}

/**
 * xnm_stall_now - have the stall work send the backlog of a broken channel by netfront
 * @chan: the channel; under RCU, or nobody else's
 *
 * From any context.
 */
void xnm_stall_now(struct xnm_chan *chan)
{
	set_bit(XNM_C_CHECK, &chan->flags);
	xnm_work_stall_now();
}

/* 1, or -errno if the peer has taken nothing, or too little, for too long; under tx_lock */
static int check_time(const struct xnm_chan *chan)
{
	bool waits = !skb_queue_empty(&chan->backlog);

	if (chan->still >= (waits ? STALL_LOOKS : QUIET_LOOKS))
		return -ETIMEDOUT;
	if (waits && chan->cons_seen != chan->prod && xnm_backlog_age(chan) >= WAIT_LOOKS)
		return -EBUSY;
	return 1;
}

/* Looks are counted, not time: time in which this guest did not run is not held against a peer. */
static int count_look(struct xnm_chan *chan)
{
	bool took = chan->cons_seen != chan->look_cons || chan->cons_seen == chan->prod;

	chan->looks++;
	chan->look_at = jiffies;
	chan->look_cons = chan->cons_seen;
	chan->still = took ? 0 : chan->still + 1;
	/* there is room: go on, even if the event that tells of it was lost */
	if (took && !skb_queue_empty(&chan->backlog))
		napi_schedule(&chan->napi);
	return check_time(chan);
}

/*
 * Look how far the peer is: 0 if it has taken all, 1 if not yet, -ETIMEDOUT if it takes nothing,
 * -EBUSY if it takes too little, -EPROTO if its rx_cons is impossible.
 */
static int progress(struct xnm_chan *chan)
{
	int rc = 1;

	spin_lock_bh(&chan->tx_lock);
	if (xnm_tx_ring_refresh(chan)) {
		rc = -EPROTO;
	} else if (chan->cons_seen == chan->prod && skb_queue_empty(&chan->backlog)) {
		rc = 0;
		chan->still = 0;
		clear_bit(XNM_C_CHECK, &chan->flags);
	} else if (!time_before(jiffies, chan->look_at + msecs_to_jiffies(LOOK_MS))) {
		rc = count_look(chan);
	}
	spin_unlock_bh(&chan->tx_lock);
	return rc;
}

static void break_if_bad(struct xnm_chan *chan, int rc)
{
	if (rc == -EPROTO)
		xnm_chan_break(chan, XNM_F_RULE, "its rx_cons cannot be");
	else if (rc == -ETIMEDOUT)
		xnm_chan_break(chan, XNM_F_STALL, "it takes nothing of what is sent");
	else if (rc < 0)
		xnm_chan_break(chan, XNM_F_STALL, "it takes what is sent too slowly");
	else if (!xnm_chan_alive(chan))
		xnm_chan_break(chan, XNM_F_GONE, "it is gone");
}

/* true if the channel is to be looked at again; the backlog of a broken one goes to @back */
static bool look(struct xnm_chan *chan, struct sk_buff_head *back)
{
	int rc = 0;

	if (!test_bit(XNM_C_BROKEN, &chan->flags)) {
		rc = progress(chan);
		if (rc)
			break_if_bad(chan, rc);
	}
	if (!test_bit(XNM_C_BROKEN, &chan->flags))
		return rc > 0;
	xnm_backlog_take_back(chan, back);
	return false;
}

/**
 * xnm_stall_look - look at all channels that something was sent through
 */
void xnm_stall_look(void)
{
	struct sk_buff_head back;
	struct xnm_peer *peer;
	bool again = false;

	__skb_queue_head_init(&back);
	rcu_read_lock();
	list_for_each_entry_rcu(peer, &xnm_peers, list) {
		struct xnm_chan *chan = rcu_dereference(peer->chan);

		if (chan && test_bit(XNM_C_CHECK, &chan->flags))
			again |= look(chan, &back);
	}
	rcu_read_unlock();
	xnm_backlog_slow_path(&back);
	if (again)
		xnm_work_stall(msecs_to_jiffies(LOOK_MS));
}
