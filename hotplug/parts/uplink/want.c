/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - decide which uplinks of the policy a vif is. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/parts/uplink/stages.h"
#include "policy/sections/share.h"
#include "policy/sections/uplinks.h"

/* Without a gateway somebody else makes the routes, perhaps from the guest's router
 * advertisements. */
static bool has_ip6(const struct xnm_gateways *gateway)
{
	for (unsigned int i = 0; i < gateway->n; i++) {
		if (gateway->list[i].family == AF_INET6)
			return true;
	}
	return gateway->none || gateway->expected.family == AF_INET6;
}

/* A guest with share=yes needs a network whose uplink names it. */
static int want_shares(struct xnm_want *want, const struct xnm_guest *guest, struct xnm_err *err)
{
	const struct xnm_policy *policy = want->policy;

	for (unsigned int i = 0; want->attach && want->network && i < policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &policy->uplinks[i];

		if (!xnm_uplink_is_shared_by(uplink, guest->domain_name, want->devid) ||
		    strcmp(uplink->network, want->network->name) != 0)
			continue;
		want->filter.brings_ip6 |= has_ip6(&uplink->gateway);
		if (!xnm_uplink_has_gateway(uplink))
			continue;
		if (want->uplink.n_shares == XNM_MAX_VIF_UPLINKS)
			return xnm_fail(err, -E2BIG,
					"[uplink %s] is one uplink too many with guest=%s: one vif "
					"can be %d uplinks",
					uplink->name, uplink->guest, XNM_MAX_VIF_UPLINKS);
		want->uplink.shares[want->uplink.n_shares++] = uplink;
	}
	return 0;
}

/* Where the policy alone decides the network, loading it has checked this already. */
static int check_share(const struct xnm_want *want, struct xnm_err *err)
{
	if (!want->attach || !want->section || want->section->share != XNM_YES ||
	    !xnm_vif_cannot_share(want->section, want->network))
		return 0;
	return xnm_fail(err, -EINVAL,
			"[vif %s] has share=yes, but is locked to its own addresses: add "
			"locking-mode=unlocked, or ipv4-allowed=any, there",
			want->section->match);
}

int uplink_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
		struct xnm_err *err)
{
	int rc = want_shares(want, guest, err);

	(void)event;
	return rc ? rc : check_share(want, err);
}
