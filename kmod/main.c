// SPDX-License-Identifier: GPL-2.0-only
/* main.c - begin and end of the module, and its parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/log2.h>
#include <linux/module.h>
#include <xen/xen.h>

#include "chan.h"
#include "ring.h"
#include "xnm.h"

unsigned int xnm_param_ring_pages = 64;
module_param_named(ring_pages, xnm_param_ring_pages, uint, 0444);
MODULE_PARM_DESC(ring_pages, "pages of each ring: 32, 64, 128 or 256 (default 64)");

unsigned int xnm_param_max_peers = 32;
module_param_named(max_peers, xnm_param_max_peers, uint, 0644);
MODULE_PARM_DESC(max_peers, "guests connected at one time (default 32)");

unsigned int xnm_param_idle_s = 60;
module_param_named(idle_seconds, xnm_param_idle_s, uint, 0644);
MODULE_PARM_DESC(idle_seconds, "close a connection unused for so long; 0: never (default 60)");

unsigned int xnm_param_backlog_frames = 512;
module_param_named(backlog_frames, xnm_param_backlog_frames, uint, 0644);
MODULE_PARM_DESC(backlog_frames, "frames that may wait for a full ring (default 512)");

static int __init parameters_check(void)
{
	if (xnm_param_ring_pages < XNM_PAGES_MIN || xnm_param_ring_pages > XNM_PAGES_MAX ||
	    !is_power_of_2(xnm_param_ring_pages)) {
		pr_err("ring_pages=%u must be 32, 64, 128 or 256\n", xnm_param_ring_pages);
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
	rc = xnm_work_init();
	if (rc)
		return rc;
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
	xnm_work_exit();
	return rc;
}

static void __exit xnm_exit(void)
{
	xnm_stats_exit();
	xnm_power_exit();
	/* connections before hooks: so frames in their backlogs can still be sent by netfront */
	xnm_control_stop();
	xnm_port_exit();
	xnm_chan_exit();
	xnm_work_exit();
	rcu_barrier();
	xnm_object_exit();
}

module_init(xnm_init);
module_exit(xnm_exit);
MODULE_DESCRIPTION("Network between Xen guests on one host through shared memory");
MODULE_AUTHOR("The xnm developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
