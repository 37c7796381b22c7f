// SPDX-License-Identifier: GPL-2.0-only
/* stats.c - counters and states, in /sys/kernel/debug/xnm_fastpath. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "chan.h"
#include "guard.h"
#include "peer.h"
#include "xnm.h"

static struct dentry *dir;

static void show_refused(struct seq_file *file, const struct xnm_counters *count)
{
	unsigned int i;

	for (i = XNM_V_SHAPE; i < XNM_V_COUNT; i++)
		if (count->rx_refused[i])
			seq_printf(file, " refused-%s=%llu", xnm_guard_name(i),
				   count->rx_refused[i]);
}

static void show_chan(struct seq_file *file, const struct xnm_peer *peer)
{
	const struct xnm_chan *chan = rcu_dereference(peer->chan);

	if (!chan)
		return;
	seq_printf(file, " fast=%u tx-ring=%u rx-ring=%u tx-used=%u backlog=%u",
		   test_bit(XNM_C_FAST, &chan->flags), chan->tx_size, chan->rx_size,
		   chan->prod - chan->cons_seen, chan->backlog.qlen);
}

/* one line per peer, of words KEY=VALUE */
static int peers_show(struct seq_file *file, void *unused)
{
	const struct xnm_peer *peer;

	rcu_read_lock();
	list_for_each_entry_rcu(peer, &xnm_peers, list) {
		const struct xnm_counters *count = &peer->count;

		seq_printf(file, "peer=%u role=%s state=%s", peer->domid,
			   peer->server ? "server" : "client", xnm_peer_state_name(peer->state));
		show_chan(file, peer);
		seq_printf(file, " tx-frames=%llu tx-bytes=%llu tx-events=%llu tx-full=%llu",
			   count->tx_frames, count->tx_bytes, count->tx_events, count->tx_full);
		seq_printf(file, " tx-held=%llu tx-dropped=%llu slow=%lld", count->tx_held,
			   count->tx_dropped, (long long)atomic64_read(&count->slow));
		seq_printf(file, " rx-frames=%llu rx-bytes=%llu rx-events=%llu rx-nomem=%llu",
			   count->rx_frames, count->rx_bytes, count->rx_events, count->rx_nomem);
		seq_printf(file, " heard=%llu rx-down=%llu connects=%llu closes=%llu early=%llu",
			   count->reads, count->rx_down, count->connects, count->closes,
			   count->early);
		seq_printf(file, " failures=%llu stalls=%llu violations=%llu shortages=%llu",
			   count->failures, count->stalls, count->violations, count->shortages);
		show_refused(file, count);
		seq_putc(file, '\n');
	}
	rcu_read_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(peers);

/* sets of pages that we are done with, but of which a peer has still mapped some */
static int held_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "%u\n", xnm_own_held());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(held);

/* objects that are allocated now, as words KIND=NUMBER */
static int objects_show(struct seq_file *file, void *unused)
{
	unsigned int i;

	for (i = 0; i < XNM_O_COUNT; i++)
		seq_printf(file, "%s%s=%d", i ? " " : "", xnm_object_name(i), xnm_object_count(i));
	seq_putc(file, '\n');
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(objects);

/**
 * xnm_stats_init - make the files; without debugfs there are none
 */
void xnm_stats_init(void)
{
	dir = debugfs_create_dir("xnm_fastpath", NULL);
	debugfs_create_file("peers", 0400, dir, NULL, &peers_fops);
	debugfs_create_file("held", 0400, dir, NULL, &held_fops);
	debugfs_create_file("objects", 0400, dir, NULL, &objects_fops);
	xnm_abuse_init(dir);
}

/**
 * xnm_stats_exit - undo xnm_stats_init()
 */
void xnm_stats_exit(void)
{
	xnm_abuse_exit();
	debugfs_remove(dir);
}
