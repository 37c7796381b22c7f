// SPDX-License-Identifier: GPL-2.0-only
/* limit.c - what a peer may cost us, and how long it is left alone if it costs more. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>

#include "peer.h"
#include "xnm.h"

/*
 * A connection costs us two sets of grants and mappings, and each write of the peer to its node may
 * cost us a reading of xenstore. Both cost the peer less. So there is a shortest time
 * between two connections and between two readings, which an honest peer does not notice; a peer
 * that goes on all the same is put into quarantine.
 *
 * All of this runs in the control work, except that watch events are counted in xenstore's event
 * thread.
 */
#define BEGIN_MS	 1000 /* between the begin of two connections, or attempts */
#define READ_MS		 50 /* between two readings of a handshake node */
#define READ_DOUBLES_MAX 6 /* each failed reading doubles READ_MS, up to so many times */
#define EARLY_S		 5 /* a connection that the peer ends in less has ended early */
#define EARLY_MAX	 10 /* so many are no fault: a module may be loaded again and again */
#define EARLY_FORGET_S	 30 /* one early end is forgotten each time */
#define EVENTS_MAX	 100 /* watch events a second; honest guests make a few */
#define QUARANTINE_MAX_S 300
#define WAIT_MAX_S	 32

/**
 * xnm_limit_init - a new peer has cost nothing yet
 * @peer: the peer
 */
void xnm_limit_init(struct xnm_peer *peer)
{
	struct xnm_limits *p = &peer->limits;

	p->quarantine_s = 1;
	p->wait_s = 1;
	p->early_at = jiffies;
	p->events_at = jiffies;
	p->read_at = jiffies - msecs_to_jiffies(READ_MS);
}

/**
 * xnm_limit_begin - whether a connection, or an attempt, may begin now; if so, count it
 * @peer: the peer
 *
 * If not, the control work looks at the peer again when it may.
 */
bool xnm_limit_begin(struct xnm_peer *peer)
{
	struct xnm_limits *p = &peer->limits;
	unsigned long next = p->began + msecs_to_jiffies(BEGIN_MS);

	if (p->begun && !xnm_abuse_patient && time_before(jiffies, next)) {
		set_bit(XNM_P_STEP, &peer->flags);
		xnm_work_due(next);
		return false;
	}
	p->begun = true;
	p->began = jiffies;
	return true;
}

/**
 * xnm_limit_read - whether the peer's handshake node may be read now
 * @peer: the peer
 *
 * If not, the control work looks at the peer again when it may.
 */
bool xnm_limit_read(struct xnm_peer *peer)
{
	struct xnm_limits *p = &peer->limits;
	unsigned long next = p->read_at + msecs_to_jiffies(READ_MS << p->failed_reads);

	if (!time_before(jiffies, next))
		return true;
	xnm_work_due(next);
	return false;
}

/**
 * xnm_limit_was_read - we have tried to read the peer's handshake node
 * @peer: the peer
 * @ok: it could be read
 */
void xnm_limit_was_read(struct xnm_peer *peer, bool ok)
{
	struct xnm_limits *p = &peer->limits;

	peer->count.reads++;
	p->read_at = jiffies;
	p->failed_reads = ok ? 0 : min_t(unsigned int, p->failed_reads + 1, READ_DOUBLES_MAX);
}

/**
 * xnm_limit_early - whether a peer that ends a connection does so early, and too often; counts it
 * @peer: the peer, still in the state of that connection
 */
bool xnm_limit_early(struct xnm_peer *peer)
{
	struct xnm_limits *p = &peer->limits;
	unsigned long forgotten = (jiffies - p->early_at) / (EARLY_FORGET_S * HZ);

	if (xnm_abuse_patient ||
	    (peer->state == XNM_S_UP && time_after(jiffies, peer->up_since + EARLY_S * HZ)))
		return false;
	p->early -= min_t(unsigned long, p->early, forgotten);
	p->early_at += forgotten * EARLY_FORGET_S * HZ;
	peer->count.early++;
	if (p->early == EARLY_MAX)
		return true;
	p->early++;
	return false;
}

/**
 * xnm_limit_flood - whether the peer writes into its handshake node faster than anybody needs
 * @peer: the peer
 */
bool xnm_limit_flood(struct xnm_peer *peer)
{
	struct xnm_limits *p = &peer->limits;
	unsigned long seconds = (jiffies - p->events_at) / HZ;
	unsigned int events = READ_ONCE(p->events), n = events - p->events_seen;

	if (!seconds)
		return false;
	p->events_seen = events;
	p->events_at = jiffies;
	return n / seconds > EVENTS_MAX;
}

/**
 * xnm_limit_quarantine - seconds of the next quarantine; each is twice as long as the one before
 * @peer: the peer
 */
unsigned int xnm_limit_quarantine(struct xnm_peer *peer)
{
	struct xnm_limits *p = &peer->limits;
	unsigned int seconds = p->quarantine_s;

	p->quarantine_s = min_t(unsigned int, seconds * 2, QUARANTINE_MAX_S);
	return seconds;
}

/**
 * xnm_limit_wait - seconds of the next wait for what we lack; each is twice as long as the last
 * @peer: the peer, which is not to blame
 */
unsigned int xnm_limit_wait(struct xnm_peer *peer)
{
	struct xnm_limits *p = &peer->limits;
	unsigned int seconds = p->wait_s;

	p->wait_s = min_t(unsigned int, seconds * 2, WAIT_MAX_S);
	return seconds;
}

/**
 * xnm_limit_reset - begin again with short quarantines and waits
 * @peer: the peer
 */
void xnm_limit_reset(struct xnm_peer *peer)
{
	peer->limits.quarantine_s = 1;
	peer->limits.wait_s = 1;
}

/**
 * xnm_limit_slept - the guest was paused: give peers in a handshake that time in addition
 * @late: how long it was paused, in jiffies
 */
void xnm_limit_slept(unsigned long late)
{
	struct xnm_peer *peer;

	list_for_each_entry(peer, &xnm_peers, list)
		if (peer->state == XNM_S_WANT || peer->state == XNM_S_OFFER ||
		    peer->state == XNM_S_CONNECTED)
			peer->deadline += late;
}

/**
 * xnm_limit_is_shortage - whether an error says that we lack something ourselves
 * @rc: the error: memory, grants, event channels, or the places that Xen has for our mappings
 */
bool xnm_limit_is_shortage(int rc)
{
	return rc == -ENOMEM || rc == -ENOSPC;
}
