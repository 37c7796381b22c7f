// SPDX-License-Identifier: GPL-2.0-only
/* tx.c - the hook at the egress of a vif: which frames take the fast path, and in which form. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/netfilter.h>
#include <linux/timekeeping.h>
#include <linux/version.h>
#include <linux/virtio_net.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

#include "chan.h"
#include "guard.h"
#include "peer.h"
#include "table.h"
#include "xnm.h"

/*
 * No frame may overtake an earlier one that went by netfront: so a connection changes over from the
 * slow path in a pause of FLOWLET_NS, or after CHANGEOVER_NS at the latest.
 */
#define FLOWLET_NS    (2 * NSEC_PER_MSEC)
#define CHANGEOVER_NS (50 * NSEC_PER_MSEC)

/* whether a record can describe the checksum and the segmentation that are left to do */
static enum xnm_verdict tx_check(const struct sk_buff *skb, const struct xnm_headers *headers)
{
	struct virtio_net_hdr vnet;

	if (virtio_net_hdr_from_skb(skb, &vnet, true, false, 0))
		return XNM_V_OFFLOAD;
	return xnm_offload_check(skb, headers, &vnet, skb->dev->mtu);
}

/* the same, after completing a checksum that no record can describe: that of a tunnelled packet */
static enum xnm_verdict tx_fit(struct sk_buff *skb, const struct xnm_headers *headers)
{
	enum xnm_verdict verdict = tx_check(skb, headers);

	if (verdict != XNM_V_OFFLOAD || skb_is_gso(skb) || skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb_checksum_help(skb))
		return verdict;
	return tx_check(skb, headers);
}

/* send one segment; on -errno it is still the caller's */
static int tx_segment(struct xnm_chan *chan, struct sk_buff *skb, const struct xnm_route *route)
{
	struct xnm_headers headers;

	if (xnm_guard_frame(skb, route->own, &headers) != XNM_V_FAST ||
	    tx_fit(skb, &headers) != XNM_V_FAST)
		return -EINVAL;
	return xnm_tx_ring_send(chan, skb, route->own->devid) == NF_STOLEN ? 0 : -ENOBUFS;
}

/* segment what no record can describe, as UDP and tunnels, and send the segments */
static unsigned int tx_segments(struct xnm_chan *chan, struct sk_buff *skb,
				const struct xnm_route *route)
{
	struct sk_buff *segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	struct sk_buff *next;

	if (IS_ERR_OR_NULL(segs))
		return NF_ACCEPT;
	skb_list_walk_safe(segs, segs, next) {
		skb_mark_not_on_list(segs);
		if (tx_segment(chan, segs, route))
			kfree_skb(segs);
	}
	consume_skb(skb);
	return NF_STOLEN;
}

/* true if the connection has changed over: this frame overtakes none that took the slow path */
static bool tx_changed_over(struct xnm_chan *chan)
{
	u64 now;

	if (likely(test_bit(XNM_C_FAST, &chan->flags)))
		return true;
	if (READ_ONCE(chan->theirs->state) != XNM_CTRL_READY)
		return false;
	now = ktime_get_mono_fast_ns();
	if (now - READ_ONCE(chan->peer->last_slow_ns) < FLOWLET_NS &&
	    now - chan->ready_ns < CHANGEOVER_NS)
		return false;
	set_bit(XNM_C_FAST, &chan->flags);
	return true;
}

static unsigned int tx_slow(struct xnm_peer *peer)
{
	WRITE_ONCE(peer->last_slow_ns, ktime_get_mono_fast_ns());
	atomic64_inc(&peer->count.slow);
	return NF_ACCEPT;
}

static unsigned int tx_send(struct xnm_chan *chan, struct sk_buff *skb,
			    const struct xnm_route *route, const struct xnm_headers *headers)
{
	enum xnm_verdict verdict = tx_fit(skb, headers);

	if (verdict == XNM_V_FAST)
		return xnm_tx_ring_send(chan, skb, route->own->devid);
	return verdict == XNM_V_OFFLOAD && skb_is_gso(skb) ? tx_segments(chan, skb, route)
							   : NF_ACCEPT;
}

/**
 * xnm_tx_hook - netfilter hook at the egress of a vif
 * @priv: number of the vif
 * @skb: the frame, with its data at the Ethernet header
 * @state: of netfilter
 *
 * Comes with softirqs disabled and under RCU.
 */
unsigned int xnm_tx_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	u16 devid = (unsigned long)priv;
	const struct xnm_table *table = rcu_dereference(xnm_table);
	const struct xnm_route *route;
	struct xnm_headers headers;
	struct xnm_chan *chan;
	unsigned int verdict;

	if (!table || skb_headlen(skb) < ETH_HLEN || skb_shared(skb))
		return NF_ACCEPT;
	route = xnm_table_route(table, devid, skb->data);
	if (!route)
		return NF_ACCEPT;
	if (skb->len > XNM_FRAME_MAX || skb_csum_is_sctp(skb) ||
	    xnm_guard_frame(skb, route->own, &headers) != XNM_V_FAST)
		return NF_ACCEPT;
	chan = rcu_dereference(route->peer->chan);
	if (!chan) {
		if (!test_bit(XNM_P_WANTED, &route->peer->flags) &&
		    !test_and_set_bit(XNM_P_WANTED, &route->peer->flags))
			xnm_work_kick();
		return tx_slow(route->peer);
	}
	if (!tx_changed_over(chan))
		return tx_slow(route->peer);
	WRITE_ONCE(chan->last_use, jiffies);
	verdict = tx_send(chan, skb, route, &headers);
	xnm_stall_watch(chan);
	return verdict == NF_ACCEPT ? tx_slow(route->peer) : verdict;
}
