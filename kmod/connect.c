// SPDX-License-Identifier: GPL-2.0-only
/* connect.c - connect two guests: offer, accept, and let frames through. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/printk.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

/* All of this runs in the control work. What fails ends in xnm_close_*(). */
#define HANDSHAKE_S 5 /* the peer's time for its next word */
#define UNUSED_S    2 /* a connection that is used less often makes room for another */
#define HELD_MAX    2 /* sets of pages that a peer may hold and still get another one */

/* the connected peer that was not used for longest, or NULL; counts all that have a channel */
static struct xnm_peer *longest_unused(const struct xnm_peer *self, unsigned int *n)
{
	struct xnm_peer *peer, *oldest = NULL;

	*n = 0;
	list_for_each_entry(peer, &xnm_peers, list) {
		const struct xnm_chan *chan = xnm_peer_chan(peer);

		if (peer == self || !(chan || peer->half))
			continue;
		++*n;
		if (chan &&
		    (!oldest || time_before(chan->last_use, xnm_peer_chan(oldest)->last_use)))
			oldest = peer;
	}
	return oldest;
}

/* true if another connection fits, after the longest unused one has made room if need be */
static bool make_room(const struct xnm_peer *self)
{
	unsigned int n;
	struct xnm_peer *oldest = longest_unused(self, &n);

	if (n < xnm_param_max_peers)
		return true;
	if (!oldest || time_before(jiffies, xnm_peer_chan(oldest)->last_use + UNUSED_S * HZ))
		return false;
	xnm_close(oldest, "another needs its place");
	return true;
}

/* our half of a channel; an error if there is to be none now */
static int begin(struct xnm_peer *peer)
{
	struct xnm_chan *chan;

	clear_bit(XNM_P_WANTED, &peer->flags);
	if (xnm_own_held_by(peer->domid) >= HELD_MAX) {
		xnm_close_fail(peer, "it still holds pages of earlier connections", -EBUSY);
		return -EBUSY;
	}
	chan = xnm_chan_new(peer);
	if (IS_ERR(chan)) {
		xnm_close_wait(peer, "no pages or grants for a ring", (int)PTR_ERR(chan));
		return (int)PTR_ERR(chan);
	}
	peer->half = chan;
	return 0;
}

/* the channel has both halves: let the data path have it */
static void open_chan(struct xnm_peer *peer)
{
	struct xnm_chan *chan = peer->half;

	peer->half = NULL;
	xnm_chan_open(chan);
	rcu_assign_pointer(peer->chan, chan);
}

/* server: make an offer */
static void server_offer(struct xnm_peer *peer)
{
	int rc;

	if (begin(peer))
		return;
	rc = xnm_chan_listen(peer->half);
	if (!rc)
		rc = xnm_hello_write(peer, XNM_FP_STATE_OFFER, peer->half->own->ref[0],
				     peer->half->port, ++peer->serial);
	if (rc)
		xnm_close_wait(peer, "no offer can be made", rc);
	else
		xnm_peer_set_state(peer, XNM_S_OFFER, HANDSHAKE_S);
}

/* client: ask for an offer */
static void client_want(struct xnm_peer *peer)
{
	int rc = xnm_hello_write(peer, XNM_FP_STATE_WANT, 0, 0, ++peer->serial);

	if (rc)
		xnm_close_wait(peer, "dom0 has made no handshake node", rc);
	else
		xnm_peer_set_state(peer, XNM_S_WANT, HANDSHAKE_S);
}

/**
 * xnm_connect - begin a connection, if there is room for another one
 * @peer: the peer, idle
 * @hello: what it says
 * @asked: it has asked for the connection: a client for an offer, a server by making one
 */
void xnm_connect(struct xnm_peer *peer, const struct xnm_hello *hello, bool asked)
{
	if (!make_room(peer))
		return;
	if (peer->server)
		server_offer(peer);
	else if (asked)
		xnm_connect_accept(peer, hello);
	else
		client_want(peer);
}

/**
 * xnm_connect_accept - client: accept an offer
 * @peer: the server
 * @hello: its offer
 */
void xnm_connect_accept(struct xnm_peer *peer, const struct xnm_hello *hello)
{
	int rc;

	peer->seen = hello->serial;
	if (begin(peer))
		return;
	rc = xnm_chan_map(peer->half, hello->gref);
	if (rc) {
		xnm_close_error(peer, "its pages cannot be mapped", rc);
		return;
	}
	rc = xnm_chan_bind(peer->half, hello->port);
	if (rc) {
		xnm_close_error(peer, "its offer cannot be taken", rc);
		return;
	}
	rc = xnm_hello_write(peer, XNM_FP_STATE_CONN, peer->half->own->ref[0], peer->half->port,
			     hello->serial);
	if (rc) {
		xnm_close_wait(peer, "its offer cannot be answered", rc);
		return;
	}
	open_chan(peer);
	xnm_peer_set_state(peer, XNM_S_CONNECTED, HANDSHAKE_S);
}

/**
 * xnm_connect_finish - server: the client has accepted our offer
 * @peer: the client
 * @hello: its answer
 */
void xnm_connect_finish(struct xnm_peer *peer, const struct xnm_hello *hello)
{
	int rc = xnm_chan_map(peer->half, hello->gref);

	if (rc) {
		xnm_close_error(peer, "its pages cannot be mapped", rc);
		return;
	}
	open_chan(peer);
	xnm_connect_up(peer);
}

/**
 * xnm_connect_up - both sides are ready
 * @peer: the peer
 */
void xnm_connect_up(struct xnm_peer *peer)
{
	peer->up_since = jiffies;
	peer->count.connects++;
	xnm_peer_set_state(peer, XNM_S_UP, 0);
	if (!peer->up_once)
		pr_info("peer %u: connected\n", peer->domid);
	peer->up_once = true;
}
