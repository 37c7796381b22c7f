/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_print.c - say in words what a plan does, one operation per line with its reason. */
#include "hotplug/plan_parts.h"

#include <string.h>

#include "hotplug/kernel/rtnl.h"

static void print_flags(const struct xnm_port_want *port, char *out, size_t out_size)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned int i = 0; i < XNM_N_PORT_FLAGS && len < out_size; i++) {
		if (port->mask & (1u << i))
			len += (size_t)snprintf(out + len, out_size - len, "%s%s %s",
						len ? ", " : "", xnm_port_flag_name(i),
						port->value & (1u << i) ? "on" : "off");
	}
}

static void port_text(const struct xnm_op *op, char *out, size_t out_size)
{
	char flags[192];

	print_flags(&op->u.port, flags, sizeof(flags));
	(void)snprintf(out, out_size, "set port %s %s", op->dev, flags);
}

static void vlan_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	char vlans[128];

	(void)snprintf(out, out_size, "set VLANs of %s to %s", op->dev,
		       xnm_vlans_format(&plan->vlan_add, vlans, sizeof(vlans)));
}

static void addr_text(const struct xnm_op *op, char *out, size_t out_size)
{
	char addr[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(&op->u.addr, addr);
	(void)snprintf(out, out_size, "add address %s to %s", addr, op->dev);
}

static void mac_text(const struct xnm_op *op, char *out, size_t out_size)
{
	char mac[XNM_MAC_TEXT_LEN];

	xnm_format_mac(&op->u.mac, mac);
	(void)snprintf(out, out_size, "set address of %s to %s", op->dev, mac);
}

const char *xnm_op_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	const char *dev = op->dev;

	switch (op->kind) {
	case XNM_OP_BRIDGE_CREATE:
		(void)snprintf(out, out_size, "create bridge %s (stp %s, vlan_filtering %s)", dev,
			       op->u.bridge.stp ? "on" : "off",
			       op->u.bridge.vlan_filtering ? "on" : "off");
		break;
	case XNM_OP_BRIDGE_NOTE:
		(void)snprintf(out, out_size, "note that bridge %s is made by xnm", dev);
		break;
	case XNM_OP_BRIDGE_SET:
		(void)snprintf(out, out_size, "set bridge %s to stp %s, vlan_filtering %s", dev,
			       op->u.bridge.stp ? "on" : "off",
			       op->u.bridge.vlan_filtering ? "on" : "off");
		break;
	case XNM_OP_BRIDGE_RELEASE:
		(void)snprintf(out, out_size, "delete bridge %s unless it has ports left", dev);
		break;
	case XNM_OP_ADDR_ADD:
		addr_text(op, out, out_size);
		break;
	case XNM_OP_ADDR_FLUSH:
		(void)snprintf(out, out_size, "remove the IPv4 addresses of %s", dev);
		break;
	case XNM_OP_IPV6_DISABLE:
		(void)snprintf(out, out_size, "disable IPv6 on %s", dev);
		break;
	case XNM_OP_IPV6_ENABLE:
		(void)snprintf(out, out_size, "enable IPv6 on %s", dev);
		break;
	case XNM_OP_LINK_DOWN:
		(void)snprintf(out, out_size, "set %s down", dev);
		break;
	case XNM_OP_LINK_UP:
		(void)snprintf(out, out_size, "set %s up", dev);
		break;
	case XNM_OP_LINK_RENAME:
		(void)snprintf(out, out_size, "rename %s to %s", dev, op->u.name);
		break;
	case XNM_OP_LINK_ALTNAME:
		(void)snprintf(out, out_size, "give %s the alternative name %s", dev, op->u.name);
		break;
	case XNM_OP_LINK_MAC:
		mac_text(op, out, out_size);
		break;
	case XNM_OP_LINK_MTU:
		(void)snprintf(out, out_size, "set MTU of %s from %u to %u", dev, op->u.mtu.from,
			       op->u.mtu.to);
		break;
	case XNM_OP_LINK_GROUP:
		(void)snprintf(out, out_size, "set group of %s to %u", dev, op->u.group);
		break;
	case XNM_OP_LINK_MASTER:
		(void)snprintf(out, out_size, "attach %s to bridge %s", dev, op->u.name);
		break;
	case XNM_OP_LINK_NOMASTER:
		(void)snprintf(out, out_size, "detach %s from its bridge", dev);
		break;
	case XNM_OP_PORT_FLAGS:
		port_text(op, out, out_size);
		break;
	case XNM_OP_PORT_VLANS:
		vlan_text(plan, op, out, out_size);
		break;
	case XNM_OP_STATE_WRITE:
		(void)snprintf(out, out_size, "write state of vif %u.%u", plan->domid, plan->devid);
		break;
	case XNM_OP_STATE_REMOVE:
		(void)snprintf(out, out_size, "remove state of vif %u.%u", plan->domid,
			       plan->devid);
		break;
	case XNM_OP_NAME_WAIT:
		(void)snprintf(out, out_size, "note that %s waits for the name %s", dev,
			       op->u.name);
		break;
	case XNM_OP_FRONTEND_MTU:
		(void)snprintf(out, out_size, "tell the guest MTU %u", op->u.mtu.to);
		break;
	case XNM_OP_ERROR_REMOVE:
		(void)snprintf(out, out_size, "remove hotplug-error");
		break;
	case XNM_OP_CONNECTED:
		(void)snprintf(out, out_size, "write hotplug-status=connected");
		break;
	default:
		xnm_network_op_text(plan, op, out, out_size);
		break;
	}
	return out;
}

void xnm_plan_print(const struct xnm_plan *plan, FILE *stream)
{
	/* the longest lists all settings of a network with many uplinks */
	char text[XNM_MAX_SETTINGS * sizeof(plan->settings[0].path)];

	for (unsigned int i = 0; i < plan->n; i++) {
		fprintf(stream, "%3u. %-52s # %s\n", i + 1,
			xnm_op_text(plan, &plan->op[i], text, sizeof(text)), plan->op[i].why);
		xnm_fastpath_print(plan, &plan->op[i], stream);
	}
	if (plan->n == 0)
		fputs("  nothing to do\n", stream);
}
