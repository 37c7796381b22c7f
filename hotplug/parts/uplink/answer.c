/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer.c - check that a lease is from the guest that the policy names as the uplink. */
#include "hotplug/parts/uplink/answer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/kernel/arp.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/vif.h"

#define TRY_MS	     200
#define N_TRIES	     3
#define N_FREE_TRIES 2 /* each lease waits for this, as normally nobody answers */

/* The devices by which the guest is asked: its vif, or, until it has drivers, its tap. */
struct ways_in {
	struct xnm_mac mac; /* of the host's device there */
	unsigned int n;
	int ifindex[2];
};

static int find_ways_in(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
			const struct xnm_uplink_note *note, struct ways_in *ways)
{
	static struct xnm_vif_note state;
	const char *names[] = { state.device.ifname, state.device.tap };
	struct xnm_link link;
	int rc = xnm_link_get(ctx->rtnl, uplink->device, &link);

	if (rc)
		return xnm_fail(&ctx->err, rc, "%s: %s", uplink->device,
				xnm_rtnl_reason(ctx->rtnl));
	ways->mac = link.mac;
	ways->n = 0;
	rc = note->has_owner
		     ? xnm_vif_note_read(&ctx->dir, note->owner.domid, note->owner.devid, &state)
		     : -ENOENT;
	for (size_t i = 0; rc == 0 && i < XNM_N_ELEMENTS(names); i++) {
		if (names[i][0] && xnm_link_get(ctx->rtnl, names[i], &link) == 0)
			ways->ifindex[ways->n++] = link.ifindex;
	}
	return ways->n ? 0
		       : xnm_fail(&ctx->err, -EACCES,
				  "there is a lease, but only the vif of %s may offer one, and it "
				  "does not exist",
				  uplink->guest);
}

static int ask(const struct ways_in *ways, const struct xnm_cidr *sender,
	       const struct xnm_cidr *host)
{
	static const struct xnm_cidr nobody;
	int rc = -ETIMEDOUT;

	for (unsigned int i = 0; rc && i < N_TRIES; i++) {
		for (unsigned int k = 0; rc && k < ways->n; k++)
			rc = xnm_arp_ask(ways->ifindex[k], &ways->mac, i ? sender : &nobody, host,
					 TRY_MS);
	}
	return rc;
}

static int check(struct xnm_ctx *ctx, const struct xnm_uplink *uplink, const struct ways_in *ways,
		 const struct xnm_cidr *address, const struct xnm_cidr *host, const char *what)
{
	char text[XNM_CIDR_TEXT_LEN];
	int rc = ask(ways, address, host);

	if (rc == 0)
		return 0;
	xnm_cidr_format_host(host, text);
	return xnm_fail(&ctx->err, -EACCES,
			"the %s of the lease, %s, is not the guest %s, the only DHCP server "
			"allowed on uplink %s (%s): move other DHCP servers on %s to another "
			"network, or set locking-mode=locked for their vifs",
			what, text, uplink->guest, uplink->name,
			rc == -ETIMEDOUT ? "the guest does not answer ARP for it" : strerror(-rc),
			uplink->device);
}

int xnm_dhcp_check_answer(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
			  const struct xnm_uplink_note *note, const struct xnm_cidr *address,
			  const struct xnm_cidr *router, const char *server)
{
	struct ways_in ways = { .n = 0 };
	struct xnm_cidr host;
	int rc;

	if (!uplink->guest[0])
		return 0;
	rc = find_ways_in(ctx, uplink, note, &ways);
	if (rc == 0 && router->family)
		rc = check(ctx, uplink, &ways, address, router, "router");
	/* a server in another subnet is reached through a relay, if at all */
	if (rc || !server || strchr(server, '/') || xnm_parse_cidr(server, &host) ||
	    host.family != AF_INET || !xnm_cidr_within(&host, address) ||
	    (router->family && xnm_cidr_same_host(&host, router)))
		return rc;
	return check(ctx, uplink, &ways, address, &host, "server");
}

int xnm_dhcp_check_free(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
			const struct xnm_cidr *address)
{
	static const struct xnm_cidr nobody;
	char text[XNM_CIDR_TEXT_LEN];
	struct xnm_link link;
	int rc = xnm_link_get(ctx->rtnl, uplink->device, &link);

	if (rc)
		return xnm_fail(&ctx->err, rc, "%s: %s", uplink->device,
				xnm_rtnl_reason(ctx->rtnl));
	for (unsigned int i = 0; i < N_FREE_TRIES; i++) {
		if (xnm_arp_ask(link.ifindex, &link.mac, &nobody, address, TRY_MS))
			continue;
		xnm_cidr_format_host(address, text);
		return xnm_fail(&ctx->err, -EADDRINUSE,
				"the server offers %s, but a machine on %s has that address: the "
				"lease is refused; let the server give out another one",
				text, uplink->device);
	}
	return 0;
}
