// SPDX-License-Identifier: GPL-2.0-only
/* peers.c - the list of peers: who comes, who goes, and the watch on what each of them writes. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/rculist.h>

#include "peer.h"
#include "table.h"
#include "xnm.h"

LIST_HEAD(xnm_peers);

#define WATCH_AGAIN_S 10

/*
 * The peer makes as many events as it likes, by writing its node and nodes below it. One at a time
 * waits for the event thread, as each of them means no more than that the node is to be read.
 */
static bool peer_will_watch(struct xenbus_watch *watch, const char *path, const char *token)
{
	struct xnm_peer *peer = container_of(watch, struct xnm_peer, watch);

	WRITE_ONCE(peer->limits.events, peer->limits.events + 1);
	return !watch->nr_pending;
}

/* in xenstore's event thread: the control work does the rest */
static void peer_watch(struct xenbus_watch *watch, const char *path, const char *token)
{
	struct xnm_peer *peer = container_of(watch, struct xnm_peer, watch);

	if (!test_and_set_bit(XNM_P_KICK, &peer->flags))
		xnm_work_kick();
}

static struct xnm_peer *peer_find(u16 domid, u64 inc, u64 own_inc)
{
	struct xnm_peer *peer;

	list_for_each_entry(peer, &xnm_peers, list)
		if (peer->domid == domid && peer->inc == inc && peer->own_inc == own_inc)
			return peer;
	return NULL;
}

static struct xnm_peer *peer_new(u16 domid, u64 inc, bool server, const struct xnm_table *table)
{
	struct xnm_peer *peer = xnm_object_new(XNM_O_PEER, sizeof(*peer));

	if (!peer)
		return NULL;
	peer->domid = domid;
	peer->inc = inc;
	peer->own_inc = table->inc;
	peer->own_domid = table->domid;
	peer->server = server;
	peer->deadline = jiffies;
	xnm_limit_init(peer);
	/* most likely not one that was used before the module was loaded again */
	peer->serial = get_random_u32();
	snprintf(peer->watch_path, sizeof(peer->watch_path), XNM_FP_HOME_PATH "/" XNM_FP_NODE_CHAN,
		 domid, table->domid);
	peer->watch.node = peer->watch_path;
	peer->watch.will_handle = peer_will_watch;
	peer->watch.callback = peer_watch;
	peer->watch_again = jiffies;
	return peer;
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
		/* dom0 may have removed the handshake nodes meanwhile, and made them anew */
		if (peer->state == XNM_S_IDLE || peer->state == XNM_S_QUARANTINE ||
		    peer->state == XNM_S_WAIT)
			peer->announced = false;
		return peer;
	}
	peer = peer_new(domid, inc, server, table);
	if (!peer)
		return NULL;
	list_add_tail_rcu(&peer->list, &xnm_peers);
	xnm_peer_follow(peer);
	return peer;
}

/**
 * xnm_peer_follow - watch the peer's handshake node, if that is not so yet
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
	/* a watch also fires when it is registered */
	rc = register_xenbus_watch(&peer->watch);
	peer->watched = !rc;
	if (rc)
		pr_info_ratelimited("peer %u: its handshake node cannot be watched (%d)\n",
				    peer->domid, rc);
}

/**
 * xnm_peer_forget - close a peer that no table lists any more, and have it freed
 * @peer: the peer; not the caller's any more
 * @say: empty our handshake node for it, as the module goes
 */
void xnm_peer_forget(struct xnm_peer *peer, bool say)
{
	xnm_close(peer, "not listed any more");
	if (say)
		xnm_hello_clear(peer);
	list_del_rcu(&peer->list);
	xnm_work_reap(peer);
}

/**
 * xnm_peer_free - free a peer
 * @peer: the peer, in no list and no table any more
 *
 * From the reap work: the end of a watch waits for xenstore's event thread.
 */
void xnm_peer_free(struct xnm_peer *peer)
{
	if (peer->watched)
		unregister_xenbus_watch(&peer->watch);
	synchronize_net();
	xnm_object_free(XNM_O_PEER, peer);
}
