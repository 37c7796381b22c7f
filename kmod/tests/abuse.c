// SPDX-License-Identifier: GPL-2.0-only
/* abuse.c - a guest that breaks the rules: what it writes below debugfs it does to its peer. */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/udp.h>

#include "../chan.h"
#include "../peer.h"
#include "../table.h"
#include "../xnm.h"

/*
 * echo 'DOMID ATTACK [NUMBER]' >/sys/kernel/debug/xnm_fastpath/abuse
 *
 * The attacks on a connected peer happen at once. The rest are module parameters, which hold from
 * then on: what spoils the control page does so for the next connection only.
 */
static int fail_at;
module_param(fail_at, int, 0644);
MODULE_PARM_DESC(fail_at, "let the allocation of this number fail, from 1");

static char spoil_ctrl[16];
module_param_string(ctrl, spoil_ctrl, sizeof(spoil_ctrl), 0644);
MODULE_PARM_DESC(ctrl, "what is wrong with the next control page");

bool xnm_abuse_mute;
module_param_named(mute, xnm_abuse_mute, bool, 0644);
MODULE_PARM_DESC(mute, "begin a handshake, and then say nothing more");

bool xnm_abuse_deaf;
module_param_named(deaf, xnm_abuse_deaf, bool, 0644);
MODULE_PARM_DESC(deaf, "never take a frame");

bool xnm_abuse_keep;
module_param_named(keep, xnm_abuse_keep, bool, 0644);
MODULE_PARM_DESC(keep, "never unmap a peer's pages");

bool xnm_abuse_patient;
module_param_named(patient, xnm_abuse_patient, bool, 0644);
MODULE_PARM_DESC(patient, "hold nothing against a peer that connects and closes");

static int fail_store;
module_param(fail_store, int, 0644);
MODULE_PARM_DESC(fail_store, "let so many readings of xenstore fail");

/* true for the allocation that is to fail */
bool xnm_abuse_fails(void)
{
	return fail_at > 0 && --fail_at == 0;
}

/* 0, or the error of the reading that is to fail */
int xnm_abuse_store(void)
{
	if (fail_store <= 0)
		return 0;
	fail_store--;
	return fail_store % 2 ? -EIO : -ENOMEM;
}

/* spoil a control page before the peer sees it */
void xnm_abuse_ctrl(struct xnm_ctrl *ctrl)
{
	u32 i;

	strim(spoil_ctrl);
	if (!strcmp(spoil_ctrl, "magic"))
		ctrl->magic ^= 1;
	else if (!strcmp(spoil_ctrl, "version"))
		ctrl->version = 2;
	else if (!strcmp(spoil_ctrl, "features"))
		ctrl->features = 1;
	else if (!strcmp(spoil_ctrl, "pages"))
		ctrl->data_pages = 0xffffffff;
	else if (!strcmp(spoil_ctrl, "odd"))
		ctrl->data_pages = 63;
	else if (!strcmp(spoil_ctrl, "gref"))
		get_random_bytes(ctrl->gref, sizeof(ctrl->gref));
	else if (!strcmp(spoil_ctrl, "same-gref"))
		for (i = 1; i < XNM_PAGES_MAX; i++)
			ctrl->gref[i] = ctrl->gref[0];
	else if (!strcmp(spoil_ctrl, "domid"))
		ctrl->own_domid = 0;
	else if (!strcmp(spoil_ctrl, "inc"))
		ctrl->own_inc[0] ^= 1;
	spoil_ctrl[0] = '\0';
}

static void put(struct xnm_chan *chan, u32 pos, const void *data, u32 len)
{
	const u8 *from = data;

	while (len--) {
		u8 *page = chan->own->page[1 + (pos & (chan->tx_size - 1)) / PAGE_SIZE];

		page[pos++ % PAGE_SIZE] = *from++;
	}
}

static void publish(struct xnm_chan *chan, u32 size)
{
	chan->prod += size;
	/* as the module itself does it */
	virt_store_release(&chan->own->ctrl->tx_prod, chan->prod);
	notify_remote_via_irq(chan->irq);
}

static bool room(struct xnm_chan *chan, u32 size)
{
	/* what the module itself sends later is to be right */
	chan->cons_seen = READ_ONCE(chan->theirs->rx_cons);
	return chan->tx_size - (chan->prod - chan->cons_seen) >= size;
}

static void record(struct xnm_chan *chan, const struct xnm_record *rec, const void *frame, u32 len)
{
	put(chan, chan->prod, rec, sizeof(*rec));
	put(chan, chan->prod + sizeof(*rec), frame, len);
}

/* a frame of ours to the peer: right addresses, so that what is wrong is the attack alone */
static u32 frame_ipv4(const struct xnm_route *route, u8 *frame, u32 len)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	struct iphdr *ip = (struct iphdr *)(frame + ETH_HLEN);

	memset(frame, 0, len);
	ether_addr_copy(eth->h_dest, route->id.mac);
	ether_addr_copy(eth->h_source, route->own->mac);
	eth->h_proto = htons(ETH_P_IP);
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->tot_len = htons(len - ETH_HLEN);
	ip->saddr = route->own->ip[0].s6_addr32[3];
	ip->daddr = route->id.ip[0].s6_addr32[3];
	ip->check = ip_fast_csum(ip, 5);
	return len;
}

static void spoil_icmp6(const struct xnm_route *route, u8 *frame, u8 type)
{
	struct ipv6hdr *ip = (struct ipv6hdr *)(frame + ETH_HLEN);

	((struct ethhdr *)frame)->h_proto = htons(ETH_P_IPV6);
	memset(ip, 0, 60);
	ip->version = 6;
	ip->nexthdr = IPPROTO_ICMPV6;
	ip->payload_len = htons(16);
	ip->hop_limit = 255;
	ip->saddr = route->own->ip[1];
	ip->daddr = route->id.ip[1];
	frame[ETH_HLEN + sizeof(*ip)] = type;
}

/* what is no IP at all, or not for this peer */
static bool spoil_link(const char *attack, u8 *frame)
{
	struct ethhdr *eth = (struct ethhdr *)frame;

	if (!strcmp(attack, "spoof-mac"))
		eth->h_source[5] ^= 0x40;
	else if (!strcmp(attack, "broadcast"))
		eth_broadcast_addr(eth->h_dest);
	else if (!strcmp(attack, "other-mac"))
		eth->h_dest[5] ^= 0x40;
	else if (!strcmp(attack, "arp"))
		eth->h_proto = htons(ETH_P_ARP);
	else if (!strcmp(attack, "vlan"))
		eth->h_proto = htons(ETH_P_8021Q);
	else
		return false;
	return true;
}

static bool spoil(const char *attack, u32 arg, const struct xnm_route *route, u8 *frame)
{
	struct iphdr *ip = (struct iphdr *)(frame + ETH_HLEN);
	struct udphdr *udp = (struct udphdr *)(ip + 1);

	if (!strcmp(attack, "spoof-ip")) {
		ip->saddr ^= htonl(0x40);
	} else if (!strcmp(attack, "dhcp")) {
		udp->source = htons(67);
		udp->dest = htons(arg ?: 68);
	} else if (!strcmp(attack, "proto")) {
		ip->protocol = arg;
	} else if (!strcmp(attack, "icmp")) {
		ip->protocol = IPPROTO_ICMP;
		*(u8 *)udp = arg;
	} else if (!strcmp(attack, "long")) {
		ip->tot_len = htons(1400);
	} else if (!strcmp(attack, "icmp6")) {
		spoil_icmp6(route, frame, arg);
		return true;
	} else {
		return spoil_link(attack, frame);
	}
	ip->check = 0;
	ip->check = ip_fast_csum(ip, 5);
	return true;
}

static __virtio16 le(u32 value)
{
	return __cpu_to_virtio16(true, value);
}

static void random_frames(struct xnm_chan *chan, const struct xnm_route *route, u8 *frame, int n,
			  bool vnet, bool bytes)
{
	struct xnm_record rec = { .devid = route->own->devid };

	while (n-- > 0) {
		u32 len = 60 + get_random_u32() % 1400;

		if (!room(chan, xnm_record_size(len)))
			break;
		frame_ipv4(route, frame, len);
		if (bytes)
			get_random_bytes(frame + ETH_HLEN + (get_random_u32() & 1 ? 20 : 0),
					 len - 34);
		if (bytes && get_random_u32() & 1)
			((struct ethhdr *)frame)->h_proto = htons(ETH_P_IPV6);
		if (vnet)
			get_random_bytes(&rec.vnet, sizeof(rec.vnet));
		/* mostly kinds that exist */
		if (vnet && get_random_u32() % 4) {
			rec.vnet.flags &= 1;
			rec.vnet.gso_type &= 5;
			rec.vnet.gso_size = le(get_random_u32() % 2000);
			rec.vnet.csum_start = le(get_random_u32() % 100);
			rec.vnet.csum_offset = le(get_random_u32() % 20);
		}
		rec.len = len;
		record(chan, &rec, frame, len);
		publish(chan, xnm_record_size(len));
	}
}

/* as long as a vif takes them, and right: who does not take them has a reason of its own */
static void plain_frames(struct xnm_chan *chan, const struct xnm_route *route, u8 *frame, int n)
{
	struct xnm_record rec = { .devid = route->own->devid, .len = 1400 };

	frame_ipv4(route, frame, 1400);
	while (n-- > 0 && room(chan, xnm_record_size(1400))) {
		record(chan, &rec, frame, 1400);
		publish(chan, xnm_record_size(1400));
	}
}

/* take a few records, as a peer that is very slow */
static void take(struct xnm_chan *chan, int n)
{
	u32 pos = chan->own->ctrl->rx_cons;

	for (; n > 0 && READ_ONCE(chan->theirs->tx_prod) != pos; n--) {
		u32 at = pos & (chan->rx_size - 1);
		const struct xnm_record *rec =
			page_address(chan->map->page[1 + at / PAGE_SIZE]) + at % PAGE_SIZE;

		pos += xnm_record_size(READ_ONCE(rec->len));
	}
	/* what the module itself takes later is to be right */
	WRITE_ONCE(chan->cons, pos);
	/* what was read before the peer may write over it */
	virt_store_release(&chan->own->ctrl->rx_cons, pos);
	notify_remote_via_irq(chan->irq);
}

/* change the length of a record while the peer may be reading it, to others of the same room */
static void race(struct xnm_chan *chan, const struct xnm_route *route, u8 *frame, int n)
{
	struct xnm_record rec = { .devid = route->own->devid, .len = 1000 };

	frame_ipv4(route, frame, 1000);
	while (n-- > 0) {
		u32 at = chan->prod & (chan->tx_size - 1);
		u32 *len = chan->own->page[1 + at / PAGE_SIZE] + at % PAGE_SIZE;
		int i;

		if (!room(chan, xnm_record_size(1000)))
			break;
		record(chan, &rec, frame, 1000);
		publish(chan, xnm_record_size(1000));
		for (i = 0; i < 2000; i++)
			WRITE_ONCE(*len, i & 1 ? 1000 : 993 + i % 30);
	}
}

static int attack_frames(struct xnm_chan *chan, const struct xnm_route *route, const char *attack,
			 u32 arg, u8 *frame)
{
	struct xnm_record rec = { .devid = route->own->devid, .len = 100 };

	frame_ipv4(route, frame, 100);
	if (!strcmp(attack, "len")) {
		rec.len = arg;
	} else if (!strcmp(attack, "flags")) {
		rec.flags = 1;
	} else if (!strcmp(attack, "devid")) {
		rec.devid = arg;
	} else if (!strcmp(attack, "gso") || !strcmp(attack, "gso-udp")) {
		bool tcp = !strcmp(attack, "gso");

		rec.vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
		rec.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		rec.vnet.gso_size = le(arg);
		/* 0 is what a search for a TCP header finds where there is none */
		rec.vnet.csum_start = le(tcp ? 34 : 0);
		rec.vnet.csum_offset = le(16);
		if (tcp)
			((struct iphdr *)(frame + ETH_HLEN))->protocol = IPPROTO_TCP;
	} else if (!strcmp(attack, "csum") || !strcmp(attack, "csum-frag")) {
		rec.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		rec.vnet.csum_start = le(arg);
		/* the first fragment, whose checksum is where it always is */
		if (!strcmp(attack, "csum-frag")) {
			rec.vnet.csum_offset = le(offsetof(struct udphdr, check));
			((struct iphdr *)(frame + ETH_HLEN))->frag_off = htons(0x2000);
		}
	} else if (!spoil(attack, arg, route, frame)) {
		return -EINVAL;
	}
	record(chan, &rec, frame, 100);
	publish(chan, xnm_record_size(100));
	return 0;
}

static int attack_ring(struct xnm_chan *chan, const char *attack, u32 arg)
{
	struct xnm_ctrl *own = chan->own->ctrl;

	if (!strcmp(attack, "prod")) {
		WRITE_ONCE(own->tx_prod, chan->prod + arg);
	} else if (!strcmp(attack, "cons")) {
		WRITE_ONCE(own->rx_cons, chan->cons + arg);
	} else if (!strcmp(attack, "cons-back")) {
		WRITE_ONCE(own->rx_cons, own->rx_cons - arg);
	} else if (!strcmp(attack, "take")) {
		take(chan, arg);
		return 0;
	} else if (!strcmp(attack, "closing")) {
		WRITE_ONCE(own->state, XNM_CTRL_CLOSING);
	} else if (!strcmp(attack, "storm")) {
		while (arg--)
			notify_remote_via_irq(chan->irq);
		return 0;
	} else {
		return -EINVAL;
	}
	notify_remote_via_irq(chan->irq);
	return 0;
}

static const struct xnm_route *route_to(const struct xnm_peer *peer)
{
	const struct xnm_table *table = rcu_dereference(xnm_table);
	const struct xnm_route *route;
	unsigned int i;

	for (i = 0; table && i < ARRAY_SIZE(table->routes); i++)
		hlist_for_each_entry_rcu(route, &table->routes[i], node)
			if (route->peer == peer)
				return route;
	return NULL;
}

static int attack_chan(struct xnm_peer *peer, const char *attack, u32 arg, u8 *frame)
{
	struct xnm_chan *chan = rcu_dereference(peer->chan);
	const struct xnm_route *route = route_to(peer);
	int rc = 0;

	if (!chan || !route || READ_ONCE(peer->state) != XNM_S_UP)
		return -ENOTCONN;
	spin_lock_bh(&chan->tx_lock);
	if (!strcmp(attack, "fuzz-vnet"))
		random_frames(chan, route, frame, arg, true, false);
	else if (!strcmp(attack, "fuzz-bytes"))
		random_frames(chan, route, frame, arg, false, true);
	else if (!strcmp(attack, "fuzz-both"))
		random_frames(chan, route, frame, arg, true, true);
	else if (!strcmp(attack, "plain"))
		plain_frames(chan, route, frame, arg);
	else if (!strcmp(attack, "race"))
		race(chan, route, frame, arg);
	else
		rc = attack_ring(chan, attack, arg);
	if (rc)
		rc = attack_frames(chan, route, attack, arg, frame);
	spin_unlock_bh(&chan->tx_lock);
	return rc;
}

/* write into our handshake node for a peer, as fast as xenstored takes it, until it is stopped */
static struct task_struct *churner;
static u32 churn_domid, churn_pause_us;
static u64 churn_own_inc, churn_inc;

static int churn_run(void *unused)
{
	static const char *const states[] = { XNM_FP_STATE_WANT, "", XNM_FP_STATE_OFFER,
					      XNM_FP_STATE_CLOSED };
	u32 serial = get_random_u32();
	char node[XNM_FP_NODE_LEN], text[XNM_FP_HELLO_LEN];
	unsigned int n;

	snprintf(node, sizeof(node), XNM_FP_NODE_CHAN, churn_domid);
	for (n = 0; !kthread_should_stop(); n = (n + 1) % ARRAY_SIZE(states)) {
		snprintf(text, sizeof(text), XNM_FP_HELLO_FORMAT, XNM_FP_VERSION, states[n], 0, 0,
			 churn_own_inc, churn_inc, 0, ++serial);
		xenbus_write(XBT_NIL, XNM_FP_HOME, node, *states[n] ? text : "");
		if (churn_pause_us)
			usleep_range(churn_pause_us, churn_pause_us + 100);
		cond_resched();
	}
	return 0;
}

static int churn(u32 domid, u32 pause_us)
{
	struct task_struct *task;
	struct xnm_peer *peer;
	int rc = -ENOENT;

	if (churner)
		kthread_stop(churner);
	churner = NULL;
	rcu_read_lock();
	list_for_each_entry_rcu(peer, &xnm_peers, list)
		if (peer->domid == domid) {
			churn_domid = domid;
			churn_pause_us = pause_us;
			churn_own_inc = peer->own_inc;
			churn_inc = peer->inc;
			rc = 0;
		}
	rcu_read_unlock();
	if (rc)
		return rc;
	task = kthread_run(churn_run, NULL, "xnm_churn");
	if (IS_ERR(task))
		return PTR_ERR(task);
	churner = task;
	return 0;
}

static int abuse(u32 domid, const char *attack, u32 arg)
{
	struct xnm_peer *peer;
	u8 *frame;
	int rc = -ENOENT;

	/* with a peer that is none, it ends */
	if (!strcmp(attack, "churn"))
		return churn(domid, arg);
	frame = kmalloc(2048, GFP_KERNEL);
	if (!frame)
		return -ENOMEM;
	rcu_read_lock();
	list_for_each_entry_rcu(peer, &xnm_peers, list)
		if (peer->domid == domid)
			rc = attack_chan(peer, attack, arg, frame);
	rcu_read_unlock();
	kfree(frame);
	return rc;
}

static ssize_t abuse_write(struct file *file, const char __user *data, size_t len, loff_t *pos)
{
	char text[64] = "", attack[16] = "";
	u32 domid, arg = 0;
	int rc;

	if (len >= sizeof(text) || copy_from_user(text, data, len))
		return -EFAULT;
	if (sscanf(text, "%u %15s %u", &domid, attack, &arg) < 2)
		return -EINVAL;
	rc = abuse(domid, attack, arg);
	return rc ?: len;
}

static const struct file_operations abuse_fops = {
	.owner = THIS_MODULE,
	.write = abuse_write,
};

/**
 * xnm_abuse_init - make the file
 * @dir: where
 */
void xnm_abuse_init(struct dentry *dir)
{
	debugfs_create_file("abuse", 0200, dir, NULL, &abuse_fops);
}

/**
 * xnm_abuse_exit - end what goes on by itself
 */
void xnm_abuse_exit(void)
{
	if (churner)
		kthread_stop(churner);
}
