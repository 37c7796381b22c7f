// SPDX-License-Identifier: GPL-2.0-only
/* peers.c - the list of peers: who comes, who goes, and what wakes us. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "xnm.h"

LIST_HEAD(xnm_peers);

#define WATCH_AGAIN_S 10

/*
 * The peer makes as many events as it likes, by what it writes into its node and below. One at a
 * time waits for the event thread: what an event tells is that the node is to be read, once.
 */
static bool peer_will_watch(struct xenbus_watch *watch, const char *path, const char *token)
{
	struct xnm_peer *peer = container_of(watch, struct xnm_peer, watch);

	WRITE_ONCE(peer->patience.events, peer->patience.events + 1);
	return !watch->nr_pending;
}

/* xenstore's event thread; we only note it */
static void peer_watch(struct xenbus_watch *watch, const char *path, const char *token)
{
	struct xnm_peer *peer = container_of(watch, struct xnm_peer, watch);

	if (!test_and_set_bit(XNM_P_KICK, &peer->flags))
		xnm_control_kick();
}

static struct xnm_peer *peer_find(u16 domid, u64 inc, u64 own_inc)
{
	struct xnm_peer *peer;

	list_for_each_entry(peer, &xnm_peers, list)
		if (peer->domid == domid && peer->inc == inc && peer->own_inc == own_inc)
			return peer;
	return NULL;
}

/**
 * xnm_peer_get - find a listed peer, or begin with a new one
 * @domid: its domain
 * @inc: its incarnation
 * @server: we make the offers
 * @table: the table that lists it
 *
 * Return: the peer, or NULL without memory.
 */
struct xnm_peer *xnm_peer_get(u16 domid, u64 inc, bool server, const struct xnm_table *table)
{
	struct xnm_peer *peer = peer_find(domid, inc, table->inc);

	if (peer && peer->server == server && peer->own_domid == table->domid) {
		/* dom0 may have taken the nodes away and made them anew while we did not look */
		if (peer->state == XNM_IDLE || peer->state == XNM_QUARANTINE ||
		    peer->state == XNM_WAIT)
			peer->announced = false;
		return peer;
	}
	peer = xnm_object_new(XNM_O_PEER, sizeof(*peer));
	if (!peer)
		return NULL;
	peer->domid = domid;
	peer->inc = inc;
	peer->own_inc = table->inc;
	peer->own_domid = table->domid;
	peer->server = server;
	peer->deadline = jiffies;
	xnm_patience_init(peer);
	/* after a reload of the module, a number that was not used before */
	peer->serial = get_random_u32();
	snprintf(peer->watch_path, sizeof(peer->watch_path), XNM_FP_HOME_PATH "/" XNM_FP_NODE_CHAN,
		 domid, table->domid);
	peer->watch.node = peer->watch_path;
	peer->watch.will_handle = peer_will_watch;
	peer->watch.callback = peer_watch;
	peer->watch_again = jiffies;
	list_add_tail_rcu(&peer->list, &xnm_peers);
	xnm_peer_follow(peer);
	return peer;
}

/**
 * xnm_peer_follow - be told of what a peer writes, if that is not so yet
 * @peer: the peer
 *
 * xenstored may be short of something, so it is asked again later.
 */
void xnm_peer_follow(struct xnm_peer *peer)
{
	int rc;

	if (peer->watched || time_before(jiffies, peer->watch_again))
		return;
	peer->watch_again = jiffies + WATCH_AGAIN_S * HZ;
	/* fires at once, too */
	rc = register_xenbus_watch(&peer->watch);
	peer->watched = !rc;
	if (rc)
		pr_info_ratelimited("peer %u: its handshake node cannot be watched (%d)\n",
				    peer->domid, rc);
}

/* in a queue of its own: it waits for xenstore's event thread, which waits for us at suspend */
static void peer_reap(struct work_struct *work)
{
	struct xnm_peer *peer = container_of(work, struct xnm_peer, reap);

	if (peer->watched)
		unregister_xenbus_watch(&peer->watch);
	synchronize_net();
	xnm_object_free(XNM_O_PEER, peer);
}

/**
 * xnm_peer_forget - be done with a peer that no table lists any more
 * @peer: the peer; not the caller's any more
 * @say: leave word that we are no more to be asked
 */
void xnm_peer_forget(struct xnm_peer *peer, bool say)
{
	xnm_peer_close(peer, "not listed any more");
	if (say)
		xnm_hello_clear(peer);
	list_del_rcu(&peer->list);
	INIT_WORK(&peer->reap, peer_reap);
	queue_work(xnm_reap_wq, &peer->reap);
}
