// SPDX-License-Identifier: GPL-2.0-only
/* work.c - all that runs in work queues: the control work, the stall work, the end of peers. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

/*
 *   control work  reads the table and steps the peers (control.c), in an ordered queue of its own:
 *                 whatever changes peers and tables runs there, one after the other, without locks.
 *                 It may wait for xenstored.
 *   stall work    sees whether peers take what is sent (stall.c), in the system's queue. It waits
 *                 for nobody: frames in a backlog are still counted on their sockets, some of which
 *                 serve everybody.
 *   reap work     frees a peer that is listed no more (peers.c), in a second queue. It waits for
 *                 xenstore's event thread, which at suspend waits for the control work.
 *
 * xnm_work_kick(), xnm_work_stall() and xnm_work_stall_now() may be called from any context.
 */
#define LATE_S 2 /* the control work runs each second: more than that, and the guest was paused */

static struct workqueue_struct *control_wq, *reap_wq;
static void control_run(struct work_struct *work);
static DECLARE_DELAYED_WORK(control_work, control_run);
static void stall_run(struct work_struct *work);
static DECLARE_DELAYED_WORK(stall_work, stall_run);
static bool paused;

/* for the control work only: when it is to run again */
static unsigned long due_at;
static bool due;

/* ------------------------------------------------------------------ control work */

static void control_run(struct work_struct *work)
{
	/* pairs with xnm_work_resume() */
	if (smp_load_acquire(&paused))
		return;
	if (due && time_after(jiffies, due_at + LATE_S * HZ))
		xnm_limit_slept(jiffies - due_at);
	due = false;
	xnm_control_run();
	/* a kick that came meanwhile runs it before that */
	if (due)
		queue_delayed_work(control_wq, &control_work,
				   time_after(due_at, jiffies) ? due_at - jiffies : 0);
}

/**
 * xnm_work_kick - have the control work run now
 */
void xnm_work_kick(void)
{
	mod_delayed_work(control_wq, &control_work, 0);
}

/**
 * xnm_work_due - have the control work run again at some time, or before
 * @at: the time, in jiffies
 *
 * From the control work.
 */
void xnm_work_due(unsigned long at)
{
	if (due && !time_before(at, due_at))
		return;
	due = true;
	due_at = at;
}

struct last_work {
	struct work_struct work;
	void (*run)(void);
};

static void last_run(struct work_struct *work)
{
	container_of(work, struct last_work, work)->run();
}

/**
 * xnm_work_pause - let the control work do nothing any more
 * @last: runs once in its queue, behind what is there already; done when this returns
 */
void xnm_work_pause(void (*last)(void))
{
	struct last_work last_work = { .run = last };

	WRITE_ONCE(paused, true);
	INIT_WORK_ONSTACK(&last_work.work, last_run);
	queue_work(control_wq, &last_work.work);
	flush_work(&last_work.work);
	destroy_work_on_stack(&last_work.work);
}

/**
 * xnm_work_resume - undo xnm_work_pause(); the control work runs when it is kicked
 */
void xnm_work_resume(void)
{
	/* what was written while it was paused is seen by the run that follows */
	smp_store_release(&paused, false);
}

/* ------------------------------------------------------------------ stall work */

static void stall_run(struct work_struct *work)
{
	xnm_stall_look();
}

/**
 * xnm_work_stall - have the stall work run after some time, if it does not run before
 * @delay: the time, in jiffies
 */
void xnm_work_stall(unsigned long delay)
{
	schedule_delayed_work(&stall_work, delay);
}

/**
 * xnm_work_stall_now - have the stall work run now
 */
void xnm_work_stall_now(void)
{
	mod_delayed_work(system_wq, &stall_work, 0);
}

/* ------------------------------------------------------------------ the end of peers */

static void reap_run(struct work_struct *work)
{
	xnm_peer_free(container_of(work, struct xnm_peer, reap));
}

/**
 * xnm_work_reap - have a peer freed
 * @peer: the peer, in no list and no table any more
 */
void xnm_work_reap(struct xnm_peer *peer)
{
	INIT_WORK(&peer->reap, reap_run);
	queue_work(reap_wq, &peer->reap);
}

/* ------------------------------------------------------------------ begin and end */

/**
 * xnm_work_init - make the queues
 */
int xnm_work_init(void)
{
	control_wq = alloc_ordered_workqueue("xnm_fastpath", 0);
	if (!control_wq)
		return -ENOMEM;
	reap_wq = alloc_ordered_workqueue("xnm_reap", 0);
	if (!reap_wq) {
		destroy_workqueue(control_wq);
		return -ENOMEM;
	}
	return 0;
}

/**
 * xnm_work_cancel - let neither control work nor stall work run, until somebody asks for it again
 */
void xnm_work_cancel(void)
{
	cancel_delayed_work_sync(&control_work);
	cancel_delayed_work_sync(&stall_work);
}

/**
 * xnm_work_exit - undo xnm_work_init(); the control work is paused
 */
void xnm_work_exit(void)
{
	/* up to its end, the watch of a peer may still kick the control work */
	destroy_workqueue(reap_wq);
	xnm_work_cancel();
	destroy_workqueue(control_wq);
}
