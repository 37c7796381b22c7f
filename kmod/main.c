// SPDX-License-Identifier: GPL-2.0-only
/* main.c - begin and end of the module, and its parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/log2.h>
#include <linux/module.h>
#include <xen/xen.h>

#include "xnm.h"

unsigned int xnm_ring_pages = 64;
module_param_named(ring_pages, xnm_ring_pages, uint, 0444);
MODULE_PARM_DESC(ring_pages, "pages of each ring: 32, 64, 128 or 256 (default 64)");

unsigned int xnm_peers_cap = 32;
module_param_named(max_peers, xnm_peers_cap, uint, 0644);
MODULE_PARM_DESC(max_peers, "guests connected at one time (default 32)");

unsigned int xnm_idle_s = 60;
module_param_named(idle_seconds, xnm_idle_s, uint, 0644);
MODULE_PARM_DESC(idle_seconds, "close a connection unused for so long; 0: never (default 60)");

unsigned int xnm_backlog_frames = 512;
module_param_named(backlog_frames, xnm_backlog_frames, uint, 0644);
MODULE_PARM_DESC(backlog_frames, "frames that may wait for a full ring (default 512)");

/* all control, in order; and what may have to wait for xenstore's event thread */
struct workqueue_struct *xnm_wq, *xnm_reap_wq;

static int __init parameters_check(void)
{
	if (xnm_ring_pages < XNM_PAGES_MIN || xnm_ring_pages > XNM_PAGES_MAX ||
	    !is_power_of_2(xnm_ring_pages)) {
		pr_err("ring_pages=%u must be 32, 64, 128 or 256\n", xnm_ring_pages);
		return -EINVAL;
	}
	return 0;
}

static int __init xnm_init(void)
{
	int rc;

	if (!xen_domain())
		return -ENODEV;
	rc = parameters_check();
	if (rc)
		return rc;
	xnm_wq = alloc_ordered_workqueue("xnm_fastpath", 0);
	if (!xnm_wq)
		return -ENOMEM;
	rc = -ENOMEM;
	xnm_reap_wq = alloc_ordered_workqueue("xnm_reap", 0);
	if (!xnm_reap_wq)
		goto no_reap;
	rc = xnm_chan_init();
	if (rc)
		goto no_chan;
	rc = xnm_power_init();
	if (rc)
		goto no_power;
	rc = xnm_port_init();
	if (rc)
		goto no_port;
	rc = xnm_control_start();
	if (rc)
		goto no_control;
	xnm_stats_init();
	return 0;

no_control:
	xnm_port_exit();
no_port:
	xnm_power_exit();
no_power:
	xnm_chan_exit();
no_chan:
	destroy_workqueue(xnm_reap_wq);
no_reap:
	destroy_workqueue(xnm_wq);
	return rc;
}

static void __exit xnm_exit(void)
{
	xnm_stats_exit();
	xnm_power_exit();
	/* connections go before the hooks, so that what waits in them is sent the slow way */
	xnm_control_stop();
	xnm_port_exit();
	xnm_chan_exit();
	/* watches may kick the control work up to their end, which does nothing any more */
	destroy_workqueue(xnm_reap_wq);
	xnm_control_cancel();
	destroy_workqueue(xnm_wq);
	rcu_barrier();
	xnm_object_exit();
}

module_init(xnm_init);
module_exit(xnm_exit);
MODULE_DESCRIPTION("Network between Xen guests on one host through shared memory");
MODULE_AUTHOR("The xnm developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
