// SPDX-License-Identifier: GPL-2.0-only
/* power.c - suspend and resume: share no memory while the guest is saved or migrated. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/platform_device.h>
#include <linux/pm.h>

#include "xnm.h"

/* xenstore works in all of these: see do_suspend() in drivers/xen/manage.c */
static int power_freeze(struct device *dev)
{
	xnm_control_freeze();
	return 0;
}

static int power_thaw(struct device *dev)
{
	xnm_control_thaw(false);
	return 0;
}

static int power_restore(struct device *dev)
{
	xnm_control_thaw(true);
	return 0;
}

static const struct dev_pm_ops power_ops = {
	.freeze = power_freeze,
	.thaw = power_thaw,
	.restore = power_restore,
};

static struct platform_driver driver = {
	.driver = {
		.name = "xnm_fastpath",
		.pm = &power_ops,
	},
};

static struct platform_device *device;

static int power_probe(struct platform_device *pdev)
{
	return 0;
}

/**
 * xnm_power_init - be told of suspend and resume
 */
int xnm_power_init(void)
{
	device = platform_create_bundle(&driver, power_probe, NULL, 0, NULL, 0);
	return PTR_ERR_OR_ZERO(device);
}

/**
 * xnm_power_exit - undo xnm_power_init()
 */
void xnm_power_exit(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
}
