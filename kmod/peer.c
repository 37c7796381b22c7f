// SPDX-License-Identifier: GPL-2.0-only
/* peer.c - the life of a pair of guests: idle, connecting, up, and not again too soon. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

/*
 * All of this runs in the control work, one step at a time, so it needs no locks. The data path
 * sees peer->chan only, under RCU.
 *
 * The server (the lower domain number, as dom0 says) offers, the client accepts:
 *
 *   server  IDLE -> writes "offer": OFFER -> reads "conn", maps: UP
 *   client  IDLE -> writes "want": WANT -> reads "offer", maps, writes "conn": CONNECTED -> the
 *           server's control page says that it is ready: UP
 *           or writes "closed", with the serial of an offer that it cannot take
 *
 * connect.c has what leads to UP, close.c what leads away from it. What fails by the peer's fault
 * leads to QUARANTINE, the time of which doubles; what fails because we are short of something, to
 * WAIT. How often all of it may happen is in limit.c.
 */
#define GOOD_S 60 /* up for so long: earlier failures are forgotten */
#define USED_S 5 /* a connection that is younger is not closed as unused */

static const char *const state_names[] = {
	[XNM_S_IDLE] = "idle",		 [XNM_S_WANT] = "want", [XNM_S_OFFER] = "offer",
	[XNM_S_CONNECTED] = "connected", [XNM_S_UP] = "up",	[XNM_S_QUARANTINE] = "quarantine",
	[XNM_S_WAIT] = "wait",
};

/**
 * xnm_peer_state_name - a state in one word
 * @state: the state
 */
const char *xnm_peer_state_name(enum xnm_peer_state state)
{
	return state_names[state];
}

/**
 * xnm_peer_chan - the channel that frames to a peer go through
 * @peer: the peer
 *
 * From the control work. Return: the channel or NULL.
 */
struct xnm_chan *xnm_peer_chan(const struct xnm_peer *peer)
{
	return rcu_dereference_protected(peer->chan, true);
}

/**
 * xnm_peer_set_state - change the state of a peer
 * @peer: the peer
 * @state: the state
 * @seconds: when it ends by itself, if it is one that does
 */
void xnm_peer_set_state(struct xnm_peer *peer, enum xnm_peer_state state, unsigned int seconds)
{
	WRITE_ONCE(peer->state, state);
	peer->deadline = jiffies + seconds * HZ;
}

static bool is_overdue(const struct xnm_peer *peer)
{
	return time_after(jiffies, peer->deadline);
}

static bool up_for(const struct xnm_peer *peer, unsigned int seconds)
{
	return time_after(jiffies, peer->up_since + seconds * HZ);
}

/* ------------------------------------------------------------------ what the peer says */

/* what cannot be read now is read again later; until then holds what the peer said before */
static void read_hello(struct xnm_peer *peer)
{
	struct xnm_hello hello;
	int rc = xnm_hello_read(peer, &hello);

	xnm_limit_was_read(peer, rc != -EAGAIN);
	if (rc == -EAGAIN) {
		set_bit(XNM_P_KICK, &peer->flags);
		return;
	}
	if (rc)
		memset(&hello, 0, sizeof(hello));
	peer->hello = hello;
	if (rc == -EPROTO)
		xnm_close_fail(peer, "it writes nonsense into its handshake node", rc);
}

/* true if we know all that the peer has written until now */
static bool know_hello(struct xnm_peer *peer)
{
	if (!test_bit(XNM_P_KICK, &peer->flags))
		return true;
	/* the end of the quarantine comes back to it */
	if (peer->state == XNM_S_QUARANTINE || !xnm_limit_read(peer))
		return false;
	clear_bit(XNM_P_KICK, &peer->flags);
	/* a bit that is set from here on is about what the peer writes after this reading */
	smp_mb__after_atomic();
	read_hello(peer);
	return !test_bit(XNM_P_KICK, &peer->flags);
}

/* say that our module is there; dom0 may make the node a moment after it lists the peer */
static void announce(struct xnm_peer *peer)
{
	if (!xnm_hello_write(peer, XNM_FP_STATE_CLOSED, 0, 0, peer->serial))
		peer->announced = true;
	else
		pr_info_once("peer %u: dom0 has made no handshake node yet\n", peer->domid);
}

/* ------------------------------------------------------------------ one step in each state */

static void step_idle(struct xnm_peer *peer, const struct xnm_hello *hello)
{
	const char *question = peer->server ? XNM_FP_STATE_WANT : XNM_FP_STATE_OFFER;
	bool asked = hello->serial != peer->seen && xnm_hello_says(hello, question);
	bool wanted = test_bit(XNM_P_WANTED, &peer->flags);

	/* there is no module at the other side */
	if (!*hello->state)
		return;
	if ((asked || wanted) && xnm_limit_begin(peer)) {
		if (peer->server)
			peer->seen = hello->serial;
		xnm_connect(peer, hello, asked);
	}
	/* if nothing came of it, the next frame may ask again, but once a second only */
	if (peer->state == XNM_S_IDLE && wanted && is_overdue(peer)) {
		clear_bit(XNM_P_WANTED, &peer->flags);
		peer->deadline = jiffies + HZ;
	}
}

static void step_want(struct xnm_peer *peer, const struct xnm_hello *hello, bool late)
{
	if (xnm_hello_says(hello, XNM_FP_STATE_OFFER) && hello->serial != peer->seen)
		xnm_connect_accept(peer, hello);
	else if (late)
		xnm_close_fail(peer, "it makes no offer", -ETIMEDOUT);
}

static void step_offer(struct xnm_peer *peer, const struct xnm_hello *hello, bool late)
{
	bool ours = hello->serial == peer->serial;

	if (ours && xnm_hello_says(hello, XNM_FP_STATE_CONN))
		xnm_connect_finish(peer, hello);
	else if (ours && xnm_hello_says(hello, XNM_FP_STATE_CLOSED))
		xnm_close_fail(peer, "it refuses our offer", -ECONNREFUSED);
	else if (late)
		xnm_close_fail(peer, "it does not take our offer", -ETIMEDOUT);
}

static void step_broken(struct xnm_peer *peer, const struct xnm_chan *chan)
{
	const char *why = READ_ONCE(chan->why);

	switch (READ_ONCE(chan->fault)) {
	case XNM_F_RULE:
		peer->count.violations++;
		xnm_close_fail(peer, why, -EPROTO);
		break;
	case XNM_F_STALL:
		peer->count.stalls++;
		xnm_close_fail(peer, why, -ETIMEDOUT);
		break;
	case XNM_F_GONE:
		xnm_close_left(peer, why, false);
		break;
	}
}

/* true if the peer's node or its control page says that it ends this connection */
static bool has_closed(const struct xnm_peer *peer, const struct xnm_chan *chan,
		       const struct xnm_hello *hello)
{
	const char *state = peer->server ? XNM_FP_STATE_CONN : XNM_FP_STATE_OFFER;
	u32 serial = peer->server ? peer->serial : peer->seen;

	return READ_ONCE(chan->theirs->state) == XNM_CTRL_CLOSING ||
	       !xnm_hello_says(hello, state) || hello->serial != serial;
}

/* both sides are connected; the peer may not have mapped our pages yet */
static void step_up(struct xnm_peer *peer, const struct xnm_hello *hello, bool late)
{
	struct xnm_chan *chan = xnm_peer_chan(peer);

	if (test_bit(XNM_C_BROKEN, &chan->flags)) {
		step_broken(peer, chan);
	} else if (!xnm_chan_alive(chan)) {
		xnm_close_left(peer, "the peer is gone", false);
	} else if (has_closed(peer, chan, hello)) {
		xnm_close_left(peer, "by the peer", true);
	} else if (peer->state == XNM_S_CONNECTED) {
		if (READ_ONCE(chan->theirs->state) == XNM_CTRL_READY)
			xnm_connect_up(peer);
		else if (late)
			xnm_close_fail(peer, "it does not become ready", -ETIMEDOUT);
	} else if (xnm_param_idle_s && up_for(peer, USED_S) &&
		   time_after(jiffies, chan->last_use + xnm_param_idle_s * HZ)) {
		xnm_close(peer, "unused");
	} else if (up_for(peer, GOOD_S)) {
		xnm_limit_reset(peer);
	}
}

/* the end of a quarantine or a wait: begin with what the peer has written meanwhile */
static void step_rest(struct xnm_peer *peer)
{
	if (!is_overdue(peer))
		return;
	clear_bit(XNM_P_WANTED, &peer->flags);
	set_bit(XNM_P_STEP, &peer->flags);
	xnm_peer_set_state(peer, XNM_S_IDLE, 0);
}

static void step_state(struct xnm_peer *peer, const struct xnm_hello *hello, bool late)
{
	switch (peer->state) {
	case XNM_S_IDLE:
		step_idle(peer, hello);
		break;
	case XNM_S_WANT:
		step_want(peer, hello, late);
		break;
	case XNM_S_OFFER:
		step_offer(peer, hello, late);
		break;
	case XNM_S_CONNECTED:
	case XNM_S_UP:
		step_up(peer, hello, late);
		break;
	case XNM_S_QUARANTINE:
	case XNM_S_WAIT:
		step_rest(peer);
		break;
	}
}

/**
 * xnm_peer_step - look at a peer and do what is to be done next
 * @peer: the peer
 */
void xnm_peer_step(struct xnm_peer *peer)
{
	const struct xnm_hello *hello = &peer->hello;
	bool late;

	clear_bit(XNM_P_STEP, &peer->flags);
	xnm_peer_follow(peer);
	if (!peer->announced)
		announce(peer);
	if (peer->state != XNM_S_QUARANTINE && xnm_limit_flood(peer))
		xnm_close_fail(peer, "it writes into its handshake node without an end", -EBUSY);
	/* the peer is late only if everything is read that it may have written in time */
	late = know_hello(peer) && is_overdue(peer);
	/* the peer's module was unloaded while it connected */
	if (!*hello->state && (peer->state == XNM_S_WANT || peer->state == XNM_S_OFFER))
		xnm_close_left(peer, "by the peer", false);
	step_state(peer, hello, late);
}
