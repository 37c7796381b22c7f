/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_print_network.c - say in words what a plan does to networks, nftables and addresses. */
#include "hotplug/plan_parts.h"

#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/ruleset.h"

static void filter_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	const struct xnm_filter_change *filter = &plan->filter;
	bool bridge = filter->build[XNM_TABLE_BRIDGE], inet = filter->build[XNM_TABLE_INET];

	if (bridge || inet)
		(void)snprintf(out, out_size, "filter %s: make table%s %s%s%s", op->dev,
			       bridge && inet ? "s" : "", bridge ? "bridge xnm" : "",
			       bridge && inet ? " and " : "", inet ? "inet xnm" : "");
	else if (filter->n_add && filter->n_del)
		(void)snprintf(out, out_size, "filter %s: add %u elements, delete %u", op->dev,
			       filter->n_add, filter->n_del);
	else
		(void)snprintf(out, out_size, "filter %s: %s %u element%s", op->dev,
			       filter->n_add ? "add" : "delete", filter->n_add + filter->n_del,
			       filter->n_add + filter->n_del == 1 ? "" : "s");
}

static void settings_text(const struct xnm_plan *plan, char *out, size_t out_size)
{
	int len = snprintf(out, out_size, "set");

	for (unsigned int i = 0; i < plan->n_settings && len > 0 && (size_t)len < out_size; i++)
		len += snprintf(out + len, out_size - (size_t)len, " %s=%u", plan->settings[i].path,
				plan->settings[i].value);
}

static void assign_text(const struct xnm_plan *plan, char *out, size_t out_size)
{
	char address[XNM_CIDR_TEXT_LEN], mac[XNM_MAC_TEXT_LEN];
	int len = snprintf(out, out_size, "note");

	for (unsigned int i = 0; i < plan->n_assign && len > 0 && (size_t)len < out_size; i++) {
		xnm_cidr_format_host(&plan->assign[i], address);
		len += snprintf(out + len, out_size - (size_t)len, " %s", address);
	}
	xnm_format_mac(&plan->state.mac, mac);
	if (len > 0 && (size_t)len < out_size)
		(void)snprintf(out + len, out_size - (size_t)len, " of pool %s for %s", plan->pool,
			       mac);
}

static void dhcp_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	char address[XNM_CIDR_TEXT_LEN];

	if (op->kind == XNM_OP_DHCP_WRITE) {
		(void)snprintf(out, out_size, "reserve %.*s for dnsmasq",
			       (int)strcspn(plan->dhcp_line, "\n"), plan->dhcp_line);
	} else if (op->kind == XNM_OP_DHCP_REMOVE) {
		(void)snprintf(out, out_size, "remove dnsmasq's reservation of vif %u.%u",
			       plan->domid, plan->devid);
	} else {
		xnm_cidr_format_host(&op->u.addr, address);
		(void)snprintf(out, out_size, "release the DHCP lease on %s by %s", address,
			       op->dev);
	}
}

static void forget_text(const struct xnm_plan *plan, char *out, size_t out_size)
{
	char address[XNM_CIDR_TEXT_LEN];
	int len = snprintf(out, out_size, "forget the connections of");

	for (unsigned int i = 0; i < plan->n_forget && len > 0 && (size_t)len < out_size; i++) {
		xnm_format_cidr(&plan->forget[i], address);
		len += snprintf(out + len, out_size - (size_t)len, " %s", address);
	}
}

static void address_text(const struct xnm_op *op, char *out, size_t out_size)
{
	const struct xnm_cidr *cidr =
		op->kind == XNM_OP_ROUTE_ADD || op->kind == XNM_OP_ROUTE_DEL   ? &op->u.route.dst
		: op->kind == XNM_OP_NEIGH_ADD || op->kind == XNM_OP_NEIGH_DEL ? &op->u.neigh.addr
									       : &op->u.addr;
	char address[XNM_CIDR_TEXT_LEN];
	const char *before = "free address", *between = "";

	xnm_format_cidr(cidr, address);
	switch (op->kind) {
	case XNM_OP_ROUTE_ADD:
		before = "route";
		between = " to ";
		break;
	case XNM_OP_ROUTE_DEL:
		before = "stop to route";
		between = " to ";
		break;
	case XNM_OP_NEIGH_ADD:
		before = "note the neighbour";
		between = " on ";
		break;
	case XNM_OP_NEIGH_DEL:
		before = "forget the neighbour";
		between = " on ";
		break;
	case XNM_OP_PROXY_ADD:
		before = "answer for";
		between = " on ";
		break;
	case XNM_OP_PROXY_DEL:
		before = "stop to answer for";
		between = " on ";
		break;
	default:
		break;
	}
	(void)snprintf(out, out_size, "%s %s%s%s", before, address, between, op->dev);
}

static void through_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	const char *bridge = op->u.through.routed ? "" : "bridge ";

	if (op->kind == XNM_OP_THROUGH_JOIN)
		(void)snprintf(out, out_size, "note that vif %u.%u needs %s%s let through",
			       plan->domid, plan->devid, bridge, op->dev);
	else if (op->kind == XNM_OP_THROUGH_LEAVE)
		(void)snprintf(out, out_size, "stop to let %s%s through unless it has vifs left",
			       bridge, op->dev);
	else
		(void)snprintf(out, out_size, "%s %s%s through %s filter %s",
			       op->u.through.rules ? "let" : "stop to let", bridge, op->dev,
			       xnm_ip_names[op->u.through.ip], op->u.through.chain);
}

static void switch_text(const struct xnm_op *op, char *out, size_t out_size)
{
	const struct xnm_carry *carry = op->u.carry.carry;
	const char *to = op->u.carry.name;
	char port[64] = "";

	if (op->u.carry.port && op->u.carry.back)
		(void)snprintf(port, sizeof(port), "take %s out of its bridge, and ", to);
	else if (op->u.carry.port)
		(void)snprintf(port, sizeof(port), "attach %s to bridge %s, and ", op->dev, to);
	(void)snprintf(out, out_size, "%sgive %s %u route%s of %s", port, to, carry->n_routes,
		       carry->n_routes == 1 ? "" : "s", op->dev);
}

static void carry_text(const struct xnm_op *op, char *out, size_t out_size)
{
	const struct xnm_carry *carry = op->u.carry.carry;
	char address[XNM_CIDR_TEXT_LEN];
	int len;

	if (op->kind == XNM_OP_CARRY_SETTINGS) {
		(void)snprintf(out, out_size, "give %s the settings of %s", op->u.carry.name,
			       op->dev);
		return;
	}
	if (op->kind == XNM_OP_CARRY_END) {
		(void)snprintf(out, out_size, "take the addresses from %s", op->dev);
		return;
	}
	if (op->kind == XNM_OP_CARRY_SWITCH) {
		switch_text(op, out, out_size);
		return;
	}
	len = snprintf(out, out_size, "give %s the addresses of %s:", op->u.carry.name, op->dev);
	for (unsigned int i = 0;
	     i < carry->n_addresses && len > 0 && (size_t)len + sizeof(address) < out_size; i++) {
		xnm_format_cidr(&carry->cidrs[i], address);
		len += snprintf(out + len, out_size - (size_t)len, " %s", address);
	}
}

static void uplink_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	const char *name = plan->way_notes[op->u.way.note].name;
	char gateway[XNM_CIDR_TEXT_LEN];

	switch (op->kind) {
	case XNM_OP_UPLINK_NOTE:
		(void)snprintf(out, out_size, "note the routes of uplink %s", name);
		break;
	case XNM_OP_DHCP_STOP:
		(void)snprintf(out, out_size, "end the DHCP client on %s, and its lease", op->dev);
		break;
	case XNM_OP_DHCP_START:
		(void)snprintf(out, out_size, "start a DHCP client on %s", op->dev);
		break;
	case XNM_OP_UPLINK_RELEASE:
		(void)snprintf(out, out_size, "remove the routes of uplink %s", name);
		break;
	default:
		xnm_cidr_format_host(&op->u.way.route.gateway, gateway);
		(void)snprintf(out, out_size, "%s by default via %s on %s, metric %u",
			       op->kind == XNM_OP_DEFAULT_ADD ? "route" : "stop to route", gateway,
			       op->dev, op->u.way.route.metric);
		break;
	}
}

void xnm_network_op_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	switch (op->kind) {
	case XNM_OP_NETWORK_NOTE:
		(void)snprintf(out, out_size, "note the rules of network %s", plan->network);
		break;
	case XNM_OP_NETWORK_RELEASE:
		(void)snprintf(out, out_size,
			       "remove the rules of network %s unless it has vifs left",
			       plan->old_network);
		break;
	case XNM_OP_SETTINGS:
		settings_text(plan, out, out_size);
		break;
	case XNM_OP_MEMBER_ADD:
		(void)snprintf(out, out_size, "join network %s", plan->network);
		break;
	case XNM_OP_MEMBER_REMOVE:
		(void)snprintf(out, out_size, "leave network %s", plan->old_network);
		break;
	case XNM_OP_HOLD:
		(void)snprintf(out, out_size, "keep network %s also without vifs", plan->network);
		break;
	case XNM_OP_UNHOLD:
		(void)snprintf(out, out_size, "keep network %s no longer without vifs",
			       plan->old_network);
		break;
	case XNM_OP_BRIDGE_RENOTE:
		(void)snprintf(out, out_size, "note what bridge %s is for", op->dev);
		break;
	case XNM_OP_CARRY_SETTINGS:
	case XNM_OP_CARRY_ADDRESSES:
	case XNM_OP_CARRY_SWITCH:
	case XNM_OP_CARRY_END:
		carry_text(op, out, out_size);
		break;
	case XNM_OP_CLAIM:
		(void)snprintf(out, out_size, "claim the addresses of %s", op->dev);
		break;
	case XNM_OP_FILTER:
		filter_text(plan, op, out, out_size);
		break;
	case XNM_OP_FORGET:
		forget_text(plan, out, out_size);
		break;
	case XNM_OP_OWNED:
		(void)snprintf(out, out_size, "%s whose addresses on %s are no guest's",
			       op->u.owned.note ? "note" : "heed", op->dev);
		break;
	case XNM_OP_OWNED_LEAVE:
		(void)snprintf(
			out, out_size,
			"forget whose addresses on %s are no guest's unless it has vifs left",
			op->dev);
		break;
	case XNM_OP_PURGE:
		(void)snprintf(out, out_size, "end connections that are not allowed any more");
		break;
	case XNM_OP_THROUGH_JOIN:
	case XNM_OP_THROUGH_LEAVE:
	case XNM_OP_LET_THROUGH:
		through_text(plan, op, out, out_size);
		break;
	case XNM_OP_ASSIGN:
		assign_text(plan, out, out_size);
		break;
	case XNM_OP_POOL_LEAVE:
		(void)snprintf(out, out_size, "note when addresses of pool %s were last used",
			       plan->old_pool);
		break;
	case XNM_OP_DHCP_WRITE:
	case XNM_OP_DHCP_REMOVE:
	case XNM_OP_DHCP_RELEASE:
		dhcp_text(plan, op, out, out_size);
		break;
	case XNM_OP_UPLINK_NOTE:
	case XNM_OP_DEFAULT_ADD:
	case XNM_OP_DEFAULT_DEL:
	case XNM_OP_DHCP_STOP:
	case XNM_OP_DHCP_START:
	case XNM_OP_UPLINK_RELEASE:
		uplink_text(plan, op, out, out_size);
		break;
	case XNM_OP_TELL:
	case XNM_OP_UNTELL:
		xnm_tell_text(plan, op, out, out_size);
		break;
	case XNM_OP_FASTPATH:
	case XNM_OP_FASTPATH_END:
		xnm_fastpath_op_text(plan, op, out, out_size);
		break;
	case XNM_OP_ROUTE_LOCALNET:
		(void)snprintf(out, out_size, "route this host's loopback addresses to %s",
			       op->dev);
		break;
	case XNM_OP_PROXY_ARP:
		(void)snprintf(out, out_size, "answer ARP on %s for what it can reach", op->dev);
		break;
	default:
		address_text(op, out, out_size);
		break;
	}
}
