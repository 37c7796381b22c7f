/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device.c - what operations do to a device of the model, and to what its frontend reads. */
#include "tests/plan/world/world.h"

#include <sys/socket.h>

struct xnm_link *world_link(struct xnm_facts *facts, const char *dev)
{
	if (strcmp(dev, facts->device.link.name) == 0)
		return &facts->device.link;
	for (unsigned int i = 0; i < facts->bridge.n_cards; i++) {
		if (strcmp(dev, facts->bridge.cards[i].name) == 0)
			return &facts->bridge.cards[i];
	}
	for (unsigned int i = 0; i < facts->bridge.n_dropped; i++) {
		if (strcmp(dev, facts->bridge.dropped[i].name) == 0)
			return &facts->bridge.dropped[i];
	}
	return &facts->bridge.link;
}

void world_drop_family(struct xnm_facts *facts, uint8_t family)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < facts->routed.n_addresses; i++) {
		if (facts->routed.addresses[i].family != family)
			facts->routed.addresses[n++] = facts->routed.addresses[i];
	}
	facts->routed.n_addresses = n;
}

static void ipv6_off(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	world_link(&model->facts, op->dev)->has_ipv6 = false;
	world_drop_family(&model->facts, AF_INET6);
}

static void ipv6_on(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	world_link(&model->facts, op->dev)->has_ipv6 = true;
}

/* The kernel takes everything from a device that goes down but its IPv4 addresses. */
static void go_down(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;
	struct xnm_link *link = world_link(facts, op->dev);

	(void)plan;
	link->up = false;
	if (link != &facts->device.link)
		return;
	world_unroute(&model->world, facts->device.link.ifindex);
	facts->routed.n_neighbours = 0;
	world_drop_family(facts, AF_INET6);
}

static void go_up(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	world_link(&model->facts, op->dev)->up = true;
}

static void rename_device(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	COPY(world_link(&model->facts, op->dev)->name, op->u.name);
}

static void set_altname(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	COPY(world_link(&model->facts, op->dev)->altname, op->u.name);
}

static void set_mac(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	world_link(&model->facts, op->dev)->mac = op->u.mac;
}

static void set_group(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	world_link(&model->facts, op->dev)->group = op->u.group;
}

static void set_alias(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	COPY(world_link(&model->facts, op->dev)->alias, plan->note.device.alias[op->u.of_tap]);
}

static void set_mtu(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	world_link(&model->facts, op->dev)->mtu_bytes = op->u.mtu.to;
}

static void tell_mtu(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	model->facts.guest.frontend_mtu_bytes = op->u.mtu.to;
}

static void remove_error(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan, (void)op;
	model->facts.guest.has_error = false;
}

static void connect_frontend(struct model *model, const struct xnm_plan *plan,
			     const struct xnm_op *op)
{
	(void)plan, (void)op;
	model->facts.guest.connected = true;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_device_ipv6_off, .happen = ipv6_off, .before_up = true },
	{ .type = &xnm_op_device_ipv6_on, .happen = ipv6_on, .before_up = true },
	{ .type = &xnm_op_device_down, .happen = go_down },
	{ .type = &xnm_op_device_up, .happen = go_up },
	{ .type = &xnm_op_device_rename, .happen = rename_device, .before_up = true },
	{ .type = &xnm_op_device_altname, .happen = set_altname, .before_up = true },
	{ .type = &xnm_op_device_mac, .happen = set_mac, .before_up = true },
	{ .type = &xnm_op_device_mtu, .happen = set_mtu, .before_up = true },
	{ .type = &xnm_op_device_group, .happen = set_group, .before_up = true },
	{ .type = &xnm_op_device_alias, .happen = set_alias },
	{ .type = &xnm_op_device_name_wait },
	{ .type = &xnm_op_frontend_mtu, .happen = tell_mtu },
	{ .type = &xnm_op_frontend_error_remove, .happen = remove_error },
	{ .type = &xnm_op_frontend_connected, .happen = connect_frontend },
};

const struct world_part world_device_part = { WORLD_OPS(ops) };
