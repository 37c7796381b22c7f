// SPDX-License-Identifier: GPL-2.0-only
/* abuse.c - a guest that breaks the rules: it does to its peer what is written below debugfs. */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

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

/* take a few records, as a very slow peer does */
static void take(struct xnm_chan *chan, int n)
{
	u32 pos = chan->own->ctrl->rx_cons;

	for (; n > 0 && READ_ONCE(chan->theirs->tx_prod) != pos; n--) {
		u32 at = pos & (chan->rx_size - 1);
		const struct xnm_record *rec =
			page_address(chan->map->page[1 + at / PAGE_SIZE]) + at % PAGE_SIZE;

		pos += xnm_record_size(READ_ONCE(rec->len));
	}
	/* so that what the module itself takes later is right */
	WRITE_ONCE(chan->cons, pos);
	/* as rx.c does it */
	virt_store_release(&chan->own->ctrl->rx_cons, pos);
	notify_remote_via_irq(chan->irq);
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
	int rc;

	if (!chan || !route || READ_ONCE(peer->state) != XNM_S_UP)
		return -ENOTCONN;
	spin_lock_bh(&chan->tx_lock);
	rc = attack_ring(chan, attack, arg);
	if (rc)
		rc = xnm_abuse_frames(chan, route, attack, arg, frame);
	spin_unlock_bh(&chan->tx_lock);
	return rc;
}

/* write our handshake node for a peer, as fast as xenstored can, until somebody stops it */
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

	/* a DOMID that is no peer's ends it */
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
