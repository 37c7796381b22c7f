// SPDX-License-Identifier: GPL-2.0-only
/* control.c - the one work that reads the table, steps the peers and frees what is left over. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>

#include "xnm.h"

/* a table that cannot be read is read again: soon at first, and for ever, but not often */
#define RETRY_MIN_MS 50
#define RETRY_MAX_MS 10000
#define LATE_S	     2 /* the work runs each second: more than that, and somebody has paused us */

enum { TABLE_CHANGED, FROZEN, RESTORED, STOPPING };

static unsigned long flags;
static bool watching;
static void control_run(struct work_struct *work);
static DECLARE_DELAYED_WORK(control_work, control_run);

/* for the control work only: when it is to run again, and when the table is to be read again */
static unsigned long due_at, retry_at;
static bool due;
static unsigned int retry_ms;

/**
 * xnm_control_kick - have the control work run
 *
 * From any context.
 */
void xnm_control_kick(void)
{
	mod_delayed_work(xnm_wq, &control_work, 0);
}

/**
 * xnm_control_due - have the control work run again at some time, or before
 * @at: the time, in jiffies
 *
 * From the control work.
 */
void xnm_control_due(unsigned long at)
{
	if (due && !time_before(at, due_at))
		return;
	due = true;
	due_at = at;
}

/**
 * xnm_control_table_changed - have the table read again
 */
void xnm_control_table_changed(void)
{
	set_bit(TABLE_CHANGED, &flags);
	xnm_control_kick();
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

/* dom0 is still writing, or something is short; what was in force stays */
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
		if (peer->flags || peer->state != XNM_IDLE || !peer->announced || !peer->watched)
			xnm_peer_step(peer);
	}
	return any;
}

/* what is on its way to all peers has its time once, not once for each */
static void drain_all(void)
{
	struct xnm_peer *peer;

	list_for_each_entry(peer, &xnm_peers, list) {
		struct xnm_chan *chan = rcu_dereference_protected(peer->chan, true);

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

static void control_run(struct work_struct *work)
{
	bool again;

	if (test_bit(FROZEN, &flags) || test_bit(STOPPING, &flags))
		return;
	if (due && time_after(jiffies, due_at + LATE_S * HZ))
		xnm_patience_slept(jiffies - due_at);
	due = false;
	if (test_and_clear_bit(RESTORED, &flags))
		forget_all(false);
	if (table_is_due())
		table_update();
	again = peers_step();
	if (xnm_own_sweep() || again)
		xnm_control_due(jiffies + HZ);
	if (retry_ms)
		xnm_control_due(retry_at);
	/* whoever kicks us comes first */
	if (due)
		queue_delayed_work(xnm_wq, &control_work,
				   time_after(due_at, jiffies) ? due_at - jiffies : 0);
}

/*
 * What dom0 writes below our folder, and only that; events of one reading are worth one. What is
 * below chan is our own.
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

/* close all connections; in the work queue, where nothing else runs meanwhile */
static void close_run(struct work_struct *work)
{
	struct xnm_peer *peer;

	drain_all();
	list_for_each_entry(peer, &xnm_peers, list)
		xnm_peer_close(peer, "suspended");
}

static void stop_run(struct work_struct *work)
{
	forget_all(true);
}

static void run_now(work_func_t func)
{
	struct work_struct work;

	INIT_WORK_ONSTACK(&work, func);
	queue_work(xnm_wq, &work);
	flush_work(&work);
	destroy_work_on_stack(&work);
}

/**
 * xnm_control_stop - undo xnm_control_start(): no connection, peer or table is left
 */
void xnm_control_stop(void)
{
	if (watching)
		unregister_xenbus_watch(&watch);
	watching = false;
	set_bit(STOPPING, &flags);
	run_now(stop_run);
	xnm_control_cancel();
	xnm_own_sweep();
	xnm_own_abandon();
}

/**
 * xnm_control_cancel - let no work of ours run any more
 */
void xnm_control_cancel(void)
{
	cancel_delayed_work_sync(&control_work);
	xnm_stall_cancel();
}

/**
 * xnm_control_freeze - before suspend: close everything that would not live through it
 *
 * In xenstore's event thread, so nothing in xnm_wq may wait for that.
 */
void xnm_control_freeze(void)
{
	set_bit(FROZEN, &flags);
	run_now(close_run);
}

/**
 * xnm_control_thaw - after suspend
 * @restored: we are another domain now, and nothing that we knew holds
 */
void xnm_control_thaw(bool restored)
{
	/* this is xenstore's event thread, which must not wait for the control work here */
	if (restored)
		set_bit(RESTORED, &flags);
	clear_bit(FROZEN, &flags);
	xnm_control_table_changed();
}
