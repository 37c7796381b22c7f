// SPDX-License-Identifier: GPL-2.0-only
/* limit.c - what a peer may cost us, and how long it is left alone if it costs more. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>

#include "xnm.h"

/*
 * A connection costs us two sets of grants and mappings, and whatever the peer writes may cost us a
 * reading of xenstore. Both cost the peer less. So each has a shortest time between two, of which
 * an honest peer sees nothing, and who goes on all the same is put into quarantine.
 *
 * All of this is for the control work, but for the counting of events.
 */
#define BEGIN_MS       1000 /* between two connections, or attempts */
#define HEAR_MS	       50 /* between two readings of a handshake node */
#define DEAF_MAX       6 /* each failed reading doubles that, so often at most */
#define EARLY_S	       5 /* a connection that the peer ends before has ended early */
#define EARLY_MAX      10 /* so many of them are nothing: a module that is loaded again and again */
#define EARLY_FORGET_S 30 /* and one of them is forgotten after so long */
#define EVENTS_MAX     100 /* a second; dom0 lists a hundred guests slower than that */
#define PENALTY_MAX_S  300
#define WAIT_MAX_S     32

/**
 * xnm_patience_init - nothing is held against a peer
 * @peer: the peer
 */
void xnm_patience_init(struct xnm_peer *peer)
{
	struct xnm_patience *p = &peer->patience;

	p->penalty_s = 1;
	p->wait_s = 1;
	p->early_at = jiffies;
	p->events_at = jiffies;
	p->heard = jiffies - msecs_to_jiffies(HEAR_MS);
}

/**
 * xnm_patience_begin - whether a connection, or an attempt, may begin now, which counts it
 * @peer: the peer
 *
 * If not, the peer is looked at again when the time has come.
 */
bool xnm_patience_begin(struct xnm_peer *peer)
{
	struct xnm_patience *p = &peer->patience;
	unsigned long next = p->began + msecs_to_jiffies(BEGIN_MS);

	if (p->begun && !xnm_abuse_patient && time_before(jiffies, next)) {
		set_bit(XNM_P_STEP, &peer->flags);
		xnm_control_due(next);
		return false;
	}
	p->begun = true;
	p->began = jiffies;
	return true;
}

/**
 * xnm_patience_listen - whether its handshake node may be read now
 * @peer: the peer
 *
 * If not, the peer is looked at again when the time has come.
 */
bool xnm_patience_listen(struct xnm_peer *peer)
{
	struct xnm_patience *p = &peer->patience;
	unsigned long next = p->heard + msecs_to_jiffies(HEAR_MS << p->deaf);

	if (!time_before(jiffies, next))
		return true;
	xnm_control_due(next);
	return false;
}

/**
 * xnm_patience_heard - its handshake node has been read
 * @peer: the peer
 * @read: it could be
 */
void xnm_patience_heard(struct xnm_peer *peer, bool read)
{
	struct xnm_patience *p = &peer->patience;

	peer->count.heard++;
	p->heard = jiffies;
	p->deaf = read ? 0 : min_t(unsigned int, p->deaf + 1, DEAF_MAX);
}

/**
 * xnm_patience_early - the peer has ended a connection; whether it does so too soon, too often
 * @peer: the peer, whose state still is the one before
 */
bool xnm_patience_early(struct xnm_peer *peer)
{
	struct xnm_patience *p = &peer->patience;
	unsigned long forgotten = (jiffies - p->early_at) / (EARLY_FORGET_S * HZ);

	if (xnm_abuse_patient ||
	    (peer->state == XNM_UP && time_after(jiffies, peer->up_since + EARLY_S * HZ)))
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
 * xnm_patience_flood - whether the peer writes into its handshake node faster than anybody needs
 * @peer: the peer
 */
bool xnm_patience_flood(struct xnm_peer *peer)
{
	struct xnm_patience *p = &peer->patience;
	unsigned long seconds = (jiffies - p->events_at) / HZ;
	unsigned int events = READ_ONCE(p->events), n = events - p->events_seen;

	if (!seconds)
		return false;
	p->events_seen = events;
	p->events_at = jiffies;
	return n / seconds > EVENTS_MAX;
}

/**
 * xnm_patience_penalty - how long a peer that has failed is left alone; longer each time
 * @peer: the peer
 */
unsigned int xnm_patience_penalty(struct xnm_peer *peer)
{
	struct xnm_patience *p = &peer->patience;
	unsigned int seconds = p->penalty_s;

	p->penalty_s = min_t(unsigned int, seconds * 2, PENALTY_MAX_S);
	return seconds;
}

/**
 * xnm_patience_wait - how long we wait for what we lack ourselves; longer each time
 * @peer: the peer that we lack it for, which is not to blame
 */
unsigned int xnm_patience_wait(struct xnm_peer *peer)
{
	struct xnm_patience *p = &peer->patience;
	unsigned int seconds = p->wait_s;

	p->wait_s = min_t(unsigned int, seconds * 2, WAIT_MAX_S);
	return seconds;
}

/**
 * xnm_patience_good - it has been connected for long: earlier failures are forgotten
 * @peer: the peer
 */
void xnm_patience_good(struct xnm_peer *peer)
{
	peer->patience.penalty_s = 1;
	peer->patience.wait_s = 1;
}

/**
 * xnm_patience_slept - we did not run when we should have: peers have not had the time that passed
 * @late: for how long, in jiffies
 */
void xnm_patience_slept(unsigned long late)
{
	struct xnm_peer *peer;

	list_for_each_entry(peer, &xnm_peers, list)
		if (peer->state == XNM_WANT || peer->state == XNM_OFFER ||
		    peer->state == XNM_CONNECTED)
			peer->deadline += late;
}

/**
 * xnm_patience_ours - whether an error is of our own making, and not the peer's
 * @rc: the error
 *
 * Memory, grants, event channels and the places that Xen has for mappings are ours to have.
 */
bool xnm_patience_ours(int rc)
{
	return rc == -ENOMEM || rc == -ENOSPC;
}
