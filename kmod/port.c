// SPDX-License-Identifier: GPL-2.0-only
/* port.c - find netfront's devices and put our hook at their egress. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>
#include <xen/xenbus.h>

#include "chan.h"
#include "xnm.h"

#ifndef CONFIG_NETFILTER_EGRESS
#error "xnm_fastpath needs a kernel with CONFIG_NETFILTER_EGRESS"
#endif

/* a netdev of netfront's and our hook; the list changes under RTNL */
struct port {
	struct list_head list;
	struct net_device *dev;
	u16 devid;
	struct nf_hook_ops ops;
};

static LIST_HEAD(ports);

/* netfront's device: its parent on the Xen bus is device/vif/DEVID */
static bool is_vif(const struct net_device *dev, u16 *devid)
{
	struct device *parent = dev->dev.parent;
	const char *name;

	if (!parent || !parent->bus || strcmp(parent->bus->name, "xen"))
		return false;
	name = to_xenbus_device(parent)->nodename;
	return !strncmp(name, "device/vif/", 11) && !kstrtou16(name + 11, 10, devid);
}

static struct port *port_of(const struct net_device *dev)
{
	struct port *port;

	list_for_each_entry(port, &ports, list)
		if (port->dev == dev)
			return port;
	return NULL;
}

static void port_add(struct net_device *dev)
{
	struct port *port;
	u16 devid;

	if (!is_vif(dev, &devid) || port_of(dev))
		return;
	port = xnm_object_new(XNM_O_PORT, sizeof(*port));
	if (!port)
		return;
	port->dev = dev;
	port->devid = devid;
	port->ops.hook = xnm_tx_hook;
	port->ops.pf = NFPROTO_NETDEV;
	port->ops.hooknum = NF_NETDEV_EGRESS;
	/* behind the guest's own rules */
	port->ops.priority = INT_MAX;
	port->ops.dev = dev;
	port->ops.priv = (void *)(unsigned long)devid;
	if (nf_register_net_hook(dev_net(dev), &port->ops)) {
		pr_err("%s: the egress hook cannot be registered\n", netdev_name(dev));
		xnm_object_free(XNM_O_PORT, port);
		return;
	}
	list_add_rcu(&port->list, &ports);
}

static void port_del(struct net_device *dev)
{
	struct port *port = port_of(dev);

	if (!port)
		return;
	nf_unregister_net_hook(dev_net(dev), &port->ops);
	list_del_rcu(&port->list);
	/* after this no hook runs for it, and rx.c no longer finds it */
	synchronize_net();
	xnm_backlog_purge_dev(dev);
	xnm_object_free(XNM_O_PORT, port);
}

/* a device that moves to another namespace is unregistered and registered */
static int port_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_REGISTER)
		port_add(dev);
	else if (event == NETDEV_UNREGISTER)
		port_del(dev);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = port_event,
};

/**
 * xnm_port_dev - the device of one of our vifs
 * @devid: its number
 *
 * Return: the device, or NULL. Data path, under RCU.
 */
struct net_device *xnm_port_dev(u16 devid)
{
	struct port *port;

	list_for_each_entry_rcu(port, &ports, list)
		if (port->devid == devid)
			return port->dev;
	return NULL;
}

/**
 * xnm_port_init - hook the vifs that are there and those that come
 */
int xnm_port_init(void)
{
	return register_netdevice_notifier(&notifier);
}

/**
 * xnm_port_exit - undo xnm_port_init(); no hook of ours runs after it
 */
void xnm_port_exit(void)
{
	/* calls port_event() for each device as if it were unregistered */
	unregister_netdevice_notifier(&notifier);
}
