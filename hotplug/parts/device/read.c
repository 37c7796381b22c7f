/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read the device of a vif, and the device that has the name which it should get. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/identity.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/device/stages.h"

/* Whether the device with the wanted name is the same guest's, as in a migration. */
static bool is_same_guest(struct xnm_facts *facts, const struct xnm_event *event)
{
	struct xnm_owner owner = { 0 };
	static struct xnm_vif_note other;
	char name[IFNAMSIZ];

	memcpy(name, facts->device.holder.altname, sizeof(name));
	if (xnm_is_tap_name(name))
		name[strlen(name) - strlen("-emu")] = '\0';
	return name[0] && xnm_vif_id_parse(name, &owner.domid, &owner.devid) == 0 &&
	       xnm_facts_kin(facts, event, &owner, &other) == XNM_KIN_SAME;
}

static int read_holder(struct xnm_facts *facts, const char *wanted, struct xnm_ctx *ctx)
{
	struct xnm_device_facts *device = &facts->device;
	int rc;

	if (strcmp(device->link.name, wanted) == 0)
		return 0;
	rc = xnm_facts_link(ctx->rtnl, wanted, &device->holder, &ctx->err);
	if (rc == 0 && device->holder.ifindex && device->holder.ifindex != device->link.ifindex)
		device->holder_is_same_guest = is_same_guest(facts, ctx->event);
	return rc;
}

int device_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	const char *name = xnm_event_device(ctx->event);
	struct xnm_cidr address;
	unsigned int n = 0;
	int rc;

	rc = xnm_link_get(ctx->rtnl, name, &facts->device.link);
	/* before Linux 5.5 there are no altnames: a renamed vif is not found under its first
	 * name */
	if (rc == -ENODEV && strcmp(name, want->device.name) != 0)
		rc = xnm_link_get(ctx->rtnl, want->device.name, &facts->device.link);
	if (rc)
		return xnm_facts_link_error(ctx->rtnl, rc, name, &ctx->err);
	rc = read_holder(facts, want->device.name, ctx);
	if (rc)
		return rc;
	rc = xnm_addr_list(ctx->rtnl, facts->device.link.ifindex, AF_INET, &address, 1, &n);
	/* one address is enough to know */
	if (rc && rc != -E2BIG)
		return xnm_facts_link_error(ctx->rtnl, rc, name, &ctx->err);
	facts->device.has_ipv4 = n > 0;
	return 0;
}

/* Finds the device by netback's name, or by the noted one, unless another vif has that by now. */
static int find_device(struct xnm_link *device, const char *noted, struct xnm_ctx *ctx)
{
	const char *name = xnm_event_device(ctx->event);
	int rc = xnm_link_get(ctx->rtnl, name, device);

	if (rc == -ENODEV && noted[0]) {
		rc = xnm_link_get(ctx->rtnl, noted, device);
		if (rc == 0 && device->altname[0] && strcmp(device->altname, name) != 0)
			rc = -ENODEV;
	}
	if (rc)
		device->ifindex = 0;
	/* an error: without its note, nobody would detach it later */
	return rc && rc != -ENODEV ? xnm_facts_link_error(ctx->rtnl, rc, name, &ctx->err) : 0;
}

int device_recall(struct xnm_facts *facts, struct xnm_ctx *ctx)
{
	bool tap = xnm_event_is_tap(ctx->event);
	struct xnm_link link;
	int rc;

	rc = find_device(&facts->device.link,
			 tap ? facts->note.device.tap : facts->note.device.ifname, ctx);
	if (rc == 0 && !tap && facts->note.device.tap[0])
		facts->device.tap_exists =
			xnm_link_get(ctx->rtnl, facts->note.device.tap, &link) != -ENODEV;
	return rc;
}
