/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lost.c - end a lease by the notes alone, and find the uplink of the client that reports it. */
#include "hotplug/parts/uplink/lost.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/parts/uplink/client.h"
#include "hotplug/parts/uplink/lease.h"
#include "hotplug/parts/uplink/offer.h"

struct search {
	const struct xnm_run_dir *dir;
	const char *device;
	unsigned int n;
	char *name;
};

static int find_client(void *arg, const char *name)
{
	struct search *search = arg;
	struct xnm_uplink_note note;

	if (xnm_uplink_note_read(search->dir, name, &note) == 0 && note.dhcp_pid &&
	    strcmp(note.device, search->device) == 0 && search->n++ == 0)
		(void)snprintf(search->name, XNM_NAME_LEN, "%s", name);
	return 0;
}

const char *xnm_dhcp_noted_name(const struct xnm_ctx *ctx, const char *device,
				char out[XNM_NAME_LEN])
{
	struct search search = { .dir = &ctx->dir, .device = device, .name = out };

	(void)xnm_uplink_note_each(&ctx->dir, find_client, &search);
	return search.n == 1 ? out : NULL;
}

bool xnm_dhcp_nothing_to_lose(const struct xnm_ctx *ctx, const char *name, const char *device)
{
	struct xnm_uplink_note note;
	struct xnm_link link;

	return name && xnm_uplink_note_read(&ctx->dir, name, &note) == 0 &&
	       note.leased.family == 0 && note.router.family == 0 &&
	       xnm_link_get(ctx->rtnl, device, &link) == 0 && link.up;
}

/* By the notes alone: removes the noted address and routes of the lease. */
int xnm_dhcp_lose(struct xnm_ctx *ctx, const char *name, const char *device)
{
	static const struct xnm_offer none;
	struct xnm_uplink_note note;
	struct xnm_link link;
	unsigned int n = 0;
	int rc = name ? xnm_uplink_note_read(&ctx->dir, name, &note) : -ENOENT;

	if (rc && rc != -ENOENT)
		return xnm_facts_note_error(rc, "uplink", name, &ctx->err);
	if (rc || strcmp(note.device, device) != 0)
		return 0;
	rc = xnm_link_get(ctx->rtnl, device, &link);
	if (rc)
		return rc == -ENODEV ? 0
				     : xnm_fail(&ctx->err, rc, "%s: %s", device,
						xnm_rtnl_reason(ctx->rtnl));
	for (unsigned int i = 0; i < note.n_routes; i++) {
		note.routes[i].ifindex = link.ifindex;
		if (xnm_cidr_equal(&note.routes[i].gateway, &note.router))
			(void)xnm_default_del(ctx->rtnl, &note.routes[i]);
		else
			note.routes[n++] = note.routes[i];
	}
	note.n_routes = n;
	return apply_lease(ctx, &note, &none);
}
