// SPDX-License-Identifier: GPL-2.0-only
/* pingpong.c - the fastest that two guests can take turns: a bare event channel between them. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

/*
 * Loaded with peer=DOMID it offers an event channel and sends every event back, until unloaded.
 * Loaded with port= as well, the number that the other's parameter shows, it binds to that one
 * and keeps one event on its way for so many milliseconds; then rate= is how many came back in a
 * second.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <xen/events.h>
#include <xen/interface/event_channel.h>
#include <xen/xen.h>

#include <asm/xen/hypercall.h>

static unsigned int peer;
module_param(peer, uint, 0444);
MODULE_PARM_DESC(peer, "domain at the other end");

static unsigned int port;
module_param(port, uint, 0444);
MODULE_PARM_DESC(port, "event channel: given, the peer's; else our own, to be read");

static unsigned int milliseconds = 1000;
module_param(milliseconds, uint, 0444);
MODULE_PARM_DESC(milliseconds, "how long to take turns");

static unsigned int rate;
module_param(rate, uint, 0444);
MODULE_PARM_DESC(rate, "turns there and back per second, to be read");

static bool stop;
static unsigned long events;
static int irq;

static irqreturn_t bounce(int number, void *data)
{
	WRITE_ONCE(events, events + 1);
	if (!READ_ONCE(stop))
		notify_remote_via_irq(number);
	xen_irq_lateeoi(number, 0);
	return IRQ_HANDLED;
}

/* our end of the event channel, or an error */
static int port_get(bool offer)
{
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = peer };
	struct evtchn_bind_interdomain bind = { .remote_dom = peer, .remote_port = port };
	int rc;

	if (offer) {
		rc = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &alloc);
		return rc ? rc : (int)alloc.port;
	}
	rc = HYPERVISOR_event_channel_op(EVTCHNOP_bind_interdomain, &bind);
	return rc ? rc : (int)bind.local_port;
}

/* Xen makes the channel of who binds pending, so its first interrupt starts the game */
static void play(void)
{
	u64 start = ktime_get_ns(), took;

	msleep(milliseconds);
	WRITE_ONCE(stop, true);
	took = ktime_get_ns() - start;
	rate = div64_u64((u64)READ_ONCE(events) * NSEC_PER_SEC, took);
}

static int __init pingpong_init(void)
{
	bool offer = !port;
	struct evtchn_close close;
	int own;

	if (!xen_domain())
		return -ENODEV;
	own = port_get(offer);
	if (own < 0)
		return own;
	irq = bind_evtchn_to_irqhandler_lateeoi(own, bounce, 0, "xnm_pingpong", &events);
	if (irq < 0) {
		close.port = own;
		HYPERVISOR_event_channel_op(EVTCHNOP_close, &close);
		return irq;
	}
	if (offer)
		port = own;
	else
		play();
	return 0;
}

static void __exit pingpong_exit(void)
{
	unbind_from_irqhandler(irq, &events);
}

module_init(pingpong_init);
module_exit(pingpong_exit);
MODULE_DESCRIPTION("How often a second two Xen guests can take turns");
MODULE_LICENSE("GPL");
