// SPDX-License-Identifier: GPL-2.0-only
/* control.c - the control work: read the table, step the peers, release pages. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <xen/xenbus.h>

#include "chan.h"
#include "peer.h"
#include "table.h"
#include "xnm.h"

/* a table that cannot be read is read again, after a time that doubles */
#define RETRY_MIN_MS 50
#define RETRY_MAX_MS 10000

enum { TABLE_CHANGED, RESTORED };

static unsigned long flags;
static bool watching;

/* for the control work only: when the table is to be read again; 0 ms: only when it changes */
static unsigned long retry_at;
static unsigned int retry_ms;

/**
 * xnm_control_table_changed - have the table read again
 */
void xnm_control_table_changed(void)
{
	set_bit(TABLE_CHANGED, &flags);
	xnm_work_kick();
}

static void forget_unlisted(bool say)
{
	struct xnm_peer *peer, *next;

	list_for_each_entry_safe(peer, next, &xnm_peers, list)
		if (!peer->listed)
			xnm_peer_forget(peer, say);
}

static void unlist_all(void)
{
	struct xnm_peer *peer;

	list_for_each_entry(peer, &xnm_peers, list)
		peer->listed = false;
}

/* dom0 is still writing, or memory or the like is short; the table in force stays */
static void table_again(int rc)
{
	retry_ms = clamp_t(unsigned int, retry_ms * 2, RETRY_MIN_MS, RETRY_MAX_MS);
	retry_at = jiffies + msecs_to_jiffies(retry_ms);
	if (retry_ms == RETRY_MAX_MS)
		pr_info_ratelimited("the table cannot be read (%d); the one before holds\n", rc);
}

static void table_update(void)
{
	struct xnm_table *table;

	clear_bit(TABLE_CHANGED, &flags);
	unlist_all();
	table = xnm_table_read();
	if (IS_ERR(table)) {
		table_again(PTR_ERR(table));
		return;
	}
	retry_ms = 0;
	xnm_table_swap(table);
	forget_unlisted(false);
}

static bool table_is_due(void)
{
	return test_bit(TABLE_CHANGED, &flags) || (retry_ms && !time_before(jiffies, retry_at));
}

static bool peers_step(void)
{
	struct xnm_peer *peer;
	bool any = false;

	list_for_each_entry(peer, &xnm_peers, list) {
		any = true;
		/* once a second each, and whenever something happened */
		if (peer->flags || peer->state != XNM_S_IDLE || !peer->announced || !peer->watched)
			xnm_peer_step(peer);
	}
	return any;
}

/* so that the channels wait together for what is in their rings, and not one after the other */
static void drain_all(void)
{
	struct xnm_peer *peer;

	list_for_each_entry(peer, &xnm_peers, list) {
		struct xnm_chan *chan = xnm_peer_chan(peer);

		if (chan)
			xnm_chan_drain_begin(chan);
	}
}

/* no table, no peers */
static void forget_all(bool say)
{
	xnm_table_swap(NULL);
	unlist_all();
	drain_all();
	forget_unlisted(say);
}

/**
 * xnm_control_run - one run of the control work
 */
void xnm_control_run(void)
{
	bool any;

	if (test_and_clear_bit(RESTORED, &flags))
		forget_all(false);
	if (table_is_due())
		table_update();
	any = peers_step();
	if (xnm_own_sweep() || any)
		xnm_work_due(jiffies + HZ);
	if (retry_ms)
		xnm_work_due(retry_at);
}

/*
 * Only what dom0 writes below our folder: what is below chan is our own. One event at a time waits
 * for the event thread, as each of them means no more than that the table is to be read.
 */
static bool table_will_watch(struct xenbus_watch *watch, const char *path, const char *token)
{
	return !strstarts(path, XNM_FP_HOME "/" XNM_FP_NODE_CHANS) && !watch->nr_pending;
}

static void table_watch(struct xenbus_watch *watch, const char *path, const char *token)
{
	xnm_control_table_changed();
}

static struct xenbus_watch watch = {
	.node = XNM_FP_HOME,
	.will_handle = table_will_watch,
	.callback = table_watch,
};

/**
 * xnm_control_start - begin to follow the table
 */
int xnm_control_start(void)
{
	int rc = register_xenbus_watch(&watch);

	watching = !rc;
	return rc;
}

static void stop(void)
{
	forget_all(true);
}

/**
 * xnm_control_stop - undo xnm_control_start(): no connection, peer or table is left
 */
void xnm_control_stop(void)
{
	if (watching)
		unregister_xenbus_watch(&watch);
	watching = false;
	xnm_work_pause(stop);
	xnm_work_cancel();
	xnm_own_sweep();
	xnm_own_abandon();
}

static void suspend(void)
{
	struct xnm_peer *peer;

	drain_all();
	list_for_each_entry(peer, &xnm_peers, list)
		xnm_close(peer, "suspended");
}

/**
 * xnm_control_freeze - before suspend: close all connections, which would not survive it
 *
 * In xenstore's event thread: so nothing in the control work's queue may wait for that thread.
 */
void xnm_control_freeze(void)
{
	xnm_work_pause(suspend);
}

/**
 * xnm_control_thaw - after suspend
 * @restored: we are another domain now, and nothing that we knew holds
 *
 * In xenstore's event thread, which must not wait for the control work.
 */
void xnm_control_thaw(bool restored)
{
	if (restored)
		set_bit(RESTORED, &flags);
	xnm_work_resume();
	xnm_control_table_changed();
}
