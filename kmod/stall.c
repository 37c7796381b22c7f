// SPDX-License-Identifier: GPL-2.0-only
/* stall.c - see whether peers take what is sent, and let nothing wait for one that does not. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>

#include "xnm.h"

/*
 * Frames that wait for room in a ring are still counted on their sockets, and some sockets serve
 * everybody. So this has a work of its own, which waits for nobody, not even for xenstored.
 */
#define LOOK_MS	     20
#define STALL_LOOKS  5 /* nothing is taken, and frames wait for room: 100 ms */
#define SILENT_LOOKS 50 /* nothing is taken, and nobody waits: 1 s */
#define WAIT_LOOKS   50 /* so long may a frame wait, however much is taken: 1 s */

static void stall_run(struct work_struct *work);
static DECLARE_DELAYED_WORK(stall_work, stall_run);

/**
 * xnm_stall_watch - something was sent: see in a moment whether it is taken
 * @chan: where; under RCU
 *
 * From any context; often.
 */
void xnm_stall_watch(struct xnm_chan *chan)
{
	if (!test_bit(XNM_C_CHECK, &chan->flags) && !test_and_set_bit(XNM_C_CHECK, &chan->flags))
		schedule_delayed_work(&stall_work, msecs_to_jiffies(LOOK_MS));
}

/**
 * xnm_stall_now - nothing may wait here any longer
 * @chan: a channel that is broken; under RCU, or the caller's
 *
 * From any context.
 */
void xnm_stall_now(struct xnm_chan *chan)
{
	set_bit(XNM_C_CHECK, &chan->flags);
	mod_delayed_work(system_wq, &stall_work, 0);
}

/**
 * xnm_stall_cancel - let no such work run any more
 */
void xnm_stall_cancel(void)
{
	cancel_delayed_work_sync(&stall_work);
}

/* nothing new since the look before; under tx_lock, as the next two */
static int overdue(const struct xnm_chan *chan)
{
	bool waits = !skb_queue_empty(&chan->backlog);

	if (chan->still >= (waits ? STALL_LOOKS : SILENT_LOOKS))
		return -ETIMEDOUT;
	if (waits && chan->cons_seen != chan->prod && xnm_backlog_age(chan) >= WAIT_LOOKS)
		return -EBUSY;
	return 1;
}

/* What counts is how often we looked, not the clock: it is no fault of the peer's if we slept. */
static int count_look(struct xnm_chan *chan)
{
	bool took = chan->cons_seen != chan->look_cons || chan->cons_seen == chan->prod;

	chan->looks++;
	chan->look_at = jiffies;
	chan->look_cons = chan->cons_seen;
	chan->still = took ? 0 : chan->still + 1;
	/* there is room: it is ours to go on, should its event have been lost */
	if (took && !skb_queue_empty(&chan->backlog))
		napi_schedule(&chan->napi);
	return overdue(chan);
}

/*
 * 0 if all is taken, 1 if not yet, -ETIMEDOUT if nothing is, -EBUSY if too little is, -EPROTO if
 * the peer says what cannot be
 */
static int progress(struct xnm_chan *chan)
{
	int rc = 1;

	spin_lock_bh(&chan->tx_lock);
	if (xnm_tx_refresh(chan)) {
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

static void judge(struct xnm_chan *chan, int rc)
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

/* true if there is something to look at again later; what must not wait any more goes to @back */
static bool look(struct xnm_chan *chan, struct sk_buff_head *back)
{
	int rc = 0;

	if (!test_bit(XNM_C_BROKEN, &chan->flags)) {
		rc = progress(chan);
		if (rc)
			judge(chan, rc);
	}
	if (!test_bit(XNM_C_BROKEN, &chan->flags))
		return rc > 0;
	xnm_backlog_take_back(chan, back);
	return false;
}

static void stall_run(struct work_struct *work)
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
		schedule_delayed_work(&stall_work, msecs_to_jiffies(LOOK_MS));
}
