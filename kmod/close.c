// SPDX-License-Identifier: GPL-2.0-only
/* close.c - end a connection or an attempt: in peace, by the peer, by its fault, by a shortage. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/net.h>
#include <linux/printk.h>
#include <linux/skbuff.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

/* All of this runs in the control work. */

/* take the channel from the data path; frames that wait for room in its ring go by netfront */
static void detach(struct xnm_peer *peer, struct xnm_chan *chan)
{
	struct sk_buff_head back;

	/* frames must not wait for what comes next: xenstored may take its time to answer it */
	set_bit(XNM_C_DRAIN, &chan->flags);
	RCU_INIT_POINTER(peer->chan, NULL);
	synchronize_net();
	__skb_queue_head_init(&back);
	xnm_backlog_take_back(chan, &back);
	xnm_backlog_slow_path(&back);
}

/* no channel is left; with @drain, what is in the rings arrives first */
static void take_apart(struct xnm_peer *peer, bool drain)
{
	struct xnm_chan *chan = xnm_peer_chan(peer);

	if (chan && drain)
		xnm_chan_drain(chan);
	if (chan)
		detach(peer, chan);
	/* of a client, the serial of an offer says that it does not take this one */
	if (chan || peer->half || peer->state == XNM_S_WANT)
		xnm_hello_write(peer, XNM_FP_STATE_CLOSED, 0, 0,
				peer->server ? peer->serial : peer->seen);
	if (chan) {
		xnm_chan_free(chan);
		peer->count.closes++;
	}
	if (peer->half) {
		xnm_chan_free(peer->half);
		peer->half = NULL;
	}
	clear_bit(XNM_P_WANTED, &peer->flags);
	/* the peer may have written already what is meant for the next connection */
	set_bit(XNM_P_STEP, &peer->flags);
	xnm_work_kick();
}

static void become_idle(struct xnm_peer *peer, const char *why, bool drain)
{
	if (xnm_peer_chan(peer))
		pr_debug("peer %u: closed, %s\n", peer->domid, why);
	take_apart(peer, drain);
	xnm_peer_set_state(peer, XNM_S_IDLE, 0);
}

static void rest(struct xnm_peer *peer, enum xnm_peer_state state, unsigned int seconds,
		 const char *why, int rc)
{
	if (net_ratelimit())
		pr_info("peer %u: %s (%d); back to netfront for %u s\n", peer->domid, why, rc,
			seconds);
	xnm_peer_set_state(peer, state, seconds);
}

/**
 * xnm_close - end a connection in peace; the next frame may begin another one
 * @peer: the peer
 * @why: for the log
 */
void xnm_close(struct xnm_peer *peer, const char *why)
{
	become_idle(peer, why, true);
}

/**
 * xnm_close_left - the peer has ended the connection, or is gone
 * @peer: the peer
 * @why: for the log
 * @drain: wait for what is in the rings
 *
 * That is the peer's right, unless it does so again and again, right after it has connected.
 */
void xnm_close_left(struct xnm_peer *peer, const char *why, bool drain)
{
	if (xnm_limit_early(peer))
		xnm_close_fail(peer, "it ends its connections at once, again and again",
			       -ECONNRESET);
	else
		become_idle(peer, why, drain);
}

/**
 * xnm_close_fail - end it by the peer's fault: quarantine
 * @peer: the peer
 * @why: what it did wrong
 * @rc: -errno, for the log
 */
void xnm_close_fail(struct xnm_peer *peer, const char *why, int rc)
{
	take_apart(peer, false);
	peer->count.failures++;
	rest(peer, XNM_S_QUARANTINE, xnm_limit_quarantine(peer), why, rc);
}

/**
 * xnm_close_wait - end it for what we lack, or what dom0 has not done: try again later
 * @peer: the peer, which is not to blame
 * @why: what failed
 * @rc: -errno, for the log
 */
void xnm_close_wait(struct xnm_peer *peer, const char *why, int rc)
{
	take_apart(peer, false);
	peer->count.shortages++;
	rest(peer, XNM_S_WAIT, xnm_limit_wait(peer), why, rc);
}

/**
 * xnm_close_error - end it, by whose fault the error tells
 * @peer: the peer
 * @why: what failed
 * @rc: -errno
 */
void xnm_close_error(struct xnm_peer *peer, const char *why, int rc)
{
	if (xnm_limit_is_shortage(rc))
		xnm_close_wait(peer, why, rc);
	else
		xnm_close_fail(peer, why, rc);
}
