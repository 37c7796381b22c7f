// SPDX-License-Identifier: GPL-2.0-only
/* chan.c - a connected pair of rings: made in steps, opened, drained, broken, freed. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/version.h>
#include <xen/events.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

#define DRAIN_MS 10

/* NAPI needs a device: not the vif, which may be unregistered before the channel ends */
static struct net_device *napi_dev;

/**
 * xnm_chan_init - make what all channels share
 */
int xnm_chan_init(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
	napi_dev = alloc_netdev_dummy(0);
#else
	/* free_netdev() cannot take a dummy back before 6.10 */
	napi_dev = kzalloc(sizeof(*napi_dev), GFP_KERNEL);
	if (napi_dev)
		init_dummy_netdev(napi_dev);
#endif
	return napi_dev ? 0 : -ENOMEM;
}

/**
 * xnm_chan_exit - undo xnm_chan_init()
 */
void xnm_chan_exit(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
	free_netdev(napi_dev);
#else
	kfree(napi_dev);
#endif
}

/* rx.c ends the interrupt with xen_irq_lateeoi(); that of a broken channel is never ended */
static irqreturn_t chan_interrupt(int irq, void *data)
{
	struct xnm_chan *chan = data;

	set_bit(XNM_C_EOI, &chan->flags);
	napi_schedule(&chan->napi);
	return IRQ_HANDLED;
}

static void port_close(evtchn_port_t port)
{
	struct evtchn_close op = { .port = port };

	if (HYPERVISOR_event_channel_op(EVTCHNOP_close, &op))
		pr_err_ratelimited("event channel %u cannot be closed\n", port);
}

static int chan_irq(struct xnm_chan *chan)
{
	int irq = -ENOMEM;

	if (!xnm_abuse_fails())
		irq = bind_evtchn_to_irqhandler_lateeoi(chan->port, chan_interrupt, 0,
							"xnm_fastpath", chan);
	if (irq < 0) {
		port_close(chan->port);
		chan->port = 0;
		return irq;
	}
	chan->irq = irq;
	return 0;
}

/**
 * xnm_chan_new - begin a channel: pages of our own for the peer to read
 * @peer: the peer
 *
 * Return: the channel, for xnm_chan_free(), or an ERR_PTR.
 */
struct xnm_chan *xnm_chan_new(struct xnm_peer *peer)
{
	struct xnm_chan *chan = xnm_object_new(XNM_O_CHAN, sizeof(*chan));
	struct xnm_own *own;

	if (!chan)
		return ERR_PTR(-ENOMEM);
	own = xnm_own_new(peer);
	if (IS_ERR(own)) {
		xnm_object_free(XNM_O_CHAN, chan);
		return ERR_CAST(own);
	}
	chan->peer = peer;
	chan->own = own;
	chan->tx_size = own->pages * PAGE_SIZE;
	chan->last_use = jiffies;
	chan->look_at = jiffies;
	chan->bad_since = jiffies;
	spin_lock_init(&chan->tx_lock);
	__skb_queue_head_init(&chan->backlog);
	netif_napi_add(napi_dev, &chan->napi, xnm_rx_poll);
	/* NAPI stays disabled: xnm_chan_open() looks for frames whose event came before */
	return chan;
}

/**
 * xnm_chan_listen - allocate an event channel that the peer may bind to
 * @chan: the channel
 */
int xnm_chan_listen(struct xnm_chan *chan)
{
	struct evtchn_alloc_unbound op = {
		.dom = DOMID_SELF,
		.remote_dom = chan->peer->domid,
	};
	int rc;

	rc = xnm_abuse_fails() ? -ENOSPC : HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &op);
	if (rc)
		return rc;
	chan->port = op.port;
	return chan_irq(chan);
}

/**
 * xnm_chan_bind - bind to the event channel that the peer has offered
 * @chan: the channel
 * @port: its number at the peer
 */
int xnm_chan_bind(struct xnm_chan *chan, u32 port)
{
	struct evtchn_bind_interdomain op = {
		.remote_dom = chan->peer->domid,
		.remote_port = port,
	};
	int rc = HYPERVISOR_event_channel_op(EVTCHNOP_bind_interdomain, &op);

	if (rc)
		return rc;
	chan->port = op.local_port;
	return chan_irq(chan);
}

/**
 * xnm_chan_map - map the peer's pages
 * @chan: the channel
 * @gref: grant of the peer's control page
 */
int xnm_chan_map(struct xnm_chan *chan, u32 gref)
{
	struct xnm_map *map = xnm_map_new(chan->peer, gref);

	if (IS_ERR(map))
		return PTR_ERR(map);
	chan->map = map;
	chan->theirs = page_address(map->page[0]);
	chan->rx_size = map->pages * PAGE_SIZE;
	return 0;
}

/**
 * xnm_chan_open - let frames through: tell the peer, and take what it has sent already
 * @chan: the channel, with both sides' pages and an event channel
 */
void xnm_chan_open(struct xnm_chan *chan)
{
	chan->ready_ns = ktime_get_mono_fast_ns();
	chan->last_use = jiffies;
	napi_enable(&chan->napi);
	/* a peer that reads this state also reads the rest of our control page as it is now */
	virt_store_release(&chan->own->ctrl->state, XNM_CTRL_READY);
	notify_remote_via_irq(chan->irq);
	local_bh_disable();
	napi_schedule(&chan->napi);
	local_bh_enable();
}

/* the peer sends nothing more, and both sides have taken all that was sent */
static bool chan_quiet(struct xnm_chan *chan)
{
	return READ_ONCE(chan->theirs->state) == XNM_CTRL_CLOSING &&
	       READ_ONCE(chan->theirs->rx_cons) == READ_ONCE(chan->prod) &&
	       READ_ONCE(chan->theirs->tx_prod) == READ_ONCE(chan->cons);
}

/**
 * xnm_chan_drain_begin - send nothing new, and tell the peer so
 * @chan: an open channel
 */
void xnm_chan_drain_begin(struct xnm_chan *chan)
{
	if (test_and_set_bit(XNM_C_DRAIN, &chan->flags))
		return;
	chan->drain_until = jiffies + msecs_to_jiffies(DRAIN_MS);
	WRITE_ONCE(chan->own->ctrl->state, XNM_CTRL_CLOSING);
	/* the peer reads this state when the event has woken it */
	virt_wmb();
	notify_remote_via_irq(chan->irq);
}

/**
 * xnm_chan_drain - send nothing new, and wait a moment for what is on its way
 * @chan: an open channel
 *
 * The time began with xnm_chan_drain_begin(), which may have been called for several channels.
 */
void xnm_chan_drain(struct xnm_chan *chan)
{
	xnm_chan_drain_begin(chan);
	while (!chan_quiet(chan) && !time_after(jiffies, chan->drain_until)) {
		if (test_bit(XNM_C_BROKEN, &chan->flags) || !xnm_chan_alive(chan))
			break;
		usleep_range(1000, 1200);
	}
}

/**
 * xnm_chan_free - free a channel, open or half made
 * @chan: the channel; the data path has it no more (synchronize_net()), its backlog is empty
 */
void xnm_chan_free(struct xnm_chan *chan)
{
	/* NAPI is enabled by xnm_chan_open() only */
	if (chan->ready_ns)
		napi_disable(&chan->napi);
	if (chan->irq > 0)
		unbind_from_irqhandler(chan->irq, chan);
	netif_napi_del(&chan->napi);
	xnm_map_free(chan->map);
	xnm_own_release(chan->own);
	xnm_object_free(XNM_O_CHAN, chan);
}

/**
 * xnm_chan_alive - whether the peer still holds the other end of the event channel
 * @chan: the channel
 *
 * Xen unbinds our end when the peer closes its own or is destroyed, and has no port of this number
 * after we have been restored elsewhere. Sending to an unbound port is no error.
 */
bool xnm_chan_alive(const struct xnm_chan *chan)
{
	struct evtchn_status status = { .dom = DOMID_SELF, .port = chan->port };

	return chan->port && !HYPERVISOR_event_channel_op(EVTCHNOP_status, &status) &&
	       status.status == EVTCHNSTAT_interdomain &&
	       status.u.interdomain.dom == chan->peer->domid;
}

/**
 * xnm_chan_break - use a channel no more, for something that is wrong with the peer
 * @chan: the channel
 * @fault: of what kind the fault is
 * @why: what the peer did, for the log
 *
 * From any context. The interrupt is not ended, so that the peer can raise no more of them.
 */
void xnm_chan_break(struct xnm_chan *chan, enum xnm_fault fault, const char *why)
{
	if (test_and_set_bit(XNM_C_BROKEN, &chan->flags))
		return;
	WRITE_ONCE(chan->fault, fault);
	WRITE_ONCE(chan->why, why);
	xnm_stall_now(chan);
	xnm_work_kick();
}
