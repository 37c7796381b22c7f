// SPDX-License-Identifier: GPL-2.0-only
/* peer.c - the life of a pair: idle, connecting, up, closing, and not again too soon. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>

#include "xnm.h"

/*
 * All of this runs in the control work, one step at a time, so it needs no locks. The data path
 * sees peer->chan only, under RCU.
 *
 * The server (the lower domain number, as dom0 says) offers, the client accepts:
 *
 *   server  IDLE -> "offer" OFFER -> peer "conn": map, UP
 *   client  IDLE -> "want" WANT -> peer "offer": map, "conn" CONNECTED -> peer is ready: UP
 *           or "closed" with the serial of an offer that it cannot take
 *
 * What fails by the peer's fault leads to QUARANTINE, the time of which doubles; what fails because
 * we are short of something, to WAIT. How often all of it may happen is in limit.c.
 */
#define HANDSHAKE_S 5
#define GOOD_S	    60 /* up for so long: earlier failures are forgotten */
#define USED_S	    5 /* nobody closes a connection as unused that is younger */
#define LEAKED_MAX  2

static const char *const state_names[] = {
	[XNM_IDLE] = "idle",	       [XNM_WANT] = "want", [XNM_OFFER] = "offer",
	[XNM_CONNECTED] = "connected", [XNM_UP] = "up",	    [XNM_QUARANTINE] = "quarantine",
	[XNM_WAIT] = "wait",
};

/**
 * xnm_peer_state_name - a state in one word
 * @state: the state
 */
const char *xnm_peer_state_name(enum xnm_peer_state state)
{
	return state_names[state];
}

static struct xnm_chan *peer_chan(const struct xnm_peer *peer)
{
	return rcu_dereference_protected(peer->chan, true);
}

static void peer_state(struct xnm_peer *peer, enum xnm_peer_state state, unsigned int seconds)
{
	WRITE_ONCE(peer->state, state);
	peer->deadline = jiffies + seconds * HZ;
}

static bool peer_overdue(const struct xnm_peer *peer)
{
	return time_after(jiffies, peer->deadline);
}

/* take the channel apart; with @drain, what is on its way arrives first */
static void peer_halt(struct xnm_peer *peer, bool drain)
{
	struct xnm_chan *chan = peer_chan(peer);
	struct sk_buff_head back;

	if (chan && drain)
		xnm_chan_drain(chan);
	if (chan) {
		/* no frame waits for what comes next, which is xenstored's to answer */
		set_bit(XNM_C_DRAIN, &chan->flags);
		RCU_INIT_POINTER(peer->chan, NULL);
		synchronize_net();
		__skb_queue_head_init(&back);
		xnm_backlog_take_back(chan, &back);
		xnm_backlog_slow_path(&back);
	}
	/* from a client, the serial of an offer means that this one was refused */
	if (chan || peer->half || peer->state == XNM_WANT)
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
	/* the peer may have said something that only concerns the next connection */
	set_bit(XNM_P_STEP, &peer->flags);
	xnm_control_kick();
}

/**
 * xnm_peer_close - end a connection in peace; a next frame may begin another
 * @peer: the peer
 * @why: for the log
 */
void xnm_peer_close(struct xnm_peer *peer, const char *why)
{
	if (peer_chan(peer))
		pr_debug("peer %u: closed, %s\n", peer->domid, why);
	peer_halt(peer, true);
	peer_state(peer, XNM_IDLE, 0);
}

static void peer_rest(struct xnm_peer *peer, enum xnm_peer_state state, unsigned int seconds,
		      const char *why, int rc)
{
	if (net_ratelimit())
		pr_info("peer %u: %s (%d); back to netfront for %u s\n", peer->domid, why, rc,
			seconds);
	peer_state(peer, state, seconds);
}

/* end a connection, or the attempt, for something that the peer should not do */
static void peer_fail(struct xnm_peer *peer, const char *why, int rc)
{
	peer_halt(peer, false);
	peer->count.failures++;
	peer_rest(peer, XNM_QUARANTINE, xnm_patience_penalty(peer), why, rc);
}

/* the same for what we lack, or what dom0 has not done: the peer is not to blame */
static void peer_wait(struct xnm_peer *peer, const char *why, int rc)
{
	peer_halt(peer, false);
	peer->count.shortages++;
	peer_rest(peer, XNM_WAIT, xnm_patience_wait(peer), why, rc);
}

static void peer_fail_by(struct xnm_peer *peer, const char *why, int rc)
{
	if (xnm_patience_ours(rc))
		peer_wait(peer, why, rc);
	else
		peer_fail(peer, why, rc);
}

/* the peer has ended it, which is its right, if it does not make us work for nothing */
static void peer_left(struct xnm_peer *peer, const char *why, bool drain)
{
	if (xnm_patience_early(peer)) {
		peer_fail(peer, "it ends its connections at once, again and again", -ECONNRESET);
		return;
	}
	if (peer_chan(peer))
		pr_debug("peer %u: closed, %s\n", peer->domid, why);
	peer_halt(peer, drain);
	peer_state(peer, XNM_IDLE, 0);
}

static bool up_for(const struct xnm_peer *peer, unsigned int seconds)
{
	return time_after(jiffies, peer->up_since + seconds * HZ);
}

static void peer_up(struct xnm_peer *peer)
{
	peer->up_since = jiffies;
	peer->count.connects++;
	peer_state(peer, XNM_UP, 0);
	if (!peer->up_once)
		pr_info("peer %u: connected\n", peer->domid);
	peer->up_once = true;
}

/* another connection fits, after the longest unused one has made room if need be */
static bool make_room(const struct xnm_peer *self)
{
	struct xnm_peer *peer, *oldest = NULL;
	unsigned int n = 0;

	list_for_each_entry(peer, &xnm_peers, list) {
		const struct xnm_chan *chan = peer_chan(peer) ?: peer->half;

		if (peer == self || !chan)
			continue;
		n++;
		if (peer_chan(peer) &&
		    (!oldest || time_before(chan->last_use, peer_chan(oldest)->last_use)))
			oldest = peer;
	}
	if (n < xnm_peers_cap)
		return true;
	if (!oldest || time_before(jiffies, peer_chan(oldest)->last_use + 2 * HZ))
		return false;
	xnm_peer_close(oldest, "another needs its place");
	return true;
}

/* our half of a channel, or 0 if there is to be none now */
static int peer_begin(struct xnm_peer *peer)
{
	struct xnm_chan *chan;

	clear_bit(XNM_P_WANTED, &peer->flags);
	if (xnm_own_buried(peer->domid) >= LEAKED_MAX) {
		peer_fail(peer, "it still holds pages of earlier connections", -EBUSY);
		return -EBUSY;
	}
	chan = xnm_chan_new(peer);
	if (IS_ERR(chan)) {
		peer_wait(peer, "no pages or grants for a ring", (int)PTR_ERR(chan));
		return (int)PTR_ERR(chan);
	}
	peer->half = chan;
	return 0;
}

/* the channel has both halves: let the data path have it */
static void peer_open(struct xnm_peer *peer)
{
	struct xnm_chan *chan = peer->half;

	peer->half = NULL;
	xnm_chan_open(chan);
	rcu_assign_pointer(peer->chan, chan);
}

static void server_offer(struct xnm_peer *peer)
{
	int rc;

	if (peer_begin(peer))
		return;
	rc = xnm_chan_listen(peer->half);
	if (!rc)
		rc = xnm_hello_write(peer, XNM_FP_STATE_OFFER, peer->half->own->ref[0],
				     peer->half->port, ++peer->serial);
	if (rc)
		peer_wait(peer, "no offer can be made", rc);
	else
		peer_state(peer, XNM_OFFER, HANDSHAKE_S);
}

static void server_accepted(struct xnm_peer *peer, const struct xnm_hello *hello)
{
	int rc = xnm_chan_map(peer->half, hello->gref);

	if (rc) {
		peer_fail_by(peer, "its pages cannot be mapped", rc);
		return;
	}
	peer_open(peer);
	peer_up(peer);
}

static void client_accept(struct xnm_peer *peer, const struct xnm_hello *hello)
{
	int rc;

	peer->seen = hello->serial;
	if (peer_begin(peer))
		return;
	rc = xnm_chan_map(peer->half, hello->gref);
	if (rc) {
		peer_fail_by(peer, "its pages cannot be mapped", rc);
		return;
	}
	rc = xnm_chan_bind(peer->half, hello->port);
	if (rc) {
		peer_fail_by(peer, "its offer cannot be taken", rc);
		return;
	}
	rc = xnm_hello_write(peer, XNM_FP_STATE_CONN, peer->half->own->ref[0], peer->half->port,
			     hello->serial);
	if (rc) {
		peer_wait(peer, "its offer cannot be answered", rc);
		return;
	}
	peer_open(peer);
	peer_state(peer, XNM_CONNECTED, HANDSHAKE_S);
}

static bool says(const struct xnm_hello *hello, const char *state)
{
	return !strcmp(hello->state, state);
}

static void client_want(struct xnm_peer *peer)
{
	int rc = xnm_hello_write(peer, XNM_FP_STATE_WANT, 0, 0, ++peer->serial);

	if (rc)
		peer_wait(peer, "dom0 has made no handshake node", rc);
	else
		peer_state(peer, XNM_WANT, HANDSHAKE_S);
}

static void peer_start(struct xnm_peer *peer, const struct xnm_hello *hello, bool asked)
{
	if (peer->server)
		server_offer(peer);
	else if (asked)
		client_accept(peer, hello);
	else
		client_want(peer);
}

static void step_idle(struct xnm_peer *peer, const struct xnm_hello *hello)
{
	bool wanted = test_bit(XNM_P_WANTED, &peer->flags);
	bool asked = hello->serial != peer->seen &&
		     says(hello, peer->server ? XNM_FP_STATE_WANT : XNM_FP_STATE_OFFER);

	if ((asked || wanted) && xnm_patience_begin(peer)) {
		if (peer->server)
			peer->seen = hello->serial;
		if (make_room(peer))
			peer_start(peer, hello, asked);
	}
	/* whoever is still wanted asks again with the next frame, but not with each */
	if (peer->state == XNM_IDLE && wanted && peer_overdue(peer)) {
		clear_bit(XNM_P_WANTED, &peer->flags);
		peer->deadline = jiffies + HZ;
	}
}

static void step_broken(struct xnm_peer *peer, const struct xnm_chan *chan)
{
	const char *why = READ_ONCE(chan->why);

	switch (READ_ONCE(chan->fault)) {
	case XNM_F_RULE:
		peer->count.violations++;
		peer_fail(peer, why, -EPROTO);
		break;
	case XNM_F_STALL:
		peer->count.stalls++;
		peer_fail(peer, why, -ETIMEDOUT);
		break;
	case XNM_F_GONE:
		peer_left(peer, why, false);
		break;
	}
}

static void step_up(struct xnm_peer *peer, const struct xnm_hello *hello, bool late)
{
	struct xnm_chan *chan = peer_chan(peer);

	if (test_bit(XNM_C_BROKEN, &chan->flags)) {
		step_broken(peer, chan);
	} else if (!xnm_chan_alive(chan)) {
		peer_left(peer, "the peer is gone", false);
	} else if (READ_ONCE(chan->theirs->state) == XNM_CTRL_CLOSING ||
		   !says(hello, peer->server ? XNM_FP_STATE_CONN : XNM_FP_STATE_OFFER) ||
		   hello->serial != (peer->server ? peer->serial : peer->seen)) {
		peer_left(peer, "by the peer", true);
	} else if (peer->state == XNM_CONNECTED) {
		if (READ_ONCE(chan->theirs->state) == XNM_CTRL_READY)
			peer_up(peer);
		else if (late)
			peer_fail(peer, "it does not become ready", -ETIMEDOUT);
	} else if (xnm_idle_s && up_for(peer, USED_S) &&
		   time_after(jiffies, chan->last_use + xnm_idle_s * HZ)) {
		xnm_peer_close(peer, "unused");
	} else if (up_for(peer, GOOD_S)) {
		xnm_patience_good(peer);
	}
}

/*
 * Read what the peer says. What cannot be read now leaves us with what it said before, and is read
 * again later.
 */
static void peer_listen(struct xnm_peer *peer)
{
	struct xnm_hello hello;
	int rc = xnm_hello_read(peer, &hello);

	xnm_patience_heard(peer, rc != -EAGAIN);
	if (rc == -EAGAIN) {
		set_bit(XNM_P_KICK, &peer->flags);
		return;
	}
	if (rc)
		memset(&hello, 0, sizeof(hello));
	peer->hello = hello;
	if (rc == -EPROTO)
		peer_fail(peer, "it writes nonsense into its handshake node", rc);
}

/* true if we know what the peer says, as far as it has had the time to say it */
static bool peer_hear(struct xnm_peer *peer)
{
	if (!test_bit(XNM_P_KICK, &peer->flags))
		return true;
	/* it is read when the quarantine ends */
	if (peer->state == XNM_QUARANTINE || !xnm_patience_listen(peer))
		return false;
	clear_bit(XNM_P_KICK, &peer->flags);
	/* a bit that is set from here on is about what comes behind the reading */
	smp_mb__after_atomic();
	peer_listen(peer);
	return !test_bit(XNM_P_KICK, &peer->flags);
}

/* say that the module is there; dom0 may make the node a moment after the entry */
static void peer_announce(struct xnm_peer *peer)
{
	if (!xnm_hello_write(peer, XNM_FP_STATE_CLOSED, 0, 0, peer->serial))
		peer->announced = true;
	else
		pr_info_once("peer %u: dom0 has made no handshake node yet\n", peer->domid);
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
		peer_announce(peer);
	if (peer->state != XNM_QUARANTINE && xnm_patience_flood(peer))
		peer_fail(peer, "it writes into its handshake node without an end", -EBUSY);
	/* whether it is late can be said only when everything is read that it may have written */
	late = peer_hear(peer) && peer_overdue(peer);
	/* its module has gone in the middle of it */
	if (!*hello->state && (peer->state == XNM_WANT || peer->state == XNM_OFFER))
		peer_left(peer, "by the peer", false);
	switch (peer->state) {
	case XNM_IDLE:
		/* no module over there: nothing to begin, and nothing to pay for each frame */
		if (*hello->state)
			step_idle(peer, hello);
		break;
	case XNM_WANT:
		if (says(hello, XNM_FP_STATE_OFFER) && hello->serial != peer->seen)
			client_accept(peer, hello);
		else if (late)
			peer_fail(peer, "it makes no offer", -ETIMEDOUT);
		break;
	case XNM_OFFER:
		if (says(hello, XNM_FP_STATE_CONN) && hello->serial == peer->serial)
			server_accepted(peer, hello);
		else if (says(hello, XNM_FP_STATE_CLOSED) && hello->serial == peer->serial)
			peer_fail(peer, "it refuses our offer", -ECONNREFUSED);
		else if (late)
			peer_fail(peer, "it does not take our offer", -ETIMEDOUT);
		break;
	case XNM_CONNECTED:
	case XNM_UP:
		step_up(peer, hello, late);
		break;
	case XNM_QUARANTINE:
	case XNM_WAIT:
		if (peer_overdue(peer)) {
			clear_bit(XNM_P_WANTED, &peer->flags);
			set_bit(XNM_P_STEP, &peer->flags);
			peer_state(peer, XNM_IDLE, 0);
		}
		break;
	}
}
